#pragma once

#include <optional>
#include <span>
#include <vector>

#include <eigen3/Eigen/Core>

#include <kindred/core/hdf5/hdf5.hpp>
#include <kindred/operators/linear_system.hpp>

namespace kindred {

/// Takes a snapshot into an orthonormal basis X (n × k) of the dominant directions of the snapshots seen, with a k × k factor R such
/// that X R holds the snapshots up to a rotation from the right: the singular values of R are those of the snapshot matrix.
/// While there is room a snapshot adds one direction (Gram–Schmidt, twice). At `capacity` it still does, and then the direction that
/// carries least of all snapshots is dropped: a truncated singular value decomposition, updated as in M. Brand, "Incremental singular
/// value decomposition of uncertain data with missing values", ECCV 2002.
/// A snapshot whose distance to the span is below the least singular value then changes the factor only.
/// A snapshot counts with norm one. It is left out if its distance to the span is at most `novelty` times its norm, or if it is zero or
/// not finite.
/// @param vectors X of shape {k, n}, each vector contiguous; replaced if empty or of another n
/// @param factor R of shape {k, k}, column by column
/// @returns whether the span has changed
/// Cost 8nk; at the capacity O(k³) more, and 2nk² where the span changes.
bool add_snapshot(hdf5::RealArray& vectors, hdf5::RealArray& factor, std::span<const double> snapshot, Index capacity, double novelty);

using ConstColumns = Eigen::Ref<const Eigen::MatrixXd>;

/// Solves Xᵀ A X y = Xᵀ b by Cholesky factorisation: the best approximation X y in the energy norm, for A positive definite on the span.
/// @param images A X
/// @returns nothing if the projected matrix is not positive definite
/// Cost nk².
std::optional<Eigen::VectorXd> galerkin(ConstColumns vectors, ConstColumns images, std::span<const double> rhs);

/// Minimises ‖b − A X y‖ by Householder QR with pivoting, for any A. Given some rows only of A X and b, minimises the residual there.
/// @returns nothing if an image is not finite
/// Cost 2nk² for n rows.
std::optional<Eigen::VectorXd> least_squares(ConstColumns images, std::span<const double> rhs);

/// A X, one application of the operator per column.
Eigen::MatrixXd apply_to_columns(const LinearOperator& matrix, ConstColumns vectors);

/// The listed rows of A X, at a cost that does not depend on n.
/// @returns nothing if the operator is of a kind whose rows cannot be had one by one (all but StencilOperator)
std::optional<Eigen::MatrixXd> apply_rows(const LinearOperator& matrix, ConstColumns vectors, std::span<const Index> rows);

/// `count` rows of `size`, one drawn at random in each of `count` equal stretches: the same rows at every call.
std::vector<Index> scattered_rows(Index size, Index count);

}  // namespace kindred
