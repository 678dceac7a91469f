#pragma once

#include <time.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include <kindred/kernels/qmc/block_kernels.hpp>

/// Clock and memory limit of the benchmarks of quasi-Monte Carlo kernels.
namespace kindred::bench {

/// The limit of generators: a constant to every number, past the caches, by the widest stores of the kernels' instruction set.
#if defined(__x86_64__)
__attribute__((target("avx512f"))) inline void stream_fill_512(double* out, std::size_t count) {
  for (std::size_t k = 0; k < count; k += 8) {
    _mm512_stream_pd(out + k, _mm512_set1_pd(0.5));
  }
}

__attribute__((target("avx2"))) inline void stream_fill_256(double* out, std::size_t count) {
  for (std::size_t k = 0; k < count; k += 4) {
    _mm256_stream_pd(out + k, _mm256_set1_pd(0.5));
  }
}

inline void stream_fill_128(double* out, std::size_t count) {
  for (std::size_t k = 0; k < count; k += 2) {
    _mm_stream_pd(out + k, _mm_set1_pd(0.5));
  }
}

inline void stream_fill(double* out, std::size_t count) {
  const std::size_t skip = (64 - reinterpret_cast<std::uintptr_t>(out) % 64) / sizeof(double) % 8;
  double* const first = out + skip;
  const std::size_t whole = (count - skip) / 8 * 8;
  const std::string_view kernels = qmc::block_kernels().instruction_set;
  (kernels == "avx512" ? stream_fill_512 : kernels == "avx2" ? stream_fill_256 : stream_fill_128)(first, whole);
  _mm_sfence();
}
#else
inline void stream_fill(double* out, std::size_t count) { std::fill(out, out + count, 0.5); }
#endif

/// Processor time of this thread, so that other programs' turns do not count.
inline double thread_seconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

inline double seconds_of(const std::function<void()>& run) {
  const double start = thread_seconds();
  run();
  return thread_seconds() - start;
}

/// Shortest of several runs.
inline double shortest(int repeat, const std::function<void()>& run) {
  double best = 1e300;
  for (int k = 0; k < repeat; ++k) {
    best = std::min(best, seconds_of(run));
  }
  return best;
}

}  // namespace kindred::bench
