#pragma once

#include <algorithm>
#include <functional>
#include <vector>

#include <cuda_runtime.h>

#include "gpu_test.hpp"

namespace gpu_test {

/// Median time of a launch by events, in seconds: of at least `least` launches, more while they take less than 30 ms together.
inline double seconds(const std::function<void()>& launch, std::size_t least = 3) {
  cudaEvent_t begin = nullptr;
  cudaEvent_t end = nullptr;
  check(cudaEventCreate(&begin), "cudaEventCreate");
  check(cudaEventCreate(&end), "cudaEventCreate");
  launch();
  check(cudaDeviceSynchronize(), "warm-up");
  std::vector<float> times;
  float total = 0.0F;
  while (times.size() < least || (total < 30.0F && times.size() < 50)) {
    check(cudaEventRecord(begin), "cudaEventRecord");
    launch();
    check(cudaEventRecord(end), "cudaEventRecord");
    check(cudaEventSynchronize(end), "timed launch");
    float milliseconds = 0.0F;
    check(cudaEventElapsedTime(&milliseconds, begin, end), "cudaEventElapsedTime");
    times.push_back(milliseconds);
    total += milliseconds;
  }
  cudaEventDestroy(begin);
  cudaEventDestroy(end);
  std::nth_element(times.begin(), times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2), times.end());
  return 1e-3 * times[times.size() / 2];
}

}  // namespace gpu_test
