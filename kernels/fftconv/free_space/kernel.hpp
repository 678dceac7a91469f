#pragma once

#include <vector>

#include <kindred/core/base/types.hpp>
#include <kindred/kernels/fftconv/description.hpp>
#include <kindred/kernels/fftconv/free_space/greens_function.hpp>

namespace kindred::fftconv {

/// How the integral over a box of cells becomes a sum.
enum class FreeSpaceKernel {
  truncated,   ///< G as far as the box's diagonal, by its Fourier transform: converges faster than any power for densities that are smooth
               ///< and vanish at the box's faces (Vico, Greengard, Ferrando 2016)
  hockney,     ///< G between the cells' centres, its mean in the target's own cell: second order (R. Hockney, The potential calculation and
               ///< some applications, Methods Comput. Phys. 9 (1970) 135-211)
  integrated,  ///< means of G over the cells, exact for densities that are constant in every cell: second order, and better than `hockney`
               ///< where cells are long and thin (Qiang et al. 2006)
};

/// Potentials on the centres of a box of cells in free space.
struct FreeSpaceDescription {
  GreensFunction function;
  std::vector<Index> cells;      ///< along every axis, as many as the function has dimensions
  std::vector<double> spacings;  ///< of the cells along every axis, length
  FreeSpaceKernel kernel = FreeSpaceKernel::truncated;
  int derivative = -1;  ///< axis along which the potential is differentiated; −1: the potential itself. `truncated` only
  Index batch = 1;      ///< densities
  Method method = Method::automatic;
  int threads = 1;  ///< 0: one for every core
};

/// @throws InputError naming the member and what to do
void require(const FreeSpaceDescription& description);

/// Periods, in cells, of the Fourier sum behind FreeSpaceKernel::truncated, along every axis: the box's length and the truncation radius
/// together, so that nothing within the box sees a periodic image. With the box's diagonal as the radius, 2.8 times the cells of a
/// cube, 2.5 times those of a square; 1 + √(Σ L²)/L times those of an axis of length L, which grows with the box's aspect ratio.
std::vector<Index> truncated_periods(const FreeSpaceDescription& description);

/// T of u_i = Σ_j T_{i−j} f_j: offsets −(n − 1) … n − 1 along every axis in C order, Π(2n − 1) numbers. The cells' volume is contained.
/// Truncated kernels cost O(Πp log p) for the periods p and take 8 p₀ n₁ n₂/2 bytes beside the result.
/// @throws InputError as require()
template <class Value>
std::vector<Value> free_space_kernel(const FreeSpaceDescription& description);

extern template std::vector<double> free_space_kernel(const FreeSpaceDescription&);
extern template std::vector<std::complex<double>> free_space_kernel(const FreeSpaceDescription&);

}  // namespace kindred::fftconv
