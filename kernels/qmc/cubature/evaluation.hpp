#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <kindred/kernels/qmc/cubature/estimate.hpp>
#include <kindred/kernels/qmc/cubature/integrand.hpp>
#include <kindred/kernels/qmc/sampler.hpp>
#include <kindred/kernels/qmc/transforms/periodization.hpp>

namespace kindred::qmc {

/// Asks for the values of a block.
/// @throws Error naming rule, output and point, if a value that is needed is not finite
void evaluate_finite(std::string_view rule, Integrand& integrand, const PointBlock& block, std::span<double> values);

/// An integrand whose values are seen to be finite, as by evaluate_finite.
class FiniteIntegrand final : public Integrand {
 public:
  /// @param integrand  kept by reference
  FiniteIntegrand(std::string rule, Integrand& integrand) : rule_(std::move(rule)), integrand_(integrand) {}
  [[nodiscard]] int dimensions() const override { return integrand_.dimensions(); }
  [[nodiscard]] int outputs() const override { return integrand_.outputs(); }
  void evaluate(const PointBlock& block, std::span<double> values) override { evaluate_finite(rule_, integrand_, block, values); }

 private:
  std::string rule_;
  Integrand& integrand_;
};

/// Receives the values of points first, first + 1, …: points × outputs, row by row.
using TakeValues = std::function<void(std::uint64_t first, std::span<const double> values)>;

/// The values at points n0 … n1 − 1 of a sampler's only replicate, in blocks of about a mebibyte of points and values.
void evaluate_points(Integrand& integrand, const Sampler& sampler, std::uint64_t n0, std::uint64_t n1, std::span<const std::uint8_t> needed,
                     const TakeValues& take);

/// Warns if the weights of a periodisation vary so much that n points do not see their mean, 1: if n is below the mean of their squares,
/// (∫ ψ'²)^d, they lie where the weights are next to nothing.
void warn_of_weights(const std::string& rule, Periodization periodization, int dimensions, Estimate& estimate);

}  // namespace kindred::qmc
