// Scalar entry points of the ratios and derivatives: arguments at the edges of their range, then the method of the region.

#include <kindred/kernels/bessel/ratio.hpp>

#include <cmath>
#include <limits>

#include <kindred/kernels/bessel/derivative.hpp>
#include <kindred/kernels/bessel/log_bessel.hpp>

namespace kindred::kernels {
namespace {

using namespace bessel;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

enum class Region { small, medium, uniform };  // x < 1, x >= 1, R >= 21.2

Region region(double v, double x) {
  if (v * v + x * x >= tables::uniform_radius * tables::uniform_radius) {
    return Region::uniform;
  }
  return x < 1.0 ? Region::small : Region::medium;
}

/// f with as many terms of the uniform expansion as the radius asks for.
template <class F>
double with_terms(double v, double x, F f) {
  const double radius = std::hypot(v, x);
  return radius >= 206.0  ? f(std::integral_constant<int, 7>{})
         : radius >= 64.0 ? f(std::integral_constant<int, 10>{})
                          : f(std::integral_constant<int, tables::uniform_terms>{});
}

OrdersOfK orders_of_k(double v, double x) {
  const ReducedOrder reduced = reduced_order(v);
  return raised(x < 1.0 ? orders_of_k_temme(reduced.order, x) : orders_of_k_trapezoid(reduced.order, x), reduced, x, reduced.steps);
}

double inner_iv_ratio(double v, double x) {
  return region(v, x) == Region::uniform ? with_terms(v, x, [=](auto terms) { return ratio_of_i_uniform<terms>(v, x).value; })
                                         : ratio_of_i_fraction_value(v, x);
}

double inner_kv_ratio(double v, double x) {
  if (region(v, x) == Region::uniform) {
    return with_terms(v, x, [=](auto terms) { return ratio_of_k_uniform<terms>(v, x); });
  }
  const OrdersOfK k = orders_of_k(v, x);
  return k.next / k.here / (0.5 * x);
}

double inner_log_iv_dx(double v, double x) {
  return region(v, x) == Region::uniform ? with_terms(v, x, [=](auto terms) { return slope_uniform<terms>(1.0, v, x); })
                                         : v / x + ratio_of_i_fraction_value(v, x);
}

double inner_log_kv_dx(double v, double x) {
  if (region(v, x) == Region::uniform) {
    return with_terms(v, x, [=](auto terms) { return slope_uniform<terms>(-1.0, v, x); });
  }
  const OrdersOfK k = orders_of_k(v, x);
  return (0.5 * v - k.next / k.here) / (0.5 * x);
}

double inner_log_iv_dv(double v, double x) {
  const int steps = reduced_order(std::fmin(v, 32.0)).steps;
  switch (region(v, x)) {
    case Region::small:
      return order_slope_of_i_series(v, x, steps);
    case Region::medium:
      return order_slope_of_i_wronskian(v, x, steps);
    default:
      return with_terms(v, x, [=](auto terms) { return order_slope_of_i_uniform<terms>(v, x); });
  }
}

double inner_log_kv_dv(double v, double x) {
  if (region(v, x) == Region::uniform) {
    return with_terms(v, x, [=](auto terms) { return order_slope_of_k_uniform<terms>(v, x); });
  }
  const OrdersOfK k = orders_of_k(v, x);
  return k.here_slope / k.here;
}

bool is_integer(double v) { return v == std::floor(v); }

/// NaN where no value is defined: for NaN itself, x < 0, and v and x both infinite.
bool undefined(double v, double x) { return !(x >= 0.0) || std::isnan(v) || (std::isinf(v) && std::isinf(x)); }

}  // namespace

double iv_ratio(double v, double x) {
  if (undefined(v, x) || (v < 0.0 && (!is_integer(v) || std::isinf(v)))) {
    return not_a_number;
  }
  if (v < 0.0) {
    return 1.0 / iv_ratio(-v - 1.0, x);  // I_{-n} = I_n
  }
  if (x == 0.0 || std::isinf(v)) {
    return 0.0;
  }
  return std::isinf(x) ? 1.0 : inner_iv_ratio(v, x);
}

double kv_ratio(double v, double x) {
  if (undefined(v, x)) {
    return not_a_number;
  }
  if (v < -0.5) {
    return 1.0 / kv_ratio(-1.0 - v, x);  // K_{-v} = K_v
  }
  if (std::isinf(x) || v == -0.5) {
    return 1.0;
  }
  return x == 0.0 || std::isinf(v) ? infinity : inner_kv_ratio(v, x);
}

double log_iv_dx(double v, double x) {
  if (undefined(v, x) || (v < 0.0 && (!is_integer(v) || std::isinf(v)))) {
    return not_a_number;
  }
  const double order = std::abs(v);
  if (x == 0.0) {
    return order == 0.0 ? 0.0 : infinity;
  }
  if (std::isinf(x) || std::isinf(order)) {
    return std::isinf(x) ? 1.0 : infinity;
  }
  return inner_log_iv_dx(order, x);
}

double log_kv_dx(double v, double x) {
  if (undefined(v, x)) {
    return not_a_number;
  }
  const double order = std::abs(v);
  if (std::isinf(x)) {
    return -1.0;
  }
  return x == 0.0 || std::isinf(order) ? -infinity : inner_log_kv_dx(order, x);
}

double log_iv_dv(double v, double x) {
  if (undefined(v, x) || v < 0.0) {
    return not_a_number;
  }
  if (std::isinf(x)) {
    return 0.0;
  }
  return x == 0.0 || std::isinf(v) ? -infinity : inner_log_iv_dv(v, x);
}

double log_kv_dv(double v, double x) {
  if (undefined(v, x)) {
    return not_a_number;
  }
  if (v < 0.0) {
    return -log_kv_dv(-v, x);  // K is even in v
  }
  if (v == 0.0 || std::isinf(x)) {
    return 0.0;
  }
  return x == 0.0 || std::isinf(v) ? infinity : inner_log_kv_dv(v, x);
}

float iv_ratio(float v, float x) { return static_cast<float>(iv_ratio(static_cast<double>(v), static_cast<double>(x))); }
float kv_ratio(float v, float x) { return static_cast<float>(kv_ratio(static_cast<double>(v), static_cast<double>(x))); }
float log_iv_dx(float v, float x) { return static_cast<float>(log_iv_dx(static_cast<double>(v), static_cast<double>(x))); }
float log_iv_dv(float v, float x) { return static_cast<float>(log_iv_dv(static_cast<double>(v), static_cast<double>(x))); }
float log_kv_dx(float v, float x) { return static_cast<float>(log_kv_dx(static_cast<double>(v), static_cast<double>(x))); }
float log_kv_dv(float v, float x) { return static_cast<float>(log_kv_dv(static_cast<double>(v), static_cast<double>(x))); }

}  // namespace kindred::kernels
