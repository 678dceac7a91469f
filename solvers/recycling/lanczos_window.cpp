#include <kindred/solvers/recycling/lanczos_window.hpp>

#include <eigen3/Eigen/Eigenvalues>

namespace kindred::recycling {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

void LanczosWindow::start(Index capacity, Index deflation) {
  beta_before_.resize(capacity);
  alpha_.resize(capacity);
  beta_.resize(capacity);
  b_.resize(deflation, capacity);
  steps_ = 0;
}

void LanczosWindow::record(double beta_before, double alpha, double beta, const VectorXd& b) {
  beta_before_(steps_) = beta_before;
  alpha_(steps_) = alpha;
  beta_(steps_) = beta;
  b_.col(steps_++) = b;
}

MatrixXd LanczosWindow::tridiagonal() const {
  MatrixXd t = MatrixXd::Zero(steps_ + 2, steps_);
  for (Index j = 0; j < steps_; ++j) {
    t(j, j) = beta_before_(j);
    t(j + 1, j) = alpha_(j);
    t(j + 2, j) = beta_(j);
  }
  return t;
}

Selection LanczosWindow::select_first(const MatrixXd& products, Index count) const {
  const Index k = products.rows();
  const MatrixXd t = tridiagonal();
  MatrixXd g = MatrixXd::Zero(k + steps_ + 2, k + steps_);
  g.topLeftCorner(k, k).setIdentity();
  g.topRightCorner(k, steps_) = deflated();
  g.bottomRightCorner(steps_ + 2, steps_) = t;
  MatrixXd s = MatrixXd::Zero(k + steps_, k + steps_);
  s.topLeftCorner(k, k) = products;
  s.bottomRightCorner(steps_, steps_) = t.middleRows(1, steps_);
  return smallest_of_symmetric_harmonic(g, s, count);
}

Selection LanczosWindow::select(const VectorXd& inverse_values, const MatrixXd& on_deflation, const MatrixXd& on_lanczos,
                                Index count) const {
  const Index k = on_deflation.rows();
  const Index y = on_deflation.cols();
  const MatrixXd t = tridiagonal();
  // The part of AY outside [C V] enters G by any factor of its Gram matrix; here the symmetric one, which bears a singular matrix.
  const Eigen::SelfAdjointEigenSolver<MatrixXd> outside(MatrixXd::Identity(y, y) - on_deflation.transpose() * on_deflation -
                                                        on_lanczos.transpose() * on_lanczos);
  MatrixXd g = MatrixXd::Zero(y + k + steps_ + 2, y + steps_);
  g.topLeftCorner(y, y) = outside.eigenvalues().cwiseMax(0.0).cwiseSqrt().asDiagonal() * outside.eigenvectors().transpose();
  g.block(y, 0, k, y) = on_deflation;
  g.bottomLeftCorner(steps_ + 2, y) = on_lanczos;
  g.block(y, y, k, steps_) = deflated();
  g.bottomRightCorner(steps_ + 2, steps_) = t;
  MatrixXd s = MatrixXd::Zero(y + steps_, y + steps_);
  s.topLeftCorner(y, y) = inverse_values.asDiagonal();
  s.topRightCorner(y, steps_) = on_lanczos.middleRows(1, steps_).transpose();
  s.bottomLeftCorner(steps_, y) = on_lanczos.middleRows(1, steps_);
  s.bottomRightCorner(steps_, steps_) = t.middleRows(1, steps_);
  return smallest_of_symmetric_harmonic(g, s, count);
}

}  // namespace kindred::recycling
