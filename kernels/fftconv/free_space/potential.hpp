#pragma once

#include <cstddef>
#include <span>

#include <kindred/kernels/fftconv/free_space/kernel.hpp>
#include <kindred/kernels/fftconv/plan.hpp>

namespace kindred::fftconv {

/// Potentials u(x) = ∫ G(x − y) f(y) dy of densities on a box of cells, at the cells' centres, nothing around: no boundary condition, no
/// periodic image. The kernel is made once, by free_space_kernel(); an application is one convolution with 2n − 1 taps along every axis.
/// Value: double, or std::complex<double>, which Helmholtz's equation needs. const members may be called from several threads.
///
///     FreeSpacePotential<double> potential({.cells = {64, 64, 64}, .spacings = {h, h, h}});
///     potential.apply(density, u);
template <class Value>
class FreeSpacePotential {
 public:
  /// @throws InputError as require()
  explicit FreeSpacePotential(const FreeSpaceDescription& description);

  /// @param density  f at the cells' centres, batch × cells in C order; potential: u there, no overlap
  /// @param workspace  plan().workspace_bytes(), aligned to 64; empty: from the heap
  void apply(std::span<const Value> density, std::span<Value> potential, std::span<std::byte> workspace = {}) const {
    plan_.apply(density, potential, {}, workspace);
  }
  /// u in a cell due to a density of one in that cell alone.
  [[nodiscard]] Value self() const { return self_; }
  [[nodiscard]] const ConvolutionPlan<Value>& plan() const { return plan_; }

 private:
  ConvolutionPlan<Value> plan_;
  Value self_{};
};

extern template class FreeSpacePotential<double>;
extern template class FreeSpacePotential<std::complex<double>>;

}  // namespace kindred::fftconv
