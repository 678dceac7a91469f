#include <kindred/kernels/fftconv/fused/kernel.cuh>

namespace kindred::fftconv::fused {

template void launch(const Job<Complex<float>>& job, int log_length, cudaStream_t stream);

}  // namespace kindred::fftconv::fused
