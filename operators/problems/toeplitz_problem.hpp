#pragma once

#include <memory>
#include <string_view>

#include <kindred/operators/problems/problem_inputs.hpp>
#include <kindred/operators/toeplitz/toeplitz_operator.hpp>

// What the problems with Toeplitz matrices share.

namespace kindred {

/// Cells per axis. @throws InputError as require_no_sides(): `problem` has points, but no sides
std::vector<Index> toeplitz_extents(const Domain& domain, std::string_view problem);

/// The same numbers as `values` if t_{−k} = t_k up to rounding, but bit for bit: the mean of both.
/// @throws InputError where they differ by more than 1e-12 of the largest
std::vector<double> symmetric_taps(std::vector<double> values, std::string_view formula);

}  // namespace kindred
