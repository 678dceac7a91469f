#pragma once

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <kindred/core/registry/registry.hpp>
#include <kindred/kernels/bessel/matern.hpp>
#include <kindred/operators/grid/grid.hpp>

namespace kindred {

/// Parameters that the field `circulant_embedding` and the problem `covariance_system` share.
struct CovarianceParameters {
  std::string covariance = "matern";
  std::string formula;
  double smoothness = 1.5;
  double length = 0.1;
  std::vector<double> lengths;  ///< along x, y, z; empty: `length` along all
  double sigma = 1.0;

  /// Reports parameters that have no meaning for the kind of covariance, and a formula that is none.
  void check(const Value& table, Diagnostics& diagnostics) const;
};

/// The schema of P, which derives from CovarianceParameters.
template <class P>
Schema<P> stationary_covariance_schema() {
  return {
      parameter<P, std::string>("covariance", &P::covariance)
          .choices({"matern", "exponential", "gaussian", "formula"})
          .doc(
              "The correlation as a function of r, the distance in correlation lengths: Matérn of any smoothness; exp(-r); exp(-r^2/2); or "
              "the formula."),
      parameter<P, std::string>("formula", &P::formula)
          .doc("With covariance = \"formula\": the correlation as a function of the components x, y, z of the difference of two points, "
               "with the value 1 at 0."),
      parameter<P, double>("smoothness", &P::smoothness)
          .above(0.0)
          .at_most(1e6)
          .doc("nu of the Matérn correlation: 0.5 is the exponential one, large nu nearly the Gaussian one."),
      parameter<P, double>("length", &P::length).above(0.0).unit("m").doc("Correlation length along all axes; not for a formula."),
      parameter<P, std::vector<double>>("lengths", &P::lengths)
          .above(0.0)
          .length(0, 3)
          .unit("m")
          .doc("Correlation lengths along x, y and z, in place of `length`."),
      parameter<P, double>("sigma", &P::sigma).above(0.0).doc("Standard deviation: the correlation times sigma^2 is the covariance."),
  };
}

/// A correlation c(h) of two points of a grid by their difference h; c(0) = 1.
class StationaryCovariance {
 public:
  /// @throws InputError for an axis without a correlation length, or a formula that is not 1 at 0
  StationaryCovariance(const CovarianceParameters& parameters, const Grid& grid);

  /// A block of differences in cells: first_a <= k_a < first_a + count_a along every axis of the grid.
  struct Lags {
    std::array<Index, 3> first{0, 0, 0};
    std::array<Index, 3> count{1, 1, 1};
  };
  /// c at all differences of the block, in C order; even along every axis, bit for bit, unless it is a formula. Thread-safe.
  /// @throws InputError where a formula is not finite
  [[nodiscard]] std::vector<double> at(const Lags& lags) const;
  /// True if the covariance is even along every axis because of what it is, and not a formula, which may be anything.
  [[nodiscard]] bool even() const { return kind_ != "formula"; }
  /// Correlation length along an axis of the grid; 1 for a formula.
  [[nodiscard]] double length(std::size_t axis) const { return even() ? spacing_[axis] / scaled_[axis] : 1.0; }

 private:
  void apply_correlation(std::vector<double>& squares) const;

  std::string kind_;
  std::string formula_;
  std::optional<kernels::matern::Table> table_;
  std::array<std::size_t, 3> coordinate_{0, 1, 2};  ///< of the axes: x is 0
  std::array<double, 3> spacing_{0.0, 0.0, 0.0};    ///< of the cells
  std::array<double, 3> scaled_{0.0, 0.0, 0.0};     ///< over the correlation lengths
};

}  // namespace kindred
