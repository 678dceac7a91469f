#pragma once

#include <kindred/solvers/recycling/column_block.hpp>
#include <kindred/solvers/recycling/gcrodr.hpp>

namespace kindred::recycling {

/// What a vector consisted of: w = W h + norm · (the new column).
struct Projection {
  Eigen::VectorXd coefficients;  ///< h
  double original_norm = 0.0;    ///< ‖w‖; NaN or infinite if w was not finite, and w is then left as it is
  double norm = 0.0;             ///< of the part orthogonal to W; 0 if that is rounding error, and w is then undefined
};

/// Makes column `count` of W orthogonal to the orthonormal columns before it and normalises it.
/// cgs2: classical Gram-Schmidt, repeated until the measured cosines to the basis are below 5e-14. The product that corrects the vector and
/// the one that measures it share a pass over W, so that two passes and two reductions do where the first correction was enough; a second
/// correction costs one more of each. At most four (L. Giraud, J. Langou, M. Rozložník, J. van den Eshof, Numer. Math. 101 (2005) 87-100:
/// two suffice for independent vectors). 6 n count flops.
/// mgs: modified Gram-Schmidt, 4 n count flops and count + 2 reductions.
PetscErrorCode orthogonalize(MPI_Comm communicator, KSPGCRODROrthogonalization method, ColumnBlock& basis, Eigen::Index count,
                             Projection& projection);

/// Replaces the first `count` columns of W by an orthonormal basis C of their span, W = C R, and the same columns of U by U R⁻¹, so that A
/// U = W becomes A U = C. Columns that depend on those before them (to 1e-12) are dropped from both.
/// @param rank  columns that remain; `count` with NaN found is reported as -1, and U is then unchanged
/// Cholesky QR (Y. Yamamoto, Y. Nakatsukasa, Y. Yanagisawa, T. Fukaya, ETNA 44 (2015) 306-326), repeated until the columns were orthonormal
/// enough before the pass: once where A U was so already, else twice. One reduction and 4 n count² flops a pass, 2 n count² for U. Where
/// the columns are too dependent for that, Gram-Schmidt column by column: 2 count reductions.
PetscErrorCode orthonormalize_image(MPI_Comm communicator, ColumnBlock& image, ColumnBlock& space, Eigen::Index count, Eigen::Index& rank);

}  // namespace kindred::recycling
