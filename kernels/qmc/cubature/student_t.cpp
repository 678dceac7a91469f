#include <kindred/kernels/qmc/cubature/student_t.hpp>

#include <cmath>
#include <numbers>
#include <string>

#include <kindred/core/base/error.hpp>
#include <kindred/core/base/random.hpp>

namespace kindred::qmc {
namespace {

/// Γ(x + 1/2)/Γ(x): asymptotic series (Abramowitz and Stegun 6.1.47 with more terms), from x ≥ 20 downward by the recurrence.
double gamma_ratio(double x) {
  double factor = 1.0;
  for (; x < 20.0; x += 1.0) {
    factor *= x / (x + 0.5);
  }
  const double h = 1.0 / x;
  const double series =
      1.0 +
      h * (-1.0 / 8.0 +
           h * (1.0 / 128.0 + h * (5.0 / 1024.0 + h * (-21.0 / 32768.0 +
                                                       h * (-399.0 / 262144.0 + h * (869.0 / 4194304.0 + h * (39325.0 / 33554432.0)))))));
  return factor * std::sqrt(x) * series;
}

/// Continued fraction of the incomplete beta function I_x(a, b), for x < (a + 1)/(a + b + 2).
double beta_fraction(double a, double b, double x) {
  constexpr double tiny = 1e-300;
  const auto away_from_zero = [](double v) { return std::abs(v) < tiny ? tiny : v; };
  double c = 1.0;
  double d = 1.0 / away_from_zero(1.0 - (a + b) * x / (a + 1.0));
  double fraction = d;
  for (int m = 1; m <= 10000; ++m) {
    const double even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
    d = 1.0 / away_from_zero(1.0 + even * d);
    c = away_from_zero(1.0 + even / c);
    fraction *= d * c;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
    d = 1.0 / away_from_zero(1.0 + odd * d);
    c = away_from_zero(1.0 + odd / c);
    const double factor = d * c;
    fraction *= factor;
    if (std::abs(factor - 1.0) < 1e-16) {
      break;
    }
  }
  return fraction;
}

double density(double t, double freedom) {
  return gamma_ratio(0.5 * freedom) / std::sqrt(std::numbers::pi * freedom) *
         std::exp(-0.5 * (freedom + 1.0) * std::log1p(t * t / freedom));
}

}  // namespace

double student_t_tail(double t, double freedom) {
  // 2 P(T > t) = I_x(ν/2, 1/2), x = ν/(ν + t²); x^(ν/2) (1 − x)^(1/2) / B(ν/2, 1/2) is t times the density.
  const double a = 0.5 * freedom;
  const double x = freedom / (freedom + t * t);
  const double front = density(t, freedom) * t;
  if (x < (a + 1.0) / (a + 2.5)) {
    return front * beta_fraction(a, 0.5, x) / freedom;
  }
  return 0.5 - front * beta_fraction(0.5, a, t * t / (freedom + t * t));
}

double student_t_quantile(double tail, double freedom) {
  if (!(tail > 0.0 && tail <= 0.5) || !(freedom >= 1.0)) {
    throw InputError("student_t_quantile: a tail of " + std::to_string(tail) + " with " + std::to_string(freedom) +
                     " degrees of freedom; the tail must be in (0, 1/2], the degrees of freedom at least 1");
  }
  if (tail == 0.5) {
    return 0.0;
  }
  // Newton's method for log P(T > t) as a function of log t, which is concave: at most the first step goes too far.
  double t = -normal_quantile(tail);
  for (int step = 0; step < 200; ++step) {
    const double now = student_t_tail(t, freedom);
    const double change = now * std::log(now / tail) / (t * density(t, freedom));
    t *= std::exp(change);
    if (std::abs(change) < 1e-14) {
      break;
    }
  }
  return t;
}

}  // namespace kindred::qmc
