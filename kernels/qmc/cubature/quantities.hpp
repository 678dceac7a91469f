#pragma once

#include <utility>
#include <vector>

#include <kindred/kernels/qmc/cubature/estimate.hpp>

// Quantities other than the means themselves, with bounds by interval arithmetic: true for every value of the means within theirs.

namespace kindred::qmc {

/// The means of some outputs; the others are only there for other quantities.
/// @throws InputError if an output is negative
Quantities means_of(const std::vector<int>& outputs);

/// E f_i / E f_j of pairs (i, j) of outputs. Where the denominator's bounds contain zero, the ratio's are infinite;
/// where both are zero, the ratio has none, and the rule stops with an InputError.
/// @throws InputError if an output is negative
Quantities ratios(const std::vector<std::pair<int, int>>& pairs);

}  // namespace kindred::qmc
