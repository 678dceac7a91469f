#include <kindred/kernels/fftconv/grid/residue_kernels.hpp>

namespace kindred::fftconv {

template <class Real>
const ResidueKernels<Real>& residue_kernels() {
#if defined(__x86_64__)
  const EngineKernels<Real>* const engine = &engine_kernels<Real>();
  if (engine == &EngineKernelSets<Real>::avx512) {
    return ResidueKernelSets<Real>::avx512;
  }
  if (engine == &EngineKernelSets<Real>::avx2) {
    return ResidueKernelSets<Real>::avx2;
  }
#endif
  return ResidueKernelSets<Real>::portable;
}

template const ResidueKernels<float>& residue_kernels<float>();
template const ResidueKernels<double>& residue_kernels<double>();

}  // namespace kindred::fftconv
