#pragma once

#include <kindred/solvers/family/lane_fourier.hpp>

namespace kindred {

/// Radices up to this one are written out; those above are odd and dense.
constexpr Index largest_special_radix = 5;

/// One pass of a transform, from `in` to `out`.
void run_stage(const LaneFourier<float>::Stage& stage, const float* in, float* out);
void run_stage(const LaneFourier<double>::Stage& stage, const double* in, double* out);

/// out = factor * in for rows of complex numbers; the conjugate of it if so wished. `in` and `out` may be the same row.
void multiply_row(const float* in, const float* factor, bool conjugate, float* out);
void multiply_row(const double* in, const double* factor, bool conjugate, double* out);

/// C of AxisTransform on a line of rows, in place: row k becomes direct_k row_k + mirror_k row_partner(k). `combination` holds direct and
/// mirror, both complex, of every k; partner(k) is −k mod length if so wished, else length − 1 − k.
void combine_line(Index length, bool mirror_about_zero, const float* combination, float* line);
void combine_line(Index length, bool mirror_about_zero, const double* combination, double* line);

}  // namespace kindred
