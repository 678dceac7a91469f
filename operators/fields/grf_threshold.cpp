#include <algorithm>

#include <kindred/operators/fields/gaussian_field.hpp>

namespace kindred {
namespace {

struct ThresholdParameters : GaussianParameters {
  ThresholdParameters() { boundary = "neumann"; }
  std::vector<double> values{3.0, 12.0};

  static Schema<ThresholdParameters> schema() {
    auto all = covariance_schema<ThresholdParameters>();
    all.push_back(parameter("values", &ThresholdParameters::values)
                      .length(2, 2)
                      .doc("Values where the Gaussian field is negative, and where it is not."));
    return all;
  }
};

class ThresholdField final : public RandomField {
 public:
  explicit ThresholdField(const ThresholdParameters& p)
      : level_set_(static_cast<const GaussianParameters&>(p)), below_(p.values.at(0)), above_(p.values.at(1)) {}
  void draw(const Grid& grid, const Sample& sample, std::string_view stream, std::span<double> values) const override {
    level_set_.draw(grid, sample, stream, values);
    std::transform(values.begin(), values.end(), values.begin(), [&](double g) { return g < 0.0 ? below_ : above_; });
  }
  void require_drawable(const Grid& grid, Index count) const override { level_set_.require_drawable(grid, count); }
  [[nodiscard]] Index leading_variables(const Grid& grid) const override { return level_set_.leading_variables(grid); }
  [[nodiscard]] double reached_minimum(const Grid& /*grid*/) const override { return std::min(below_, above_); }

 private:
  GaussianField level_set_;
  double below_;
  double above_;
};

const Registration grf_threshold =
    plugin<RandomField, ThresholdParameters>("grf_threshold")
        .summary("Two values, by the sign of a Gaussian random field: a medium of two materials")
        .doc(R"($$a(x) = \begin{cases} v_0 & g(x) < 0 \\ v_1 & g(x) \ge 0 \end{cases} \qquad g \sim N(0, (-\Delta + \tau^2)^{-\alpha})$$

The defaults are the Darcy coefficient of the Fourier neural operator's paper: $\alpha = 2$, $\tau = 3$, Neumann conditions, no constant
mode, the values 3 and 12. (Its covariance carries a factor, which the sign does not see.) By symmetry every point takes either value
with probability 1/2.)")
        .source("Z. Li et al., Fourier neural operator for parametric partial differential equations, ICLR 2021, appendix A.3.2")
        .example(R"([problem]
type = "darcy"
coefficient = { type = "grf_threshold", alpha = 2.0, tau = 3.0, values = [3.0, 12.0] }
)")
        .capabilities({"1d", "2d", "3d", "periodic", "random"})
        .factory([](const ThresholdParameters& p) { return std::make_unique<ThresholdField>(p); });

}  // namespace
}  // namespace kindred
