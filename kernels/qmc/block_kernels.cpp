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

#if defined(__x86_64__)
void stream_copy(void* to, const void* from, std::size_t bytes) {
  auto* target = static_cast<unsigned char*>(to);
  const auto* source = static_cast<const unsigned char*>(from);
  constexpr std::size_t line = 64;
  const std::size_t head = (line - reinterpret_cast<std::uintptr_t>(target) % line) % line;
  if (bytes < head + line) {
    std::memcpy(target, source, bytes);
    return;
  }
  std::memcpy(target, source, head);
  std::size_t k = head;
  for (; k + line <= bytes; k += line) {
    for (std::size_t part = 0; part < line; part += sizeof(__m128i)) {
      _mm_stream_si128(reinterpret_cast<__m128i*>(target + k + part), _mm_loadu_si128(reinterpret_cast<const __m128i*>(source + k + part)));
    }
  }
  std::memcpy(target + k, source + k, bytes - k);
}

void stream_fence() { _mm_sfence(); }
#else
void stream_copy(void* to, const void* from, std::size_t bytes) { std::memcpy(to, from, bytes); }

void stream_fence() {}
#endif

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
