#pragma once

#include <kindred/kernels/fftconv/half/fragments.hpp>

namespace kindred::fftconv::half {

/// A thread of a warp on the device; see fragments.hpp. Compute capability 8.0 or newer.
struct DeviceWarp {
  template <class T, int n>
  struct Registers {
    T values[n];
    KINDRED_HOST_DEVICE T& operator()(int, int i) { return values[i]; }
    KINDRED_HOST_DEVICE const T& operator()(int, int i) const { return values[i]; }
  };

  int lane;

  template <class F>
  KINDRED_HOST_DEVICE void each(const F& f) const {
    f(lane);
  }

#if defined(__CUDA_ARCH__)
#define KINDRED_ON_DEVICE(...) __VA_ARGS__
#else
#define KINDRED_ON_DEVICE(...)  // never called
#endif

  KINDRED_HOST_DEVICE void sync() const { KINDRED_ON_DEVICE(__syncwarp();) }

  KINDRED_HOST_DEVICE std::uint32_t largest(const Registers<std::uint32_t, 1>& r) const {
    std::uint32_t most = r.values[0];
    KINDRED_ON_DEVICE(most = __reduce_max_sync(0xFFFFFFFFU, most);)
    return most;
  }

  template <int columns, class Row>
  KINDRED_HOST_DEVICE void load_transposed(Registers<std::uint32_t, 4>& to, const std::uint16_t* from, const Row& row) const {
    static_assert(columns == 8 || columns == 16);
    [[maybe_unused]] std::uint32_t(&r)[4] = to.values;
    // 8 columns: lanes 16 … 31 give addresses that are not used.
    [[maybe_unused]] const std::uint16_t* address = from + row(columns == 8 ? lane & 15 : lane);
    KINDRED_ON_DEVICE(
        const auto at = static_cast<std::uint32_t>(__cvta_generic_to_shared(address)); if constexpr (columns == 16) {
          asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
                       : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
                       : "r"(at)
                       : "memory");
        } else {
          asm volatile("ldmatrix.sync.aligned.m8n8.x2.trans.shared.b16 {%0, %1}, [%2];" : "=r"(r[0]), "=r"(r[1]) : "r"(at) : "memory");
        })
  }

  template <class Format, int columns, int depth>
  KINDRED_HOST_DEVICE void multiply(Registers<float, 8>& d, const Registers<std::uint32_t, 4>& a,
                                    const Registers<std::uint32_t, 4>& b) const {
    KINDRED_UNROLL
    for (int j = 0; j < columns / 8; ++j) {
      multiply<Format, depth>(d.values + 4 * j, a.values, b.values + 2 * j);
    }
  }

 private:
#define KINDRED_MMA(shape, type, left, right) \
  "mma.sync.aligned." shape ".row.col.f32." type "." type ".f32 {%0, %1, %2, %3}, {" left "}, {" right "}, {%0, %1, %2, %3};"

  /// A 16 × 8 sum.
  template <class Format, int depth>
  KINDRED_HOST_DEVICE static void multiply([[maybe_unused]] float* d, [[maybe_unused]] const std::uint32_t* a,
                                           [[maybe_unused]] const std::uint32_t* b) {
    static_assert(depth == 8 || depth == 16);
    constexpr bool fp16 = std::is_same_v<Format, Fp16>;
#if defined(__CUDA_ARCH__)
#define KINDRED_MMA_16(type)                                    \
  asm(KINDRED_MMA("m16n8k16", type, "%4, %5, %6, %7", "%8, %9") \
      : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])          \
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]))
#define KINDRED_MMA_8(type) \
  asm(KINDRED_MMA("m16n8k8", type, "%4, %5", "%6") : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3]) : "r"(a[0]), "r"(a[1]), "r"(b[0]))
    if constexpr (depth == 16 && fp16) {
      KINDRED_MMA_16("f16");
    } else if constexpr (depth == 16) {
      KINDRED_MMA_16("bf16");
    } else if constexpr (fp16) {
      KINDRED_MMA_8("f16");
    } else {
      KINDRED_MMA_8("bf16");
    }
#undef KINDRED_MMA_16
#undef KINDRED_MMA_8
#else
    (void)fp16;
#endif
  }
#undef KINDRED_MMA
#undef KINDRED_ON_DEVICE
};

}  // namespace kindred::fftconv::half
