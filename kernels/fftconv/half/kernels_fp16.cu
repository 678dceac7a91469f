#include <kindred/kernels/fftconv/half/kernels.cuh>

namespace kindred::fftconv::half {

template void launch_fused<Fp16>(const FusedJob&, int, cudaStream_t);
template void launch_outer_forward<Fp16>(const OuterJob&, int, cudaStream_t);
template void launch_outer_backward<Fp16>(const OuterJob&, int, cudaStream_t);

}  // namespace kindred::fftconv::half
