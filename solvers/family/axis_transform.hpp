#pragma once

#include <complex>
#include <vector>

#include <kindred/core/base/types.hpp>
#include <kindred/solvers/family/constant_operator.hpp>

namespace kindred {

/// The real transform T that diagonalises the second difference along one axis: sine or cosine transforms of type II and IV for values at
/// cell centres, type I for nodes, Hartley's for periodic axes. Written as T = C F E: E places the cells in an array of `length`, F is the
/// complex Fourier transform of that length, C combines the modes k and partner(k),
///   (C v)_k = direct_k v_k + mirror_k v_partner(k),
/// so that Tᵀ = Eᵀ F Cᵀ needs the same Fourier transform. Every step is linear over the complex numbers and T is real: two real arrays
/// travel as one complex one (J. Makhoul, A fast cosine transform in one and two dimensions, IEEE Trans. ASSP 28 (1980) 27-34). Rows of T
/// are orthogonal; `forward` holds C divided by their squared norms, so that T⁻¹ = Tᵀ with `backward` as Cᵀ.
struct AxisTransform {
  struct Combination {
    std::vector<double> direct_re, direct_im, mirror_re,
        mirror_im;  ///< one per mode
  };

  Index cells = 1;
  Index length = 1;                          ///< of the Fourier transform, and the number of modes:
                                             ///< cells; for nodes 2 (cells + 1), most modes unused
  bool mirror_about_zero = true;             ///< partner(k) = −k mod length; else −1 − k mod length
  std::vector<Index> position;               ///< per cell
  std::vector<std::complex<double>> weight;  ///< per cell: entries of E
  Combination forward;
  Combination backward;
  std::vector<double> eigenvalues;  ///< per mode, of the second difference with
                                    ///< unit coupling; unused modes: 1

  [[nodiscard]] Index partner(Index k) const { return mirror_about_zero ? (k == 0 ? 0 : length - k) : length - 1 - k; }
};

/// Sides between Dirichlet and Neumann are taken for the nearer of the two; 1 on both sides means nodes.
/// @throws InputError if there is no cell
AxisTransform axis_transform(const ConstantAxis& axis);

/// The sides that `axis_transform` diagonalises exactly.
std::array<double, 2> transformable_sides(const ConstantAxis& axis);

}  // namespace kindred
