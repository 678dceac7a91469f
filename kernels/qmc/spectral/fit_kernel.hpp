#pragma once

#include <span>

#include <kindred/kernels/qmc/spectral/product_kernel.hpp>

namespace kindred::qmc {

struct FitOptions {
  double least_weight = 1e-4;
  double largest_weight = 1e2;
  double least_noise = 1e-10;  ///< of the noise's ratio to the scale S
  double largest_noise = 1.0;
  bool fit_noise = true;        ///< else the ratio stays as given
  bool weight_for_each = true;  ///< else all weights are multiplied by one factor
  int sweeps = 4;               ///< over all parameters, at most
  double tolerance = 0.02;      ///< of logarithms of parameters, and of −log likelihood after a sweep
};

struct Fit {
  ProductKernel kernel;
  double noise;  ///< variance
  double negative_log_likelihood;
};

/// Weights, scale and noise that make values at the first points likely. The scale maximises the likelihood in closed form,
///   S = (1/n) Σ |ŷ_k|²/(λ_k + ν),
/// λ the eigenvalues for S = 1 and ν S the noise; the logarithms of the others are searched one after another in their bounds, from those
/// of `start`, by Brent's method: a local optimum, one of each line.
/// @param values  at points 0 … n − 1, n a power of two
/// @param noise_ratio  ν to begin with
/// @throws InputError as Gram, if values are not finite or all zero, or a bound is not positive
/// O(n log n) for every trial; kernel values of all dimensions are kept, 8 n d bytes.
Fit fit_kernel(const Sampler& points, std::span<const double> values, const ProductKernel& start, double noise_ratio,
               const FitOptions& options = {}, Order order = Order::natural);

}  // namespace kindred::qmc
