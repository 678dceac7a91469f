#pragma once

#include <mutex>

namespace kindred::fftconv {

/// Held while FFTW plans, destroys a plan or handles wisdom: its planner is not thread-safe, and there is one for the whole process.
std::mutex& fftw_planner_mutex();

/// Whether this library was built with FFTW, in double and single precision.
bool fftw_available();

}  // namespace kindred::fftconv
