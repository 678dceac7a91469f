#include <kindred/solvers/recycling/orthogonalization.hpp>

#include <cmath>
#include <limits>

#include <eigen3/Eigen/Dense>

#include <kindred/solvers/recycling/block_vectors.hpp>
#include <kindred/solvers/recycling/harmonic_ritz.hpp>
#include <kindred/solvers/recycling/petsc_compat.hpp>

namespace kindred::recycling {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr int most_passes = 4;
constexpr double orthogonal = 5e-14;     // cosine to the basis below which a vector counts as orthogonal to it; one pass leaves about 1e-14
constexpr double rounding_units = 10.0;  // a remainder of so many units in the last place per column is rounding error
constexpr int most_cholesky_passes = 3;
constexpr double largest_condition = 1e7;  // below 1/√ε, so that Cholesky of the Gram matrix goes through
constexpr double well_conditioned =
    3.0;  // times k, the Frobenius condition of an orthonormal basis: one pass leaves a few units of rounding error

bool is_rounding_error(double norm, double original, Index count) {
  return norm <= rounding_units * static_cast<double>(count + 1) * std::numeric_limits<double>::epsilon() * original;
}

PetscErrorCode classical_gram_schmidt(MPI_Comm communicator, ColumnBlock& basis, Index count, Projection& projection) {
  Eigen::Map<VectorXd> w(basis.column(count), basis.rows());
  VectorXd h;
  VectorXd sums;
  PetscFunctionBegin;
  project(basis, count, w.data(), sums);
  PetscCall(sum_over_processes(communicator, sums.data(), count + 1));
  projection.original_norm = std::sqrt(sums(count));
  projection.coefficients = VectorXd::Zero(count);
  if (!std::isfinite(sums.sum())) {
    projection.original_norm = std::numeric_limits<double>::quiet_NaN();
    PetscFunctionReturn(success);
  }
  for (int pass = 0; pass < most_passes; ++pass) {
    h = sums.head(count);
    subtract_and_project(basis, h, w.data(), sums);
    PetscCall(sum_over_processes(communicator, sums.data(), count + 1));
    projection.coefficients += h;
    projection.norm = std::sqrt(sums(count));
    if (is_rounding_error(projection.norm, projection.original_norm, count)) {
      break;
    }
    if (sums.head(count).norm() <= orthogonal * projection.norm) {
      w /= projection.norm;
      PetscFunctionReturn(success);
    }
  }
  projection.norm = 0.0;
  PetscFunctionReturn(success);
}

PetscErrorCode modified_gram_schmidt(MPI_Comm communicator, ColumnBlock& basis, Index count, Projection& projection) {
  Eigen::Map<VectorXd> w(basis.column(count), basis.rows());
  double squared = w.squaredNorm();
  PetscFunctionBegin;
  PetscCall(sum_over_processes(communicator, &squared, 1));
  projection.original_norm = std::sqrt(squared);
  projection.coefficients.resize(count);
  if (!std::isfinite(projection.original_norm)) {
    PetscFunctionReturn(success);
  }
  for (Index i = 0; i < count; ++i) {
    const auto v = basis.view(i, 1).col(0);
    projection.coefficients(i) = v.dot(w);
    PetscCall(sum_over_processes(communicator, &projection.coefficients(i), 1));
    w -= projection.coefficients(i) * v;
  }
  squared = w.squaredNorm();
  PetscCall(sum_over_processes(communicator, &squared, 1));
  projection.norm = std::sqrt(squared);
  if (is_rounding_error(projection.norm, projection.original_norm, count)) {
    projection.norm = 0.0;
  } else {
    w /= projection.norm;
  }
  PetscFunctionReturn(success);
}

PetscErrorCode gram_matrix(MPI_Comm communicator, const ColumnBlock& block, Index count, MatrixXd& gram) {
  PetscFunctionBegin;
  products(block, count, block, count, gram);
  PetscCall(sum_over_processes(communicator, gram.data(), gram.size()));
  PetscFunctionReturn(success);
}

void multiply_right(ColumnBlock& block, const MatrixXd& coefficients) { combine(block, coefficients.rows(), block, 0, coefficients); }

/// W = Q R by Cholesky of WᵀW.
struct CholeskyFactor {
  MatrixXd inverse;        ///< R⁻¹; empty if the columns are too dependent
  double condition = 0.0;  ///< ‖R‖ ‖R⁻¹‖ in the Frobenius norm, with the columns of W scaled to one
};

CholeskyFactor factorize(const MatrixXd& gram) {
  const VectorXd scale = gram.diagonal().cwiseSqrt().cwiseInverse();
  if (!scale.allFinite()) {
    return {};
  }
  const Eigen::LLT<MatrixXd> cholesky(scale.asDiagonal() * gram * scale.asDiagonal());
  if (cholesky.info() != Eigen::Success) {
    return {};
  }
  const MatrixXd factor = cholesky.matrixU();
  const MatrixXd inverse = factor.triangularView<Eigen::Upper>().solve(MatrixXd::Identity(gram.rows(), gram.cols()));
  const double condition = factor.norm() * inverse.norm();
  if (!(condition < largest_condition)) {
    return {};
  }
  return {scale.asDiagonal() * inverse, condition};
}

/// Column by column, dropping dependent ones.
PetscErrorCode gram_schmidt_image(MPI_Comm communicator, ColumnBlock& image, ColumnBlock& space, Index count, Index& rank) {
  Projection projection;
  PetscFunctionBegin;
  rank = 0;
  for (Index j = 0; j < count; ++j) {
    if (rank != j) {
      image.view(rank, 1) = image.view(j, 1);
      space.view(rank, 1) = space.view(j, 1);
    }
    PetscCall(orthogonalize(communicator, KSPGCRODR_CGS2, image, rank, projection));
    if (projection.norm > dependence_tolerance * projection.original_norm) {
      accumulate(space, 0, -projection.coefficients, space.column(rank));
      space.view(rank, 1) /= projection.norm;
      ++rank;
    }
  }
  PetscFunctionReturn(success);
}

}  // namespace

PetscErrorCode orthogonalize(MPI_Comm communicator, KSPGCRODROrthogonalization method, ColumnBlock& basis, Index count,
                             Projection& projection) {
  PetscFunctionBegin;
  projection.norm = 0.0;
  if (method == KSPGCRODR_MGS) {
    PetscCall(modified_gram_schmidt(communicator, basis, count, projection));
  } else {
    PetscCall(classical_gram_schmidt(communicator, basis, count, projection));
  }
  PetscFunctionReturn(success);
}

PetscErrorCode orthonormalize_image(MPI_Comm communicator, ColumnBlock& image, ColumnBlock& space, Index count, Index& rank) {
  MatrixXd gram;
  MatrixXd inverse = MatrixXd::Identity(count, count);
  PetscFunctionBegin;
  rank = count;
  for (int pass = 0; pass < most_cholesky_passes; ++pass) {
    PetscCall(gram_matrix(communicator, image, count, gram));
    if (!gram.allFinite()) {
      rank = -1;
      PetscFunctionReturn(success);
    }
    const CholeskyFactor factor = factorize(gram);
    if (factor.inverse.size() == 0) {
      break;
    }
    multiply_right(image, factor.inverse);
    inverse *= factor.inverse;
    if (factor.condition <= well_conditioned * static_cast<double>(count)) {
      multiply_right(space, inverse);
      PetscFunctionReturn(success);
    }
  }
  multiply_right(space, inverse);
  PetscCall(gram_schmidt_image(communicator, image, space, count, rank));
  PetscFunctionReturn(success);
}

}  // namespace kindred::recycling
