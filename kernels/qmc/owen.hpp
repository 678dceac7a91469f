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

/// A bijection of words of 32 bits with good avalanche (C. Wellons, "hash-prospector", 2018-2022).
KINDRED_HOST_DEVICE inline std::uint32_t mix_bits32(std::uint32_t x) {
  x = (x ^ (x >> 16U)) * 0x21F0AAADU;
  x = (x ^ (x >> 15U)) * 0xD35A2D97U;
  return x ^ (x >> 15U);
}

/// Digits 1 … 32 of a word, the first in bit 0.
KINDRED_HOST_DEVICE inline std::uint32_t reversed_head(std::uint64_t word) { return reverse_bits(static_cast<std::uint32_t>(word >> 32U)); }

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

/// Exact nested uniform scrambling of one dimension of one replicate. The tree of prefixes is cut at the levels 0, 2, 7, 12, …, 27, 32 into
/// subtrees of depth five. The 31 flips of a subtree are the bits of one word, a hash of the prefix above it under a key of 63 bits drawn
/// for every cut (bit 1 the root, bits 2h and 2h + 1 the children of bit h). A net of 32 digits has a single path below each of its points
/// from level 32 on, so that one word more serves all digits beyond; for longer nets the cuts go on to level 62. Any point costs the same
/// few words, whatever the number of points, and extending the set keeps all points.
struct NestedKeys {
  static constexpr int short_cuts = 7;  // subtrees of nets of 32 digits
  static constexpr int long_cuts = 14;  // of 64
  static constexpr int count = 16;
  std::uint64_t keys[count] = {};  // [cut]; short_cuts: also that of the path beyond 32 digits; long_cuts: of the upper half of a long word
  int digits = 32;                 // of the net

  KINDRED_HOST_DEVICE static constexpr int level(int cut) { return cut == 0 ? 0 : 5 * cut - 3; }
  KINDRED_HOST_DEVICE static constexpr int depth(int cut) { return cut == 0 || cut + 1 == long_cuts ? 2 : 5; }
};

/// The flips of the subtree below a prefix; `upper` tells prefixes of more than 32 digits apart.
KINDRED_HOST_DEVICE inline std::uint32_t nested_bits(std::uint64_t key, std::uint32_t prefix, std::uint32_t upper = 0) {
  return mix_bits32(prefix * (static_cast<std::uint32_t>(key >> 32U) | 1U) + static_cast<std::uint32_t>(key) + upper);
}

/// The scrambled word of a net of up to 32 digits, or of more.
template <bool is_long>
KINDRED_HOST_DEVICE inline std::uint64_t nested_uniform(std::uint64_t word, const NestedKeys& keys) {
  constexpr int cuts = is_long ? NestedKeys::long_cuts : NestedKeys::short_cuts;
  const auto head = static_cast<std::uint32_t>(word >> 32U);
  const std::uint32_t upper = is_long ? nested_bits(keys.keys[NestedKeys::long_cuts], head) : 0;
  std::uint64_t result = 0;
  for (int cut = 0; cut < cuts; ++cut) {
    const int level = NestedKeys::level(cut);
    const int depth = NestedKeys::depth(cut);
    const std::uint64_t prefix = level == 0 ? 0 : word >> static_cast<unsigned>(64 - level);
    const std::uint32_t bits = level < 32
                                   ? nested_bits(keys.keys[cut], static_cast<std::uint32_t>(prefix))
                                   : nested_bits(keys.keys[cut], static_cast<std::uint32_t>(prefix & ((1ULL << (level - 32)) - 1U)), upper);
    const std::uint32_t ones = (1U << static_cast<unsigned>(depth)) - 1U;
    const std::uint32_t digits = static_cast<std::uint32_t>(word >> static_cast<unsigned>(64 - level - depth)) & ones;
    std::uint32_t flips = 0;
    for (int t = 0; t < depth; ++t) {
      flips = (flips << 1U) | ((bits >> ((digits | (ones + 1U)) >> static_cast<unsigned>(depth - t))) & 1U);
    }
    result |= static_cast<std::uint64_t>(digits ^ flips) << static_cast<unsigned>(64 - level - depth);
  }
  return is_long ? result : result | nested_bits(keys.keys[NestedKeys::short_cuts], head);
}

KINDRED_HOST_DEVICE inline std::uint64_t nested_uniform(std::uint64_t word, const NestedKeys& keys) {
  return keys.digits > 32 ? nested_uniform<true>(word, keys) : nested_uniform<false>(word, keys);
}

}  // namespace kindred::qmc
