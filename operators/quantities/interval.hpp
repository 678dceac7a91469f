#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

namespace kindred {

/// All numbers from `low` to `high`; the ends may be infinite. Operations give an interval that holds every result.
/// Rounding is not directed: the ends are off by some units of the last place, far less than the bounds of means that are put in.
struct Interval {
  double low = 0.0;
  double high = 0.0;

  static Interval all() { return {-std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity()}; }
  /// No number: a quotient by zero. Every operation on it gives none again.
  static Interval none() { return {std::nan(""), std::nan("")}; }
  [[nodiscard]] bool empty() const { return std::isnan(low) || std::isnan(high); }
};

inline Interval operator+(const Interval& a, const Interval& b) { return {a.low + b.low, a.high + b.high}; }
inline Interval operator-(const Interval& a) { return {-a.high, -a.low}; }
inline Interval operator-(const Interval& a, const Interval& b) { return a + -b; }

inline Interval operator*(const Interval& a, const Interval& b) {
  if (a.empty() || b.empty()) {
    return Interval::none();
  }
  const auto product = [](double x, double y) { return x == 0.0 || y == 0.0 ? 0.0 : x * y; };  // 0 · ∞ is 0 here
  const auto [low, high] = std::minmax({product(a.low, b.low), product(a.low, b.high), product(a.high, b.low), product(a.high, b.high)});
  return {low, high};
}

/// Everything if the divisor may be zero, none if it cannot be anything else.
inline Interval operator/(const Interval& a, const Interval& b) {
  if (b.empty() || (b.low == 0.0 && b.high == 0.0)) {
    return Interval::none();
  }
  return b.low > 0.0 || b.high < 0.0 ? a * Interval{1.0 / b.high, 1.0 / b.low} : Interval::all();
}

/// x^exponent, exponent ≥ 0.
inline Interval power(const Interval& x, int exponent) {
  if (x.empty()) {
    return x;
  }
  const double low = std::pow(x.low, exponent);
  const double high = std::pow(x.high, exponent);
  if (exponent % 2 != 0 || x.low >= 0.0) {
    return {low, high};
  }
  return x.high <= 0.0 ? Interval{high, low} : Interval{exponent == 0 ? 1.0 : 0.0, std::max(low, high)};
}

/// Of a quantity that cannot be negative.
inline Interval square_root(const Interval& x) { return {std::sqrt(std::max(x.low, 0.0)), std::sqrt(std::max(x.high, 0.0))}; }

}  // namespace kindred
