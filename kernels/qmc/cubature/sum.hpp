#pragma once

#include <cmath>

namespace kindred::qmc {

/// Sum whose rounding error does not grow with the number of terms: A. Neumaier, ZAMM 54 (1974) 39-51.
class Sum {
 public:
  void add(double term) {
    const double next = sum_ + term;
    lost_ += std::abs(sum_) >= std::abs(term) ? (sum_ - next) + term : (term - next) + sum_;
    sum_ = next;
  }
  [[nodiscard]] double value() const { return sum_ + lost_; }

 private:
  double sum_ = 0.0;
  double lost_ = 0.0;
};

}  // namespace kindred::qmc
