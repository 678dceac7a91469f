#include <kindred/apps/integrate/step_progress.hpp>

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>

#include <fmt/format.h>

namespace kindred::app {
namespace {

using namespace std::chrono_literals;

/// The quantity that is farthest from its tolerance: its half-width, and what is allowed.
struct Worst {
  double half_width = 0.0;
  double allowed = 0.0;
};

Worst worst_quantity(const qmc::Estimate& so_far, const qmc::Tolerance& tolerance) {
  Worst worst;
  double ratio = -1.0;
  for (std::size_t q = 0; q < so_far.value.size(); ++q) {
    const double half = 0.5 * (so_far.upper[q] - so_far.lower[q]);
    const double allowed = tolerance.at(so_far.value[q]);
    if (!(half <= ratio * allowed)) {
      worst = {half, allowed};
      ratio = half / allowed;
    }
  }
  return worst;
}

}  // namespace

double points_to_come(const qmc::Estimate& so_far, const qmc::Tolerance& tolerance) {
  const auto& history = so_far.history;
  const Worst worst = worst_quantity(so_far, tolerance);
  if (history.size() < 2 || !std::isfinite(worst.half_width) || worst.half_width <= worst.allowed || !(worst.allowed > 0.0)) {
    return 0.0;
  }
  const qmc::Step& last = history.back();
  const qmc::Step& early = history[history.size() >= 4 ? history.size() - 4 : 0];
  if (!(early.half_width > 0.0) || !(last.half_width > 0.0) || !std::isfinite(early.half_width) || last.points <= early.points) {
    return 0.0;
  }
  const double order =
      std::log(early.half_width / last.half_width) / std::log(static_cast<double>(last.points) / static_cast<double>(early.points));
  const double growth = std::pow(worst.half_width / worst.allowed, 1.0 / std::clamp(order, 0.5, 2.0));
  return static_cast<double>(last.points) * (growth - 1.0);
}

StepProgress::StepProgress(const qmc::Tolerance& tolerance, bool quiet)
    : tolerance_(tolerance), quiet_(quiet), terminal_(::isatty(STDERR_FILENO) != 0), last_draw_(Clock::now()) {}

StepProgress::~StepProgress() {
  if (drawn_ && terminal_) {
    fmt::print(stderr, "\r\033[K");
  }
}

void StepProgress::step(const qmc::Estimate& so_far, std::int64_t evaluated) {
  const Worst worst = worst_quantity(so_far, tolerance_);
  bound_ = fmt::format(", error bound {:.2g} (allowed {:.2g})", worst.half_width, worst.allowed);
  points_ = so_far.points;
  to_come_ = points_to_come(so_far, tolerance_);
  evaluated_before_ = evaluated;
  evaluated_ = evaluated;
  draw(false);
}

void StepProgress::update(std::int64_t evaluated) {
  evaluated_ = evaluated;
  draw(false);
}

void StepProgress::draw(bool at_once) {
  const auto now = Clock::now();
  if (quiet_ || (!at_once && now - last_draw_ < (terminal_ ? Clock::duration(200ms) : Clock::duration(10s)))) {
    return;
  }
  last_draw_ = now;
  rate_.add(static_cast<double>(evaluated_ - measured_), std::chrono::duration<double>(now - last_measured_).count());
  measured_ = evaluated_;
  last_measured_ = now;
  std::string line = fmt::format("{} evaluations{}, {:.3g}/s", static_cast<std::int64_t>(points_) + evaluated_ - evaluated_before_, bound_,
                                 rate_.per_second());
  if (to_come_ > 0.0 && rate_.per_second() > 0.0) {
    const double left = std::max(to_come_ - static_cast<double>(evaluated_ - evaluated_before_), 0.0);
    line += fmt::format(", about {} to go", duration_text(left / rate_.per_second()));
  }
  fmt::print(stderr, "{}{}{}", terminal_ ? "\r\033[K" : "", line, terminal_ ? "" : "\n");
  std::fflush(stderr);
  drawn_ = true;
}

}  // namespace kindred::app
