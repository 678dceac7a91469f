#pragma once

#include <kindred/kernels/fftconv/half/job.hpp>

// Arrays of 16-bit numbers of any length and alignment, read and written 16 bytes at a time but for their ends.

namespace kindred::fftconv::half {

/// Numbers m … m + 7, 0 ≤ m ≤ 8, of the 16 numbers of two quads.
KINDRED_HOST_DEVICE inline Quad shifted(const Quad& low, const Quad& high, int m) {
  std::uint32_t w[8] = {low.word[0], low.word[1], low.word[2], low.word[3], high.word[0], high.word[1], high.word[2], high.word[3]};
  if ((m & 8) != 0) {
    return high;
  }
  KINDRED_UNROLL
  for (int by = 2; by >= 1; by /= 2) {
    KINDRED_UNROLL
    for (int i = 0; i + by < 8; ++i) {
      w[i] = (m & (2 * by)) != 0 ? w[i + by] : w[i];
    }
  }
  Quad to;
  KINDRED_UNROLL
  for (int i = 0; i < 4; ++i) {
    to.word[i] = (m & 1) != 0 ? (w[i] >> 16U) | (w[i + 1] << 16U) : w[i];
  }
  return to;
}

/// How many numbers an address lies above a multiple of 16 bytes.
KINDRED_HOST_DEVICE inline int misalignment(const std::uint16_t* data, Index i) {
  return static_cast<int>((reinterpret_cast<std::uintptr_t>(data) / 2 + static_cast<std::uintptr_t>(i)) & 7U);
}

KINDRED_HOST_DEVICE inline Quad quad_of(const std::uint16_t (&numbers)[8]) {
  Quad quad;
  KINDRED_UNROLL
  for (int i = 0; i < 4; ++i) {
    quad.word[i] = numbers[2 * i] | (static_cast<std::uint32_t>(numbers[2 * i + 1]) << 16U);
  }
  return quad;
}

/// Numbers i … i + 7 of an array, zeros outside [0, length).
KINDRED_HOST_DEVICE inline Quad read_numbers(const std::uint16_t* data, Index length, Index i) {
  const int m = misalignment(data, i);
  if (m == 0 && i >= 0 && i + 8 <= length) {
    return *reinterpret_cast<const Quad*>(data + i);
  }
  if (i >= 8 && i + 16 <= length) {
    const auto* quads = reinterpret_cast<const Quad*>(data + (i - m));
    return shifted(quads[0], quads[1], m);
  }
  std::uint16_t numbers[8];
  KINDRED_UNROLL
  for (int e = 0; e < 8; ++e) {
    numbers[e] = i + e >= 0 && i + e < length ? data[i + e] : std::uint16_t{0};
  }
  return quad_of(numbers);
}

template <class Format>
KINDRED_HOST_DEVICE Quad gated(const Quad& x, const Quad& gate) {
  Quad product;
  KINDRED_UNROLL
  for (int i = 0; i < 4; ++i) {
    product.word[i] = Format::round(low_value<Format>(x.word[i]) * low_value<Format>(gate.word[i]),
                                    high_value<Format>(x.word[i]) * high_value<Format>(gate.word[i]));
  }
  return product;
}

/// An array times its gate, if there is one.
template <class Format>
struct Source {
  const std::uint16_t* data;
  const std::uint16_t* gate;
  Index length;

  KINDRED_HOST_DEVICE Source(const Arrays& arrays, Index array)
      : data(arrays.in + array * arrays.in_length),
        gate(arrays.pre == nullptr ? nullptr : arrays.pre + array * arrays.in_length),
        length(arrays.in_length) {}

  [[nodiscard]] KINDRED_HOST_DEVICE Quad operator()(Index i) const {
    const Quad x = read_numbers(data, length, i);
    return gate == nullptr ? x : gated<Format>(x, read_numbers(gate, length, i));
  }
};

/// An array to be written: numbers times their gate, if there is one.
template <class Format>
struct Target {
  std::uint16_t* data;
  const std::uint16_t* gate;
  Index length;

  KINDRED_HOST_DEVICE Target(const Arrays& arrays, Index array)
      : data(arrays.out + array * arrays.out_length),
        gate(arrays.post == nullptr ? nullptr : arrays.post + array * arrays.out_length),
        length(arrays.out_length) {}

  /// The share of thread `thread` of `threads` in writing numbers first … first + count − 1; quad(j) are numbers j … j + 7 of these, for
  /// multiples j of 8.
  template <class Numbers>
  KINDRED_HOST_DEVICE void write(Index first, int count, int thread, int threads, const Numbers& quad) const {
    const int m = misalignment(data, first);
    const Quad none = {};
    for (int j = 8 * thread; j - m < count; j += 8 * threads) {
      Quad numbers = m != 0 && j >= count ? none : quad(j);
      if (m != 0) {
        numbers = shifted(j == 0 ? none : quad(j - 8), numbers, 8 - m);
      }
      const Index at = first + j - m;
      if (gate != nullptr) {
        numbers = gated<Format>(numbers, read_numbers(gate, length, at));
      }
      if (j >= m && j - m + 8 <= count) {
        *reinterpret_cast<Quad*>(data + at) = numbers;
      } else {
        KINDRED_UNROLL
        for (int e = 0; e < 8; ++e) {
          if (j - m + e >= 0 && j - m + e < count) {
            data[at + e] = static_cast<std::uint16_t>(numbers.word[e / 2] >> (16U * (static_cast<unsigned>(e) & 1U)));
          }
        }
      }
    }
  }
};

/// The greatest |number| as a word: words without their sign are ordered as the numbers, with infinities and NaN above all.
KINDRED_HOST_DEVICE inline std::uint32_t largest(std::uint32_t before, const Quad& numbers) {
  KINDRED_UNROLL
  for (const std::uint32_t word : numbers.word) {
    const std::uint32_t low = word & 0x7FFFU;
    const std::uint32_t high = (word >> 16U) & 0x7FFFU;
    const std::uint32_t greater = low > high ? low : high;
    before = before > greater ? before : greater;
  }
  return before;
}

/// The power of two by which numbers up to the largest are multiplied: with M complex numbers of two each, their norm, which no stage
/// increases, stays below 2^15. One where there are none but zeros, infinities or NaN.
template <class Format>
KINDRED_HOST_DEVICE float scale_of(std::uint32_t largest, int log_length) {
  const auto exponent = static_cast<int>(std::bit_cast<std::uint32_t>(Format::value(static_cast<std::uint16_t>(largest))) >> 23U);
  if (largest == 0 || exponent == 255) {
    return 1.0F;
  }
  const int shift = 14 - (log_length + 2) / 2 - (exponent - 127);
  return std::bit_cast<float>(static_cast<std::uint32_t>((shift > 126 ? 126 : shift) + 127) << 23U);
}
/// alpha · factor / scale, the scale a power of two; finite, so that zeros stay zeros.
KINDRED_HOST_DEVICE inline float result_scale(float scale, float alpha, float factor) {
  const float result = std::bit_cast<float>(0x7F000000U - std::bit_cast<std::uint32_t>(scale)) * (alpha * factor);
  constexpr float most = 0x1.fffffep127F;
  return result > most ? most : result < -most ? -most : result;
}

}  // namespace kindred::fftconv::half
