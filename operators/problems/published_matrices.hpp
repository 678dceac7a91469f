#pragma once

#include <span>

#include <kindred/operators/csr_arrays.hpp>

namespace kindred {

/// The matrix that the published code of SKR (Wang et al., ICLR 2024) assembles for Darcy flow on s × s inner nodes. It is not a
/// discretisation of Darcy's equation, and stands here as a subject of benchmarks only. Row r = i s + j has
///   A[r, r] = 4 K_r − shift,   A[r, r ± 1] = −K_{r±1} (within a grid row),   A[r, r + s] = −K_{r+s},   A[r, r − s] = −U_{r−2},
/// where U_q is the coefficient of the node above inner node q. Two faults: K multiplies columns, so that Δ(K u) is discretised and
/// not ∇·(K ∇u); and U is taken two entries too early, where U_r = K_{r−s} would be right.
/// @param coefficient  K at the inner nodes, s² values, row after row
/// @param above        K at the nodes above the first row, s values
/// @throws InputError for s < 2 or spans of other lengths
CsrArrays published_matrix(Index s, std::span<const double> coefficient, std::span<const double> above, double shift);

}  // namespace kindred
