#include <kindred/solvers/family/superposition.hpp>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <kindred/core/base/error.hpp>

namespace kindred {
namespace {

double dot(std::span<const double> a, std::span<const double> b) {
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    sum += a[i] * b[i];
  }
  return sum;
}

/// y += factor x
void add_multiple(double factor, std::span<const double> x, std::span<double> y) {
  for (std::size_t i = 0; i < x.size(); ++i) {
    y[i] += factor * x[i];
  }
}

double norm(std::span<const double> v) { return std::sqrt(dot(v, v)); }

}  // namespace

Superposition::Superposition(Index most_dimensions, double tolerance) : most_(most_dimensions), tolerance_(tolerance) {
  if (most_dimensions < 0 || !(tolerance > 0.0 && tolerance < 1.0)) {
    throw InputError(fmt::format("superposition needs a number of dimensions from 0 and a tolerance in (0, 1), not {} and {}",
                                 most_dimensions, tolerance));
  }
}

std::vector<double> Superposition::project(std::vector<double>& b) const {
  std::vector<double> coefficients(rhs_.size(), 0.0);
  for (int pass = 0; pass < 2; ++pass) {
    for (std::size_t i = 0; i < rhs_.size(); ++i) {
      const double c = dot(rhs_[i], b);
      add_multiple(-c, rhs_[i], b);
      coefficients[i] += c;
    }
  }
  return coefficients;
}

bool Superposition::solve(std::span<const double> b, std::span<double> solution) const {
  if (rhs_.empty() || rhs_.front().size() != b.size()) {
    return false;
  }
  std::vector<double> rest(b.begin(), b.end());
  const std::vector<double> coefficients = project(rest);
  if (!(norm(rest) <= tolerance_ * norm(b))) {
    return false;
  }
  std::ranges::fill(solution, 0.0);
  for (std::size_t i = 0; i < coefficients.size(); ++i) {
    add_multiple(coefficients[i], solutions_[i], solution);
  }
  return true;
}

bool Superposition::add(std::span<const double> b, std::span<const double> solution) {
  if (b.size() != solution.size() || (!rhs_.empty() && rhs_.front().size() != b.size())) {
    throw InputError(fmt::format("superposition was given a right-hand side of {} and a solution of {} numbers, after others of {}",
                                 b.size(), solution.size(), rhs_.empty() ? b.size() : rhs_.front().size()));
  }
  if (full()) {
    return false;
  }
  std::vector<double> rest(b.begin(), b.end());
  std::vector<double> part(solution.begin(), solution.end());
  const std::vector<double> coefficients = project(rest);
  const double fresh = norm(rest);
  if (!(fresh > tolerance_ * norm(b))) {
    return false;
  }
  for (std::size_t i = 0; i < coefficients.size(); ++i) {
    add_multiple(-coefficients[i], solutions_[i], part);
  }
  for (auto* vector : {&rest, &part}) {
    for (double& v : *vector) {
      v /= fresh;
    }
  }
  rhs_.push_back(std::move(rest));
  solutions_.push_back(std::move(part));
  return true;
}

void Superposition::clear() {
  rhs_.clear();
  solutions_.clear();
}

std::size_t Superposition::bytes() const { return rhs_.empty() ? 0 : 2 * sizeof(double) * rhs_.size() * rhs_.front().size(); }

}  // namespace kindred
