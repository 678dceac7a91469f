#include <algorithm>
#include <cmath>

#include <kindred/operators/csr_operator.hpp>
#include <kindred/operators/grid/require_values.hpp>
#include <kindred/operators/problems/finite_volume.hpp>
#include <kindred/operators/problems/problem_inputs.hpp>

namespace kindred {
namespace {

struct HelmholtzParameters {
  double wavenumber = 10.0;
  Value refractive_index = Value(1.0);
  Value forcing = Value("grf");

  template <class P>
  static Schema<P> common_schema() {
    return {
        parameter<P, double>("wavenumber", &P::wavenumber)
            .above(0.0)
            .unit("1/m")
            .doc("k: the wave number where c = 1; the wavelength is 2 pi / (k c), and should be ten cells or more."),
        parameter<P, Value>("refractive_index", &P::refractive_index)
            .plugin("field")
            .doc("c: the index of refraction, the reference speed of sound divided by the local one; a number or a field."),
        parameter<P, Value>("forcing", &P::forcing).plugin("field").doc("f: the source."),
    };
  }
  static Schema<HelmholtzParameters> schema() { return common_schema<HelmholtzParameters>(); }
};

struct DampedParameters : HelmholtzParameters {
  double damping = 0.1;

  static Schema<DampedParameters> schema() {
    auto all = common_schema<DampedParameters>();
    all.push_back(parameter("damping", &DampedParameters::damping)
                      .above(0.0)
                      .doc("gamma: over a wavelength the amplitude of a wave falls by the factor exp(-pi gamma), for small gamma."));
    return all;
  }
};

/// −Δu − k² (1 + i gamma) c² u = f. Without damping the unknowns are u on the cells; with damping, the real part on all cells and
/// then the imaginary part on all cells.
class HelmholtzProblem final : public Problem {
 public:
  HelmholtzProblem(const Domain& domain, const HelmholtzParameters& p, double damping)
      : inputs_(domain), squared_wavenumber_(p.wavenumber * p.wavenumber), damping_(damping) {
    index_ = inputs_.add_cells(create<RandomField>(p.refractive_index), "refractive_index", "index of refraction c");
    forcing_ = inputs_.add_cells(create<RandomField>(p.forcing), "forcing", "forcing f");
    inputs_.add_sides();
  }

  [[nodiscard]] std::vector<FieldInfo> fields() const override {
    std::vector<FieldInfo> infos = inputs_.fields();
    infos.push_back(inputs_.output("u", damping_ > 0.0 ? "real part of the solution u" : "solution u"));
    if (damping_ > 0.0) {
      infos.push_back(inputs_.output("u_imaginary", "imaginary part of the solution u"));
    }
    return infos;
  }
  [[nodiscard]] std::vector<Complaint> complaints(Index count) const override { return inputs_.complaints(count); }
  [[nodiscard]] std::vector<RandomStream> random_variables() const override { return inputs_.random_variables(); }
  [[nodiscard]] std::vector<Field> draw(const Sample& sample) const override { return inputs_.draw(sample); }

  [[nodiscard]] LinearSystem assemble(std::span<const Field> inputs) const override {
    inputs_.require(inputs);
    const std::vector<double>& index = inputs[index_].values;
    require_values(
        "the index of refraction c", index, inputs_.domain().grid, [](double v) { return std::isfinite(v); }, "finite");
    DiffusionData data;
    data.forcing = inputs[forcing_].values;
    data.side_values = inputs_.side_values(inputs);
    DiscreteEquation equation = assemble_balances(inputs_.domain(), data);
    for (std::size_t cell = 0; cell < index.size(); ++cell) {
      equation.matrix->center[cell] -= squared_wavenumber_ * index[cell] * index[cell];
    }
    LinearSystem system;
    system.symmetric = true;
    if (damping_ > 0.0) {
      system.matrix = std::make_shared<CsrOperator>(real_form(*equation.matrix, index));
      equation.rhs.resize(2 * equation.rhs.size(), 0.0);
    } else {
      system.matrix = std::move(equation.matrix);
    }
    system.rhs = std::move(equation.rhs);
    return system;
  }

  [[nodiscard]] std::vector<Field> outputs(std::span<const Field> /*inputs*/, std::span<const double> solution) const override {
    const auto cells = static_cast<std::size_t>(inputs_.domain().grid.size());
    std::vector<Field> parts;
    for (std::size_t start = 0; start < solution.size(); start += cells) {
      const auto part = solution.subspan(start, cells);
      parts.push_back({inputs_.domain().grid, {part.begin(), part.end()}});
    }
    return parts;
  }

