#pragma once

/// Before loops over arrays that are to lie in the registers of a GPU's thread.
#if defined(__CUDA_ARCH__)
#define KINDRED_UNROLL _Pragma("unroll")
#else
#define KINDRED_UNROLL
#endif
