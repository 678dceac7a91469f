#pragma once

#include <complex>
#include <cstddef>
#include <span>
#include <vector>

namespace kindred::qmc {

/// Eigenvalues of a kernel matrix of n points, and the squares of the coefficients of n real values in its eigenvectors. On a lattice both
/// are the same for k and n − k: there are n/2 + 1 of them, of multiplicity 1, 2, …, 2, 1; squares are sums over both.
struct Spectrum {
  std::vector<double> values;
  double multiplicity = 1.0;  // of those between the first and the last

  [[nodiscard]] double multiplicity_of(std::size_t k) const { return k == 0 || k + 1 == values.size() ? 1.0 : multiplicity; }
};

/// Eigenvalues from the matrix's first column, which is real and even on a lattice. O(n log n).
/// @param column  numbers in the natural order of the points; the net's is overwritten
Spectrum net_eigenvalues(std::span<double> column);
Spectrum lattice_eigenvalues(std::span<const double> column);

/// Squares of coefficients.
std::vector<double> squares(std::span<const double> c);
std::vector<double> squares(std::span<const std::complex<double>> c);

/// Σ ln x. @param x  positive normal numbers
double sum_of_logarithms(std::span<const double> x);

}  // namespace kindred::qmc
