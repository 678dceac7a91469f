#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <kindred/operators/fields/matern_spectrum.hpp>
#include <kindred/operators/fields/random_field.hpp>

namespace kindred {

struct MaternParameters {
  double smoothness = 1.5;
  double length = 0.1;
  std::vector<double> lengths;  ///< along x, y, z; empty: `length` along all
  double sigma = 1.0;
  double mean = 0.0;
  std::string boundary = "auto";
  std::string method = "auto";
  double tolerance = 1e-4;
  std::int64_t modes = 0;  ///< 0: all that the grid carries
  std::string transform = "none";
  std::vector<double> values{0.0, 1.0};

  static Schema<MaternParameters> schema();
  void check(const Value& table, Diagnostics& diagnostics) const;
  [[nodiscard]] bool spectral() const { return method == "spectral" || (method == "auto" && modes > 0); }
};

/// A stationary Gaussian random field of Matérn covariance, or a function of one: a part of a Gaussian field on a torus whose
/// covariance is the sum of the Matérn covariance over the torus' images,
///   g(x) = mean + sigma sum over k of sqrt(Var xi_k) zeta_k phi_k(x),
/// phi_k the orthonormal waves of the torus, zeta_k independent standard normals. Along an axis that is not periodic the torus is as
/// many times longer as makes the images vanish, whatever the grid, and zeta_k depends on (seed, stream, sample, k) alone, or is the
/// quantile of a leading coordinate, which go to the waves by decreasing spectral density: at every resolution a sample is the same
/// function, up to the waves that the grid cannot carry. C. R. Dietrich, G. N. Newsam, SIAM J. Sci. Comput. 18 (1997) 1088-1107; A. T. A.
/// Wood, G. Chan, J. Comput. Graph. Stat. 3 (1994) 409-432.
class MaternField final : public RandomField {
 public:
  explicit MaternField(MaternParameters parameters);
  ~MaternField() override;

  /// One normal per wave of the torus and one fast transform, 8 bytes a cell of the torus. The first draw on a grid also tabulates the
  /// spectrum, kept for the next draws: 8 bytes for every combination of wave numbers, of which there are about 2^−d a cell of the torus.
  /// @throws InputError as require_drawable()
  void draw(const Grid& grid, const Sample& sample, std::string_view stream, std::span<double> values) const override;
  /// @throws InputError for a grid without axes, an axis without a correlation length, or a torus that is too large
  void require_drawable(const Grid& grid, Index count) const override;
  [[nodiscard]] Index leading_variables(const Grid& grid) const override;
  /// The smaller value of a threshold, and the mean of a Gaussian field, which every value is as likely below as above.
  [[nodiscard]] double reached_minimum(const Grid& grid) const override;

 private:
  struct Spectrum;
  [[nodiscard]] std::shared_ptr<const Spectrum> spectrum(const Grid& grid) const;

  MaternParameters parameters_;
  mutable std::mutex mutex_;
  mutable std::shared_ptr<const Spectrum> latest_;
};

}  // namespace kindred
