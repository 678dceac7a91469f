#pragma once

#include <cstdint>

#include <kindred/core/base/philox.hpp>

// Words of 64 bits stand for numbers in [0, 1): X means X/2^64, digit 1 (worth 1/2) in bit 63. Plain functions of values in C++17, for host
// and device; every kernel, on any processor, returns the bits of these definitions.

namespace kindred::qmc {

KINDRED_HOST_DEVICE inline std::uint32_t reverse_bits(std::uint32_t x) {
#if defined(__CUDA_ARCH__)
  return __brev(x);
#else
  x = ((x >> 1U) & 0x55555555U) | ((x & 0x55555555U) << 1U);
  x = ((x >> 2U) & 0x33333333U) | ((x & 0x33333333U) << 2U);
  x = ((x >> 4U) & 0x0F0F0F0FU) | ((x & 0x0F0F0F0FU) << 4U);
  x = ((x >> 8U) & 0x00FF00FFU) | ((x & 0x00FF00FFU) << 8U);
  return (x >> 16U) | (x << 16U);
#endif
}

KINDRED_HOST_DEVICE inline std::uint64_t reverse_bits(std::uint64_t x) {
  return (static_cast<std::uint64_t>(reverse_bits(static_cast<std::uint32_t>(x))) << 32U) |
         reverse_bits(static_cast<std::uint32_t>(x >> 32U));
}

/// Binary reflected Gray code: neighbours i and i + 1 differ in one bit; [0, 2^m) is mapped onto itself.
KINDRED_HOST_DEVICE inline std::uint64_t gray_code(std::uint64_t i) { return i ^ (i >> 1U); }

/// The 53 leading digits, exactly: a multiple of 2^-53 in [0, 1).
KINDRED_HOST_DEVICE inline double to_double(std::uint64_t word) {
  return static_cast<double>(static_cast<std::int64_t>(word >> 11U)) * 0x1.0p-53;
}

/// The midpoint of the cell of 52 digits, exactly: in (0, 1), symmetric about 1/2.
KINDRED_HOST_DEVICE inline double to_double_centred(std::uint64_t word) {
  return static_cast<double>(static_cast<std::int64_t>(((word >> 12U) << 1U) | 1U)) * 0x1.0p-53;
}

/// The 24 leading digits, exactly.
KINDRED_HOST_DEVICE inline float to_float(std::uint64_t word) {
  return static_cast<float>(static_cast<std::int32_t>(word >> 40U)) * 0x1.0p-24F;
}

/// The midpoint of the cell of 23 digits, exactly.
KINDRED_HOST_DEVICE inline float to_float_centred(std::uint64_t word) {
  return static_cast<float>(static_cast<std::int32_t>(((word >> 41U) << 1U) | 1U)) * 0x1.0p-24F;
}

/// Interlacing of order α (Dick 2008): digit t = α q + r of the result, t = 0, 1, …, is digit q of component r.
/// Of every component the first ⌈(64 − r)/α⌉ digits survive.
class Interlacing {
 public:
  static constexpr int max_order = 8;

  /// @param order α, 1 … max_order (not checked)
  explicit Interlacing(int order) : order_(order), digits_((64 + order - 1) / order) {
    for (int step = 0; step < steps; ++step) {
      const int block = 1 << step;
      for (int q = 0; q < digits_; ++q) {
        const int position = (q / block) * order * block + q % block;
        masks_[step] |= position < 64 ? std::uint64_t{1} << static_cast<unsigned>(position) : 0U;
      }
    }
  }

  [[nodiscard]] KINDRED_HOST_DEVICE int order() const { return order_; }

  /// Digit q of the component moves to digit α q + r.
  [[nodiscard]] KINDRED_HOST_DEVICE std::uint64_t spread(std::uint64_t component, int r) const {
    if (order_ == 1) {
      return component;
    }
    // Last digit lowest; ever smaller blocks of digits are moved to α times their distance.
    std::uint64_t x = component >> static_cast<unsigned>(64 - digits_);
    for (int step = steps - 1; step >= 0; --step) {
      if ((1 << step) < digits_) {
        x = (x | (x << static_cast<unsigned>((order_ - 1) << step))) & masks_[step];
      }
    }
    const int shift = 63 - order_ * (digits_ - 1) - r;
    return shift >= 0 ? x << static_cast<unsigned>(shift) : x >> static_cast<unsigned>(-shift);
  }

  /// The inverse of the sum of spreads: component r of an interlaced word, its lost digits zero.
  [[nodiscard]] std::uint64_t component(std::uint64_t word, int r) const {
    std::uint64_t x = 0;
    for (int q = 0; order_ * q + r < 64; ++q) {
      x |= ((word >> static_cast<unsigned>(63 - order_ * q - r)) & 1U) << static_cast<unsigned>(63 - q);
    }
    return x;
  }

 private:
  static constexpr int steps = 5;  // components of order two and more give 32 digits or fewer
  int order_;
  int digits_;
  std::uint64_t masks_[steps] = {};
};

}  // namespace kindred::qmc
