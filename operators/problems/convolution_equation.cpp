#include <cmath>

#include <fmt/format.h>

#include <kindred/core/deck/expression.hpp>
#include <kindred/operators/problems/toeplitz_problem.hpp>
#include <kindred/operators/quantities/formula.hpp>

namespace kindred {
namespace {

const std::vector<std::string> components{"x", "y", "z"};

struct ConvolutionParameters {
  std::string kernel = "exp(-10*sqrt(x^2 + y^2 + z^2))";
  double coefficient = 1.0;
  bool positive_definite = false;
  Value forcing = Value("grf");

  static Schema<ConvolutionParameters> schema() {
    using P = ConvolutionParameters;
    return {
        parameter("kernel", &P::kernel)
            .doc("k: a formula in the components x, y, z of the difference of two points, finite at 0 too; `condition ? a : b` helps."),
        parameter("coefficient", &P::coefficient).doc("lambda, the factor of u itself; 0 gives an equation of the first kind."),
        parameter("positive_definite", &P::positive_definite)
            .doc("Says that the kernel is even and the operator positive definite, so that conjugate gradients apply; the first is "
                 "checked."),
        parameter("forcing", &P::forcing).plugin("field").doc("f: the right-hand side."),
    };
  }

  void check(const Value& table, Diagnostics& diagnostics) const {
    if (const auto complaint = Formula::examine(kernel, components)) {
      const Value* written = table.find("kernel");
      diagnostics.error(written != nullptr ? inside_string(*written, complaint->offset) : table.location,
                        fmt::format("{} in the kernel \"{}\"", complaint->message, kernel), complaint->hint);
    }
  }
};

/// The midpoint rule's weights: cell volume times k at the differences of the centres, lambda added at 0.
std::vector<double> kernel_taps(const ConvolutionParameters& p, const Domain& domain) {
  const Formula kernel(p.kernel, components);
  const Grid& grid = domain.grid;
  const double volume = grid.cell_volume();
  return toeplitz_taps(toeplitz_extents(domain, "convolution_equation"), [&](const ToeplitzOperator::Lag& lag) {
    std::array<double, 3> h{};
    for (std::size_t a = 0; a < grid.axes.size(); ++a) {
      h[static_cast<std::size_t>(grid.axes[a].name - 'x')] = static_cast<double>(lag[a]) * grid.axes[a].spacing();
    }
    const double value = kernel(h);
    if (!std::isfinite(value)) {
      throw InputError(fmt::format("the kernel \"{}\" is {} at x = {}, y = {}, z = {}: it must be finite at every difference of two cells",
                                   p.kernel, value, h[0], h[1], h[2]));
    }
    return volume * value + (lag == ToeplitzOperator::Lag{} ? p.coefficient : 0.0);
  });
}

/// λ u(x) + ∫ k(x − y) u(y) dy = f(x) by the midpoint rule.
class ConvolutionEquation final : public Problem {
 public:
  ConvolutionEquation(const Domain& domain, const ConvolutionParameters& p) : inputs_(domain), positive_definite_(p.positive_definite) {
    std::vector<double> taps = kernel_taps(p, domain);
    if (positive_definite_) {
      taps = symmetric_taps(std::move(taps), p.kernel);
    }
    matrix_ = std::make_shared<ToeplitzOperator>(toeplitz_extents(domain, "convolution_equation"), std::move(taps));
    symmetric_ = matrix_->symmetric();
    forcing_ = inputs_.add_cells(create<RandomField>(p.forcing), "forcing", "forcing f");
  }

  [[nodiscard]] std::vector<FieldInfo> fields() const override {
    std::vector<FieldInfo> infos = inputs_.fields();
    infos.push_back(inputs_.output("u", "solution u"));
    return infos;
  }
  [[nodiscard]] std::vector<Complaint> complaints(Index count) const override { return inputs_.complaints(count); }
  [[nodiscard]] std::vector<RandomStream> random_variables() const override { return inputs_.random_variables(); }
  [[nodiscard]] std::vector<Field> draw(const Sample& sample) const override { return inputs_.draw(sample); }

  [[nodiscard]] LinearSystem assemble(std::span<const Field> inputs) const override {
    inputs_.require(inputs);
    LinearSystem system;
    system.matrix = matrix_;
    system.rhs = inputs[forcing_].values;
    system.symmetric = symmetric_;
    system.positive_definite = positive_definite_;
    return system;
  }

  [[nodiscard]] std::vector<Field> outputs(std::span<const Field> /*inputs*/, std::span<const double> solution) const override {
    return {Field{inputs_.domain().grid, {solution.begin(), solution.end()}}};
  }

 private:
  ProblemInputs inputs_;
  std::size_t forcing_ = 0;
  bool symmetric_ = false;
  bool positive_definite_;
  std::shared_ptr<const ToeplitzOperator> matrix_;
};

const Registration convolution_equation =
    plugin<Problem, ConvolutionParameters>("convolution_equation")
        .summary("Integral equation with a difference kernel: lambda u + integral of k(x - y) u(y) dy = f")
        .doc(R"($$\lambda\,u(x) + \int_D k(x - y)\,u(y)\,dy = f(x)$$

A Fredholm equation whose kernel depends on the difference of two points alone, on a box $D$ (on a half line it is a Wiener-Hopf equation):
blurred images, radiative transfer, nonlocal diffusion. By the midpoint rule at the cells' centres (Nyström's method), second order for
smooth kernels; what a kernel does at 0 is up to its formula. The matrix is Toeplitz with $d$ levels, known by its products with vectors,
each a convolution of $O(n \log n)$; it is symmetric where $k$ is even, which is found by looking, else not. With $\lambda \ne 0$ and an
integrable kernel its eigenvalues cluster at $\lambda$; with $\lambda = 0$ it is as ill-posed as deblurring is. There is no [boundary].

Fields: `forcing`; output `u`.)")
        .source("R. Kress, Linear Integral Equations, 3rd ed., Springer 2014, chapter 12 (Nyström's method)")
        .example(R"toml([problem]
type = "convolution_equation"
kernel = "x > 0 ? 20*exp(-20*x) : 0"
coefficient = 0.5
forcing = { type = "matern", smoothness = 1.5, length = 0.1 }

[solver]
type = "gcrodr"
preconditioner = "circulant"
)toml")
        .capabilities({"1d", "2d", "3d", "nonsymmetric", "symmetric", "toeplitz", "matrix_free"})
        .factory([](const ConvolutionParameters& p, const Domain& domain) { return std::make_unique<ConvolutionEquation>(domain, p); });

}  // namespace
}  // namespace kindred
