#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <variant>

#include <kindred/kernels/qmc/bits.hpp>
#include <kindred/kernels/qmc/halton.hpp>
#include <kindred/kernels/qmc/owen.hpp>
#include <kindred/kernels/qmc/random_words.hpp>
#include <kindred/kernels/qmc/sampler.hpp>
#include <kindred/kernels/qmc/unroll.hpp>

// Randomised point sets as plain views of tables, to be passed to a GPU's kernels by value. coordinate(replicate, dimension) is one
// coordinate of all points, for a thread to keep in its registers; its word(index) has the bits of Sampler::word() of this index.

namespace kindred::qmc::device {

/// The columns of one generating matrix: [column][dimension] in memory, so that threads of neighbouring dimensions read neighbouring words.
template <class Word>
class Matrix {
 public:
  KINDRED_HOST_DEVICE Matrix(const Word* first, std::size_t pitch, int columns) : first_(first), pitch_(pitch), columns_(columns) {}

  /// Zero beyond the last.
  [[nodiscard]] KINDRED_HOST_DEVICE Word column(int k) const { return k < columns_ ? first_[static_cast<std::size_t>(k) * pitch_] : 0; }

  /// C · (digits of index).
  [[nodiscard]] KINDRED_HOST_DEVICE Word combination(std::uint64_t index) const {
    Word word = 0;
    for (int first = 0; index != 0; first += 4, index >>= 4U) {
      KINDRED_UNROLL
      for (int k = 0; k < 4; ++k) {  // loads that do not wait for each other
        word ^= ((index >> static_cast<unsigned>(k)) & 1U) != 0 ? column(first + k) : 0;
      }
    }
    return word;
  }

 private:
  const Word* first_;
  std::size_t pitch_;
  int columns_;
};

/// The matrices of a net or of its components.
template <class Word>
struct Matrices {
  const Word* words = nullptr;  // [column][component]
  int components = 0;
  int columns = 0;

  [[nodiscard]] KINDRED_HOST_DEVICE Matrix<Word> matrix(int component) const {
    return {words + component, static_cast<std::size_t>(components), columns};
  }
};

// Nets whose components are not interlaced after a scramble. A coordinate is made from a state, linear in the digits of the index but for
// what start() adds: start(i ⊕ k) = start(i) ⊕ matrix.combination(k), word(i) = finish(start(i)).

/// Unscrambled, shifted, linearly scrambled nets of any order.
struct LinearNet {
  Matrices<std::uint64_t> matrices;
  std::size_t replicate_words = 0;        // from one replicate's matrices to the next one's; 0: shared
  const std::uint64_t* shifts = nullptr;  // [replicate][dimension]; null: none

  struct Coordinate {
    using State = std::uint64_t;
    Matrix<State> matrix;
    std::uint64_t shift;
    [[nodiscard]] KINDRED_HOST_DEVICE State start(std::uint64_t index) const { return matrix.combination(index) ^ shift; }
    [[nodiscard]] KINDRED_HOST_DEVICE static std::uint64_t finish(State state) { return state; }
    [[nodiscard]] KINDRED_HOST_DEVICE std::uint64_t word(std::uint64_t index) const { return finish(start(index)); }
  };
  [[nodiscard]] KINDRED_HOST_DEVICE Coordinate coordinate(int replicate, int dimension) const {
    const auto number = static_cast<std::size_t>(replicate);
    const Matrices<std::uint64_t> own{matrices.words + number * replicate_words, matrices.components, matrices.columns};
    const std::size_t slot = number * static_cast<std::size_t>(matrices.components) + static_cast<std::size_t>(dimension);
    return {own.matrix(dimension), shifts == nullptr ? 0 : shifts[slot]};
  }
};

/// Nets under the Owen hash: the 32 leading digits, reversed.
struct OwenNet {
  Matrices<std::uint32_t> matrices;
  const OwenKey* keys = nullptr;  // [replicate][component]

  struct Coordinate {
    using State = std::uint32_t;
    Matrix<State> matrix;
    OwenKey key;
    [[nodiscard]] KINDRED_HOST_DEVICE State start(std::uint64_t index) const { return matrix.combination(index); }
    [[nodiscard]] KINDRED_HOST_DEVICE std::uint64_t finish(State state) const { return owen_hash_word(state, key); }
    [[nodiscard]] KINDRED_HOST_DEVICE std::uint64_t word(std::uint64_t index) const { return finish(start(index)); }
  };
  [[nodiscard]] KINDRED_HOST_DEVICE Coordinate coordinate(int replicate, int component) const {
    return {
        matrices.matrix(component),
        keys[static_cast<std::size_t>(replicate) * static_cast<std::size_t>(matrices.components) + static_cast<std::size_t>(component)]};
  }
};

/// Nets of up to 32 digits, of which the upper halves of words are kept, and of up to 64 under Owen's nested uniform scramble.
template <class Word>
struct NestedNet {
  static constexpr bool is_long = sizeof(Word) == 8;
  Matrices<Word> matrices;
  const NestedKeys* keys = nullptr;  // [replicate][component]

