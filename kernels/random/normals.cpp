#include <kindred/kernels/random/normals.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <string>

#include <kindred/core/base/error.hpp>
#include <kindred/core/base/philox.hpp>
#include <kindred/core/base/wichura.hpp>
#include <kindred/kernels/multiversion.hpp>

namespace kindred::kernels {
namespace {

constexpr std::size_t block = 256;

/// Philox' upper two words of the counter, and its key.
struct Stream {
  std::uint32_t sample_low;
  std::uint32_t sample_high;
  Philox4x32::Key key;
};

/// As Draws::uniform.
KINDRED_MULTIVERSION void uniforms(const Stream& stream, const std::uint64_t* draws, std::size_t size, double* uniform) {
  std::array<std::uint32_t, block> low;   // NOLINT(cppcoreguidelines-pro-type-member-init): filled below
  std::array<std::uint32_t, block> high;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  for (std::size_t i = 0; i < size; ++i) {
    const auto words = Philox4x32::generate(
        {static_cast<std::uint32_t>(draws[i]), static_cast<std::uint32_t>(draws[i] >> 32U), stream.sample_low, stream.sample_high},
        stream.key);
    high[i] = words[0];
    low[i] = words[1];
  }
  for (std::size_t i = 0; i < size; ++i) {
    // The number of the cell, below 2^52, as the mantissa of a double in [2^52, 2^53).
    const std::uint64_t cell = ((static_cast<std::uint64_t>(high[i]) << 32U) | low[i]) >> 12U;
    uniform[i] = (std::bit_cast<double>(cell | 0x4330000000000000ULL) - 0x1.0p52 + 0.5) * 0x1.0p-52;
  }
}

KINDRED_MULTIVERSION void central_quantiles(const double* uniform, std::size_t size, double* normal) {
  for (std::size_t i = 0; i < size; ++i) {
    normal[i] = wichura::central(uniform[i] - 0.5);
  }
}

/// In place: from the distance to the nearer end of (0, 1) to the tail variable and the size of the quantile.
KINDRED_MULTIVERSION void tail_quantiles(double* distance, std::size_t size, double* tail) {
  for (std::size_t i = 0; i < size; ++i) {
    tail[i] = std::sqrt(-wichura::portable_log(distance[i]));
    distance[i] = wichura::near_tail(tail[i]);
  }
}

void normals_of_block(const Stream& stream, const std::uint64_t* draws, std::size_t size, double* normals) {
  std::array<double, block> uniform;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  uniforms(stream, draws, size, uniform.data());
  central_quantiles(uniform.data(), size, normals);

  std::array<std::uint32_t, block> place;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  std::array<double, block> magnitude;     // NOLINT(cppcoreguidelines-pro-type-member-init)
  std::array<double, block> tail;          // NOLINT(cppcoreguidelines-pro-type-member-init)
  std::size_t count = 0;
  for (std::size_t i = 0; i < size; ++i) {
    place[count] = static_cast<std::uint32_t>(i);
    magnitude[count] = std::min(uniform[i], 1.0 - uniform[i]);
    count += std::abs(uniform[i] - 0.5) > wichura::central_limit ? 1 : 0;
  }
  tail_quantiles(magnitude.data(), count, tail.data());
  for (std::size_t k = 0; k < count; ++k) {
    const double size_of_quantile = tail[k] > wichura::far_limit ? wichura::far_tail(tail[k]) : magnitude[k];
    normals[place[k]] = uniform[place[k]] < 0.5 ? -size_of_quantile : size_of_quantile;
  }
}

}  // namespace

void draw_normals(std::uint64_t key, std::uint64_t sample, std::uint32_t attempt, std::span<const std::uint64_t> draws,
                  std::span<double> normals) {
  if (draws.size() != normals.size()) {
    throw InputError("draw_normals was given " + std::to_string(draws.size()) + " draws and room for " + std::to_string(normals.size()) +
                     " normals: pass as many");
  }
  const Stream stream{static_cast<std::uint32_t>(sample),
                      static_cast<std::uint32_t>((sample >> 32U) & 0xFFFFU) | (attempt << 16U),
                      {static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(key >> 32U)}};
  for (std::size_t first = 0; first < draws.size(); first += block) {
    normals_of_block(stream, draws.data() + first, std::min(block, draws.size() - first), normals.data() + first);
  }
}

}  // namespace kindred::kernels
