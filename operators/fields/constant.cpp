#include <algorithm>

#include <kindred/operators/fields/random_field.hpp>

namespace kindred {
namespace {

struct ConstantParameters {
  double value = 0.0;

  static Schema<ConstantParameters> schema() {
    return {parameter("value", &ConstantParameters::value).required().doc("The value everywhere.")};
  }
};

class ConstantField final : public RandomField {
 public:
  explicit ConstantField(double value) : value_(value) {}
  void draw(const Grid& /*grid*/, const Sample& /*sample*/, std::string_view /*stream*/, std::span<double> values) const override {
    std::fill(values.begin(), values.end(), value_);
  }
  [[nodiscard]] double reached_minimum(const Grid& /*grid*/) const override { return value_; }
  [[nodiscard]] bool deterministic() const override { return true; }

 private:
  double value_;
};

const Registration constant = plugin<RandomField, ConstantParameters>("constant")
                                  .summary("One value everywhere; a bare number in a deck means this")
                                  .doc(R"($$a(x) = c$$

`forcing = 1.0` is short for `forcing = { type = "constant", value = 1.0 }`. The value may be swept.)")
                                  .source("-")
                                  .example(R"([problem]
type = "poisson"
forcing = 1.0
)")
                                  .capabilities({"0d", "1d", "2d", "3d", "deterministic"})
                                  .factory([](const ConstantParameters& p) { return std::make_unique<ConstantField>(p.value); });

}  // namespace
}  // namespace kindred
