#pragma once

#include <sched.h>

#include <algorithm>
#include <future>
#include <vector>

#include <kindred/core/base/types.hpp>

namespace kindred {

/// Cores that this process may use.
inline int available_cores() {
  cpu_set_t cores;
  return sched_getaffinity(0, sizeof(cores), &cores) == 0 ? std::max(1, CPU_COUNT(&cores)) : 1;
}

/// Calls work(begin, end) for at most `threads` consecutive parts of [0, count), of at least `grain` each, on threads of their own.
/// Waits for all; an exception of one is passed on. Where the cuts lie depends on `threads`: `work` must not let that show.
template <class Work>
void parallel(Index count, Index grain, int threads, const Work& work) {
  const Index parts = std::clamp<Index>(count / std::max<Index>(grain, 1), 1, std::max(threads, 1));
  std::vector<std::future<void>> others;
  others.reserve(static_cast<std::size_t>(parts - 1));
  for (Index part = 1; part < parts; ++part) {
    others.push_back(std::async(std::launch::async, [&, part] { work(count * part / parts, count * (part + 1) / parts); }));
  }
  work(Index{0}, count / parts);
  for (auto& other : others) {
    other.get();
  }
}

}  // namespace kindred
