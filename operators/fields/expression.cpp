#include <algorithm>
#include <limits>
#include <vector>

#include <kindred/core/deck/expression.hpp>
#include <kindred/operators/fields/field_expression.hpp>
#include <kindred/operators/fields/random_field.hpp>

#include <fmt/format.h>

namespace kindred {
namespace {

struct ExpressionParameters {
  std::string value = "0";

  static Schema<ExpressionParameters> schema() {
    return {parameter("value", &ExpressionParameters::value)
                .required()
                .doc("Formula in x, y, z (coordinates of the cell's centre), pi and e, with + - * / ^, comparisons, `condition ? a : b` "
                     "and functions "
                     "such as sin, cos, exp, ln, log10, sqrt, abs, min, max.")};
  }

  void check(const Value& table, Diagnostics& diagnostics) const {
    if (const auto complaint = FieldExpression::examine(value)) {
      const Value* written = table.find("value");
      diagnostics.error(written != nullptr ? inside_string(*written, complaint->offset) : table.location,
                        fmt::format("{} in the expression \"{}\"", complaint->message, value), complaint->hint);
    }
  }
};

class ExpressionField final : public RandomField {
 public:
  explicit ExpressionField(std::string text) : expression_(std::move(text)) {}
  void draw(const Grid& grid, const Sample& /*sample*/, std::string_view /*stream*/, std::span<double> values) const override {
    expression_.evaluate(grid, values);
  }
  void require_drawable(const Grid& grid, Index /*count*/) const override {
    if (grid.size() <= most_cells_tried) {
      static_cast<void>(values_on(grid));
    }
  }
  [[nodiscard]] double reached_minimum(const Grid& grid) const override {
    if (grid.size() > most_cells_tried) {
      return std::numeric_limits<double>::infinity();
    }
    const auto values = values_on(grid);
    return *std::min_element(values.begin(), values.end());
  }
  [[nodiscard]] bool deterministic() const override { return true; }

 private:
  static constexpr Index most_cells_tried = Index{1} << 22U;  ///< about a second

  [[nodiscard]] std::vector<double> values_on(const Grid& grid) const {
    std::vector<double> values(static_cast<std::size_t>(grid.size()));
    expression_.evaluate(grid, values);
    return values;
  }

  FieldExpression expression_;
};

const Registration expression = plugin<RandomField, ExpressionParameters>("expression")
                                    .summary("A formula in x, y and z; a string in a deck that names no field means this")
                                    .doc(R"md($$a(x) = f(x, y, z)$$

`forcing = "sin(pi*x)*sin(pi*y)"` is short for `forcing = { type = "expression", value = "sin(pi*x)*sin(pi*y)" }`. The formula is read by
muParser when the deck is checked, and evaluated at the cells' centres, or at the centres of a side's faces, where the coordinate across
the side is the side's. On a one-dimensional grid y and z are 0. A value that is not finite is an error that names its place.)md")
                                    .source("muParser, https://beltoforion.de/en/muparser")
                                    .example(R"toml([problem]
type = "poisson"
forcing = "sin(pi*x)*sin(pi*y)"
)toml")
                                    .capabilities({"0d", "1d", "2d", "3d", "deterministic"})
                                    .factory([](const ExpressionParameters& p) { return std::make_unique<ExpressionField>(p.value); });

}  // namespace
}  // namespace kindred
