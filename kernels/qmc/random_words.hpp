#pragma once

#include <cstdint>
#include <string_view>

#include <kindred/core/base/random.hpp>

namespace kindred::qmc {

/// What random words are drawn for: one stream of a seed. Every word is a pure function of (seed, purpose, replicate, dimension, row), so
/// that any subset of dimensions, any partition and any device sees the same numbers.
/// Philox4x32-10; key = stream key, counter = (row / 2 low, row / 2 high, dimension, replicate); a call gives rows 2k and 2k + 1.
class RandomWords {
 public:
  RandomWords() = default;
  RandomWords(std::uint64_t seed, std::string_view purpose) {
    const std::uint64_t key = stream_key(seed, purpose);
    key_ = {static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(key >> 32U)};
  }

  /// Rows 2 pair and 2 pair + 1.
  KINDRED_HOST_DEVICE void pair(std::uint32_t replicate, std::uint32_t dimension, std::uint64_t pair, std::uint64_t* words) const {
    const auto bits =
        Philox4x32::generate({static_cast<std::uint32_t>(pair), static_cast<std::uint32_t>(pair >> 32U), dimension, replicate}, key_);
    words[0] = (static_cast<std::uint64_t>(bits[0]) << 32U) | bits[1];
    words[1] = (static_cast<std::uint64_t>(bits[2]) << 32U) | bits[3];
  }

  [[nodiscard]] KINDRED_HOST_DEVICE std::uint64_t operator()(std::uint32_t replicate, std::uint32_t dimension, std::uint64_t row) const {
    std::uint64_t words[2];
    pair(replicate, dimension, row >> 1U, words);
    return (row & 1U) != 0 ? words[1] : words[0];
  }

  [[nodiscard]] KINDRED_HOST_DEVICE Philox4x32::Key key() const { return key_; }

 private:
  Philox4x32::Key key_{};
};

/// Uniform on {0, …, count − 1}: the bias of a probability is below count/2^64.
KINDRED_HOST_DEVICE inline std::uint32_t uniform_integer(std::uint64_t word, std::uint32_t count) {
  // High half of word · count, in two products of 32 bits.
  const std::uint64_t low = (word & 0xFFFFFFFFU) * count;
  return static_cast<std::uint32_t>(((word >> 32U) * count + (low >> 32U)) >> 32U);
}

}  // namespace kindred::qmc
