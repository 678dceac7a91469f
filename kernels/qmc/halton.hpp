#pragma once

#include <cstdint>
#include <vector>

#include <kindred/kernels/qmc/block_kernels.hpp>
#include <kindred/kernels/qmc/order.hpp>
#include <kindred/kernels/qmc/primes.hpp>
#include <kindred/kernels/qmc/random_words.hpp>
#include <kindred/kernels/qmc/randomization.hpp>

namespace kindred::qmc {

/// Halton's sequence: coordinate j of point i is the radical inverse of i in the j-th prime b, Σ d_k b^(−k−1) with the digits d_k of i,
/// least significant first. As words: Σ ⌊2^64 d_k b^(−k−1)⌋ over ⌈53/log₂ b⌉ digits, less than 2^-58 below the sum of the fractions.
struct Halton {
  static constexpr int max_dimensions = max_primes;
  int dimensions = 0;
};

/// One coordinate's digits: base and weights ⌊2^96/b^(k+1)⌋.
struct HaltonBase {
  static constexpr int max_digits = 53;
  std::uint32_t base = 2;
  int digits = 0;
  std::uint64_t weights[max_digits] = {};
  std::uint32_t fractions[max_digits] = {};  // the lower 32 bits of the weights

  explicit HaltonBase(std::uint32_t b);

  /// ⌊2^64 d b^(−k−1)⌋, one less for a few d.
  [[nodiscard]] KINDRED_HOST_DEVICE std::uint64_t fraction(int k, std::uint32_t d) const {
    return d * weights[k] + ((static_cast<std::uint64_t>(d) * fractions[k]) >> 32U);
  }
};

/// π(d) of the random permutation of {0, …, b − 1} that a node starts: the first d + 1 steps of a Fisher-Yates shuffle, in step s of which
/// the entries s and draw(s) ≥ s change places, the draws a SplitMix64 sequence. The entry that ends at place d is followed backwards.
/// O(d).
KINDRED_HOST_DEVICE inline std::uint32_t shuffled_digit(std::uint64_t node, std::uint32_t b, std::uint32_t d) {
  const auto draw = [&](std::uint32_t step) {
    return step + uniform_integer(mix_bits(node + (step + 1) * 0x9E3779B97F4A7C15ULL), b - step);
  };
  std::uint32_t place = draw(d);
  for (std::uint32_t step = d; step-- > 0;) {
    place = draw(step) == place ? step : place;
  }
  return place;
}

/// The node of prefix Σ d_l b^l, l < k, at level k, from the random word of the level.
KINDRED_HOST_DEVICE inline std::uint64_t shuffle_node(std::uint64_t level, std::uint64_t prefix) {
  return mix_bits(level + prefix * 0x9E3779B97F4A7C15ULL);
}

/// A Halton sequence ready to be generated.
/// Memory: digit permutations take 2 b ⌈53/log₂ b⌉ bytes a dimension and replicate.
class HaltonPoints {
 public:
  static constexpr int columns_at_once = 8;

  HaltonPoints(const Halton& sequence, const Randomization& randomization);

  [[nodiscard]] std::uint64_t word(int replicate, int dimension, std::uint64_t index) const;

  /// Points in blocks of b^g that share all digits but the lowest g. With e(t) and e' the scrambled digits that the low part t and the
  /// rest contribute, digit k is π_k((e_k(t) + e'_k) mod b): sums are taken for several k at once, as numbers to the base 2b − 1, in which
  /// nothing carries, and looked up.
  class Column {
   public:
    Column(const HaltonPoints& points, int replicate, int dimension, std::uint64_t count);
    void write(const BlockKernels& kernels, Format format, void* out, std::uint64_t first, std::size_t count);

   private:
    struct Group {
      int first_digit;
      int digits;
      bool constant;                           // the low digits do not enter
      std::vector<std::uint16_t> low;          // [t]
      std::vector<std::uint64_t> sums;         // weighted output digits by the number to the base 2b − 1
      const std::uint64_t* current = nullptr;  // sums, from the number of the block's e' on
    };
    void build();
    void words(std::uint64_t* out, std::uint64_t first, std::size_t count);
    std::uint64_t enter_block(std::uint64_t block);

    const HaltonPoints& points_;
    int replicate_;
    int dimension_;
    int low_digits_ = 0;              // g; 0: points one by one
    std::uint64_t block_length_ = 1;  // b^g
    std::vector<Group> groups_;
    std::vector<const Group*> varying_;
  };
  [[nodiscard]] Column column(int replicate, int dimension, Order /*order*/, std::uint64_t count) const {
    return {*this, replicate, dimension, count};
  }

 private:
  friend class DeviceTables;
  [[nodiscard]] std::size_t slot(int replicate, int dimension) const {
    return static_cast<std::size_t>(replicate) * bases_.size() + static_cast<std::size_t>(dimension);
  }
  /// Entry (k, l), l ≤ k, of the random linear scramble; null where there is none.
  [[nodiscard]] const std::uint16_t* lower(int replicate, int dimension) const {
    return lower_.empty() ? nullptr : lower_[slot(replicate, dimension)].data();
  }
  /// Value of digit e at position k: π_k(e).
  [[nodiscard]] std::uint32_t map(const std::uint16_t* maps, int dimension, int k, std::uint32_t e) const;
  [[nodiscard]] const std::uint16_t* maps(int replicate, int dimension) const {
    return maps_.empty() ? nullptr : maps_[slot(replicate, dimension)].data();
  }
  [[nodiscard]] std::uint64_t nested_word(int replicate, int dimension, std::uint64_t index) const;

  Scramble scramble_;
  std::uint32_t first_replicate_;
  RandomWords nested_;
  std::vector<HaltonBase> bases_;
  std::vector<std::vector<std::uint16_t>> lower_;  // [replicate][dimension], rows of a triangle
  std::vector<std::vector<std::uint16_t>> maps_;   // [replicate][dimension]: shifts [k], or permutations [k][e]
};

}  // namespace kindred::qmc
