#define SCALAR kindred::fftconv::device::Complex<double>
#include "fused_emulation.inc"
