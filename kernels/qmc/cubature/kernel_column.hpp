#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <kindred/kernels/qmc/sampler.hpp>

namespace kindred::qmc {

/// Kernels k(x, y) of one coordinate, of mean 0 (kernel_parts.hpp).
enum class CoordinateKernel {
  shift_invariant,    ///< (−1)^(a+1) (2π)^(2a)/(2a)! B_2a(x − y mod 1)
  digital_invariant,  ///< a twentieth of the Walsh series of order a in x ⊕ y, so that the range of θ that suits lattices suits nets
};

/// The first column, less one, of the matrix of Π_j (1 + θ k(x_j, y_j)) at the points of a lattice or net, which are the same relative to
/// point 0 whatever the shift. Kernel values are kept while there are no more than 2^24, and computed again for every θ beyond.
class KernelColumn {
 public:
  static constexpr std::size_t block = 256;

  /// @param sampler  kept by reference
  /// @param order  a, 1 … 4
  /// @throws InputError for another order
  KernelColumn(const Sampler& sampler, CoordinateKernel kernel, int order);

  /// Entry i is A_d of A_j = A_(j−1) + θ k_j (1 + A_(j−1)), A_0 = 0: nothing is lost to the 1 (Jagadeeswaran and Hickernell 2019, section
  /// 4). O(n d).
  /// @param out  n numbers, a multiple of `block`
  void evaluate(double theta, std::span<double> out);

 private:
  void kernel_values(std::uint64_t first, double* out);

  const Sampler& sampler_;
  CoordinateKernel kernel_;
  int order_;
  std::vector<std::uint64_t> origin_;  // point 0
  std::vector<std::uint64_t> words_;   // d × block
  std::vector<double> kept_;           // blocks of d × block
};

}  // namespace kindred::qmc
