#include <kindred/kernels/random/normals.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <string>

#include <kindred/core/base/error.hpp>
#include <kindred/core/base/philox.hpp>
#include <kindred/kernels/multiversion.hpp>
#include <kindred/kernels/random/quantile_block.hpp>

namespace kindred::kernels {
namespace {

/// Philox' upper two words of the counter, and its key.
struct Stream {
  std::uint32_t sample_low;
  std::uint32_t sample_high;
  Philox4x32::Key key;
};

/// As Draws::uniform.
KINDRED_MULTIVERSION void uniforms(const Stream& stream, const std::uint64_t* draws, std::size_t size, double* uniform) {
  std::array<std::uint32_t, quantile_block> low;   // NOLINT(cppcoreguidelines-pro-type-member-init): filled below
  std::array<std::uint32_t, quantile_block> high;  // NOLINT(cppcoreguidelines-pro-type-member-init)
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

/// In place, where uniforms are: their offsets from 1/2, and the distances from the nearer end of (0, 1).
KINDRED_MULTIVERSION void offsets(double* uniform, std::size_t size, double* distance) {
  for (std::size_t i = 0; i < size; ++i) {
    distance[i] = std::min(uniform[i], 1.0 - uniform[i]);
    uniform[i] -= 0.5;
  }
}

void normals_of_block(const Stream& stream, const std::uint64_t* draws, std::size_t size, double* normals) {
  std::array<double, quantile_block> uniform;   // NOLINT(cppcoreguidelines-pro-type-member-init)
  std::array<double, quantile_block> distance;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  uniforms(stream, draws, size, uniform.data());
  offsets(uniform.data(), size, distance.data());
  quantiles_of_block(uniform.data(), distance.data(), size, normals);
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
  for (std::size_t first = 0; first < draws.size(); first += quantile_block) {
    normals_of_block(stream, draws.data() + first, std::min(quantile_block, draws.size() - first), normals.data() + first);
  }
}

}  // namespace kindred::kernels
