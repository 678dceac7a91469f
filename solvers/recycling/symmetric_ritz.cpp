#include <kindred/solvers/recycling/symmetric_ritz.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include <eigen3/Eigen/Cholesky>
#include <eigen3/Eigen/Eigenvalues>
#include <eigen3/Eigen/QR>

namespace kindred::recycling {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double negligible = 1e-12;

MatrixXd symmetric_part(const MatrixXd& a) { return 0.5 * (a + a.transpose()); }

/// T with Tᵀ F T = I: by Cholesky where F is well conditioned, as it nearly always is, and by its eigenvectors elsewhere.
MatrixXd inverse_factor(const MatrixXd& f) {
  const Eigen::LLT<MatrixXd> cholesky(f);
  const MatrixXd& factor = cholesky.matrixLLT();
  if (cholesky.info() == Eigen::Success && factor.diagonal().minCoeff() > 1e-3 * factor.diagonal().maxCoeff()) {
    MatrixXd inverse = MatrixXd::Identity(f.rows(), f.cols());
    cholesky.matrixU().solveInPlace(inverse);
    return inverse;
  }
  return orthonormalising_transform(f, negligible).transform;
}

}  // namespace

GramTransform orthonormalising_transform(const MatrixXd& gram, double drop) {
  GramTransform result;
  const Index size = gram.rows();
  if (!gram.allFinite()) {
    result.indefinite = true;
    result.transform.resize(size, 0);
    return result;
  }
  if (size == 0) {
    return result;
  }
  const double largest = gram.diagonal().cwiseAbs().maxCoeff();
  VectorXd scale = VectorXd::Zero(size);
  for (Index j = 0; j < size; ++j) {
    const double diagonal = std::abs(gram(j, j));
    if (diagonal > drop * largest) {
      scale(j) = 1.0 / std::sqrt(diagonal);
    }
  }
  const Eigen::SelfAdjointEigenSolver<MatrixXd> eigen(scale.asDiagonal() * symmetric_part(gram) * scale.asDiagonal());
  const VectorXd& values = eigen.eigenvalues();
  const double top = std::max(std::abs(values(0)), values(size - 1));
  result.indefinite = values(0) < -1e-8 * top;
  Index first = 0;
  while (first < size && values(first) <= drop * top) {
    ++first;
  }
  if (result.indefinite || first == size) {
    result.transform.resize(size, 0);
    return result;
  }
  result.smallest_kept = values(first);
  result.transform =
      scale.asDiagonal() * eigen.eigenvectors().rightCols(size - first) * values.tail(size - first).cwiseSqrt().cwiseInverse().asDiagonal();
  return result;
}

Selection smallest_of_pencil(const MatrixXd& g, const MatrixXd& f, Index count) {
  if (g.rows() == 0 || !g.allFinite() || !f.allFinite()) {
    return {MatrixXd(g.rows(), 0), VectorXd()};
  }
  const MatrixXd transform = inverse_factor(symmetric_part(f));
  if (transform.cols() == 0) {
    return {MatrixXd(g.rows(), 0), VectorXd()};
  }
  const Eigen::SelfAdjointEigenSolver<MatrixXd> eigen(symmetric_part(transform.transpose() * g * transform));
  const Index kept = std::min(count, transform.cols());
  return {transform * eigen.eigenvectors().leftCols(kept), eigen.eigenvalues().head(kept)};
}

Selection smallest_of_symmetric_harmonic(const MatrixXd& g, const MatrixXd& s, Index count) {
  const Index size = g.cols();
  if (size == 0 || !g.allFinite() || !s.allFinite()) {
    return {MatrixXd(size, 0), VectorXd()};
  }
  // Columns of one length make R well conditioned (van der Sluis) and dependence a matter of angles.
  const VectorXd lengths = g.colwise().norm();
  const VectorXd scale = (lengths.array() > 0.0).select(lengths.cwiseInverse(), 0.0);
  Eigen::ColPivHouseholderQR<MatrixXd> qr(g * scale.asDiagonal());
  qr.setThreshold(negligible);
  const Index rank = qr.rank();
  if (rank == 0) {
    return {MatrixXd(size, 0), VectorXd()};
  }
  MatrixXd inverse = MatrixXd::Identity(rank, rank);
  qr.matrixR().topLeftCorner(rank, rank).triangularView<Eigen::Upper>().solveInPlace(inverse);
  MatrixXd transform = MatrixXd::Zero(size, rank);
  transform.topRows(rank) = inverse;
  transform = scale.asDiagonal() * (qr.colsPermutation() * transform);
  const Eigen::SelfAdjointEigenSolver<MatrixXd> eigen(symmetric_part(transform.transpose() * s * transform));
  const VectorXd magnitude = eigen.eigenvalues().cwiseAbs();
  std::vector<Index> order(static_cast<std::size_t>(rank));
  std::iota(order.begin(), order.end(), Index{0});
  std::stable_sort(order.begin(), order.end(), [&](Index a, Index b) { return magnitude(a) > magnitude(b); });
  order.resize(static_cast<std::size_t>(std::min(count, rank)));
  return {transform * eigen.eigenvectors()(Eigen::all, order), eigen.eigenvalues()(order)};
}

}  // namespace kindred::recycling
