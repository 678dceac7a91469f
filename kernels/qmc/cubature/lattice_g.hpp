#pragma once

#include <cstdint>
#include <optional>

#include <kindred/kernels/qmc/cubature/cone.hpp>
#include <kindred/kernels/qmc/cubature/control_variates.hpp>
#include <kindred/kernels/qmc/cubature/estimate.hpp>
#include <kindred/kernels/qmc/cubature/integrand.hpp>
#include <kindred/kernels/qmc/lattice.hpp>
#include <kindred/kernels/qmc/transforms/periodization.hpp>

namespace kindred::qmc {

struct LatticeGOptions {
  std::optional<Lattice> lattice = {};  ///< lattice_table() if not given
  std::uint64_t seed = 0;               ///< of the shift
  Periodization periodization = Periodization::baker;
  Cone cone = {};
  ControlVariates controls = {};
};

/// net_g on a shifted lattice, with the Fourier coefficients of the integrand made periodic.
/// Ll. A. Jiménez Rugama and F. J. Hickernell, Adaptive multidimensional integration based on rank-1 lattices, MCQMC 2014 (2016) 407-422.
/// @throws InputError if arguments do not fit together, Error if a value is not finite
/// O(n log n) besides the n evaluations; 20 bytes a point and output.
Estimate lattice_g(Integrand& integrand, const LatticeGOptions& options, const Goal& goal);

}  // namespace kindred::qmc
