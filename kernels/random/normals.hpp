#pragma once

#include <cstdint>
#include <span>

namespace kindred::kernels {

/// Standard normals of many draws of one sample: normals[i] has the bits of Draws(key, sample, attempt).normal(draws[i]). With the widest
/// vector instructions that the processor has, and the same bits from each. O(size), no memory of its own beyond 10 KiB of stack.
/// @param key  stream_key(seed, stream)
/// @throws InputError if the sizes differ
void draw_normals(std::uint64_t key, std::uint64_t sample, std::uint32_t attempt, std::span<const std::uint64_t> draws,
                  std::span<double> normals);

}  // namespace kindred::kernels
