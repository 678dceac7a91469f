#include <kindred/kernels/qmc/spectral/transform_kernels.hpp>

#include <string_view>

#include <kindred/kernels/qmc/block_kernels.hpp>

namespace kindred::qmc {

const TransformKernels& transform_kernels(const char* instruction_set) {
#if defined(__x86_64__)
  for (const TransformKernels* kernels : {&transform_kernels_avx512, &transform_kernels_avx2}) {
    if (std::string_view(kernels->instruction_set) == instruction_set) {
      return *kernels;
    }
  }
#endif
  return transform_kernels_portable;
}

const TransformKernels& transform_kernels() {
  static const TransformKernels& chosen = transform_kernels(block_kernels().instruction_set);
  return chosen;
}

}  // namespace kindred::qmc
