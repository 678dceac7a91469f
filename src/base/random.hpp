#pragma once

#include <cstdint>
#include <string_view>

#include <kindred/core/base/philox.hpp>

namespace kindred {

/// 64-bit FNV-1a hash, used to turn stream names into numbers. Not for integrity checks.
constexpr std::uint64_t fnv1a(std::string_view text) {
  std::uint64_t hash = 0xCBF29CE484222325ULL;
  for (const char character : text) {
    hash ^= static_cast<unsigned char>(character);
    hash *= 0x100000001B3ULL;
  }
  return hash;
}

/// SplitMix64's finaliser (Steele, Lea, Flood 2014; constants by Stafford, variant 13): a bijection with good avalanche.
KINDRED_HOST_DEVICE constexpr std::uint64_t mix_bits(std::uint64_t x) {
  x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27U)) * 0x94D049BB133111EBULL;
  return x ^ (x >> 31U);
}

/// Key of the stream `name` of the data set with this seed.
constexpr std::uint64_t stream_key(std::uint64_t seed, std::string_view name) {
  return mix_bits(seed + 0x9E3779B97F4A7C15ULL) ^ mix_bits(fnv1a(name));
}

/// Inverse of the standard normal distribution function, Wichura's algorithm AS 241 (PPND16), Applied Statistics 37 (1988)
/// 477-484: relative error about 1e-16. Evaluated with IEEE +, -, *, / and sqrt alone (its logarithm is our own), so the
/// bits do not depend on the C library or the processor.
/// @param p probability in (0, 1)
double normal_quantile(double p);

/// Random access to the draws of one sample in one named stream.
/// Draw number n of sample i, attempt a, is a pure function of (seed, stream, i, a, n): the same for any order of
/// evaluation, any number of workers and any restart. Uses Philox4x32-10 with
/// key = stream key, counter = (n low, n high, i low, i high 16 bits | a << 16).
/// Up to 2^48 samples, 2^16 attempts, 2^64 draws.
class Draws {
 public:
  Draws(std::uint64_t seed, std::string_view stream, std::uint64_t sample, std::uint32_t attempt = 0)
      : Draws(stream_key(seed, stream), sample, attempt) {}
  Draws(std::uint64_t key, std::uint64_t sample, std::uint32_t attempt)
      : key_{static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(key >> 32U)},
        sample_low_(static_cast<std::uint32_t>(sample)),
        sample_high_(static_cast<std::uint32_t>((sample >> 32U) & 0xFFFFU) | (attempt << 16U)) {}

  /// 128 random bits.
  [[nodiscard]] Philox4x32::Counter bits(std::uint64_t draw) const {
    return Philox4x32::generate({static_cast<std::uint32_t>(draw), static_cast<std::uint32_t>(draw >> 32U), sample_low_, sample_high_},
                                key_);
  }

  /// Uniform on the open interval (0, 1): the midpoint of one of 2^52 equal cells.
  [[nodiscard]] double uniform(std::uint64_t draw) const {
    const auto words = bits(draw);
    const std::uint64_t cell = ((static_cast<std::uint64_t>(words[0]) << 32U) | words[1]) >> 12U;  // 52 bits: cell + 1/2 is exact
    return (static_cast<double>(cell) + 0.5) * 0x1.0p-52;
  }

  /// Standard normal: the quantile of uniform(draw).
  [[nodiscard]] double normal(std::uint64_t draw) const { return normal_quantile(uniform(draw)); }

 private:
  Philox4x32::Key key_;
  std::uint32_t sample_low_;
  std::uint32_t sample_high_;
};

}  // namespace kindred
