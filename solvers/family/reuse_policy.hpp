#pragma once

#include <kindred/core/base/types.hpp>

namespace kindred {

/// When to make a preconditioner anew that has been kept from one matrix to the next: as soon as the applications that keeping it has
/// cost, in excess of those for the matrix that it was made for, sum up to the price of a new one (the ski-rental argument; A. Karlin
/// et al., Competitive snoopy caching, Algorithmica 3 (1988) 79-119). A family whose members are too far apart pays more than that for a
/// single matrix: after each such failure twice as many matrices as after the one before get preconditioners of their own.
class ReusePolicy {
 public:
  /// A new preconditioner was made.
  void restart() {
    own_ = -1;
    excess_ = 0.0;
    due_ = waiting_ > 0;
    if (due_) {
      --waiting_;
    }
  }
  /// One matrix has been solved with. @param applications of the preconditioner; 0 is ignored
  /// @param setup_cost of a new preconditioner, in applications
  void record(Index applications, double setup_cost) {
    if (applications == 0) {
      return;
    }
    if (own_ < 0) {
      own_ = applications;
      return;
    }
    const double excess = static_cast<double>(applications > own_ ? applications - own_ : 0);
    excess_ += excess;
    if (excess_ > setup_cost) {
      due_ = true;
      if (excess > setup_cost) {
        pause_ = pause_ < longest_pause ? 2 * pause_ : pause_;
        waiting_ = pause_;
      }
    }
  }
  [[nodiscard]] bool rebuild_due() const { return due_; }

 private:
  static constexpr Index longest_pause = 1024;
  Index own_ = -1;  ///< applications for the matrix that it was made for
  double excess_ = 0.0;
  bool due_ = false;
  Index pause_ = 1;
  Index waiting_ = 0;  ///< matrices to come that get preconditioners of their own
};

}  // namespace kindred
