#pragma once

#include <cstdint>

#include <kindred/kernels/qmc/block_kernels.hpp>
#include <kindred/kernels/qmc/order.hpp>
#include <kindred/kernels/qmc/random_words.hpp>
#include <kindred/kernels/qmc/randomization.hpp>

namespace kindred::qmc {

/// Independent uniform points, the baseline of plain Monte Carlo; random by the seed alone.
struct Independent {
  int dimensions = 0;
};

/// Coordinate j of point i is row i of the random words of dimension j.
class IndependentPoints {
 public:
  static constexpr int columns_at_once = 16;

  explicit IndependentPoints(const Randomization& randomization)
      : words_(randomization.seed, "qmc.independent"), first_replicate_(randomization.first_replicate) {}

  [[nodiscard]] std::uint64_t word(int replicate, int dimension, std::uint64_t index) const {
    return words_(first_replicate_ + static_cast<std::uint32_t>(replicate), static_cast<std::uint32_t>(dimension), index);
  }

  class Column {
   public:
    Column(const RandomWords& words, std::uint32_t replicate, std::uint32_t dimension)
        : words_(words), replicate_(replicate), dimension_(dimension) {}
    void write(const BlockKernels& kernels, Format format, void* out, std::uint64_t first, std::size_t count);

   private:
    RandomWords words_;
    std::uint32_t replicate_;
    std::uint32_t dimension_;
  };
  [[nodiscard]] Column column(int replicate, int dimension, Order /*order*/, std::uint64_t /*count*/) const {
    return {words_, first_replicate_ + static_cast<std::uint32_t>(replicate), static_cast<std::uint32_t>(dimension)};
  }

 private:
  friend class DeviceTables;
  RandomWords words_;
  std::uint32_t first_replicate_;
};

}  // namespace kindred::qmc
