#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <kindred/kernels/qmc/block_kernels.hpp>
#include <kindred/kernels/qmc/digital_net.hpp>
#include <kindred/kernels/qmc/order.hpp>
#include <kindred/kernels/qmc/randomization.hpp>

// Digital nets ready to be generated. A set of points offers word(), column() for one coordinate of consecutive points, and, where all
// coordinates of a point are as simple, rows().

namespace kindred::qmc {

/// C · (digits of index): the exclusive or of the columns that the index names. Columns beyond the last count as zero.
inline std::uint64_t net_word(std::span<const std::uint64_t> matrix, std::uint64_t index) {
  std::uint64_t word = 0;
  for (; index != 0; index &= index - 1) {
    const auto column = static_cast<std::size_t>(__builtin_ctzll(index));
    word ^= column < matrix.size() ? matrix[column] : 0;
  }
  return word;
}

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

  /// Tables for 2^bits rows at a time: `low` row a holds C(order(a)), `step` row c what changes in the base words.
  class Rows {
   public:
    Rows(const LinearNet& net, int replicate, Order order, int bits, std::size_t padding);
    void seek(std::uint64_t block, const BlockKernels& kernels);
    void next(std::uint64_t block, const BlockKernels& kernels);
    [[nodiscard]] const std::uint64_t* low(std::uint64_t /*block*/) const { return low_.data(); }
    std::uint64_t* base() { return base_.data(); }
    static auto kernel(const BlockKernels& kernels, Format format) { return kernels.xor_rows[static_cast<std::size_t>(format)]; }

   private:
    const LinearNet& net_;
    int replicate_;
    Order order_;
    int bits_;
    std::vector<std::uint64_t> low_;
    std::vector<std::uint64_t> step_;
    std::vector<std::uint64_t> base_;
  };

  [[nodiscard]] int dimensions() const { return dimensions_; }

 private:
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

/// Nets under Owen's nested uniform scramble or the hash: the digits of the components are scrambled, then interlaced.
class NestedNet {
 public:
  static constexpr int columns_at_once = 64;

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
    Interlacing interlacing_;
    std::vector<Component> components_;
  };
  [[nodiscard]] Column column(int replicate, int dimension, Order order, std::uint64_t count) const {
    return {*this, replicate, dimension, order, count};
  }

 private:
  friend class OwenNet;
  [[nodiscard]] std::size_t key_index(int replicate, int component) const {
    return static_cast<std::size_t>(replicate) * static_cast<std::size_t>(net_.components()) + static_cast<std::size_t>(component);
  }

  DigitalNet net_;
  Interlacing interlacing_;
  std::vector<NestedKeys> keys_;       // [replicate][component]
  std::vector<std::uint16_t> tables_;  // [replicate][component][256]: the first eight levels
};

class OwenNet {
 public:
  static constexpr int columns_at_once = 64;

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
                         std::size_t count);
    Order order_;
    Interlacing interlacing_;
    std::vector<Component> components_;
  };
  [[nodiscard]] Column column(int replicate, int dimension, Order order, std::uint64_t /*count*/) const {
    return {*this, replicate, dimension, order};
  }

 private:
  [[nodiscard]] OwenKey key(int replicate, int component) const {
    return keys_[static_cast<std::size_t>(replicate) * static_cast<std::size_t>(net_.components()) + static_cast<std::size_t>(component)];
  }

  DigitalNet net_;
  Interlacing interlacing_;
  std::vector<OwenKey> keys_;  // [replicate][component]
};

}  // namespace kindred::qmc
