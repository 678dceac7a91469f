#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <kindred/kernels/qmc/spectral/product_kernel.hpp>

namespace kindred::qmc {

/// The matrix K_il = K(x_i, x_l) of the first n = 2^m points of a lattice under a shift-invariant kernel, or of a digital net under a
/// digitally shift-invariant one. The points form a group (with + mod 1 or ⊕) but for their shift, which cancels in differences, so that
/// the matrix is diagonal in its characters: K = V Λ V*, V* the bit-reversed Fourier or the Walsh–Hadamard transform, Λ that of the first
/// column times n^(1/2). This holds for nets in Gray order too, as the Gray code is linear over GF(2).
/// Everything costs O(n log n) but for the first column's O(n d).
/// X. Zeng, K.-T. Leung, F. J. Hickernell, Error analysis of splines for periodic problems using lattice designs (MCQMC 2004); R.
/// Jagadeeswaran, F. J. Hickernell, Stat. Comput. 29 (2019) 1215-1229; the same, Fast automatic Bayesian cubature using Sobol' sampling
/// (2022). `noise` is a variance σ² ≥ 0: where it is given, the matrix is K + σ² I. Rounding gives eigenvalues an error of about 10^-16 of
/// the largest (the mean's, which stands alone, does not count): smaller ones, which occur for smooth kernels and many points, are as good
/// as zero, and K cannot be inverted without noise. None is negative.
class Gram {
 public:
  /// @param points  one replicate; a net may be shifted and linearly scrambled, but not nested or hashed: these destroy the group
  /// @param n  a power of two
  /// @throws InputError if the points do not form such a group, the order is Gray on a lattice, n is no power of two or exceeds the
  ///         points, or as check(kernel)
  Gram(const Sampler& points, std::uint64_t n, ProductKernel kernel, Order order = Order::natural);

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] const Sampler& points() const { return points_; }
  [[nodiscard]] const ProductKernel& kernel() const { return kernel_; }
  [[nodiscard]] Order order() const { return order_; }

  /// All n, in the order of the transform; the first is that of constants. On a lattice those of k and n − k are equal.
  [[nodiscard]] std::vector<double> eigenvalues() const;

  /// 2 n points: the column of the further ones is computed and transformed, that of the first n is not.
  /// @throws InputError if there are not so many points
  void extend();

  /// y ← (K + σ² I) y for every row y of n values.
  /// @throws InputError if there is no whole number of rows, or the noise is negative
  void multiply(std::span<double> rows, double noise = 0.0) const;
  /// y ← (K + σ² I)^−1 y for every row.
  /// @throws InputError as multiply(); SolveError if an eigenvalue is zero to rounding
  void solve(std::span<double> rows, double noise = 0.0) const;
  /// log det (K + σ² I).
  /// @throws as solve()
  [[nodiscard]] double log_determinant(double noise = 0.0) const;
  /// −log of the density of y, a sample of a Gaussian process of mean zero and covariance K observed with noise:
  ///   ½ (yᵀ (K + σ² I)^−1 y + log det (K + σ² I) + n log 2π).
  /// @throws as solve()
  [[nodiscard]] double negative_log_likelihood(std::span<const double> y, double noise = 0.0) const;

  /// The first eigenvalue less n S, without cancellation: Σ_il (K(x_i, x_l) − S)/n.
  [[nodiscard]] double excess() const { return eigenvalues_[0]; }

 private:
  /// Of K − S at points n0 … n1 − 1 and point 0.
  [[nodiscard]] std::vector<double> column(std::uint64_t n0, std::uint64_t n1) const;
  [[nodiscard]] std::vector<double> with_noise(double noise, const char* user, bool invert) const;
  template <class Factor>
  void scale_coefficients(std::span<double> rows, const Factor& factor) const;
  [[nodiscard]] double multiplicity(std::size_t k) const { return periodic_ && k > 0 && 2 * k < size_ ? 2.0 : 1.0; }

  Sampler points_;
  ProductKernel kernel_;
  Order order_;
  bool periodic_;  // a lattice
  std::size_t size_;
  std::vector<double> eigenvalues_;  // of K − S; on a lattice the first n/2 + 1
};

}  // namespace kindred::qmc
