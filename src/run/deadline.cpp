#include <kindred/core/run/run.hpp>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <cstring>

namespace kindred {
namespace {

using Clock = std::chrono::steady_clock;

/// `seconds` from now; the clock's last moment if that is farther away than the clock can tell.
Clock::time_point after(double seconds) {
  constexpr double a_century = 3.2e9;
  return seconds < a_century ? Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds))
                             : Clock::time_point::max();
}

/// Slurm gives the end of the job as seconds since 1970.
Clock::time_point end_of_slurm_job(double grace_seconds) {
  const char* text = std::getenv("SLURM_JOB_END_TIME");
  std::int64_t end = 0;
  if (text == nullptr || std::from_chars(text, text + std::strlen(text), end).ec != std::errc{}) {
    return Clock::time_point::max();
  }
  const auto now = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  return after(static_cast<double>(end) - now - grace_seconds);
}

}  // namespace

Deadline::Deadline(double limit_seconds, double grace_seconds)
    : end_(std::min(limit_seconds > 0.0 ? after(limit_seconds) : Clock::time_point::max(), end_of_slurm_job(grace_seconds))) {}

bool Deadline::passed() const { return Clock::now() >= end_; }

}  // namespace kindred
