#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace kindred::qmc {

/// A Kronecker (additive recurrence) sequence: coordinate j of point i = frac(i α_j), in words X = i · a_j mod 2^64.
/// a_j is α_j to 64 digits, so that coordinate i is exact to i · 2^-64.
struct Kronecker {
  std::vector<std::uint64_t> a;

  [[nodiscard]] int dimensions() const { return static_cast<int>(a.size()); }
};

/// Richtmyer's sequence: α_j = fractional part of the square root of the j-th prime, rounded down.
/// @throws InputError if dimensions < 1 or beyond the primes kept (1000)
Kronecker richtmyer(int dimensions);

/// The 13-dimensional vector found component by component that QMCPy publishes (kronecker.py).
/// @throws InputError if dimensions is not in 1 … 13
Kronecker kronecker_cbc(int dimensions);

/// Given multipliers in (0, 1), taken to 64 digits.
/// @throws InputError if one is not
Kronecker kronecker(std::span<const double> alpha);

}  // namespace kindred::qmc
