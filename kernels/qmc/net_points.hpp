#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <kindred/kernels/qmc/aligned.hpp>
#include <kindred/kernels/qmc/block_kernels.hpp>
#include <kindred/kernels/qmc/digital_net.hpp>
#include <kindred/kernels/qmc/order.hpp>
#include <kindred/kernels/qmc/randomization.hpp>

// Digital nets ready to be generated. A set of points offers word(), column() for one coordinate of consecutive points, and, where all
// coordinates of a point are as simple, Rows.

namespace kindred::qmc {

/// Both orders are linear over GF(2): what changes from block b − 1 to block b of 2^bits points depends on the trailing zeros c of b alone,
/// and is the word of this index.
inline std::uint64_t step_index(Order order, int bits, int c) {
  return index_of(order, (~std::uint64_t{0} >> static_cast<unsigned>(63 - c)) << static_cast<unsigned>(bits));
}

/// C · (digits of index): the exclusive or of the columns that the index names. Columns beyond the last count as zero.
inline std::uint64_t net_word(std::span<const std::uint64_t> matrix, std::uint64_t index) {
  std::uint64_t word = 0;
  for (; index != 0; index &= index - 1) {
    const auto column = static_cast<std::size_t>(__builtin_ctzll(index));
    word ^= column < matrix.size() ? matrix[column] : 0;
  }
  return word;
}

/// What rows of points are combined from, 2^bits points at a time: row a of `low` is C(order(a)), one word a dimension; `base` has the
/// words that change from block to block, of even and of odd blocks.
template <class Word>
struct BlockRows {
  /// @param word  (dimension, index): C · (digits of index)
  template <class WordOf>
  BlockRows(std::size_t dimensions, Order order, int bits, std::uint64_t last_block, std::size_t padding, const WordOf& word);
  /// @param word  (dimension, index), the point's own
  template <class WordOf>
  void seek(std::uint64_t block, const WordOf& word);
  /// Makes ready the block after one that is.
  void next(std::uint64_t block);

  std::size_t dimensions;
  Order order;
  int bits;
  LineVector<Word> low;
  LineVector<Word> step;  // [trailing zeros of the next block's number]
  LineVector<Word> base[2];
};

/// Unscrambled, digitally shifted or linearly scrambled nets of any interlacing: all are digital nets with a shift.
class LinearNet {
 public:
  static constexpr int columns_at_once = 1 << 20;

  LinearNet(const DigitalNet& net, const Randomization& randomization);

  [[nodiscard]] std::uint64_t word(int replicate, int dimension, std::uint64_t index) const {
    return net_word(matrix(replicate, dimension), index) ^ shift(replicate, dimension);
  }

  class Column {
   public:
    Column(std::span<const std::uint64_t> matrix, std::uint64_t shift, Order order);
    void write(const BlockKernels& kernels, Format format, void* out, std::uint64_t first, std::size_t count);

   private:
    std::span<const std::uint64_t> matrix_;
    std::uint64_t shift_;
    Order order_;
    XorColumn column_;
  };
  [[nodiscard]] Column column(int replicate, int dimension, Order order, std::uint64_t /*count*/) const {
    return {matrix(replicate, dimension), shift(replicate, dimension), order};
  }

  /// Points row by row, in blocks of 2^bits.
  class Rows {
   public:
    Rows(const LinearNet& net, int replicate, Order order, int bits, std::uint64_t last_block, const BlockKernels& kernels);
    void seek(std::uint64_t block);
    void next(std::uint64_t block) { words_.next(block); }
    /// Numbers `number`, … of the block, the first of them of dimension `phase`.
    void write(Format format, void* out, std::uint64_t block, std::size_t number, std::size_t phase, std::size_t count) const;

   private:
    const LinearNet& net_;
    const BlockKernels& kernels_;
    int replicate_;
    BlockRows<std::uint64_t> words_;
  };

  /// Long rows, one by one and part by part: every part's rows in order.
  class LongRows {
   public:
    LongRows(const LinearNet& net, int replicate, Order order, std::uint64_t first, std::uint64_t last, const BlockKernels& kernels);
    void write(Format format, void* out, std::uint64_t row, std::size_t dimension, std::size_t count);

   private:
    const BlockKernels& kernels_;
    std::uint64_t first_;
    std::size_t pitch_;
    LineVector<std::uint64_t> step_;
    LineVector<std::uint64_t> base_;
  };

  [[nodiscard]] static bool has_rows() { return true; }

