#include <kindred/operators/fields/field_expression.hpp>

#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <kindred/core/base/error.hpp>

namespace kindred {
namespace {

const std::vector<std::string> coordinates{"x", "y", "z"};

}  // namespace

std::optional<ExpressionComplaint> FieldExpression::examine(const std::string& text) { return Formula::examine(text, coordinates); }

FieldExpression::FieldExpression(std::string text) : text_(std::move(text)) { static_cast<void>(Formula(text_, coordinates)); }

void FieldExpression::evaluate(const Grid& grid, std::span<double> values) const {
  const Formula formula(text_, coordinates);
  for (Index cell = 0; cell < grid.size(); ++cell) {
    const auto position = grid.center(cell);
    const double value = formula(position);
    if (!std::isfinite(value)) {
      throw InputError(fmt::format("the expression \"{}\" is {} at x = {}, y = {}, z = {}: it must be finite in every cell", text_, value,
                                   position[0], position[1], position[2]));
    }
    values[static_cast<std::size_t>(cell)] = value;
  }
}

}  // namespace kindred
