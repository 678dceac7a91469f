#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <kindred/kernels/qmc/order.hpp>
#include <kindred/kernels/qmc/sampler.hpp>

namespace kindred::qmc {

enum class Invariance {
  shift,          ///< a function of x − z mod 1: lattices
  digital_shift,  ///< a function of x ⊕ z, digit by digit in base 2: digital nets
};

/// K(x, z) = S Π_j (1 + γ_j k_{α_j}(x_j, z_j)) on the unit cube, the parts k of mean zero, so that S is the mean:
///   shift: k_α = Σ_{h ≠ 0} |h|^(−2α) exp(2 π i h (x − z)) = (−1)^(α+1) (2π)^(2α)/(2α)! B_{2α}(x − z mod 1);
///   digital_shift: k_α = Σ_{h ≥ 1} 2^(−μ_α(h)) wal_h(x ⊕ z), see walsh_series.
/// Published code has half of the Walsh sum for α = 1; halve γ for its values.
struct ProductKernel {
  Invariance invariance = Invariance::shift;
  std::vector<double> weights;    ///< γ_j ≥ 0, one for every dimension
  std::vector<int> orders = {1};  ///< α_j, 1 … 4: one for every dimension, or one for all
  double scale = 1.0;             ///< S > 0

  [[nodiscard]] int dimensions() const { return static_cast<int>(weights.size()); }
  [[nodiscard]] int order(std::size_t j) const { return orders.size() == 1 ? orders[0] : orders[j]; }
};

/// @throws InputError if numbers of dimensions disagree or a weight, an order or the scale is out of range
void check(const ProductKernel& kernel);

/// u as the word of its leading 64 digits, exactly for a double ≥ 2^-11.
/// @throws InputError if u is not in [0, 1)
std::uint64_t word_of(double u);
/// Of every coordinate.
std::vector<std::uint64_t> words_of(std::span<const double> point);

/// Differentiation of the two arguments, so many times in each dimension. Shift-invariant kernels alone have derivatives.
struct Derivative {
  std::vector<int> of_x;
  std::vector<int> of_z;
};

// The points are those of a sampler of one replicate; z is a point as words. Sums are taken in the order of the points, in one pass over
// dimensions for every point, points by the vector: O((n1 − n0) d), memory O(d). They throw InputError if dimensions disagree, the sampler
// has several replicates, or as check() and Sampler::fill().

/// K(x_i, z) − S, n0 ≤ i < n1, summed up without the cancellation that subtracting S would suffer where the weights are small:
///   A_j = γ_j k_j (1 + A_{j−1}) + A_{j−1}.
/// (R. Jagadeeswaran, F. J. Hickernell, Fast automatic Bayesian cubature using lattice sampling, Stat. Comput. 29 (2019) 1215-1229.)
/// @param out  n1 − n0 numbers
void kernel_minus_scale(const ProductKernel& kernel, const Sampler& points, Order order, std::uint64_t n0, std::uint64_t n1,
                        std::span<const std::uint64_t> z, std::span<double> out);

/// The kernel's derivative at (x_i, z): parts of dimensions that are differentiated lose their 1 and become
///   (−1)^(α+1+of_z) (2π)^(2α)/(2α − of_x − of_z)! B_{2α − of_x − of_z}(x − z mod 1).
/// @throws InputError also if nothing is differentiated, or 2α − of_x − of_z < 2 somewhere
void kernel_derivative(const ProductKernel& kernel, const Derivative& derivative, const Sampler& points, Order order, std::uint64_t n0,
                       std::uint64_t n1, std::span<const std::uint64_t> z, std::span<double> out);

/// k_{α_j}(x_ij, z_j), dimension by dimension: for many choices of weights at the same points.
/// @param out  d · (n1 − n0) numbers
void kernel_parts(const ProductKernel& kernel, const Sampler& points, Order order, std::uint64_t n0, std::uint64_t n1,
                  std::span<const std::uint64_t> z, std::span<double> out);

/// A ← γ k (1 + A) + A for every point: one dimension of the sum of kernel_minus_scale.
/// @throws InputError if the sizes differ
void include_part(double weight, std::span<const double> part, std::span<double> a);

/// Σ_i c_i (K(x_i, z) − S) over the first points, for several z.
/// @param z  any number of points, row by row
/// @param out  as many numbers
/// O(points · c.size() · d).
void kernel_sums(const ProductKernel& kernel, const Sampler& points, Order order, std::span<const double> c,
                 std::span<const std::uint64_t> z, std::span<double> out);

}  // namespace kindred::qmc
