#include <kindred/kernels/random/normal_quantiles.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <string>

#include <kindred/core/base/error.hpp>
#include <kindred/core/base/wichura.hpp>
#include <kindred/kernels/multiversion.hpp>
#include <kindred/kernels/random/quantile_block.hpp>

namespace kindred::kernels {
namespace {

KINDRED_MULTIVERSION void central_quantiles(const double* offset, std::size_t size, double* normal) {
  for (std::size_t i = 0; i < size; ++i) {
    normal[i] = wichura::central(offset[i]);
  }
}

/// In place: from the distance to the nearer end of (0, 1) to the tail variable and the size of the quantile.
KINDRED_MULTIVERSION void tail_quantiles(double* distance, std::size_t size, double* tail) {
  for (std::size_t i = 0; i < size; ++i) {
    tail[i] = std::sqrt(-wichura::portable_log(distance[i]));
    distance[i] = wichura::near_tail(tail[i]);
  }
}

KINDRED_MULTIVERSION void split(const double* u, std::size_t size, double* offset, double* distance) {
  for (std::size_t i = 0; i < size; ++i) {
    offset[i] = u[i] - 0.5;
    distance[i] = std::min(u[i], 1.0 - u[i]);
  }
}

constexpr std::size_t lanes = 8;  // of the widest vectors
static_assert(quantile_block % lanes == 0);

/// An integer below 2^64, plus 1/2, rounded once.
[[gnu::always_inline]] inline double midpoint(std::uint64_t integer) {
  const double high = std::bit_cast<double>((integer >> 32U) | 0x4530000000000000ULL) - 0x1.0p84;  // times 2^32, exactly
  const double low = std::bit_cast<double>((integer & 0xFFFFFFFFU) | 0x4330000000000000ULL) - (0x1.0p52 - 0.5);
  return high + low;
}

KINDRED_MULTIVERSION void split_words(const std::uint64_t* words, std::size_t size, double* offset, double* distance) {
  for (std::size_t i = 0; i < size; ++i) {
    const std::uint64_t word = words[i];
    const std::uint64_t upper = 0U - (word >> 63U);             // all ones where the word is above 1/2
    const std::uint64_t below = word ^ upper;                   // distance to the nearer end, in units of 2^-64 and without its half
    const std::uint64_t inner = below ^ 0x7FFFFFFFFFFFFFFFULL;  // distance to 1/2, likewise
    const double magnitude = midpoint(inner) * 0x1.0p-64;
    offset[i] = std::bit_cast<double>(std::bit_cast<std::uint64_t>(magnitude) | (~upper & 0x8000000000000000ULL));
    distance[i] = midpoint(below) * 0x1.0p-64;
  }
}

void require_equal_sizes(std::size_t given, std::size_t room) {
  if (given != room) {
    throw InputError("normal_quantiles was given " + std::to_string(given) + " numbers and room for " + std::to_string(room) +
                     " quantiles: pass as many");
  }
}

template <class T>
void by_blocks(std::span<const T> from, std::span<double> x, void (*split_block)(const T*, std::size_t, double*, double*)) {
  std::array<double, quantile_block> offset;    // NOLINT(cppcoreguidelines-pro-type-member-init): filled below
  std::array<double, quantile_block> distance;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  for (std::size_t first = 0; first < from.size(); first += quantile_block) {
    const std::size_t size = std::min(quantile_block, from.size() - first);
    split_block(from.data() + first, size, offset.data(), distance.data());
    quantiles_of_block(offset.data(), distance.data(), size, x.data() + first);
  }
}

}  // namespace

void quantiles_of_block(const double* offset, const double* distance, std::size_t size, double* normal) {
  central_quantiles(offset, size, normal);

  // The others, some 15 % of uniform numbers, side by side; every place is written, and kept where the count moves on: no branch either.
  std::array<std::uint32_t, quantile_block> place;  // NOLINT(cppcoreguidelines-pro-type-member-init): filled below
  std::array<double, quantile_block> packed;        // NOLINT(cppcoreguidelines-pro-type-member-init)
  std::array<double, quantile_block> tail;          // NOLINT(cppcoreguidelines-pro-type-member-init)
  std::size_t count = 0;
  for (std::size_t i = 0; i < size; ++i) {
    place[count] = static_cast<std::uint32_t>(i);
    count += std::abs(offset[i]) > wichura::central_limit ? 1 : 0;
  }
  for (std::size_t k = 0; k < count; ++k) {
    packed[k] = distance[place[k]];
  }
  // Whole vectors: the rest, one by one, would take longer than all before it.
  const std::size_t padded = (count + lanes - 1) / lanes * lanes;
  std::fill(packed.begin() + static_cast<std::ptrdiff_t>(count), packed.begin() + static_cast<std::ptrdiff_t>(padded), 0.25);
  tail_quantiles(packed.data(), padded, tail.data());
  for (std::size_t k = 0; k < count; ++k) {
    const double magnitude = tail[k] > wichura::far_limit ? wichura::far_tail(tail[k]) : packed[k];
    normal[place[k]] = std::copysign(magnitude, offset[place[k]]);  // signs cannot be foreseen: no branch
  }
}

void normal_quantiles(std::span<const double> u, std::span<double> x) {
  require_equal_sizes(u.size(), x.size());
  by_blocks(u, x, split);
}

void normal_quantiles(std::span<const std::uint64_t> words, std::span<double> x) {
  require_equal_sizes(words.size(), x.size());
  by_blocks(words, x, split_words);
}

}  // namespace kindred::kernels
