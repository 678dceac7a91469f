#include <kindred/kernels/fftconv/engine/kernels.hpp>

#include <atomic>
#include <string_view>

#include <kindred/kernels/qmc/block_kernels.hpp>

namespace kindred::fftconv {
namespace {

template <class Real>
const EngineKernels<Real>& kernels_of(std::string_view instruction_set) {
#if defined(__x86_64__)
  for (const EngineKernels<Real>* kernels : {&EngineKernelSets<Real>::avx512, &EngineKernelSets<Real>::avx2}) {
    if (kernels->instruction_set == instruction_set) {
      return *kernels;
    }
  }
#endif
  return EngineKernelSets<Real>::portable;
}

template <class Real>
std::atomic<const EngineKernels<Real>*>& chosen() {
  static std::atomic<const EngineKernels<Real>*> kernels{&kernels_of<Real>(qmc::block_kernels().instruction_set)};
  return kernels;
}

}  // namespace

template <class Real>
const EngineKernels<Real>& engine_kernels() {
  return *chosen<Real>().load(std::memory_order_relaxed);
}

void use_engine_kernels(const char* instruction_set) {
  chosen<float>() = &kernels_of<float>(instruction_set);
  chosen<double>() = &kernels_of<double>(instruction_set);
}

template const EngineKernels<float>& engine_kernels<float>();
template const EngineKernels<double>& engine_kernels<double>();

}  // namespace kindred::fftconv
