#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include <kindred/operators/quantities/functional.hpp>

namespace kindred {

/// A number that one sample gives: a formula of functionals of its fields and of the swept parameters, `-flux(x_hi) / mean(u) + 2*beta`.
/// Not thread-safe.
class SampleExpression {
 public:
  /// @throws ExpressionError
  SampleExpression(const std::string& text, const SampleSymbols& symbols);

  /// @param fields  as SampleSymbols::fields lists them
  /// @param parameters  of the sample, as SampleSymbols::parameters lists them
  [[nodiscard]] double operator()(std::span<const Field> fields, std::span<const double> parameters);

 private:
  std::vector<std::unique_ptr<Functional>> functionals_;
  std::vector<double> values_;    ///< of the functionals, then of the parameters
  std::vector<Formula> formula_;  ///< one
};

}  // namespace kindred
