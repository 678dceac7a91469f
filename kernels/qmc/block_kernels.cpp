#include <kindred/kernels/qmc/block_kernels.hpp>

#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <string_view>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace kindred::qmc {

BlockKernelList runnable_block_kernels() {
  BlockKernelList list;
  list.sets[list.count++] = &block_kernels_portable;
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) {
    list.sets[list.count++] = &block_kernels_avx2;
  }
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl")) {
    list.sets[list.count++] = &block_kernels_avx512;
  }
#endif
  return list;
}

const BlockKernels& block_kernels() {
  static const BlockKernels& chosen = [&]() -> const BlockKernels& {
    const BlockKernelList list = runnable_block_kernels();
    const char* asked = std::getenv("KINDRED_QMC_ISA");
    for (int k = 0; k < list.count && asked != nullptr; ++k) {
      if (std::string_view(list.sets[k]->instruction_set) == asked) {
        return *list.sets[k];
      }
    }
    return *list.sets[list.count - 1];
  }();
  return chosen;
}

void stream_fence() {
#if defined(__x86_64__)
  _mm_sfence();
#endif
}

std::size_t last_level_cache() {
  static const std::size_t bytes = [] {
    long size = 0;
#if defined(_SC_LEVEL3_CACHE_SIZE)
    size = sysconf(_SC_LEVEL3_CACHE_SIZE);
#endif
    return size > 0 ? static_cast<std::size_t>(size) : std::size_t{32} << 20U;
  }();
  return bytes;
}

}  // namespace kindred::qmc
