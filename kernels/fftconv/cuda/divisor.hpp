#pragma once

#include <bit>
#include <cstdint>
#include <limits>

#include <kindred/core/base/philox.hpp>

namespace kindred::fftconv::device {

/// Quotients n / d by one multiplication, n and d below 2^(w−1), w the word's bits (T. Granlund, P. Montgomery, Division by invariant
/// integers using multiplication, PLDI 1994, Fig. 4.1): with 2^{s−1} < d ≤ 2^s and m = ⌊2^w (2^s − d) / d⌋ + 1,
/// n / d = ⌊(⌊m n / 2^w⌋ + n) / 2^s⌋.
template <class Word, class Wide>
struct BasicDivisor {
  Word divisor = 1;
  Word factor = 1;
  unsigned shift = 0;

  BasicDivisor() = default;
  explicit BasicDivisor(std::int64_t d) : divisor(static_cast<Word>(d)), shift(static_cast<unsigned>(std::bit_width(divisor - 1))) {
    constexpr unsigned bits = std::numeric_limits<Word>::digits;
    factor = static_cast<Word>((((Wide{1} << shift) - divisor) << bits) / divisor + 1);
  }

  [[nodiscard]] KINDRED_HOST_DEVICE Word quotient(Word n) const { return (high_product(n) + n) >> shift; }

 private:
  [[nodiscard]] KINDRED_HOST_DEVICE Word high_product(Word n) const {
#if defined(__CUDA_ARCH__)
    if constexpr (sizeof(Word) == 4) {
      return __umulhi(factor, n);
    } else {
      return __umul64hi(factor, n);
    }
#else
    return static_cast<Word>((Wide{factor} * n) >> static_cast<unsigned>(std::numeric_limits<Word>::digits));
#endif
  }
};

/// Of offsets in callbacks, which are computed for every number.
using Divisor = BasicDivisor<std::uint32_t, std::uint64_t>;
/// Of rows.
using WideDivisor = BasicDivisor<std::uint64_t, unsigned __int128>;

/// i of i · d + j, j < d, 0 ≤ i.
[[nodiscard]] KINDRED_HOST_DEVICE inline std::int64_t quotient(std::int64_t n, const WideDivisor& d) {
  return static_cast<std::int64_t>(d.quotient(static_cast<std::uint64_t>(n)));
}

}  // namespace kindred::fftconv::device
