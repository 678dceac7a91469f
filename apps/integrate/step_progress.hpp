#pragma once

#include <cstdint>
#include <string>

#include <kindred/core/base/clock.hpp>
#include <kindred/core/run/progress.hpp>
#include <kindred/kernels/qmc/cubature/estimate.hpp>

namespace kindred::app {

/// Points that the tolerance will take, from how the half-width has fallen with the points so far: half-width = c · points^(−p), p from the
/// last steps, between 1/2 and 2. 0 if that cannot be told yet.
double points_to_come(const qmc::Estimate& so_far, const qmc::Tolerance& tolerance);

/// What an integration has reached, on stderr: a live line on a terminal, else a line a step, but not more than one in ten seconds.
///   65536 evaluations, error bound 2.3e-04 (allowed 1e-04), 812/s, about 3m20s to go
class StepProgress {
 public:
  StepProgress(const qmc::Tolerance& tolerance, bool quiet);
  ~StepProgress();
  StepProgress(const StepProgress&) = delete;
  StepProgress& operator=(const StepProgress&) = delete;
  /// A rule's step has ended.
  void step(const qmc::Estimate& so_far, std::int64_t evaluated);
  /// Evaluations go on.
  void update(std::int64_t evaluated);

 private:
  void draw(bool at_once);

  qmc::Tolerance tolerance_;
  bool quiet_;
  bool terminal_;
  bool drawn_ = false;
  Clock::time_point last_draw_;
  Clock::time_point last_measured_ = Clock::now();
  std::int64_t measured_ = 0;
  std::int64_t evaluated_ = 0;
  std::int64_t evaluated_before_ = 0;  ///< when the last step ended
  std::uint64_t points_ = 0;           ///< of the last step
  double to_come_ = 0.0;
  std::string bound_;
  RateEstimate rate_;
};

}  // namespace kindred::app
