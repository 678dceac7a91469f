#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <kindred/operators/fields/random_field.hpp>
#include <kindred/operators/fields/spectral_basis.hpp>

namespace kindred {

/// Parameters that `grf`, `grf_threshold` and `lognormal` share.
struct GaussianParameters {
  double alpha = 2.0;
  double tau = 3.0;
  double sigma = 1.0;
  double mean = 0.0;
  bool zero_mean = true;
  std::int64_t modes = 0;  ///< 0: all that the grid carries
  std::string boundary = "auto";
  std::string normalise = "covariance";

  /// Reports a constant mode of infinite variance, as far as it can be known without the grid.
  void check(const Value& table, Diagnostics& diagnostics) const;
};

/// The parameters of the covariance operator, for the schema of P, which derives from GaussianParameters.
template <class P>
Schema<P> covariance_schema() {
  return {
      parameter<P, double>("alpha", &P::alpha)
          .above(0.0)
          .doc("Exponent of the inverse covariance operator, smoothness: alpha > d/2 gives a finite variance at every point of a "
               "d-dimensional box, alpha > d/2 + m gives m derivatives."),
      parameter<P, double>("tau", &P::tau)
          .at_least(0.0)
          .unit("1/m")
          .doc("Inverse length: correlations reach over about 1/tau. 0 needs zero_mean = true, or boundary = \"dirichlet\"."),
      parameter<P, std::string>("boundary", &P::boundary)
          .choices({"auto", "neumann", "dirichlet", "periodic"})
          .doc("Eigenfunctions: cosines, sines or both; \"auto\" is periodic along the grid's periodic axes and neumann along the others."),
      parameter<P, bool>("zero_mean", &P::zero_mean)
          .doc("Leaves out the constant mode, so that every sample has the same average over the box."),
      parameter<P, std::int64_t>("modes", &P::modes)
          .range(0, 1 << 20U)
          .doc("Keeps the first so many wave numbers of every axis (neumann from 0, dirichlet from 1, periodic from 0, each with sine and "
               "cosine); 0 keeps all that the grid carries."),
  };
}

/// A Gaussian random field by its Karhunen–Loève series on the grid's box,
///   g(x) = mean + sigma sum over k of (lambda_k + tau²)^(−alpha/2) xi_k phi_k(x),
/// with phi_k the eigenfunctions of −Δ, orthonormal in L2 of the box, and xi_k independent standard normals. xi_k depends on
/// (seed, stream, sample, k) alone, or is the quantile of a leading coordinate, which go to the modes by increasing lambda_k: at every
/// resolution a sample is the same function, up to the waves that the grid cannot carry.
/// Lord, Powell, Shardlow, "An Introduction to Computational Stochastic PDEs", Cambridge 2014, chapters 5 and 7.
class GaussianField final : public RandomField {
 public:
  explicit GaussianField(GaussianParameters parameters);
  ~GaussianField() override;

  /// One normal per mode and one fast transform. The first draw on a grid also tabulates the spectrum (kept for the next draws:
  /// 8 bytes a cell).
  /// @throws InputError for a grid without axes, alpha <= dimension/2 with unlimited modes, or a mode of infinite variance
  void draw(const Grid& grid, const Sample& sample, std::string_view stream, std::span<double> values) const override;
  void require_drawable(const Grid& grid, Index count) const override;
  [[nodiscard]] Index leading_variables(const Grid& grid) const override;
  /// The mean, where no mode has an average over the box.
  [[nodiscard]] double reached_minimum(const Grid& grid) const override;

 private:
  struct Spectrum;
  [[nodiscard]] std::shared_ptr<const Spectrum> spectrum(const Grid& grid) const;

  GaussianParameters parameters_;
  mutable std::mutex mutex_;
  mutable std::shared_ptr<const Spectrum> latest_;
};

}  // namespace kindred
