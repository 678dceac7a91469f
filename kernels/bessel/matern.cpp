#include <kindred/kernels/bessel/matern.hpp>

#include <cmath>
#include <limits>
#include <numbers>
#include <string>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/bessel/log_bessel.hpp>
#include <kindred/kernels/bessel/slope_method.hpp>

namespace kindred::kernels::matern {
namespace {

using namespace bessel;

constexpr double stirling_order = 8.0;  // from here on Stirling's series serves

void check_order(double nu) {
  if (!(nu > 0.0) || std::isinf(nu)) {
    throw InputError("Matérn: the smoothness nu is " + std::to_string(nu) + "; it must be finite and positive");
  }
}

/// δ(ν) = log Γ(ν) - (ν - ½) log ν + ν - ½ log 2π and its derivative, ν >= 8.
double stirling_tail(double nu) { return polynomial<tables::stirling>(1.0 / (nu * nu)) / nu; }
double stirling_tail_slope(double nu) {
  constexpr int terms = sizeof(tables::stirling) / sizeof(double);
  const double square = 1.0 / (nu * nu);
  double sum = 0.0;
  for (int k = terms - 1; k >= 0; --k) {
    sum = sum * square - (2 * k + 1) * tables::stirling[k];
  }
  return sum * square;
}

/// ψ(ν), 0 < ν < 21.2.
double digamma(double nu) {
  const double inverse = 1.0 / (nu + 1.0);
  return polynomial<tables::digamma>((inverse - tables::digamma_center) * tables::digamma_scale) + std::log1p(nu) - 1.0 / nu;
}

/// log(1 + y) - y for y >= 0, by 2 atanh(y/(2 + y)).
double log1p_minus(double y) {
  if (y > 0.5) {
    return std::log1p(y) - y;
  }
  const double r = y / (2.0 + y);
  return r * (r * r * (2.0 / 3.0 + r * r * polynomial<tables::atanh_rest>(r * r)) - y);
}

bool expands(double nu, double z) { return nu * nu + z * z >= uniform_square; }

/// R >= 21.2, ν >= 8: with d = R - ν all that grows has cancelled.
double log_by_expansion(double nu, double z) {
  const Polar at = polar(nu, z);
  const double d = z * (z / (at.radius + nu));
  const double g = triangle<tables::uniform, tables::uniform_terms>(-at.s, at.p);
  return nu * std::log1p(0.5 * d / nu) - d - 0.5 * std::log1p(d / nu) + (g - stirling_tail(nu));
}

/// R < 21.2, by M_{ν+1} = M_ν + z²/(4ν) M_{ν-1}/(ν-1) from K at the orders m and m + 1, |m| <= ½: sums of positive terms.
double by_recurrence(double nu, double z) {
  const SplitOrder at = split_order(nu);
  const double m = at.order;
  const bool small = z < 1.0;
  const OrdersOfK k = small ? orders_of_k_temme(m, z) : orders_of_k_trapezoid(m, z);
  double factor = 2.0 * std::pow(0.5 * z, m) * polynomial<tables::reciprocal_gamma>(m);
  if (!small) {
    factor *= tables::trapezoid_step * std::exp(-z);
  }
  double before = factor * k.here;  // M_{m+j-1}/(m+j-1)
  double value = factor * k.next;   // M_{m+j}, j = 1
  if (at.steps == 0.0) {
    return m * before;
  }
  const int steps = static_cast<int>(at.steps);
  for (int step = 1; step < steps; ++step) {
    const double order = m + step;
    const double next = value + 0.25 * z * z / order * before;
    before = value / order;
    value = next;
  }
  return value;
}

/// 1 - M_ν for u = z²/4 below ½ (ν - 1) or ¼, from the power series of I_{-ν} and I_ν with ν = n + m: terms k < n of the first alone, then
/// its terms n + j together with the terms j of the second, whose poles at m = 0 cancel:
///   (P_j - Q_j)/m = F_j, F_j = (j (n+j) F_{j-1} + j P_{j-1} + (n+j) Q_{j-1}) / (j (n+j) (j-m) (n+j+m)).
double variogram_series(double nu, double z) {
  const double u = 0.25 * z * z;
  const int n = static_cast<int>(std::fmin(nu + 0.5, 40.0));
  double sum = 0.0;
  double term = -1.0;
  for (int k = 1; k < n; ++k) {
    term *= -u / (k * (nu - k));
    sum += term;
  }
  if (n >= 22 || (n >= 2 && u < 1e-100)) {
    return sum;  // the rest is below 2^-53 of it
  }
  const double m = nu - n;
  const double quotient = m * polynomial<tables::reciprocal_gamma_odd>(m * m) / polynomial<tables::reciprocal_gamma_even>(m * m);
  const double log_u = 2.0 * (std::log(z) - log_two);
  const double slope = log_u + (m == 0.0 ? 2.0 * tables::reciprocal_gamma_odd[0] : 2.0 * std::atanh(quotient) / m);
  if (u < 1e-100 && n == 1) {  // u F_0, with the exponents added up
    const double product = std::exp(log_u + m * slope);
    return (m * slope > 300.0 ? -product / m : u * (m == 0.0 ? -slope : -std::expm1(m * slope) / m)) + product / (1.0 + m);
  }
  const double x = std::exp(m * slope);  // Γ(1-m)/Γ(1+m) u^m
  double p = 1.0;
  double q = x;
  double g = 0.0;
  double scale = 1.0;  // u^n / ((1+m) … (n-1+m))
  for (int i = 1; i <= n; ++i) {
    p /= i;
    q /= i + m;
    g = (p + g) / (i + m);
    scale *= i < n ? u / (i + m) : u;
  }
  double f = (m == 0.0 ? -slope : -std::expm1(m * slope) / m) * p + x * g;
  double paired = n == 0 ? 0.0 : f;
  double power = 1.0;
  for (int j = 1; j <= 40; ++j) {
    const double both = j * (n + j);
    const double denominator = both * (j - m) * (n + j + m);
    f = (both * f + j * p + (n + j) * q) / denominator;
    p /= (n + j) * (j - m);
    q /= j * (n + j + m);
    power *= u;
    paired += power * f;
  }
  if (n == 0) {
    return x - m * paired;
  }
  return sum + (n % 2 == 1 ? scale : -scale) * paired;
}

}  // namespace

double correlation(double nu, double z) {
  check_order(nu);
  if (!(z >= 0.0)) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  if (z == 0.0 || std::isinf(z)) {
    return z == 0.0 ? 1.0 : 0.0;
  }
  if (nu == 0.5) {
    return std::exp(-z);
  }
  if (nu == 1.5) {
    return (1.0 + z) * std::exp(-z);
  }
  if (nu == 2.5) {
    return (1.0 + z + z * z / 3.0) * std::exp(-z);
  }
  if (z < 0x1p-10) {
    return 1.0 - variogram_series(nu, z);
  }
  return expands(nu, z) ? std::exp(log_correlation(nu, z)) : by_recurrence(nu, z);
}

double log_correlation(double nu, double z) {
  check_order(nu);
  if (!(z > 0.0) || std::isinf(z)) {
    return std::log(correlation(nu, z));
  }
  if (nu == 0.5) {
    return -z;
  }
  if (!expands(nu, z)) {
    return std::log(correlation(nu, z));
  }
  if (nu >= stirling_order) {
    return log_by_expansion(nu, z);
  }
  int sign = 0;
  return nu * std::log(0.5 * z) + log_kv(nu, z) + (std::log(2.0 * nu) - ::lgamma_r(1.0 + nu, &sign));
}

double variogram(double nu, double z) {
  check_order(nu);
  if (z == 0.0) {
    return 0.0;
  }
  if (nu == 0.5) {
    return -std::expm1(-z);
  }
  const double u = 0.25 * z * z;
  if (u < std::fmax(0.25, 0.5 * (nu - 1.0))) {
    return variogram_series(nu, z);
  }
  return expands(nu, z) ? -std::expm1(log_correlation(nu, z)) : 1.0 - correlation(nu, z);
}

double log_slope(double nu, double z) {
  check_order(nu);
  return -1.0 / kv_ratio(nu - 1.0, z);
}

double log_order_slope(double nu, double z) {
  check_order(nu);
  if (z == 0.0) {
    return 0.0;
  }
  if (nu < tables::uniform_radius) {
    return std::log(0.5 * z) - digamma(nu) + log_kv_dv(nu, z);
  }
  const Polar at = polar(nu, z);
  const double zs = z * at.s;
  return std::log1p(0.5 * z * (z / (at.radius + nu)) / nu) + 0.5 * zs * zs / nu -
         (nu * at.s * at.s * order_series<tables::uniform_terms>(-at.s, at.p) + stirling_tail_slope(nu));
}

double log_order_slope_at_distance(double nu, double z) {
  check_order(nu);
  if (z == 0.0) {
    return 0.0;
  }
  if (nu < tables::uniform_radius) {
    return log_order_slope(nu, z) + 0.5 * z / nu * log_slope(nu, z);
  }
  const Polar at = polar(nu, z);
  const double zs = z * at.s;
  constexpr int terms = tables::uniform_terms;
  return log1p_minus(0.5 * z * (z / (at.radius + nu)) / nu) + 0.5 * zs * zs / nu * (0.5 - ratio_series<terms>(-at.s, at.p)) -
         (nu * at.s * at.s * order_series<terms>(-at.s, at.p) + stirling_tail_slope(nu));
}

}  // namespace kindred::kernels::matern
