#include <cmath>

#include <fmt/format.h>

#include <kindred/operators/csr_operator.hpp>
#include <kindred/operators/fields/gaussian_field.hpp>
#include <kindred/operators/problems/problem.hpp>
#include <kindred/operators/problems/published_matrices.hpp>

namespace kindred {
namespace {

const char* const refusal =
    "this problem assembles faulty matrices, as the code published with a paper does: its solutions solve no equation of physics and are "
    "no training data";

struct PublishedParameters {
  bool benchmark = false;
  double alpha = 2.5;
  double tau = 7.0;

  static Schema<PublishedParameters> schema() {
    using P = PublishedParameters;
    return {
        parameter("benchmark", &P::benchmark)
            .required()
            .doc("Must be true: says that faulty matrices are wanted, to measure solvers on them."),
        parameter("alpha", &P::alpha).above(1.0).doc("Exponent of the covariance of log K."),
        parameter("tau", &P::tau).above(0.0).doc("Inverse length of the covariance of log K."),
    };
  }

  void check(const Value& table, Diagnostics& diagnostics) const {
    const Value* given = table.find("benchmark");
    if (given != nullptr && !benchmark) {
      diagnostics.error(given->location, refusal,
                        "set benchmark = true in [problem] to measure solvers on them; for Darcy flow or waves use \"darcy\" or "
                        "\"helmholtz\"");
    }
  }
};

/// log K by a periodic Gaussian field of covariance tau^(2 alpha − 2) (−Δ + tau²)^(−alpha) on (s + 2)² nodes: the published field's law,
/// without the waves of two nodes' length, which hold less than a hundred-thousandth of its variance.
GaussianParameters log_coefficient(const PublishedParameters& p) {
  GaussianParameters g;
  g.alpha = p.alpha;
  g.tau = p.tau;
  g.sigma = std::pow(p.tau, p.alpha - 1.0);
  g.boundary = "periodic";
  return g;
}

class PublishedProblem final : public Problem {
 public:
  PublishedProblem(const Domain& domain, const PublishedParameters& p, bool helmholtz)
      : grid_(domain.grid), helmholtz_(helmholtz), logarithm_(log_coefficient(p)) {
    if (!p.benchmark) {
      throw InputError(std::string(refusal) + ": set benchmark = true in [problem] to measure solvers on them");
    }
    if (grid_.dimension() != 2 || grid_.axes[0].cells != grid_.axes[1].cells) {
      throw InputError("the published matrices live on s × s nodes: set [grid] n = [s, s]");
    }
    for (const SideCondition& side : domain.boundary.sides) {
      const bool zero = side.kind == BoundaryKind::dirichlet && side.value.is_number() && side.value.as_real() == 0.0;
      if (!zero) {
        throw InputError("the published matrices have u = 0 on every side: remove [boundary]");
      }
    }
    nodes_ = grid_.axes[0].cells;
    for (const char axis : {'x', 'y'}) {
      square_.axes.push_back({axis, nodes_ + 2, 0.0, 1.0, true});
    }
  }

  [[nodiscard]] std::vector<FieldInfo> fields() const override {
    std::vector<FieldInfo> infos(2);
    infos[0].name = "coefficient";
    infos[0].long_name = "K at the inner nodes";
    infos[0].grid = grid_;
    infos[1].name = "coefficient_x_lo";
    infos[1].long_name = "K at the boundary nodes of smallest x, two of which enter the matrix";
    infos[1].grid = grid_.side(0, false);
    if (helmholtz_) {
      FieldInfo kappa;
      kappa.name = "kappa";
      kappa.long_name = "wave number kappa, uniform on (0, 1)";
      infos.push_back(std::move(kappa));
    }
    FieldInfo solution;
    solution.name = "u";
    solution.long_name = "solution of the faulty system";
    solution.output = true;
    solution.grid = grid_;
    infos.push_back(std::move(solution));
    return infos;
  }

  [[nodiscard]] std::vector<Complaint> complaints(Index count) const override {
    try {
      logarithm_.require_drawable(square_, count);
    } catch (const InputError& problem) {
      return {{"problem", problem.what()}};
    }
    return {};
  }

  [[nodiscard]] std::vector<RandomStream> random_variables() const override {
    std::vector<RandomStream> streams{{"problem.coefficient", logarithm_.leading_variables(square_)}};
    if (helmholtz_) {
      streams.push_back({"problem.kappa", 1});
    }
    return streams;
  }

