#pragma once

#include <memory>
#include <string>
#include <vector>

#include <kindred/kernels/qmc/cubature/estimate.hpp>
#include <kindred/operators/quantities/interval.hpp>
#include <kindred/operators/quantities/sample_expression.hpp>

namespace kindred {

/// A number that a sample contributes to a mean.
struct SampleOutput {
  enum class Kind { value, square, indicator };
  std::size_t expression = 0;  ///< which one
  Kind kind = Kind::value;

  [[nodiscard]] double of(double value) const {
    return kind == Kind::square ? value * value : kind == Kind::indicator ? static_cast<double>(value != 0.0) : value;
  }
};

/// Quantities of a random solution, each a formula of means, variances and probabilities:
///     mean(u)                                   short for E(mean(u))
///     E(mean(u) * mean(coefficient)) / E(mean(coefficient))
///     Var(flux(x_hi)), Std(max(u)), P(max(u) > 0.1)
/// joined by + − * / ^ and parentheses. E(s) is the mean over the samples of the SampleExpression s, Var(s) = E(s²) − E(s)²,
/// Std(s) = √Var(s), P(c) the probability of a condition. Bounds of the means are carried to the quantities by interval arithmetic
/// (R. E. Moore, R. B. Kearfott, M. J. Cloud, Introduction to Interval Analysis, SIAM 2009).
class QuantityPlan {
 public:
  /// Adds a quantity. @throws ExpressionError
  void add(const std::string& name, const std::string& text, const SampleSymbols& symbols);

  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }
  /// Texts of the sample expressions, each once.
  [[nodiscard]] const std::vector<std::string>& expressions() const { return expressions_; }
  /// The integrand's outputs.
  [[nodiscard]] const std::vector<SampleOutput>& outputs() const { return outputs_; }
  /// `E(mean(u))`, `E(mean(u)^2)`.
  [[nodiscard]] std::string output_text(std::size_t output) const;
  /// How bounds of the means become bounds of the quantities, not a number where a denominator's are both zero; without functions if the
  /// quantities are the means, one each.
  [[nodiscard]] qmc::Quantities quantities() const;

  /// A formula over the means.
  struct Node;

 private:
  friend class QuantityParser;
  /// Position of an output among outputs(); added if it is new.
  std::size_t output(const std::string& expression, SampleOutput::Kind kind);

  std::vector<std::string> names_;
  std::vector<std::string> expressions_;
  std::vector<SampleOutput> outputs_;
  std::vector<std::shared_ptr<const Node>> roots_;
};

}  // namespace kindred
