#pragma once

#include <kindred/kernels/qmc/construction/lattice_error.hpp>

namespace kindred::qmc {

/// @throws InputError if there is no such space
void check_space(const LatticeSpace& space);

/// @throws InputError if there are fewer product weights than dimensions, or a weight is not positive and finite
void check_weights(const LatticeWeights& weights, int dimensions);

}  // namespace kindred::qmc
