#pragma once

/// KINDRED_MULTIVERSION before a function compiles it once per instruction set; the dynamic loader picks one.
/// Contraction into fused multiply-adds is off everywhere, so element-wise arithmetic gives the same bits in each version.
/// Left out with the address sanitizer, whose run-time may not be ready when the loader asks, and where the names of the
/// instruction sets mean nothing.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#define KINDRED_MULTIVERSION __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define KINDRED_MULTIVERSION
#endif
