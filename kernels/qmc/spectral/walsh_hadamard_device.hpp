#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <kindred/core/base/philox.hpp>
#include <kindred/kernels/qmc/unroll.hpp>

// What the threads of a GPU do to transform an array, in steps between which a block waits for all its threads: functions of a thread's
// number that a processor can carry out as well. The additions are those of the radix-2 loop h = 1, 2, 4, … of the CPU's transform, and the
// scale comes last, so that the bits are its own.

namespace kindred::qmc::device {

/// The stages h = 2^low … 2^(low + bits − 1) of transforms, in place: a block holds a tile of numbers in its fast memory. With the index of
/// a number split into (o, m, i) of …, `bits` and `low` digits, a tile has all m for 2^column_bits neighbouring i, as one line of memory,
/// and for as many of these places as it has room for.
struct WalshHadamardPass {
  static constexpr int threads = 256;
  static constexpr int radix_bits = 4;  // stages that a thread does in its registers

  double* values = nullptr;
  std::uint64_t places = 0;
  int low = 0;
  int bits = 0;
  int column_bits = 0;  // at most low
  int tile_bits = 0;    // at least column_bits + bits
  double scale = 1.0;

  [[nodiscard]] std::uint64_t tiles() const { return ((places - 1) >> static_cast<unsigned>(tile_bits - column_bits - bits)) + 1; }
  /// Steps of radix_bits stages.
  [[nodiscard]] KINDRED_HOST_DEVICE int steps() const { return (bits + radix_bits - 1) / radix_bits; }

  /// Where number k of the fast memory lies: threads 16 numbers apart do not meet in a bank.
  KINDRED_HOST_DEVICE static constexpr std::uint32_t padded(std::uint32_t k) { return k + (k >> 4U); }
  /// Numbers of fast memory.
  [[nodiscard]] static constexpr std::size_t tile_numbers(int tile_bits) {
    return padded((1U << static_cast<unsigned>(tile_bits)) - 1) + 1;
  }

  KINDRED_HOST_DEVICE void load(std::uint64_t tile, int thread, double* fast) const {
    for_numbers(tile, thread, [&](std::uint32_t k, double& value) { fast[padded(k)] = value; });
  }

  KINDRED_HOST_DEVICE void store(std::uint64_t tile, int thread, const double* fast) const {
    for_numbers(tile, thread, [&](std::uint32_t k, double& value) { value = scale * fast[padded(k)]; });
  }

  KINDRED_HOST_DEVICE void step(int number, int thread, double* fast) const {
    const int done = number * radix_bits;
    const int at = column_bits + done;
    switch (bits - done) {
      case 1:
        butterflies<1>(at, thread, fast);
        break;
      case 2:
        butterflies<2>(at, thread, fast);
        break;
      case 3:
        butterflies<3>(at, thread, fast);
        break;
      default:
        butterflies<radix_bits>(at, thread, fast);
    }
  }

 private:
  /// f(k, number k of the tile), neighbouring threads taking neighbouring numbers.
  template <class F>
  KINDRED_HOST_DEVICE void for_numbers(std::uint64_t tile, int thread, const F& f) const {
    const auto digits = [](std::uint64_t x, int count) { return x & ((std::uint64_t{1} << static_cast<unsigned>(count)) - 1U); };
    const auto place_bits = static_cast<unsigned>(tile_bits - column_bits - bits);
    for (auto k = static_cast<std::uint32_t>(thread); k < 1U << static_cast<unsigned>(tile_bits); k += threads) {
      const std::uint64_t place = (tile << place_bits) + (k >> static_cast<unsigned>(column_bits + bits));
      if (place < places) {
        const std::uint64_t outer = place >> static_cast<unsigned>(low - column_bits);
        const std::uint64_t inner = (digits(place, low - column_bits) << static_cast<unsigned>(column_bits)) | digits(k, column_bits);
        const std::uint64_t middle = digits(k >> static_cast<unsigned>(column_bits), bits);
        f(k, values[(((outer << static_cast<unsigned>(bits)) | middle) << static_cast<unsigned>(low)) | inner]);
      }
    }
  }

  /// `count` stages at digit `at` of the tile's indices. What lies beyond the last place is transformed too, and not stored.
  template <int count>
  KINDRED_HOST_DEVICE void butterflies(int at, int thread, double* fast) const {
    constexpr std::uint32_t radix = 1U << static_cast<unsigned>(count);
    const std::uint32_t below = (1U << static_cast<unsigned>(at)) - 1U;
    for (auto group = static_cast<std::uint32_t>(thread); group < 1U << static_cast<unsigned>(tile_bits - count); group += threads) {
      const std::uint32_t first = ((group & ~below) << static_cast<unsigned>(count)) | (group & below);
      double x[radix];
      KINDRED_UNROLL
      for (std::uint32_t e = 0; e < radix; ++e) {
        x[e] = fast[padded(first + (e << static_cast<unsigned>(at)))];
      }
      KINDRED_UNROLL
      for (std::uint32_t h = 1; h < radix; h *= 2) {
        KINDRED_UNROLL
        for (std::uint32_t e = 0; e < radix; ++e) {
          if ((e & h) == 0) {
            const double a = x[e];
            const double b = x[e + h];
            x[e] = a + b;
            x[e + h] = a - b;
          }
        }
      }
      KINDRED_UNROLL
      for (std::uint32_t e = 0; e < radix; ++e) {
        fast[padded(first + (e << static_cast<unsigned>(at)))] = x[e];
      }
    }
  }
};

/// The passes over memory of orthonormal transforms of `rows` rows of 2^m numbers: one for rows that fit into a tile, beyond that
/// tile_bits stages and then tile_bits − line_bits a pass.
inline std::vector<WalshHadamardPass> walsh_hadamard_passes(double* values, int m, std::uint64_t rows, int tile_bits = 13,
                                                            int line_bits = 4) {
  std::vector<WalshHadamardPass> passes;
  const std::uint64_t numbers = rows << static_cast<unsigned>(m);
  for (int low = 0; low < m || passes.empty(); low += passes.back().bits) {
    const int column_bits = low == 0 ? 0 : line_bits;
    const int bits = std::min(m - low, tile_bits - column_bits);
    passes.push_back({values, numbers >> static_cast<unsigned>(column_bits + bits), low, bits, column_bits, tile_bits, 1.0});
  }
  passes.back().scale = 1.0 / std::sqrt(std::ldexp(1.0, m));
  return passes;
}

}  // namespace kindred::qmc::device
