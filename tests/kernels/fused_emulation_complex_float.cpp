#define SCALAR kindred::fftconv::device::Complex<float>
#include "fused_emulation.inc"
