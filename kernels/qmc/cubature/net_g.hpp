#pragma once

#include <cstdint>
#include <optional>

#include <kindred/kernels/qmc/cubature/cone.hpp>
#include <kindred/kernels/qmc/cubature/control_variates.hpp>
#include <kindred/kernels/qmc/cubature/estimate.hpp>
#include <kindred/kernels/qmc/cubature/integrand.hpp>
#include <kindred/kernels/qmc/digital_net.hpp>
#include <kindred/kernels/qmc/randomization.hpp>

namespace kindred::qmc {

struct NetGOptions {
  std::optional<DigitalNet> net = {};  ///< Sobol's if not given
  /// One that makes every point uniform. It is a map π of the cube that keeps its measure, and the coefficients are those of f ∘ π on the
  /// net itself, be π linear or nested. Linear ones may fit the integrand so badly that the coefficients that are looked at vanish by
  /// chance, and a few runs in a hundred end too soon; nested ones do not (docs/cubature.md).
  Scramble scramble = Scramble::owen_hash;
  std::uint64_t seed = 0;
  Cone cone = {};
  ControlVariates controls = {};
};

/// Guaranteed adaptive cubature on a digital net: 2^m points, m = log2_first, log2_first + 1, …, until the bounds, from the Walsh
/// coefficients of the values, meet the tolerance.
///   half-width = fudge(m) Σ_(2^(m−5) ≤ k < 2^(m−4)) |c_κ(k)|,  κ an order in which |c| decays.
/// The bounds hold for every f ∘ π in the cone (cone.hpp); a warning says where the coefficients refute that it is.
/// F. J. Hickernell and Ll. A. Jiménez Rugama, Reliable adaptive cubature using digital sequences, MCQMC 2014 (2016) 367-383.
/// @throws InputError if arguments do not fit together, Error if a value is not finite
/// O(n log n) besides the n evaluations; 12 bytes a point and output.
Estimate net_g(Integrand& integrand, const NetGOptions& options, const Goal& goal);

}  // namespace kindred::qmc
