#pragma once

#include <optional>
#include <span>
#include <string>

#include <kindred/operators/grid/grid.hpp>
#include <kindred/operators/quantities/formula.hpp>

namespace kindred {

/// A function of x, y, z written as a Formula.
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
