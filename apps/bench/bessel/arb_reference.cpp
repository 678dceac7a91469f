#include "arb_reference.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include <arb.h>
#include <arb_hypgeom.h>
#include <flint/fmpq.h>

#include <kindred/core/base/error.hpp>

namespace bench {
namespace {

/// Owner of an arb_t.
class Ball {
 public:
  Ball() { arb_init(ball_); }
  explicit Ball(double value) : Ball() { arb_set_d(ball_, value); }
  Ball(const Ball& other) : Ball() { arb_set(ball_, other.ball_); }
  Ball& operator=(const Ball& other) {
    arb_set(ball_, other.ball_);
    return *this;
  }
  ~Ball() { arb_clear(ball_); }
  operator arb_ptr() { return ball_; }           // NOLINT(google-explicit-constructor): Arb's functions take pointers
  operator arb_srcptr() const { return ball_; }  // NOLINT(google-explicit-constructor)

 private:
  arb_t ball_;
};

/// Arithmetic at one working precision.
struct Field {
  slong bits;

  using Binary = void (*)(arb_t, const arb_t, const arb_t, slong);
  using Unary = void (*)(arb_t, const arb_t, slong);
  [[nodiscard]] Ball operator()(Binary f, const Ball& a, const Ball& b) const {
    Ball result;
    f(result, a, b, bits);
    return result;
  }
  [[nodiscard]] Ball operator()(Unary f, const Ball& a) const {
    Ball result;
    f(result, a, bits);
    return result;
  }
  [[nodiscard]] Ball times_power_of_two(const Ball& a, slong exponent) const {
    Ball result;
    arb_mul_2exp_si(result, a, exponent);
    return result;
  }
};

/// u_k(t) = t^k q_k(t²) of DLMF 10.41.9: u_{k+1} = ½ t² (1 - t²) u_k' + ⅛ ∫ (1 - 5τ²) u_k dτ, in exact rationals.
class DebyePolynomials {
 public:
  static constexpr slong terms = 44;

  DebyePolynomials() {
    for (auto& row : q_) {
      for (auto& c : row) {
        fmpq_init(c);
      }
    }
    fmpq_one(q_[0][0]);
    fmpq_t change;
    fmpq_init(change);
    const auto add = [&](slong k, slong j, slong numerator, slong denominator, const fmpq_t c) {
      fmpq_set_si(change, numerator, static_cast<ulong>(denominator));
      fmpq_mul(change, change, c);
      fmpq_add(q_[k][j], q_[k][j], change);
    };
    for (slong k = 0; k < terms; ++k) {
      for (slong j = 0; j <= k; ++j) {
        const slong e = k + 2 * j;
        add(k + 1, j, 4 * e * (e + 1) + 1, 8 * (e + 1), q_[k][j]);
        add(k + 1, j + 1, -(4 * e * (e + 3) + 5), 8 * (e + 3), q_[k][j]);
      }
    }
    fmpq_clear(change);
  }

  /// Coefficients of q_0 … q_44, one after another, rounded to that precision.
  const std::vector<Ball>& rounded(slong bits) {
    auto& coefficients = rounded_[bits];
    if (coefficients.empty()) {
      for (slong k = 0; k <= terms; ++k) {
        for (slong j = 0; j <= k; ++j) {
          arb_set_fmpq(coefficients.emplace_back(), q_[k][j], bits);
        }
      }
    }
    return coefficients;
  }