 private:
  /// [S D; D −S] with the undamped matrix S and D = gamma k² c²: the second row is the imaginary part of the equation, times −1.
  [[nodiscard]] CsrArrays real_form(const StencilOperator& undamped, std::span<const double> index) const {
    const CsrArrays s = rows_of(undamped);
    const Index cells = s.rows();
    require_countable(2 * cells, 2 * (static_cast<Index>(s.columns.size()) + cells));
    CsrArrays block;
    const auto add_row = [&](std::size_t row, bool imaginary) {
      const double coupling = damping_ * squared_wavenumber_ * index[row] * index[row];
      const auto add = [&](Index column, double value) {
        block.columns.push_back(static_cast<PetscInt>(column));
        block.values.push_back(value);
      };
      if (imaginary) {
        add(static_cast<Index>(row), coupling);
      }
      for (auto k = static_cast<std::size_t>(s.offsets[row]); k < static_cast<std::size_t>(s.offsets[row + 1]); ++k) {
        add(s.columns[k] + (imaginary ? cells : 0), imaginary ? -s.values[k] : s.values[k]);
      }
      if (!imaginary) {
        add(static_cast<Index>(row) + cells, coupling);
      }
      block.offsets.push_back(static_cast<PetscInt>(block.columns.size()));
    };
    for (const bool imaginary : {false, true}) {
      for (std::size_t row = 0; row < static_cast<std::size_t>(cells); ++row) {
        add_row(row, imaginary);
      }
    }
    return block;
  }

  ProblemInputs inputs_;
  std::size_t index_ = 0;
  std::size_t forcing_ = 0;
  double squared_wavenumber_;
  double damping_;
};

const Registration helmholtz =
    plugin<Problem, HelmholtzParameters>("helmholtz")
        .summary("Time-harmonic waves in a random medium: -Laplace u - k^2 c^2 u = f")
        .doc(R"($$-\Delta u - k^2 c(x)^2\,u = f$$

Standing waves of one frequency in a medium of refractive index $c$. With Dirichlet conditions (and with `neumann`, `robin` and
`periodic`) nothing absorbs, and $u$ is real. The matrix is symmetric; every eigenvalue of $-\Delta$ below $k^2$ (for $c = 1$) makes it
one negative eigenvalue: it is not positive definite, and nearly singular where $k^2$ meets an eigenvalue. Solutions near such a
resonance are large, and depend on $k$ and $c$ with a large condition number.

Cell-centred finite volumes as for `poisson`, with $-k^2c^2$ on the diagonal; second order in $L_2$ for fixed $k$. The phase error of
the scheme over a distance $L$ is about $k^3 h^2 L/24$, so that $h$ has to fall faster than $1/k$ (the pollution effect).

Fields: `refractive_index`, `forcing`, random side values; output `u`.)")
        .source("F. Ihlenburg, Finite Element Analysis of Acoustic Scattering, Springer 1998, chapter 4 (pollution)")
        .example(R"toml([problem]
type = "helmholtz"
wavenumber = 20.0
refractive_index = { type = "lognormal", alpha = 3.0, tau = 5.0, sigma = 0.1 }
forcing = "exp(-200*((x-0.5)^2 + (y-0.5)^2))"
)toml")
        .capabilities({"1d", "2d", "3d", "dirichlet", "neumann", "robin", "periodic", "symmetric", "indefinite"})
        .factory([](const HelmholtzParameters& p, const Domain& domain) { return std::make_unique<HelmholtzProblem>(domain, p, 0.0); });

const Registration helmholtz_damped =
    plugin<Problem, DampedParameters>("helmholtz_damped")
        .summary("Damped time-harmonic waves: -Laplace u - k^2 (1 + i gamma) c^2 u = f, in real numbers")
        .doc(R"($$-\Delta u - k^2 (1 + i\gamma)\, c(x)^2\,u = f$$

Waves $\mathrm{Re}(u e^{-i\omega t})$ in a medium that absorbs; also what a complex-shifted Laplacian solves. With $S$ the matrix of
`helmholtz`, $D = \gamma k^2 \,\mathrm{diag}(c^2)$ and real $f$ and boundary data, the real and imaginary parts solve

$$\begin{pmatrix} S & D \\ D & -S \end{pmatrix} \begin{pmatrix} \mathrm{Re}\,u \\ \mathrm{Im}\,u \end{pmatrix} =
\begin{pmatrix} f \\ 0 \end{pmatrix}.$$

Of the real forms of a complex system this is the symmetric one; its eigenvalues come in pairs $\pm\lambda$, and all of them satisfy
$|\lambda| \ge \min \gamma k^2 c^2$: no resonance is singular. The system has twice as many unknowns as the grid has cells, first all
real parts, then all imaginary parts.

Fields: `refractive_index`, `forcing`, random side values; outputs `u` (the real part) and `u_imaginary`.)")
        .source(
            "D. Day, M. Heroux, Solving complex-valued linear systems via equivalent real formulations, SIAM J. Sci. Comput. 23 (2001) "
            "480-498")
        .example(R"toml([problem]
type = "helmholtz_damped"
wavenumber = 30.0
damping = 0.05
forcing = "exp(-200*((x-0.5)^2 + (y-0.5)^2))"
)toml")
        .capabilities({"1d", "2d", "3d", "dirichlet", "neumann", "robin", "periodic", "symmetric", "indefinite"})
        .factory([](const DampedParameters& p, const Domain& domain) { return std::make_unique<HelmholtzProblem>(domain, p, p.damping); });

}  // namespace
}  // namespace kindred
