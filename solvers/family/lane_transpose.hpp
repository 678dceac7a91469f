#pragma once

#include <kindred/solvers/family/lane_fourier.hpp>

namespace kindred {

// Transpositions between n rows of `row_size` numbers and as many lines of n numbers, which lie `stride` numbers apart. Real is float or
// double.

/// lines[l][k] = rows[k][l]
template <class Real>
void rows_to_lines(Index n, const Real* rows, Index stride, Real* lines);

/// rows[k][l] = lines[l][k]
template <class Real>
void lines_to_rows(Index n, const Real* lines, Index stride, Real* rows);

/// rows[position[k]][l] = factor[k] lines[l][k]
template <class Real>
void lines_to_places(Index n, const Real* lines, Index stride, const Index* position, const Real* factor, Real* rows);

/// lines[l][k] = factor[k] rows[position[k]][l]
template <class Real>
void places_to_lines(Index n, const Real* rows, const Index* position, const Real* factor, Index stride, Real* lines);

}  // namespace kindred