  struct Coordinate {
    using State = Word;
    Matrix<State> matrix;
    std::conditional_t<is_long, const NestedKeys*, NestedKeys> keys;  // the few of short nets fit into registers
    [[nodiscard]] KINDRED_HOST_DEVICE State start(std::uint64_t index) const { return matrix.combination(index); }
    [[nodiscard]] KINDRED_HOST_DEVICE std::uint64_t finish(State state) const {
      if constexpr (is_long) {
        return nested_uniform<true>(state, *keys);
      } else {
        return nested_uniform<false>(static_cast<std::uint64_t>(state) << 32U, keys);
      }
    }
    [[nodiscard]] KINDRED_HOST_DEVICE std::uint64_t word(std::uint64_t index) const { return finish(start(index)); }
  };
  [[nodiscard]] KINDRED_HOST_DEVICE Coordinate coordinate(int replicate, int component) const {
    const NestedKeys* own = keys + static_cast<std::size_t>(replicate) * static_cast<std::size_t>(matrices.components) + component;
    if constexpr (is_long) {
      return {matrices.matrix(component), own};
    } else {
      return {matrices.matrix(component), *own};
    }
  }
};

/// Nets whose components are scrambled, then interlaced.
template <class Net>
struct Interlaced {
  Net components;
  Interlacing interlacing;

  struct Coordinate {
    Net components;
    Interlacing interlacing;
    int replicate;
    int first_component;
    [[nodiscard]] KINDRED_HOST_DEVICE std::uint64_t word(std::uint64_t index) const {
      std::uint64_t result = 0;
      for (int r = 0; r < interlacing.order(); ++r) {
        result |= interlacing.spread(components.coordinate(replicate, first_component + r).word(index), r);
      }
      return result;
    }
  };
  [[nodiscard]] KINDRED_HOST_DEVICE Coordinate coordinate(int replicate, int dimension) const {
    return {components, interlacing, replicate, dimension * interlacing.order()};
  }
};

/// Lattices (`reversed`) and Kronecker sequences.
template <bool reversed>
struct Additive {
  const std::uint64_t* z = nullptr;       // [dimension]
  const std::uint64_t* shifts = nullptr;  // [replicate][dimension]
  int dimensions = 0;

  struct Coordinate {
    std::uint64_t z;
    std::uint64_t shift;
    [[nodiscard]] KINDRED_HOST_DEVICE std::uint64_t word(std::uint64_t index) const {
      return z * (reversed ? reverse_bits(index) : index) + shift;
    }
  };
  [[nodiscard]] KINDRED_HOST_DEVICE Coordinate coordinate(int replicate, int dimension) const {
    const auto j = static_cast<std::size_t>(dimension);
    return {z[j], shifts[static_cast<std::size_t>(replicate) * static_cast<std::size_t>(dimensions) + j]};
  }
};

/// x / b, given 1/b rounded, and the remainder; x < 2^53.
struct Division {
  std::uint64_t quotient;
  std::uint32_t remainder;
};
KINDRED_HOST_DEVICE inline Division divide(std::uint64_t x, std::uint32_t b, double inverse) {
  auto quotient = static_cast<std::int64_t>(static_cast<double>(static_cast<std::int64_t>(x)) * inverse);  // wrong by at most one
  auto remainder = static_cast<std::int64_t>(x) - quotient * static_cast<std::int64_t>(b);
  if (remainder < 0) {
    --quotient;
    remainder += b;
  } else if (remainder >= static_cast<std::int64_t>(b)) {
    ++quotient;
    remainder -= b;
  }
  return {static_cast<std::uint64_t>(quotient), static_cast<std::uint32_t>(remainder)};
}

/// Halton sequences but for nested scrambles: digit k of the result is π_k(Σ_l L_kl d_l mod b).
struct Halton {
  const HaltonBase* bases = nullptr;
  const double* inverses = nullptr;       // 1/b
  const std::uint16_t* lower = nullptr;   // [replicate][dimension], rows of triangles; null: L = 1
  const std::uint16_t* maps = nullptr;    // [replicate][dimension], shifts [k] or permutations [k][e]; null: π = 1
  const std::size_t* lower_at = nullptr;  // where a dimension's begin in a replicate; the last: the length of a replicate
  const std::size_t* maps_at = nullptr;
  int dimensions = 0;
  bool permuted = false;

  struct Coordinate {
    const HaltonBase* base;
    double inverse;
    const std::uint16_t* lower;
    const std::uint16_t* maps;
    bool permuted;

    [[nodiscard]] KINDRED_HOST_DEVICE std::uint32_t mapped(int k, std::uint32_t e) const {
      if (maps == nullptr) {
        return e;
      }
      if (permuted) {
        return maps[static_cast<std::uint32_t>(k) * base->base + e];
      }
      const std::uint32_t sum = e + maps[k];
      return sum >= base->base ? sum - base->base : sum;
    }

