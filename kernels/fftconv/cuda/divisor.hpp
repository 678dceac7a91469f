#pragma once

#include <bit>
#include <cstdint>

#include <kindred/core/base/philox.hpp>

namespace kindred::fftconv::device {

/// Quotients n / d, n < 2^31, 0 < d < 2^31, by one multiplication (T. Granlund, P. Montgomery, Division by invariant integers using
/// multiplication, PLDI 1994, Fig. 4.1): with 2^{s−1} < d ≤ 2^s and m = ⌊2^32 (2^s − d) / d⌋ + 1, n / d = ⌊(⌊m n / 2^32⌋ + n) / 2^s⌋.
struct Divisor {
  std::uint32_t divisor = 1;
  std::uint32_t factor = 1;
  std::uint32_t shift = 0;

  Divisor() = default;
  explicit Divisor(std::uint32_t d) : divisor(d), shift(static_cast<std::uint32_t>(std::bit_width(d - 1))) {
    factor = static_cast<std::uint32_t>((((std::uint64_t{1} << shift) - d) << 32U) / d + 1);
  }

  [[nodiscard]] KINDRED_HOST_DEVICE std::uint32_t quotient(std::uint32_t n) const {
#if defined(__CUDA_ARCH__)
    return (__umulhi(factor, n) + n) >> shift;
#else
    return (static_cast<std::uint32_t>((std::uint64_t{factor} * n) >> 32U) + n) >> shift;
#endif
  }
};

}  // namespace kindred::fftconv::device
