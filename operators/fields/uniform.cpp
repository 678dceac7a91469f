#include <algorithm>

#include <fmt/format.h>

#include <kindred/operators/fields/random_field.hpp>

namespace kindred {
namespace {

struct UniformParameters {
  double low = 0.0;
  double high = 1.0;

  static Schema<UniformParameters> schema() {
    return {parameter("low", &UniformParameters::low).doc("Smallest value."),
            parameter("high", &UniformParameters::high).doc("Largest value.")};
  }

  void check(const Value& table, Diagnostics& diagnostics) const {
    if (!(low < high)) {
      const Value* place = table.find("high");
      diagnostics.error(place != nullptr ? place->location : table.location,
                        fmt::format("the field \"uniform\" has low = {} and high = {}", low, high), "make low smaller than high");
    }
  }
};

class UniformField final : public RandomField {
 public:
  explicit UniformField(const UniformParameters& p) : low_(p.low), high_(p.high) {}
  void draw(const Grid& /*grid*/, const Sample& sample, std::string_view stream, std::span<double> values) const override {
    const auto leading = sample.leading_coordinates(stream);
    const double u = leading.empty() ? sample.draws(stream).uniform(0) : leading.front();
    std::fill(values.begin(), values.end(), low_ + (high_ - low_) * u);
  }
  [[nodiscard]] Index leading_variables(const Grid& /*grid*/) const override { return 1; }
  [[nodiscard]] double reached_minimum(const Grid& /*grid*/) const override { return high_; }

 private:
  double low_;
  double high_;
};

const Registration uniform = plugin<RandomField, UniformParameters>("uniform")
                                 .summary("One random number for the whole field, uniform between two bounds")
                                 .doc(R"($$a(x) = c, \qquad c \sim U(\text{low}, \text{high})$$

The same number everywhere, a new one for every sample: a side of random temperature, a random source strength. Unlike a swept
parameter it is stored as a field, and the problem need not be built anew for every sample.)")
                                 .source("-")
                                 .example(R"([boundary]
x_lo = { type = "dirichlet", value = { type = "uniform", low = -100.0, high = 0.0 } }
)")
                                 .capabilities({"0d", "1d", "2d", "3d", "random"})
                                 .factory([](const UniformParameters& p) { return std::make_unique<UniformField>(p); });

}  // namespace
}  // namespace kindred
