#pragma once

#include <cstddef>

namespace kindred::kernels {

constexpr std::size_t quantile_block = 256;

/// Standard normal quantiles of at most quantile_block probabilities p, each given by its offset p − 1/2 and its distance min(p, 1 − p)
/// from the nearer end. Algorithm AS 241 (wichura.hpp).
void quantiles_of_block(const double* offset, const double* distance, std::size_t size, double* normal);

}  // namespace kindred::kernels
