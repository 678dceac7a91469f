#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <kindred/operators/fields/random_field.hpp>

// Fields of the tests' own: any function of x, y, z as the plugin `test_function`, so that manufactured solutions need no parser.

namespace kindred::test {

using Function = std::function<double(double, double, double)>;

struct FunctionFieldParameters {
  int number = 0;
  bool random = false;  ///< claims to depend on the sample, and adds the sample's index to the function

  static Schema<FunctionFieldParameters> schema() {
    return {parameter("number", &FunctionFieldParameters::number).doc("Which of the registered functions."),
            parameter("random", &FunctionFieldParameters::random).doc("Whether the sample's index is added.")};
  }
};

inline std::vector<Function>& functions() {
  static std::vector<Function> all;
  return all;
}

/// A deck value that stands for this function.
inline Value function_field(Function f, bool random = false) {
  functions().push_back(std::move(f));
  Value table{Table{}};
  table.set("type", "test_function");
  table.set("number", static_cast<std::int64_t>(functions().size() - 1));
  table.set("random", random);
  return table;
}

class FunctionField final : public RandomField {
 public:
  explicit FunctionField(const FunctionFieldParameters& p) : parameters_(p) {}
  void draw(const Grid& grid, const Sample& sample, std::string_view /*stream*/, std::span<double> values) const override {
    const Function& f = functions()[static_cast<std::size_t>(parameters_.number)];
    for (Index cell = 0; cell < grid.size(); ++cell) {
      const auto position = grid.center(cell);
      values[static_cast<std::size_t>(cell)] =
          f(position[0], position[1], position[2]) + (parameters_.random ? static_cast<double>(sample.index) : 0.0);
    }
  }
  [[nodiscard]] bool deterministic() const override { return !parameters_.random; }

 private:
  FunctionFieldParameters parameters_;
};

inline const Registration function_field_registration =
    plugin<RandomField, FunctionFieldParameters>("test_function")
        .summary("A function of the tests")
        .factory([](const FunctionFieldParameters& p) { return std::make_unique<FunctionField>(p); });

/// A [grid] table.
inline Value grid_table(const std::vector<Index>& n, const std::vector<double>& extent = {}, const std::vector<double>& origin = {}) {
  const auto list = [](const auto& numbers) {
    Array array;
    for (const auto v : numbers) {
      array.emplace_back(v);
    }
    return Value(std::move(array));
  };
  Value table{Table{}};
  table.set("n", list(n));
  if (!extent.empty()) {
    table.set("extent", list(extent));
  }
  if (!origin.empty()) {
    table.set("origin", list(origin));
  }
  return table;
}

/// One side's table of [boundary].
inline Value side_table(const std::string& type, Value value = {}, double kappa = 0.0) {
  Value table{Table{}};
  table.set("type", type);
  if (!value.empty()) {
    table.set("value", std::move(value));
  }
  if (kappa > 0.0) {
    table.set("kappa", kappa);
  }
  return table;
}

}  // namespace kindred::test
