#pragma once

#include <cmath>

namespace kindred::qmc {

/// A minimiser of f on [a, b] to within `tolerance`, if f has but one minimum there: parabolas through the three best points, golden
/// sections where they do not help. R. P. Brent, Algorithms for minimization without derivatives (1973), chapter 5. The ends are not
/// evaluated.
template <class Function>
double minimize(const Function& f, double a, double b, double tolerance) {
  const double golden = 0.5 * (3.0 - std::sqrt(5.0));
  double x = a + golden * (b - a);  // the best point, the second best, and the second best before
  double w = x;
  double v = x;
  double f_x = f(x);
  double f_w = f_x;
  double f_v = f_x;
  double step = 0.0;
  double step_before = 0.0;
  while (true) {
    const double middle = 0.5 * (a + b);
    const double least = tolerance / 3.0;
    if (std::abs(x - middle) <= 2.0 * least - 0.5 * (b - a)) {
      return x;
    }
    // The parabola's minimum is x + p/q.
    const double r = (x - w) * (f_x - f_v);
    const double s = (x - v) * (f_x - f_w);
    double p = (x - v) * s - (x - w) * r;
    double q = 2.0 * (s - r);
    p = q > 0.0 ? -p : p;
    q = std::abs(q);
    if (q > 0.0 && std::abs(p) < std::abs(0.5 * q * step_before) && p > q * (a - x) && p < q * (b - x)) {
      step_before = step;
      step = p / q;
      if (x + step - a < 2.0 * least || b - x - step < 2.0 * least) {
        step = std::copysign(least, middle - x);
      }
    } else {
      step_before = x < middle ? b - x : a - x;
      step = golden * step_before;
    }
    const double u = x + (std::abs(step) >= least ? step : std::copysign(least, step));
    const double f_u = f(u);
    if (f_u <= f_x) {
      (u < x ? b : a) = x;
      v = w;
      f_v = f_w;
      w = x;
      f_w = f_x;
      x = u;
      f_x = f_u;
      continue;
    }
    (u < x ? a : b) = u;
    if (f_u <= f_w || w == x) {
      v = w;
      f_v = f_w;
      w = u;
      f_w = f_u;
    } else if (f_u <= f_v || v == x || v == w) {
      v = u;
      f_v = f_u;
    }
  }
}

}  // namespace kindred::qmc
