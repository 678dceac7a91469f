#pragma once

#include <chrono>

namespace kindred {

/// Wall clock of the measurements that a data set keeps: monotonic, so that a change of the system's time does not show.
using Clock = std::chrono::steady_clock;

inline double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

}  // namespace kindred
