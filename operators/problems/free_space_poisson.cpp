#include <algorithm>
#include <cmath>
#include <functional>
#include <mutex>

#include <fmt/format.h>

#include <kindred/operators/grid/require_values.hpp>
#include <kindred/operators/problems/free_space_operator.hpp>
#include <kindred/operators/problems/problem_inputs.hpp>

namespace kindred {
namespace {

using fftconv::FreeSpaceKernel;

struct FreeSpaceParameters {
  Value forcing = Value("grf");
  Value potential;
  double coupling = 1.0;
  Value window;
  std::string kernel = "truncated";
  bool gradient = false;

  static Schema<FreeSpaceParameters> schema() {
    using P = FreeSpaceParameters;
    return {
        parameter("forcing", &P::forcing).plugin("field").doc("f: the source; zero outside the box."),
        parameter("potential", &P::potential)
            .plugin("field")
            .doc("V: the potential energy; zero outside the box, and everywhere by default."),
        parameter("coupling", &P::coupling).doc("lambda: factor of the potential energy, negative for wells."),
        parameter("window", &P::window)
            .plugin("field")
            .doc(
                "w: f and V are multiplied by it, so that random ones vanish at the box's faces; the same for every sample, 1 by default."),
        parameter("kernel", &P::kernel)
            .choices({"truncated", "hockney", "integrated"})
            .doc(
                "How the integral over the box becomes a sum. truncated: converges faster than any power where f and V are smooth and "
                "vanish "
                "at the box's faces; hockney: between the cells' centres, second order; integrated: for sources that are constant in every "
                "cell, second order, for cells that are long and thin."),
        parameter("gradient", &P::gradient).doc("true: the derivatives of u are outputs too; with the truncated kernel only."),
    };
  }
};

FreeSpaceKernel kernel_of(const std::string& name) {
  return name == "hockney" ? FreeSpaceKernel::hockney : name == "integrated" ? FreeSpaceKernel::integrated : FreeSpaceKernel::truncated;
}

fftconv::FreeSpaceDescription description_of(const Grid& grid, const std::string& kernel) {
  fftconv::FreeSpaceDescription description;
  description.function.dimension = grid.dimension();
  description.kernel = kernel_of(kernel);
  for (const Axis& axis : grid.axes) {
    description.cells.push_back(axis.cells);
    description.spacings.push_back(axis.spacing());
  }
  return description;
}

void require_free_space(const Domain& domain, const FreeSpaceParameters& p) {
  if (domain.grid.dimension() < 2) {
    throw InputError("free_space_poisson needs two or three axes: in one dimension potentials grow with the distance");
  }
  require_no_sides(domain, "free_space_poisson", ", or solve a boundary value problem with poisson or diffusion_reaction");
  if (p.gradient && p.kernel != "truncated") {
    throw InputError(fmt::format("gradient = true needs kernel = \"truncated\", and the kernel is \"{}\"", p.kernel));
  }
}

class FreeSpacePoisson final : public Problem {
 public:
  FreeSpacePoisson(const Domain& domain, const FreeSpaceParameters& p)
      : inputs_(domain), description_(description_of(domain.grid, p.kernel)), coupling_(p.coupling), gradient_(p.gradient) {
    fftconv::require(description_);
    inputs_.add_cells(create<RandomField>(p.forcing), "forcing", "source f");
    if (!p.potential.empty()) {
      inputs_.add_cells(create<RandomField>(p.potential), "potential", "potential energy V");
    }
    if (!p.window.empty()) {
      const auto window = create<RandomField>(p.window);
      if (!window->deterministic()) {
        throw InputError("the window of free_space_poisson must be the same for every sample: give an expression");
      }
      window_.resize(static_cast<std::size_t>(domain.grid.size()));
      window->draw(domain.grid, Sample{}, "problem.window", window_);
    }
  }

  [[nodiscard]] std::vector<FieldInfo> fields() const override {
    std::vector<FieldInfo> infos = inputs_.fields();
    infos.push_back(inputs_.output("u", "solution u"));
    if (gradient_) {
      for (const Axis& axis : grid().axes) {
        infos.push_back(inputs_.output(fmt::format("u_{}", axis.name), fmt::format("derivative of u along {}", axis.name)));
      }
    }
    return infos;
  }
  [[nodiscard]] std::vector<Complaint> complaints(Index count) const override { return inputs_.complaints(count); }
  [[nodiscard]] std::vector<RandomStream> random_variables() const override { return inputs_.random_variables(); }

  [[nodiscard]] std::vector<Field> draw(const Sample& sample) const override {
    std::vector<Field> fields = inputs_.draw(sample);
    for (Field& field : fields) {
      if (!window_.empty()) {
        std::transform(field.values.begin(), field.values.end(), window_.begin(), field.values.begin(), std::multiplies<>());
      }
    }
    return fields;
  }