  [[nodiscard]] std::vector<Field> draw(const Sample& sample) const override {
    const Index side = nodes_ + 2;
    std::vector<double> log_k(static_cast<std::size_t>(square_.size()));
    logarithm_.draw(square_, sample, "problem.coefficient", log_k);
    Field inner{grid_, {}};
    Field above{grid_.side(0, false), {}};
    for (Index row = 0; row <= nodes_; ++row) {
      for (Index column = 1; column <= nodes_; ++column) {
        (row == 0 ? above : inner).values.push_back(std::exp(log_k[static_cast<std::size_t>(row * side + column)]));
      }
    }
    std::vector<Field> fields{std::move(inner), std::move(above)};
    if (helmholtz_) {
      const auto leading = sample.leading_coordinates("problem.kappa");
      fields.push_back({Grid{}, {leading.empty() ? sample.draws("problem.kappa").uniform(0) : leading.front()}});
    }
    return fields;
  }

  [[nodiscard]] LinearSystem assemble(std::span<const Field> inputs) const override {
    const std::size_t expected = helmholtz_ ? 3 : 2;
    if (inputs.size() != expected || (helmholtz_ && inputs[2].values.size() != 1)) {
      throw InputError(
          fmt::format("assemble needs the {} fields that draw() returns; it was given {} of other shapes", expected, inputs.size()));
    }
    const double h = 1.0 / static_cast<double>(nodes_ - 1);  // as published; the nodes are 1 / (s + 1) apart
    const double kappa = helmholtz_ ? inputs[2].values[0] : 0.0;
    LinearSystem system;
    system.matrix = std::make_shared<CsrOperator>(published_matrix(nodes_, inputs[0].values, inputs[1].values, h * h * kappa * kappa));
    system.rhs.assign(static_cast<std::size_t>(grid_.size()), h * h);
    return system;
  }

  [[nodiscard]] std::vector<Field> outputs(std::span<const Field> /*inputs*/, std::span<const double> solution) const override {
    return {Field{grid_, {solution.begin(), solution.end()}}};
  }

 private:
  Grid grid_;
  Grid square_;  ///< boundary nodes included
  Index nodes_ = 0;
  bool helmholtz_;
  GaussianField logarithm_;
};

constexpr const char* source =
    "H. Wang et al., Accelerating data generation for neural operators via Krylov subspace recycling, ICLR 2024, and the code published "
    "with it (github.com/wanghong1700/NO-DataGen-SKR)";

const Registration darcy_as_published =
    plugin<Problem, PublishedParameters>("darcy_as_published")
        .summary("BENCHMARK ONLY, faulty: the Darcy matrices of the published SKR code")
        .doc(R"($$A_{r,r} = 4K_r,\quad A_{r,r\pm1} = -K_{r\pm1},\quad A_{r,r+s} = -K_{r+s},\quad A_{r,r-s} = -U_{r-2},\qquad b = h^2$$

What the code published with "Krylov subspace recycling for neural operator data" assembles on $s \times s$ inner nodes, row
$r = is + j$, $K = e^g$ with a periodic Gaussian field $g$ of mean zero and covariance
$\tau^{2\alpha-2}(-\Delta+\tau^2)^{-\alpha}$, $h = 1/(s-1)$. It is no discretisation of Darcy's equation: $K$ scales columns, which
discretises $-\Delta(Ku)$, and $U$, the coefficient of the node above, is read two entries too early. The second fault adds a reaction of
order $1/h$ and makes some eigenvalues negative, and with them restarted GMRES slow.

Use it to repeat published iteration counts, and `darcy` for everything else. Refused unless `benchmark = true`.

Fields: `coefficient`, `coefficient_x_lo`; output `u`, which solves no equation of physics.)")
        .source(source)
        .example("[problem]\ntype = \"darcy_as_published\"\nbenchmark = true\n\n[grid]\nn = [50, 50]\n")
        .capabilities({"2d", "nonsymmetric", "benchmark"})
        .factory([](const PublishedParameters& p, const Domain& domain) { return std::make_unique<PublishedProblem>(domain, p, false); });

const Registration helmholtz_as_published =
    plugin<Problem, PublishedParameters>("helmholtz_as_published")
        .summary("BENCHMARK ONLY, faulty: the \"Helmholtz\" matrices of the published SKR code")
        .doc(R"($$A = A_{\text{darcy\_as\_published}} - h^2\kappa^2 I,\qquad \kappa \sim U(0, 1)$$

The matrix of `darcy_as_published`, with all its faults, shifted by $h^2\kappa^2$. As $\kappa^2 < 1$ is far below the smallest eigenvalue
$2\pi^2$ of the Laplacian, this is no Helmholtz problem, and behaves as `darcy_as_published` does. Use `helmholtz` for waves. Refused
unless `benchmark = true`.

Fields: `coefficient`, `coefficient_x_lo`, `kappa`; output `u`, which solves no equation of physics.)")
        .source(source)
        .example("[problem]\ntype = \"helmholtz_as_published\"\nbenchmark = true\n\n[grid]\nn = [50, 50]\n")
        .capabilities({"2d", "nonsymmetric", "benchmark"})
        .factory([](const PublishedParameters& p, const Domain& domain) { return std::make_unique<PublishedProblem>(domain, p, true); });

}  // namespace
}  // namespace kindred
