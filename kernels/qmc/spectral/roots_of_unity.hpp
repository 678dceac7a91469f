#pragma once

#include <array>

namespace kindred::qmc {

/// exp(−2 π i j / 2^k), j < 2^(k−1) (k = 0: j = 0), to within half a unit and 2^-10 units in the last place of each part; the symmetries
/// of the circle hold exactly.
struct Roots {
  const double* real = nullptr;
  const double* imaginary = nullptr;
};

/// Roots of orders 2^0 … 2^61; the second halves of roots of order 2^k are −i times the first.
using RootTables = std::array<Roots, 62>;

/// Tables of orders up to 2^log2_order, 16 · 2^log2_order bytes in all. Made when first asked for and kept as long as the process lives;
/// thread-safe.
/// @throws InputError if log2_order > 61
const RootTables& roots_of_unity(int log2_order);

}  // namespace kindred::qmc