  [[nodiscard]] LinearSystem assemble(std::span<const Field> inputs) const override {
    inputs_.require(inputs);
    const auto finite = [](double v) { return std::isfinite(v); };
    require_values("the source f", inputs[0].values, grid(), finite, "finite");
    std::vector<double> potential;
    if (inputs.size() > 1) {
      potential = inputs[1].values;
      require_values("the potential energy V", potential, grid(), finite, "finite");
      std::transform(potential.begin(), potential.end(), potential.begin(), [this](double v) { return coupling_ * v; });
    }
    LinearSystem system;
    system.symmetric = potential.empty();
    system.positive_definite = potential.empty();
    system.matrix = std::make_shared<FreeSpaceOperator>(field(), std::move(potential));
    system.rhs.resize(inputs[0].values.size());
    field()->potential().apply(inputs[0].values, system.rhs);
    return system;
  }

  [[nodiscard]] std::vector<Field> outputs(std::span<const Field> inputs, std::span<const double> solution) const override {
    std::vector<Field> all{{grid(), {solution.begin(), solution.end()}}};
    if (!gradient_) {
      return all;
    }
    std::vector<double> density = inputs[0].values;
    for (std::size_t cell = 0; inputs.size() > 1 && cell < density.size(); ++cell) {
      density[cell] -= coupling_ * inputs[1].values[cell] * solution[cell];
    }
    for (const auto& derivative : field()->gradient()) {
      Field& field = all.emplace_back(Field{grid(), std::vector<double>(density.size())});
      derivative.apply(density, field.values);
    }
    return all;
  }

 private:
  [[nodiscard]] const Grid& grid() const { return inputs_.domain().grid; }

  /// Made with the first system, not with the problem: looking at a deck costs no transforms.
  [[nodiscard]] const std::shared_ptr<const FreeSpaceField>& field() const {
    std::call_once(made_, [this] { field_ = FreeSpaceField::shared(description_, gradient_); });
    return field_;
  }

  ProblemInputs inputs_;
  fftconv::FreeSpaceDescription description_;
  double coupling_;
  bool gradient_;
  mutable std::once_flag made_;
  mutable std::shared_ptr<const FreeSpaceField> field_;
  std::vector<double> window_;  ///< empty: ones
};

const Registration free_space_poisson =
    plugin<Problem, FreeSpaceParameters>("free_space_poisson")
        .summary("Poisson's and Schroedinger's equation in all of space: -Laplace u + lambda V u = f, without any boundary")
        .doc(R"($$-\Delta u + \lambda V u = f \quad\text{in } \mathbb{R}^d,\ d = 2, 3$$

The grid covers a box outside of which $f$ and $V$ are zero; $u$, which is not, is computed in the box. In three dimensions $u$ decays as
$1/r$; in two it is $-\frac{1}{2\pi}\log r \int (f - \lambda V u)$ far away, without a constant. With the Green's function $G$ of $-\Delta$ the
equation is

$$(I + \lambda G V)\,u = G f, \qquad (G f)(x) = \int G(x - y) f(y)\,dy,$$

where $G$ is applied as a convolution, by fast Fourier transforms. Without a potential the matrix is the identity, and the right-hand side is
the solution. With one it is an integral equation of the second kind, known by its action alone: Krylov methods without a preconditioner take
a number of iterations that does not depend on the grid. Where $-\Delta + \lambda V$ has a state of energy zero the matrix is singular.

Error: that of `kernel`. The truncated kernel is as exact as the Fourier series of $f$ and $Vu$ on the grid, if both vanish smoothly at the
faces of the box: 12 digits for a Gaussian source on 32 cells. A source or a potential that jumps at the faces brings it down to first order
near them; `window` takes random fields to zero there.

Fields: `forcing`, `potential` (both after multiplication by the window); outputs `u` and, with `gradient`, `u_x` and so on. A [boundary] is
refused; in the data set the sides are of kind `open`.)")
        .source(
            "F. Vico, L. Greengard, M. Ferrando, Fast convolution with free-space Green's functions, J. Comput. Phys. 323 (2016) 191-203; "
            "R. "
            "Hockney, The potential calculation and some applications, Methods Comput. Phys. 9 (1970) 135-211; J. Qiang, S. Lidia, R. "
            "Ryne, C. "
            "Limborg-Deprey, Phys. Rev. ST Accel. Beams 9 (2006) 044204")
        .example(R"toml([problem]
type = "free_space_poisson"
forcing = "exp(-128*((x-0.5)^2 + (y-0.5)^2))"
)toml")
        .capabilities({"2d", "3d", "free_space", "nonsymmetric", "matrix_free"})
        .factory([](const FreeSpaceParameters& p, const Domain& domain) {
          require_free_space(domain, p);
          return std::make_unique<FreeSpacePoisson>(domain, p);
        });

}  // namespace
}  // namespace kindred