    [[nodiscard]] KINDRED_HOST_DEVICE std::uint64_t word(std::uint64_t index) const {
      return lower == nullptr ? word_digit_by_digit(index) : linear_word(index);
    }

   private:
    [[nodiscard]] KINDRED_HOST_DEVICE std::uint64_t word_digit_by_digit(std::uint64_t index) const {
      std::uint64_t word = 0;
      for (int k = 0; k < base->digits; ++k) {
        const Division d = divide(index, base->base, inverse);
        word += base->fraction(k, mapped(k, d.remainder));
        index = d.quotient;
      }
      return word;
    }

    /// Four digits of the result at a time, and the digits of the index each time anew: no array of digits.
    [[nodiscard]] KINDRED_HOST_DEVICE std::uint64_t linear_word(std::uint64_t index) const {
      constexpr int group = 4;
      std::uint64_t word = 0;
      for (int first = 0; first < base->digits; first += group) {
        std::uint32_t sums[group] = {};  // ⌈53/log₂ b⌉ b² < 2^32
        std::uint64_t rest = index;
        for (int l = 0; rest != 0 && l < base->digits && l < first + group; ++l) {
          const Division d = divide(rest, base->base, inverse);
          KINDRED_UNROLL
          for (int g = 0; g < group; ++g) {
            const int k = first + g;
            sums[g] += l <= k && k < base->digits ? lower[k * (k + 1) / 2 + l] * d.remainder : 0U;
          }
          rest = d.quotient;
        }
        KINDRED_UNROLL
        for (int g = 0; g < group; ++g) {
          if (first + g < base->digits) {
            word += base->fraction(first + g, mapped(first + g, sums[g] % base->base));
          }
        }
      }
      return word;
    }
  };
  [[nodiscard]] KINDRED_HOST_DEVICE Coordinate coordinate(int replicate, int dimension) const {
    const auto place = [&](const std::uint16_t* tables, const std::size_t* at) {
      return tables == nullptr ? tables : tables + static_cast<std::size_t>(replicate) * at[dimensions] + at[dimension];
    };
    return {bases + dimension, inverses[dimension], place(lower, lower_at), place(maps, maps_at), permuted};
  }
};

/// Halton sequences under a random permutation at every node.
struct NestedHalton {
  const HaltonBase* bases = nullptr;
  const double* inverses = nullptr;
  RandomWords words;
  std::uint32_t first_replicate = 0;

  struct Coordinate {
    const HaltonBase* base;
    double inverse;
    RandomWords words;
    std::uint32_t replicate;
    std::uint32_t dimension;
    [[nodiscard]] KINDRED_HOST_DEVICE std::uint64_t word(std::uint64_t index) const {
      std::uint64_t word = 0;
      std::uint64_t prefix = 0;
      std::uint64_t place = 1;
      for (int k = 0; k < base->digits; ++k) {
        const Division d = divide(index, base->base, inverse);
        const std::uint64_t node = shuffle_node(words(replicate, dimension, static_cast<std::uint64_t>(k)), prefix);
        word += base->fraction(k, shuffled_digit(node, base->base, d.remainder));
        prefix += d.remainder * place;
        place *= base->base;
        index = d.quotient;
      }
      return word;
    }
  };
  [[nodiscard]] KINDRED_HOST_DEVICE Coordinate coordinate(int replicate, int dimension) const {
    return {bases + dimension, inverses[dimension], words, first_replicate + static_cast<std::uint32_t>(replicate),
            static_cast<std::uint32_t>(dimension)};
  }
};

struct Independent {
  RandomWords words;
  std::uint32_t first_replicate = 0;

  struct Coordinate {
    RandomWords words;
    std::uint32_t replicate;
    std::uint32_t dimension;
    [[nodiscard]] KINDRED_HOST_DEVICE std::uint64_t word(std::uint64_t index) const { return words(replicate, dimension, index); }
  };
  [[nodiscard]] KINDRED_HOST_DEVICE Coordinate coordinate(int replicate, int dimension) const {
    return {words, first_replicate + static_cast<std::uint32_t>(replicate), static_cast<std::uint32_t>(dimension)};
  }
};

using Points = std::variant<LinearNet, OwenNet, NestedNet<std::uint32_t>, NestedNet<std::uint64_t>, Interlaced<OwenNet>,
                            Interlaced<NestedNet<std::uint32_t>>, Interlaced<NestedNet<std::uint64_t>>, Additive<true>, Additive<false>,
                            Halton, NestedHalton, Independent>;

/// Where tables are copied to.
class TableMemory {
 public:
  virtual ~TableMemory() = default;
  /// @returns a copy, at a multiple of 16 bytes, that lives as long as this does
  virtual const void* copy(const void* from, std::size_t bytes) = 0;
};

/// The points of a sampler, their tables in the given memory.
Points points_of(const Sampler& sampler, TableMemory& memory);

}  // namespace kindred::qmc::device
