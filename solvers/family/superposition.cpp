#include <kindred/solvers/family/superposition.hpp>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <kindred/core/base/error.hpp>

namespace kindred {

using Eigen::VectorXd;

Superposition::Superposition(Index most_dimensions, double tolerance) : most_(most_dimensions), tolerance_(tolerance) {
  if (most_dimensions < 0 || !(tolerance > 0.0 && tolerance < 1.0)) {
    throw InputError(fmt::format("superposition needs a number of dimensions from 0 and a tolerance in (0, 1), not {} and {}",
                                 most_dimensions, tolerance));
  }
}

Superposition::Projection Superposition::project(std::span<const double> b, Passes passes) const {
  constexpr double rounding_of_one_pass = 100.0;  // times the tolerance, at most
  Projection p;
  p.rest = VectorXd::Map(b.data(), std::ssize(b));
  VectorXd sums;
  recycling::project(rhs_, dimensions_, p.rest.data(), sums);
  const double norm = std::sqrt(sums(dimensions_));
  p.coefficients = VectorXd::Zero(dimensions_);
  for (int pass = 0; pass < 2; ++pass) {
    const VectorXd part = sums.head(dimensions_);
    p.coefficients += part;
    recycling::subtract_and_project(rhs_, part, p.rest.data(), sums);
    p.outside = std::sqrt(sums(dimensions_));
    if (passes == Passes::as_needed && p.outside > rounding_of_one_pass * tolerance_ * norm) {
      break;
    }
  }
  p.inside = p.outside <= tolerance_ * norm;
  return p;
}

bool Superposition::solve(std::span<const double> b, std::span<double> solution) const {
  if (dimensions_ == 0 || rhs_.rows() != std::ssize(b)) {
    return false;
  }
  const Projection p = project(b, Passes::as_needed);
  if (!p.inside) {
    return false;
  }
  std::ranges::fill(solution, 0.0);
  recycling::accumulate(solutions_, 0, p.coefficients, solution.data());
  return true;
}

bool Superposition::add(std::span<const double> b, std::span<const double> solution) {
  if (b.size() != solution.size() || (dimensions_ > 0 && rhs_.rows() != std::ssize(b))) {
    throw InputError(fmt::format("superposition was given a right-hand side of {} and a solution of {} numbers, after others of {}",
                                 b.size(), solution.size(), dimensions_ == 0 ? std::ssize(b) : rhs_.rows()));
  }
  if (full()) {
    return false;
  }
  if (rhs_.rows() != std::ssize(b)) {
    rhs_ = recycling::ColumnBlock(std::ssize(b), most_);
    solutions_ = recycling::ColumnBlock(std::ssize(b), most_);
  }
  const Projection p = project(b, Passes::both);
  if (p.inside || !std::isfinite(p.outside)) {
    return false;
  }
  VectorXd part = VectorXd::Map(solution.data(), std::ssize(solution));
  recycling::accumulate(solutions_, 0, -p.coefficients, part.data());
  rhs_.view(dimensions_, 1) = p.rest / p.outside;
  solutions_.view(dimensions_, 1) = part / p.outside;
  ++dimensions_;
  return true;
}

void Superposition::clear() { dimensions_ = 0; }

std::size_t Superposition::bytes() const { return dimensions_ == 0 ? 0 : rhs_.bytes() + solutions_.bytes(); }

}  // namespace kindred
