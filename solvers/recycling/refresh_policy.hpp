#pragma once

#include <petscsys.h>

namespace kindred::recycling {

enum class Refresh {
  always,   ///< harvest a new space during every solve
  adaptive  ///< stop harvesting once the iteration counts no longer fall, start again when they rise by a tenth
};

/// Decides whether the next solve should harvest a new recycle space. Harvesting costs as much as several iterations, and the space
/// of small eigenvalues is nearly the same for a whole family: once it is good, using it is enough.
class RefreshPolicy {
 public:
  explicit RefreshPolicy(Refresh rule = Refresh::always) : rule_(rule) {}

  [[nodiscard]] bool harvest() const { return rule_ == Refresh::always || !frozen_; }
  [[nodiscard]] bool frozen() const { return rule_ == Refresh::adaptive && frozen_; }
  [[nodiscard]] Refresh rule() const { return rule_; }
  void set_rule(Refresh rule) { rule_ = rule; }
  void forget() { *this = RefreshPolicy(rule_); }

  /// @param iterations of a solve that converged with a recycle space in use
  void record(PetscInt iterations) {
    const auto count = static_cast<double>(iterations);
    if (frozen_) {
      if (count > 1.1 * best_) {
        forget();
      }
      return;
    }
    const bool improved = best_ < 0.0 || count < 0.97 * best_;
    stalled_ = improved ? 0 : stalled_ + 1;
    best_ = best_ < 0.0 || count < best_ ? count : best_;
    frozen_ = stalled_ >= patience;
  }

 private:
  static constexpr int patience = 3;
  Refresh rule_;
  bool frozen_ = false;
  int stalled_ = 0;
  double best_ = -1.0;
};

}  // namespace kindred::recycling
