#pragma once

#include <array>
#include <cstdint>

#if defined(__CUDACC__)
#define KINDRED_HOST_DEVICE __host__ __device__
#else
#define KINDRED_HOST_DEVICE
#endif

namespace kindred {

/// Philox4x32-10, a counter-based generator: a bijection of 128-bit counters for every 64-bit key.
/// Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC'11, section 5.2.
/// Usable in host and device code; the same bits everywhere.
struct Philox4x32 {
  using Counter = std::array<std::uint32_t, 4>;
  using Key = std::array<std::uint32_t, 2>;
  static constexpr int rounds = 10;

  KINDRED_HOST_DEVICE static constexpr Counter generate(Counter counter, Key key) {
    constexpr std::uint32_t multiplier_0 = 0xD2511F53U;
    constexpr std::uint32_t multiplier_1 = 0xCD9E8D57U;
    constexpr std::uint32_t weyl_0 = 0x9E3779B9U;  // fractional part of the golden ratio
    constexpr std::uint32_t weyl_1 = 0xBB67AE85U;  // fractional part of the square root of three
    std::uint32_t c0 = counter[0];
    std::uint32_t c1 = counter[1];
    std::uint32_t c2 = counter[2];
    std::uint32_t c3 = counter[3];
    std::uint32_t k0 = key[0];
    std::uint32_t k1 = key[1];
    for (int round = 0; round < rounds; ++round) {
      const std::uint64_t product_0 = static_cast<std::uint64_t>(multiplier_0) * c0;
      const std::uint64_t product_1 = static_cast<std::uint64_t>(multiplier_1) * c2;
      const auto high_0 = static_cast<std::uint32_t>(product_0 >> 32U);
      const auto high_1 = static_cast<std::uint32_t>(product_1 >> 32U);
      c0 = high_1 ^ c1 ^ k0;
      c1 = static_cast<std::uint32_t>(product_1);
      c2 = high_0 ^ c3 ^ k1;
      c3 = static_cast<std::uint32_t>(product_0);
      k0 += weyl_0;
      k1 += weyl_1;
    }
    return {c0, c1, c2, c3};
  }
};

}  // namespace kindred
