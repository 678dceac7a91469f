#pragma once

#include <optional>
#include <span>
#include <string>

#include <kindred/operators/grid/grid.hpp>

namespace kindred {

/// What is wrong with an expression, and where.
struct ExpressionComplaint {
  std::size_t offset = 0;  ///< byte of the text as the user wrote it
  std::string message;     ///< `unknown symbol "xx"`
  std::string hint;        ///< `did you mean "x"?`; may be empty
};

/// A function of x, y, z written as a formula: numbers, pi, e, + − * / ^ ( ), comparisons, `condition ? a : b`, and muParser's functions
/// (sin, exp, ln, log10, sqrt, abs, min, …).
class FieldExpression {
 public:
  /// @throws InputError showing the text, the position and what is meant
  explicit FieldExpression(std::string text);

  /// The first complaint about a text; std::nullopt if it is fine.
  static std::optional<ExpressionComplaint> examine(const std::string& text);

  /// Values at the cells' centres; absent axes have their fixed coordinate. Thread-safe: every call compiles the text anew.
  /// @throws InputError naming the place where the value is not finite
  void evaluate(const Grid& grid, std::span<double> values) const;

 private:
  std::string text_;
};

}  // namespace kindred
