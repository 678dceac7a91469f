#include <kindred/solvers/recycling/cg_window.hpp>

namespace kindred::recycling {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

void CgWindow::start(Index capacity, double initial_rho) {
  alpha_.resize(capacity);
  curvature_.resize(capacity);
  rho_.resize(capacity + 1);
  rho_(0) = initial_rho;
  steps_ = 0;
}

void CgWindow::record(double alpha, double curvature, double rho) {
  alpha_(steps_) = alpha;
  curvature_(steps_) = curvature;
  rho_(++steps_) = rho;
}

MatrixXd CgWindow::preconditioned_gram(const MatrixXd& within, const MatrixXd& projections) const {
  const Index k = within.rows();
  const VectorXd weight = scaling().cwiseQuotient(alpha_.head(steps_));
  MatrixXd g = MatrixXd::Zero(k + steps_, k + steps_);
  g.topLeftCorner(k, k) = within;
  g.topRightCorner(k, steps_) = (projections.leftCols(steps_) - projections.middleCols(1, steps_)) * weight.asDiagonal();
  g.bottomLeftCorner(steps_, k) = g.topRightCorner(k, steps_).transpose();
  for (Index j = 0; j < steps_; ++j) {
    g(k + j, k + j) = (rho_(j) + rho_(j + 1)) * weight(j) * weight(j);
    if (j + 1 < steps_) {
      g(k + j, k + j + 1) = g(k + j + 1, k + j) = -rho_(j + 1) * weight(j) * weight(j + 1);
    }
  }
  return g;
}

MatrixXd CgWindow::energy_gram(const MatrixXd& conjugacy) const {
  const Index k = conjugacy.rows();
  MatrixXd f = MatrixXd::Identity(k + steps_, k + steps_);
  f.topRightCorner(k, steps_) = conjugacy * scaling().asDiagonal();
  f.bottomLeftCorner(steps_, k) = f.topRightCorner(k, steps_).transpose();
  return f;
}

}  // namespace kindred::recycling