 private:
  fmpq_t q_[terms + 1][terms + 1];
  std::map<slong, std::vector<Ball>> rounded_;
};

struct Logs {
  Ball i;
  Ball k;
};

/// 10.41.3-4 with u_k(t)/v^k = s^k q_k(p), s = 1/R, p = v²/R². `tiny_order`: with the part of I_v that is odd in v and that no power
/// series in s holds, (I_v - I_{-v})/2 = -sin(πv)/π K_v, for derivatives by v at v near 0.
Logs uniform_logs(const Ball& v, const Ball& x, bool tiny_order, const Field& f) {
  static DebyePolynomials polynomials;
  const auto& q = polynomials.rounded(f.bits);
  const Ball r = f(arb_hypot, v, x);
  const Ball t = f(arb_div, v, r);
  const Ball p = f(arb_mul, t, t);
  Ball even(1.0);
  Ball odd(0.0);
  Ball power(1.0);
  for (slong k = 1; k <= DebyePolynomials::terms; ++k) {
    power = f(arb_div, power, r);
    const slong first = k * (k + 1) / 2;
    Ball value(0.0);
    for (slong j = k; j >= 0; --j) {
      arb_mul(value, value, p, f.bits);
      arb_add(value, value, q[static_cast<std::size_t>(first + j)], f.bits);
    }
    arb_addmul(k % 2 == 0 ? even : odd, value, power, f.bits);
  }
  const Ball e = f(arb_sub, r, f(arb_mul, v, f(arb_asinh, f(arb_div, v, x))));
  Ball two_pi;
  arb_const_pi(two_pi, f.bits);
  two_pi = f.times_power_of_two(two_pi, 1);
  // log K's prefactor is half a logarithm of π/(2R) = π²/(2πR).
  const Ball half_log = f.times_power_of_two(f(arb_log, f(arb_mul, two_pi, r)), -1);
  const Ball log_pi = f(arb_log, f.times_power_of_two(two_pi, -1));
  Logs logs;
  logs.i = f(arb_add, f(arb_sub, e, half_log), f(arb_log, f(arb_add, even, odd)));
  logs.k = f(arb_add, f(arb_sub, log_pi, f(arb_add, e, half_log)), f(arb_log, f(arb_sub, even, odd)));
  if (tiny_order) {
    const Ball quotient = f(arb_exp, f(arb_sub, logs.k, logs.i));
    const Ball sine = f(arb_div, f(arb_sin_pi, v), f.times_power_of_two(two_pi, -1));
    Ball minus = f(arb_mul, sine, quotient);
    arb_neg(minus, minus);
    logs.i = f(arb_add, logs.i, f(arb_log1p, minus));
  }
  return logs;
}

Logs library_logs(const Ball& v, const Ball& x, const Field& f) {
  return {f(arb_log, f(arb_hypgeom_bessel_i, v, x)), f(arb_log, f(arb_hypgeom_bessel_k, v, x))};
}

using Balls = std::array<Ball, function_count>;

Balls functions(double order, double argument, const Field& f) {
  const double r = std::hypot(order, argument);
  const bool uniform = r >= 60.0;
  const Ball v(order);
  const Ball x(argument);
  const auto logs_at = [&](const Ball& w) { return uniform ? uniform_logs(w, x, order < 1.0, f) : library_logs(w, x, f); };
  const Logs at = logs_at(v);
  const Logs above = logs_at(f(arb_add, v, Ball(1.0)));
  const slong step = uniform ? std::ilogb(r) - 60 : -64;
  const Ball h = f.times_power_of_two(Ball(1.0), step);
  const Logs right = logs_at(f(arb_add, v, h));
  const Logs left = logs_at(f(arb_sub, v, h));
  const auto difference = [&](const Ball& a, const Ball& b) { return f.times_power_of_two(f(arb_sub, a, b), -step - 1); };

  Balls y;
  y[0] = at.i;
  y[1] = at.k;
  y[2] = f(arb_sub, at.i, x);
  y[3] = f(arb_add, at.k, x);
  y[4] = f(arb_exp, f(arb_sub, above.i, at.i));
  y[5] = f(arb_exp, f(arb_sub, above.k, at.k));
  const Ball v_over_x = f(arb_div, v, x);
  y[6] = f(arb_add, v_over_x, y[4]);
  y[7] = difference(right.i, left.i);
  y[8] = f(arb_sub, v_over_x, y[5]);
  y[9] = order == 0.0 ? Ball(0.0) : difference(right.k, left.k);  // K is even in v
  return y;
}

/// Good to 110 bits, or below anything that two doubles can show.
bool settled(const Ball& y) {
  Ball magnitude;
  arb_abs(magnitude, y);
  Ball tiny(1.0);
  arb_mul_2exp_si(tiny, tiny, -1200);
  return arb_rel_accuracy_bits(y) >= 110 || arb_lt(magnitude, tiny) != 0;
}

TwoDoubles rounded(const Ball& y) {
  const double hi = arf_get_d(arb_midref(static_cast<arb_srcptr>(y)), ARF_RND_NEAR);
  if (!std::isfinite(hi)) {
    return {hi, 0.0};
  }
  Ball rest;
  arb_sub(rest, y, Ball(hi), 256);
  return {hi, arf_get_d(arb_midref(static_cast<arb_srcptr>(rest)), ARF_RND_NEAR)};
}

double bisect_logarithmically(double low, double high, auto&& positive) {
  while (std::nextafter(low, high) < high) {
    const double middle = high / low > 2.0 ? std::sqrt(low * high) : low + 0.5 * (high - low);
    (positive(middle) ? high : low) = middle;
  }
  return high;
}

}  // namespace

ReferenceRow arb_reference(double v, double x) {
  // K_v is a quotient with sin(πv) below, and the derivative by v vanishes with v: both cost twice the bits by which v misses an integer.
  const double miss = std::abs(v - std::round(v));
  const slong first = 320 + (miss > 0.0 ? 2 * std::max(0, -std::ilogb(miss)) : 0);
  for (slong bits = first; bits <= 32768; bits *= 2) {
    const Balls y = functions(v, x, {bits});
    if (std::all_of(y.begin(), y.end(), settled)) {
      ReferenceRow row{v, x, {}};
      std::transform(y.begin(), y.end(), row.values.begin(), rounded);
      return row;
    }
  }
  throw kindred::SolveError("arb_reference: no value at v = " + std::to_string(v) + ", x = " + std::to_string(x));
}

double zero_of_log_i(double v) {
  return bisect_logarithmically(1e-3, 2.0 * v + 4.0, [v](double x) { return arb_reference(v, x).values[0].hi > 0.0; });
}

double zero_of_log_k(double v) {
  return bisect_logarithmically(1e-3, 2.0 * v + 4.0, [v](double x) { return arb_reference(v, x).values[1].hi < 0.0; });
}

}  // namespace bench
