#include <kindred/core/base/random.hpp>

#include <cmath>

#include <kindred/core/base/wichura.hpp>

namespace kindred {

double normal_quantile(double p) {
  const double q = p - 0.5;
  if (std::abs(q) <= wichura::central_limit) {
    return wichura::central(q);
  }
  const double tail = std::sqrt(-wichura::portable_log(q < 0.0 ? p : 1.0 - p));
  const double magnitude = tail <= wichura::far_limit ? wichura::near_tail(tail) : wichura::far_tail(tail);
  return q < 0.0 ? -magnitude : magnitude;
}

}  // namespace kindred
