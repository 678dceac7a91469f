#pragma once

#include <cstdint>
#include <span>

namespace kindred::kernels {

/// Standard normal quantiles of many numbers: x[i] has the bits of normal_quantile(u[i]), with the widest vector instructions that the
/// processor has, and the same from each. Relative error below 1e-15. No memory of its own beyond 8 KiB of stack.
/// @param u  numbers in (0, 1), normal ones; 0 and 1 are taken for exp(−709.1) and its complement, ∓37.5, without a warning
/// @param x  may be u itself
/// @throws InputError if the sizes differ
void normal_quantiles(std::span<const double> u, std::span<double> x);

/// The same of (word + 1/2)/2^64, exactly: both tails down to 2^−65, and complementary words give opposite normals.
/// @throws InputError if the sizes differ
void normal_quantiles(std::span<const std::uint64_t> words, std::span<double> x);

}  // namespace kindred::kernels
