#include <kindred/operators/fields/matern_spectrum.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include <fmt/format.h>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/bessel/matern.hpp>

namespace kindred {
namespace {

using std::numbers::pi;

/// Sums of Gaussians stop where a term is below exp(−45) of the largest.
constexpr double negligible = 45.0;

/// One Gaussian exp(−r²/(4 t)) of the mixture that is the Matérn correlation, r in correlation lengths.
struct Gaussian {
  double t = 0.0;  ///< 0: so narrow that it vanishes at the distances that matter
  double weight = 0.0;
};

/// The trapezoidal rule in x = log(u/nu), where u^nu exp(−u) is exp(nu (x − expm1(x))) of its peak. A step of 1/6 leaves an error of
/// exp(−6 pi²); the weights of a large nu are a bell of width 1/sqrt(nu), for which half that width does. All nodes whose Gaussian
/// vanishes at `resolution` correlation lengths become one of t = 0, with their infinite sum: a geometric series for every term of
/// exp(−u).
std::vector<Gaussian> gaussian_mixture(double nu, double resolution) {
  const double step = std::min(1.0 / 6.0, 0.5 / std::sqrt(nu));
  const double narrow = std::min(0.1 / nu, resolution * resolution / (2.0 * negligible));  // u/nu
  const double wide = 1.0 + negligible / nu + std::sqrt(2.0 * negligible / nu);
  const auto first = static_cast<Index>(std::floor(std::log(narrow) / step));
  const auto last = static_cast<Index>(std::ceil(std::log(wide) / step));

  const double x = static_cast<double>(first) * step;
  double power = std::exp(nu * (1.0 + x));  // u^(nu + j) (−1)^j / j!, over the peak
  Gaussian narrowest;
  for (int j = 0; j < 14; ++j) {
    narrowest.weight += power / -std::expm1(-(nu + j) * step);
    power *= -nu * std::exp(x) / (j + 1);
  }
  std::vector<Gaussian> mixture{narrowest};
  double sum = narrowest.weight;
  for (Index k = first + 1; k <= last; ++k) {
    const double node = static_cast<double>(k) * step;
    const double weight = std::exp(nu * (node - std::expm1(node)));
    if (weight > std::exp(-2.0 * negligible)) {
      mixture.push_back({0.5 * std::exp(node), weight});
      sum += weight;
    }
  }
  for (auto& gaussian : mixture) {
    gaussian.weight /= sum;
  }
  return mixture;
}

/// Sum over all integers q of exp(−a q²); by Jacobi's identity where a is small.
double theta(double a) {
  const double b = a >= pi ? a : pi * pi / a;
  double sum = 1.0;
  for (int q = 1; q * q * b < negligible; ++q) {
    sum += 2.0 * std::exp(-b * q * q);
  }
  return a >= pi ? sum : std::sqrt(pi / a) * sum;
}

/// Correlation at the origin of the sum over images.
double images_at_origin(double nu, std::span<const MaternAxis> axes) {
  double resolution = std::numeric_limits<double>::infinity();
  for (const auto& axis : axes) {
    resolution = std::min(resolution, axis.period / axis.length);
  }
  double sum = 0.0;
  for (const auto& [t, weight] : gaussian_mixture(nu, resolution)) {
    double product = weight;
    for (const auto& axis : axes) {
      const double period = axis.period / axis.length;
      product *= t > 0.0 ? theta(period * period / (4.0 * t)) : 1.0;
    }
    sum += product;
  }
  return sum;
}

/// Transforms of one axis' Gaussians, summed over images and aliases.
class AxisTransform {
 public:
  explicit AxisTransform(const MaternAxis& axis) : axis_(axis), factors_(static_cast<std::size_t>(axis.cells / 2 + 1)) {
    for (Index k = 0; k < axis.cells; ++k) {
      cosines_.push_back(std::cos(2.0 * pi * static_cast<double>(k) / static_cast<double>(axis.cells)));
    }
  }

  /// With a = h²/(4 t length²), h the spacing and m the cells, for k = 0 … m/2:
  ///   h sum over j of exp(−a j²) cos(2 pi k j/m)  =  sqrt(pi/a) h sum over q of exp(−pi² (k/m + q)²/a).
  std::span<const double> of(double t) {
    const double spacing = axis_.period / static_cast<double>(axis_.cells);
    const double ratio = spacing / axis_.length;
    const double a = t > 0.0 ? ratio * ratio / (4.0 * t) : std::numeric_limits<double>::infinity();
    if (a > pi) {
      sum_over_points(a);
    } else {
      sum_over_aliases(a);
    }
    for (double& factor : factors_) {
      factor *= spacing;
    }
    return factors_;
  }

