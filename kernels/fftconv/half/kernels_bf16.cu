#include <kindred/kernels/fftconv/half/kernels.cuh>

namespace kindred::fftconv::half {

template void launch_fused<Bf16>(const FusedJob&, int, cudaStream_t);
template void launch_outer_forward<Bf16>(const OuterJob&, int, cudaStream_t);
template void launch_outer_backward<Bf16>(const OuterJob&, int, cudaStream_t);

}  // namespace kindred::fftconv::half
