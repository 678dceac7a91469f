#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <kindred/kernels/qmc/sampler.hpp>
#include <kindred/kernels/qmc/spectral/product_kernel.hpp>

namespace kindred::qmc {

/// The first column, less one, of the matrix of the kernel Π_j (1 + γ k(x_j, y_j)) at the points of a lattice or net, for many weights γ:
/// kernel values of single coordinates are kept while there are no more than 2^24, and computed again for every weight beyond.
class KernelColumn {
 public:
  static constexpr std::size_t block = 256;

  /// @param sampler  kept by reference
  /// @param order  of the kernel, 1 … 4
  /// @throws InputError for another order
  KernelColumn(const Sampler& sampler, Invariance invariance, int order);

  /// O(n d).
  /// @param out  n numbers, a multiple of `block`
  void evaluate(double weight, std::span<double> out);

 private:
  void keep(std::size_t points);

  const Sampler& sampler_;
  ProductKernel kernel_;
  std::vector<std::uint64_t> origin_;  // point 0
  std::vector<double> kept_;           // [block][dimension][point]
};

}  // namespace kindred::qmc
