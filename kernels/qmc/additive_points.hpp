#pragma once

#include <cstdint>
#include <vector>

#include <kindred/kernels/qmc/block_kernels.hpp>
#include <kindred/kernels/qmc/kronecker.hpp>
#include <kindred/kernels/qmc/lattice.hpp>
#include <kindred/kernels/qmc/order.hpp>
#include <kindred/kernels/qmc/randomization.hpp>

namespace kindred::qmc {

/// Lattices and Kronecker sequences, ready to be generated: X = z_j r(i) + Δ_j mod 2^64.
class AdditivePoints {
 public:
  static constexpr int columns_at_once = 1 << 20;

  AdditivePoints(const Lattice& lattice, const Randomization& randomization);
  AdditivePoints(const Kronecker& sequence, const Randomization& randomization);

  [[nodiscard]] std::uint64_t word(int replicate, int dimension, std::uint64_t index) const {
    return z_[static_cast<std::size_t>(dimension)] * (reversed_ ? reverse_bits(index) : index) + shift(replicate, dimension);
  }

  class Column {
   public:
    Column(std::uint64_t z, std::uint64_t shift, IndexMap map);
    void write(const BlockKernels& kernels, Format format, void* out, std::uint64_t first, std::size_t count);

   private:
    AddColumn column_;
    IndexMap map_;
  };
  [[nodiscard]] Column column(int replicate, int dimension, Order order, std::uint64_t /*count*/) const {
    return {z_[static_cast<std::size_t>(dimension)], shift(replicate, dimension), map(order)};
  }

  /// Tables for 2^bits rows at a time; in Gray order one for even and one for odd blocks.
  class Rows {
   public:
    Rows(const AdditivePoints& points, int replicate, Order order, int bits, std::size_t padding);
    void seek(std::uint64_t block, const BlockKernels& kernels);
    void next(std::uint64_t block, const BlockKernels& kernels) { seek(block, kernels); }
    [[nodiscard]] const std::uint64_t* low(std::uint64_t block) const { return low_[block & 1U].data(); }
    std::uint64_t* base() { return base_.data(); }
    static auto kernel(const BlockKernels& kernels, Format format) { return kernels.add_rows[static_cast<std::size_t>(format)]; }

   private:
    const AdditivePoints& points_;
    const std::uint64_t* shift_;
    IndexMap map_;
    int bits_;
    std::vector<std::uint64_t> low_[2];
    std::vector<std::uint64_t> base_;
  };

  [[nodiscard]] int dimensions() const { return static_cast<int>(z_.size()); }

 private:
  void draw_shifts(const Randomization& randomization);
  [[nodiscard]] std::uint64_t shift(int replicate, int dimension) const {
    return shifts_[static_cast<std::size_t>(replicate) * z_.size() + static_cast<std::size_t>(dimension)];
  }
  [[nodiscard]] IndexMap map(Order order) const {
    return !reversed_ ? IndexMap::identity : order == Order::gray ? IndexMap::reversed_gray : IndexMap::reversed;
  }

  std::vector<std::uint64_t> z_;
  std::vector<std::uint64_t> shifts_;  // [replicate][dimension]
  bool reversed_;
};

}  // namespace kindred::qmc