 private:
  void sum_over_points(double a) {
    std::fill(factors_.begin(), factors_.end(), 1.0);
    for (std::size_t j = 1; static_cast<double>(j * j) * a < negligible; ++j) {
      const double twice = 2.0 * std::exp(-a * static_cast<double>(j * j));
      for (std::size_t k = 0; k < factors_.size(); ++k) {
        factors_[k] += twice * cosines_[j * k % cosines_.size()];
      }
    }
  }

  void sum_over_aliases(double a) {
    for (std::size_t k = 0; k < factors_.size(); ++k) {
      const double wave = static_cast<double>(k) / static_cast<double>(axis_.cells);  // 0 … 1/2
      double sum = 0.0;
      for (const double q : {0.0, -1.0, 1.0, -2.0, 2.0, -3.0, 3.0, -4.0}) {  // the next one is below exp(−pi (3.5² − 0.5²))
        const double exponent = pi * pi * (wave + q) * (wave + q) / a;
        sum += exponent < 745.0 ? std::exp(-exponent) : 0.0;
      }
      factors_[k] = std::sqrt(pi / a) * sum;
    }
  }

  MaternAxis axis_;
  std::vector<double> factors_;
  std::vector<double> cosines_;
};

Index table_size(std::span<const MaternAxis> axes) {
  Index size = 1;
  for (const auto& axis : axes) {
    size *= axis.cells / 2 + 1;
  }
  return size;
}

/// Adds weight times the product of the axes' factors.
void add_product(double weight, std::span<const std::span<const double>> factors, double*& entry) {
  if (factors.size() == 1) {
    for (const double factor : factors.front()) {
      *entry++ += weight * factor;
    }
    return;
  }
  for (const double factor : factors.front()) {
    add_product(weight * factor, factors.subspan(1), entry);
  }
}

}  // namespace

Index torus_multiple(double nu, double length, double tolerance, int periodic_axes) {
  constexpr Index largest = 64;
  const double order = nu + 0.5 * periodic_axes;
  const double side = std::sqrt(2.0 * nu) / length;
  for (Index multiple = 2; multiple <= largest; ++multiple) {
    const double left = kernels::matern::correlation(order, side * static_cast<double>(multiple - 1));
    const double right = kernels::matern::correlation(order, side * static_cast<double>(multiple + 1));
    if (left + right <= tolerance) {
      return multiple;
    }
  }
  throw InputError(fmt::format(
      "a Matérn field of smoothness {:.4g} and a correlation length of {:.4g} sides of the box needs a torus of more than {} sides, or its "
      "images exceed the tolerance: shorten the length, raise the tolerance, or make the axis periodic",
      nu, length, largest));
}

std::vector<double> torus_spectrum(double nu, std::span<const MaternAxis> axes) {
  const auto dimension = static_cast<int>(axes.size());
  double peak = kernels::matern::Covariance{1.0, 1.0, nu}.spectral_density(0.0, dimension) / images_at_origin(nu, axes);
  std::vector<double> squares{0.0};  // of the frequency in inverse correlation lengths, axis by axis
  for (const auto& axis : axes) {
    peak *= 2.0 * pi * axis.length;
    std::vector<double> next;
    for (const double square : squares) {
      for (Index k = 0; k <= axis.cells / 2; ++k) {
        const double frequency = 2.0 * pi * static_cast<double>(k) * axis.length / axis.period;
        next.push_back(square + frequency * frequency);
      }
    }
    squares = std::move(next);
  }
  for (double& square : squares) {
    square = peak * std::exp(-(nu + 0.5 * dimension) * std::log1p(square / (2.0 * nu)));
  }
  return squares;
}

std::vector<double> grid_spectrum(double nu, std::span<const MaternAxis> axes) {
  double resolution = std::numeric_limits<double>::infinity();
  std::vector<AxisTransform> transforms;
  for (const auto& axis : axes) {
    resolution = std::min(resolution, axis.period / static_cast<double>(axis.cells) / axis.length);
    transforms.emplace_back(axis);
  }
  std::vector<std::span<const double>> factors(axes.size());
  std::vector<double> spectrum(static_cast<std::size_t>(table_size(axes)), 0.0);
  const double origin = images_at_origin(nu, axes);
  for (const auto& [t, weight] : gaussian_mixture(nu, resolution)) {
    std::transform(transforms.begin(), transforms.end(), factors.begin(), [&](AxisTransform& axis) { return axis.of(t); });
    double* entry = spectrum.data();
    add_product(weight / origin, factors, entry);
  }
  return spectrum;
}

}  // namespace kindred
