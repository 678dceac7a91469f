#pragma once

#include <cstdint>
#include <vector>

#include <kindred/kernels/qmc/aligned.hpp>
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

  /// As LinearNet::Rows; in Gray order one low table for even and one for odd blocks.
  class Rows {
   public:
    Rows(const AdditivePoints& points, int replicate, Order order, int bits, std::uint64_t last_block, const BlockKernels& kernels);
    void seek(std::uint64_t block);
    void next(std::uint64_t block) { seek(block); }
    void write(Format format, void* out, std::uint64_t block, std::size_t number, std::size_t phase, std::size_t count) const;

   private:
    const AdditivePoints& points_;
    const BlockKernels& kernels_;
    const std::uint64_t* shift_;
    IndexMap map_;
    int bits_;
    LineVector<std::uint64_t> low_[2];
    LineVector<std::uint64_t> base_[2];
  };

  /// As LinearNet::LongRows.
  class LongRows {
   public:
    LongRows(const AdditivePoints& points, int replicate, Order order, std::uint64_t first, std::uint64_t last,
             const BlockKernels& kernels);
    void write(Format format, void* out, std::uint64_t row, std::size_t dimension, std::size_t count);

   private:
    const AdditivePoints& points_;
    const BlockKernels& kernels_;
    const std::uint64_t* shift_;
    IndexMap map_;
  };
  [[nodiscard]] static bool has_rows() { return true; }

 private:
  friend class DeviceTables;
  void draw_shifts(const Randomization& randomization);
  [[nodiscard]] std::uint64_t shift(int replicate, int dimension) const {
    return shifts_[static_cast<std::size_t>(replicate) * z_.size() + static_cast<std::size_t>(dimension)];
  }
  [[nodiscard]] IndexMap map(Order order) const {
    return !reversed_ ? IndexMap::identity : order == Order::gray ? IndexMap::reversed_gray : IndexMap::reversed;
  }

  LineVector<std::uint64_t> z_;
  LineVector<std::uint64_t> shifts_;  // [replicate][dimension]
  bool reversed_;
};

}  // namespace kindred::qmc
