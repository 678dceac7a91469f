#pragma once

#include <string>

#include <kindred/core/base/types.hpp>

namespace kindred {

/// Events per second over a sliding past: the ratio of exponentially weighted sums of events and of seconds, so that it is
/// unbiased from the first interval on and forgets a slow start.
class RateEstimate {
 public:
  /// @param memory s: weight of an interval that ended this long ago is 1/e
  explicit RateEstimate(double memory = 10.0) : memory_(memory) {}
  void add(double events, double seconds);
  /// 0 until anything was added.
  [[nodiscard]] double per_second() const;

 private:
  double memory_;
  double events_ = 0.0;
  double seconds_ = 0.0;
};

/// What a progress line shows.
struct ProgressFacts {
  Index total = 0;
  Index done = 0;
  double rate = 0.0;              ///< samples per second; 0: unknown
  double bytes_per_second = 0.0;  ///< 0: not shown
  Index failures = 0;             ///< 0: not shown
  double mean_iterations = 0.0;   ///< 0: not shown
};

/// `4210/10000 42% 812/s 53 MB/s ETA 7s fail 3 iter 12.4`; with `bar`, `[####......] ` before it.
std::string progress_line(const ProgressFacts& facts, bool bar);

/// `7s`, `3m20s`, `2h05m`, `3d04h`.
std::string duration_text(double seconds);

}  // namespace kindred
