#pragma once

#include <cstdint>

#include <kindred/kernels/qmc/bits.hpp>
#include <kindred/kernels/qmc/random_words.hpp>

// Nested uniform scrambling (Owen 1995): output digit k is input digit k, flipped by a fair bit that belongs to the input digits before it.

namespace kindred::qmc {

/// The hash that stands in for nested scrambling of 32 digits: digit k of the result depends on digits 1 … k of the argument alone.
/// Both reversed (digit 1 in bit 0). Constants: N. Vegdahl, "Building a better LK hash" (2021), a revision of Laine and Karras (2011);
/// those of Burley (JCGT 9(4), 2020) flip digits of neighbouring prefixes together and are not used.
/// @param seed must come from a strong mixer: seeds that differ in a few bits give dependent scrambles
KINDRED_HOST_DEVICE inline std::uint32_t owen_hash(std::uint32_t reversed, std::uint32_t seed) {
  reversed ^= reversed * 0x3D20ADEAU;
  reversed += seed;
  reversed *= (seed >> 16U) | 1U;
  reversed ^= reversed * 0x05526C56U;
  reversed ^= reversed * 0x53A22864U;
  return reversed;
}

/// A bijection of words of 32 bits: the finaliser of MurmurHash3.
KINDRED_HOST_DEVICE inline std::uint32_t mix_bits32(std::uint32_t x) {
  x = (x ^ (x >> 16U)) * 0x85EBCA6BU;
  x = (x ^ (x >> 13U)) * 0xC2B2AE35U;
  return x ^ (x >> 16U);
}

/// Randomness of one dimension of one replicate.
struct OwenKey {
  std::uint32_t seed = 0;
  std::uint32_t tail = 0;  // of the digits beyond the 32nd
};

/// The scrambled word: 32 digits by owen_hash, then 32 that are a hash of them.
KINDRED_HOST_DEVICE inline std::uint64_t owen_hash_word(std::uint32_t reversed, OwenKey key) {
  const std::uint32_t scrambled = owen_hash(reversed, key.seed);
  return (static_cast<std::uint64_t>(reverse_bits(scrambled)) << 32U) | mix_bits32(scrambled ^ key.tail);
}

/// Exact nested uniform scrambling of one dimension of one replicate. The tree of prefixes is cut at the levels
/// 0, 2, 8, 14, 20, … into subtrees of depth six: one word of a SplitMix64 sequence, whose start is drawn for every cut and whose
/// position is the prefix, holds the 63 bits of a subtree (bit 1 its root, bits 2h and 2h + 1 the children of bit h). The digits beyond the
/// last one of the net lie on a single path below its whole word, so that one more word serves them all.
/// Any point costs the same few words, whatever the number of points, and extending the set keeps all points.
struct NestedKeys {
  static constexpr int max_cuts = 12;
  std::uint64_t start[max_cuts] = {};
  int digits = 32;  // of the net

  /// Level of cut c.
  KINDRED_HOST_DEVICE static constexpr int level(int cut) { return cut == 0 ? 0 : 6 * cut - 4; }
  /// The cut at or below the last digit, where the single path begins; max_cuts if all 64 digits belong to subtrees.
  [[nodiscard]] KINDRED_HOST_DEVICE int last_cut() const { return (digits + 9) / 6; }
};

/// The bits of the subtree below a prefix.
KINDRED_HOST_DEVICE inline std::uint64_t nested_bits(std::uint64_t start, std::uint64_t prefix) {
  return mix_bits(start + prefix * 0x9E3779B97F4A7C15ULL);
}

/// The scrambled word.
KINDRED_HOST_DEVICE inline std::uint64_t nested_uniform(std::uint64_t word, const NestedKeys& keys) {
  std::uint64_t result = 0;
  const int last = keys.last_cut();
  for (int cut = 0; cut < last; ++cut) {
    const int level = NestedKeys::level(cut);
    const int depth = (cut + 1 < NestedKeys::max_cuts ? NestedKeys::level(cut + 1) : 64) - level;
    const std::uint64_t bits = nested_bits(keys.start[cut], level == 0 ? 0 : word >> static_cast<unsigned>(64 - level));
    const std::uint64_t ones = (std::uint64_t{1} << static_cast<unsigned>(depth)) - 1U;
    const std::uint64_t digits = (word >> static_cast<unsigned>(64 - level - depth)) & ones;
    std::uint64_t flips = 0;
    for (int t = 0; t < depth; ++t) {
      const std::uint64_t node = (digits | (ones + 1U)) >> static_cast<unsigned>(depth - t);
      flips = (flips << 1U) | ((bits >> node) & 1U);
    }
    result |= (digits ^ flips) << static_cast<unsigned>(64 - level - depth);
  }
  if (last < NestedKeys::max_cuts) {
    const auto level = static_cast<unsigned>(NestedKeys::level(last));
    result |= nested_bits(keys.start[last], word >> (64U - level)) >> level;
  }
  return result;
}

}  // namespace kindred::qmc
