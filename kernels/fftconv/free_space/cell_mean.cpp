#include <kindred/kernels/fftconv/free_space/cell_mean.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>
#include <vector>

#include <kindred/core/base/types.hpp>

namespace kindred::fftconv {
namespace {

using std::numbers::pi;

struct Rule {
  std::vector<double> nodes;  ///< in (−1/2, 1/2)
  std::vector<double> weights;
};

constexpr std::size_t most_points = 8;

/// Gauss-Legendre rule of the interval (−1/2, 1/2): roots of the Legendre polynomial by Newton's method.
Rule gauss_legendre(std::size_t points) {
  Rule rule;
  const auto n = static_cast<double>(points);
  for (std::size_t i = 0; i < points; ++i) {
    double x = std::cos(pi * (static_cast<double>(i) + 0.75) / (n + 0.5));
    double slope = 0.0;
    for (int step = 0; step < 6; ++step) {
      double value = x;
      double previous = 1.0;
      for (double k = 2.0; k <= n; k += 1.0) {
        previous = std::exchange(value, ((2.0 * k - 1.0) * x * value - (k - 1.0) * previous) / k);
      }
      slope = n * (x * value - previous) / (x * x - 1.0);
      x -= value / slope;
    }
    rule.nodes.push_back(0.5 * x);
    rule.weights.push_back(1.0 / ((1.0 - x * x) * slope * slope));
  }
  return rule;
}

const Rule& rule(std::size_t points) {
  static const auto all = [] {
    std::vector<Rule> rules;
    for (std::size_t n = 1; n <= most_points; ++n) {
      rules.push_back(gauss_legendre(n));
    }
    return rules;
  }();
  return all[points - 1];
}

/// Points that leave an error of 1e-15 of a function whose singularity is r away from the middle of an interval of length h: with the
/// ellipse through the singularity it falls as (4r/h)^{−2n} (L. Trefethen, Is Gauss quadrature better than Clenshaw-Curtis?, SIAM Review 50
/// (2008), theorem 4.5).
std::size_t points_for(double spacing, double r) {
  const double digits = 2.0 * std::log10(4.0 * r / spacing);
  return std::clamp<std::size_t>(static_cast<std::size_t>(std::ceil(15.0 / digits)), 1, most_points);
}

/// Mean over the cell by a tensor product of rules.
template <class Function>
auto quadrature(const std::array<double, 3>& centre, const std::array<double, 3>& spacings, int dimension,
                const std::array<const Rule*, 3>& rules, Function function) {
  decltype(function(1.0)) sum{};
  static const Rule once{{0.0}, {1.0}};
  const Rule& first = dimension == 3 ? *rules[0] : once;
  for (std::size_t i = 0; i < first.nodes.size(); ++i) {
    const double x = dimension == 3 ? centre[0] + first.nodes[i] * spacings[0] : 0.0;
    for (std::size_t j = 0; j < rules[1]->nodes.size(); ++j) {
      const double y = centre[1] + rules[1]->nodes[j] * spacings[1];
      for (std::size_t k = 0; k < rules[2]->nodes.size(); ++k) {
        const double z = centre[2] + rules[2]->nodes[k] * spacings[2];
        sum += first.weights[i] * rules[1]->weights[j] * rules[2]->weights[k] * function(std::sqrt(x * x + y * y + z * z));
      }
    }
  }
  return sum;
}

/// x²/2 · atan(a/x), which vanishes with x.
double arctangent_term(double x, double a) { return x == 0.0 ? 0.0 : 0.5 * x * x * std::atan(a / x); }

/// yz · arsinh(x/√(y² + z²)), which vanishes with yz: yz log(x + r) up to a function that does not depend on x and takes no part in the
/// mean.
double logarithm_term(double x, double y, double z) { return y * z == 0.0 ? 0.0 : y * z * std::asinh(x / std::hypot(y, z)); }

/// ∂³F/∂x∂y∂z = 1/r (Qiang et al. 2006, eq. 2).
double inverse_distance(double x, double y, double z) {
  const double r = std::hypot(x, y, z);
  if (r == 0.0) {
    return 0.0;
  }
  return logarithm_term(x, y, z) + logarithm_term(y, z, x) + logarithm_term(z, x, y) - arctangent_term(x, y * z / r) -
         arctangent_term(y, z * x / r) - arctangent_term(z, x * y / r);
}

/// ∂²F/∂y∂z = log r, up to the term −3yz/2 whose mean is known.
double logarithm(double y, double z) {
  const double square = y * y + z * z;
  return square == 0.0 ? 0.0 : 0.5 * y * z * std::log(square) + arctangent_term(y, z) + arctangent_term(z, y);
}

/// Mean of Poisson's Green's function over the cell: the antiderivative's differences.
double poisson_mean(const std::array<double, 3>& centre, const std::array<double, 3>& h, int dimension) {
  double sum = 0.0;
  for (int corner = 0; corner < 1 << dimension; ++corner) {
    const auto at = [&](int axis) {
      return centre[static_cast<std::size_t>(axis)] + ((corner >> (2 - axis) & 1) - 0.5) * h[static_cast<std::size_t>(axis)];
    };
    int lower = 0;
    for (int axis = 3 - dimension; axis < 3; ++axis) {
      lower += 1 - (corner >> (2 - axis) & 1);
    }
    const double value = dimension == 3 ? inverse_distance(at(0), at(1), at(2)) : logarithm(at(1), at(2));
    sum += lower % 2 == 0 ? value : -value;
  }
  return dimension == 3 ? sum / (4.0 * pi * h[0] * h[1] * h[2]) : (1.5 - sum / (h[1] * h[2])) / (2.0 * pi);
}

}  // namespace

template <class Value>
CellMean<Value>::CellMean(const GreensFunction& function, const std::array<double, 3>& spacings)
    : function_(function), spacings_(spacings) {
  require(function);
  const double* first = spacings_.data() + (3 - function.dimension);
  near_ = 4.0 * *std::max_element(first, first + function.dimension);
}

template <class Value>
Value CellMean<Value>::operator()(const std::array<double, 3>& offset) const {
  const int dimension = function_.dimension;
  const double r = dimension == 3 ? std::hypot(offset[0], offset[1], offset[2]) : std::hypot(offset[1], offset[2]);
  std::array<const Rule*, 3> rules{};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    rules[axis] = &rule(r > near_ ? points_for(spacings_[axis], r) : most_points);
  }
  if (r > near_) {
    return quadrature(offset, spacings_, dimension, rules, [&](double distance) { return function_.at<Value>(distance); });
  }
  const Value poisson = poisson_mean(offset, spacings_, dimension);
  if (function_.equation == FreeSpaceEquation::poisson) {
    return poisson;
  }
  return poisson +
         quadrature(offset, spacings_, dimension, rules, [&](double distance) { return function_.less_singular<Value>(distance); });
}

template class CellMean<double>;
template class CellMean<std::complex<double>>;

}  // namespace kindred::fftconv