 private:
  friend class DeviceTables;
  [[nodiscard]] std::span<const std::uint64_t> matrix(int replicate, int dimension) const {
    const auto set = static_cast<std::size_t>(shared_ ? 0 : replicate);
    return std::span(matrices_).subspan((set * static_cast<std::size_t>(dimensions_) + static_cast<std::size_t>(dimension)) * columns_,
                                        columns_);
  }
  [[nodiscard]] std::uint64_t shift(int replicate, int dimension) const {
    return shifts_.empty()
               ? 0
               : shifts_[static_cast<std::size_t>(replicate) * static_cast<std::size_t>(dimensions_) + static_cast<std::size_t>(dimension)];
  }

  int dimensions_;
  std::size_t columns_;
  bool shared_;                          // all replicates have the matrices of the net
  std::vector<std::uint64_t> matrices_;  // [replicate][dimension][column]
  std::vector<std::uint64_t> shifts_;    // [replicate][dimension]
};

/// Nets under Owen's nested uniform scramble: the digits of the components are scrambled, then interlaced.
class NestedNet {
 public:
  static constexpr int columns_at_once = 16;

  NestedNet(const DigitalNet& net, const Randomization& randomization);

  [[nodiscard]] std::uint64_t word(int replicate, int dimension, std::uint64_t index) const;

  class Column {
   public:
    Column(const NestedNet& points, int replicate, int dimension, Order order, std::uint64_t count);
    void write(const BlockKernels& kernels, Format format, void* out, std::uint64_t first, std::size_t count);

   private:
    struct Component {
      LinearNet::Column linear;
      NestedColumn nested;
      std::vector<std::uint16_t> table;
    };
    static void write_component(Component& component, const BlockKernels& kernels, Format format, void* out, std::uint64_t first,
                                std::size_t count);
    Interlacing interlacing_;
    std::vector<Component> components_;
  };
  [[nodiscard]] Column column(int replicate, int dimension, Order order, std::uint64_t count) const {
    return {*this, replicate, dimension, order, count};
  }

 private:
  friend class DeviceTables;
  [[nodiscard]] std::size_t key_index(int replicate, int component) const {
    return static_cast<std::size_t>(replicate) * static_cast<std::size_t>(net_.components()) + static_cast<std::size_t>(component);
  }

  DigitalNet net_;
  Interlacing interlacing_;
  std::vector<NestedKeys> keys_;       // [replicate][component]
  std::vector<std::uint16_t> tables_;  // [replicate][component][128]: the first seven levels
};

/// Nets under the Owen hash, likewise.
class OwenNet {
 public:
  static constexpr int columns_at_once = 16;

  OwenNet(const DigitalNet& net, const Randomization& randomization);

  [[nodiscard]] std::uint64_t word(int replicate, int dimension, std::uint64_t index) const;

  class Column {
   public:
    Column(const OwenNet& points, int replicate, int dimension, Order order);
    void write(const BlockKernels& kernels, Format format, void* out, std::uint64_t first, std::size_t count);

   private:
    struct Component {
      std::span<const std::uint64_t> matrix;
      OwenColumn column;
    };
    void write_component(Component& component, const BlockKernels& kernels, Format format, void* out, std::uint64_t first,
                         std::size_t count) const;
    Order order_;
    Interlacing interlacing_;
    std::vector<Component> components_;
  };
  [[nodiscard]] Column column(int replicate, int dimension, Order order, std::uint64_t /*count*/) const {
    return {*this, replicate, dimension, order};
  }

  /// As LinearNet::Rows; of nets that are not interlaced.
  class Rows {
   public:
    Rows(const OwenNet& net, int replicate, Order order, int bits, std::uint64_t last_block, const BlockKernels& kernels);
    void seek(std::uint64_t block);
    void next(std::uint64_t block) { words_.next(block); }
    void write(Format format, void* out, std::uint64_t block, std::size_t number, std::size_t phase, std::size_t count) const;

   private:
    const OwenNet& net_;
    const BlockKernels& kernels_;
    BlockRows<std::uint32_t> words_;
    LineVector<std::uint32_t> seed_;
    LineVector<std::uint32_t> tail_;
  };
  [[nodiscard]] bool has_rows() const { return interlacing_.order() == 1; }

 private:
  friend class DeviceTables;
  [[nodiscard]] OwenKey key(int replicate, int component) const {
    return keys_[static_cast<std::size_t>(replicate) * static_cast<std::size_t>(net_.components()) + static_cast<std::size_t>(component)];
  }

  DigitalNet net_;
  Interlacing interlacing_;
  std::vector<OwenKey> keys_;  // [replicate][component]
};

}  // namespace kindred::qmc
