#include <kindred/solvers/recycling/hessenberg.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

#include <eigen3/Eigen/Dense>

namespace kindred::recycling {

void HessenbergLeastSquares::start(double beta, Eigen::Index capacity) {
  columns_ = 0;
  largest_ = 0.0;
  hessenberg_.setZero(capacity + 1, capacity);
  triangle_.setZero(capacity + 1, capacity);
  rotated_.setZero(capacity + 1);
  rotated_(0) = beta;
  cosines_.clear();
  sines_.clear();
}

double HessenbergLeastSquares::append(const Eigen::Ref<const Eigen::VectorXd>& column) {
  const Eigen::Index p = columns_++;
  hessenberg_.col(p).head(p + 2) = column;
  auto r = triangle_.col(p);
  r.head(p + 2) = column;
  for (Eigen::Index i = 0; i < p; ++i) {
    const double upper = cosines_[static_cast<std::size_t>(i)] * r(i) + sines_[static_cast<std::size_t>(i)] * r(i + 1);
    r(i + 1) = cosines_[static_cast<std::size_t>(i)] * r(i + 1) - sines_[static_cast<std::size_t>(i)] * r(i);
    r(i) = upper;
  }
  largest_ = std::max(largest_, r.head(p + 2).cwiseAbs().maxCoeff());
  const double length = std::hypot(r(p), r(p + 1));
  const bool dependent = length <= std::numeric_limits<double>::epsilon() * largest_;
  cosines_.push_back(dependent ? 0.0 : r(p) / length);  // a quarter turn leaves the residual as it is
  sines_.push_back(dependent ? 1.0 : r(p + 1) / length);
  r(p) = dependent ? 0.0 : length;
  r(p + 1) = 0.0;
  rotated_(p + 1) = -sines_.back() * rotated_(p);
  rotated_(p) *= cosines_.back();
  return std::abs(rotated_(p + 1));
}

void HessenbergLeastSquares::drop_last() {
  const Eigen::Index p = --columns_;
  rotated_(p) = cosines_.back() * rotated_(p) - sines_.back() * rotated_(p + 1);
  cosines_.pop_back();
  sines_.pop_back();
}

Eigen::VectorXd HessenbergLeastSquares::solve() const {
  Eigen::Index p = columns_;
  Eigen::VectorXd y = Eigen::VectorXd::Zero(p);
  const auto triangle = triangle_.topLeftCorner(p, p);
  if (p > 0 && triangle(p - 1, p - 1) == 0.0) {
    --p;
  }
  y.head(p) = triangle.topLeftCorner(p, p).triangularView<Eigen::Upper>().solve(rotated_.head(p));
  return y;
}

double HessenbergLeastSquares::rounding_error() const { return std::numeric_limits<double>::epsilon() * largest_ * solve().lpNorm<1>(); }

Eigen::VectorXd HessenbergLeastSquares::residual() const {
  Eigen::VectorXd t = Eigen::VectorXd::Zero(columns_ + 1);
  t(columns_) = rotated_(columns_);
  for (Eigen::Index i = columns_; i-- > 0;) {
    const auto at = static_cast<std::size_t>(i);
    t(i) = -sines_[at] * t(i + 1);
    t(i + 1) *= cosines_[at];
  }
  return t;
}

}  // namespace kindred::recycling
