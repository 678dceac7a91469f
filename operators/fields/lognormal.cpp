#include <algorithm>
#include <cmath>

#include <kindred/operators/fields/gaussian_field.hpp>

namespace kindred {
namespace {

struct LognormalParameters : GaussianParameters {
  LognormalParameters() { normalise = "unit_variance"; }

  static Schema<LognormalParameters> schema() {
    auto all = covariance_schema<LognormalParameters>();
    all.push_back(parameter<LognormalParameters, double>("sigma", &LognormalParameters::sigma)
                      .above(0.0)
                      .doc("Factor of the Gaussian field; its standard deviation if normalise = \"unit_variance\"."));
    all.push_back(
        parameter<LognormalParameters, double>("mean", &LognormalParameters::mean).doc("Mean of the logarithm; exp(mean) is the median."));
    all.push_back(parameter<LognormalParameters, std::string>("normalise", &LognormalParameters::normalise)
                      .choices({"covariance", "unit_variance"})
                      .doc("As for the field `grf`."));
    return all;
  }
};

class LognormalField final : public RandomField {
 public:
  explicit LognormalField(const GaussianParameters& parameters) : logarithm_(parameters) {}
  void draw(const Grid& grid, const Sample& sample, std::string_view stream, std::span<double> values) const override {
    logarithm_.draw(grid, sample, stream, values);
    std::transform(values.begin(), values.end(), values.begin(), [](double g) { return std::exp(g); });
  }
  void require_drawable(const Grid& grid, Index count) const override { logarithm_.require_drawable(grid, count); }
  [[nodiscard]] Index leading_variables(const Grid& grid) const override { return logarithm_.leading_variables(grid); }

 private:
  GaussianField logarithm_;
};

const Registration lognormal =
    plugin<RandomField, LognormalParameters>("lognormal")
        .summary("Exponential of a Gaussian random field: positive, as permeabilities are")
        .doc(R"($$a(x) = \exp(m + g(x))$$

with $g$ the Gaussian random field of the same parameters (see `grf`). Where $g$ has the pointwise variance $s^2$, $a$ has the median
$e^m$, the mean $e^{m + s^2/2}$ and the variance $(e^{s^2} - 1) e^{2m + s^2}$. By default `sigma` is the standard deviation of $g$.)")
        .source(
            "G. J. Lord, C. E. Powell, T. Shardlow, An Introduction to Computational Stochastic PDEs, Cambridge University Press 2014, "
            "section 9.1")
        .example(R"([problem]
type = "darcy"
coefficient = { type = "lognormal", alpha = 2.0, tau = 5.0, sigma = 1.0, mean = 0.0 }
)")
        .capabilities({"1d", "2d", "3d", "periodic", "random", "positive"})
        .factory([](const LognormalParameters& p) { return std::make_unique<LognormalField>(p); });

}  // namespace
}  // namespace kindred
