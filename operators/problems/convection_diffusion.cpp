#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <kindred/operators/grid/require_values.hpp>
#include <kindred/operators/problems/convection.hpp>
#include <kindred/operators/problems/problem_inputs.hpp>

namespace kindred {
namespace {

/// A stream function with two derivatives, so that the velocity is smooth.
Value smooth_field() {
  Value table{Table{}};
  table.set("type", "grf");
  table.set("alpha", 4.0);
  return table;
}

struct ConvectionDiffusionParameters {
  double peclet = 100.0;
  std::string speed = "root_mean_square";
  std::string scheme = "central";
  bool closed = false;
  Value stream_function = smooth_field();
  Value forcing = Value(1.0);

  static Schema<ConvectionDiffusionParameters> schema() {
    using P = ConvectionDiffusionParameters;
    return {
        parameter("peclet", &P::peclet)
            .above(0.0)
            .doc("Pe: the flow's speed times the longest side of the box, divided by the diffusion coefficient."),
        parameter("speed", &P::speed)
            .choices({"root_mean_square", "largest"})
            .doc("Which speed of the flow enters Pe and is scaled to 1: the root mean square over the box, or the largest."),
        parameter("scheme", &P::scheme)
            .choices({"central", "upwind"})
            .doc("What flows across a face: \"central\", the mean of the two cells, second order; \"upwind\", the cell that the flow comes "
                 "from, first order and free of oscillations."),
        parameter("closed", &P::closed).doc("true: nothing flows through the sides that are not periodic."),
        parameter("stream_function", &P::stream_function)
            .plugin("field")
            .doc("psi: the velocity is its curl, scaled; in three dimensions three independent potentials of this kind are drawn."),
        parameter("forcing", &P::forcing).plugin("field").doc("f: the source."),
    };
  }
};

/// −(L / Pe) Δu + v·∇u = f. Input fields: the potentials, `forcing`, random side values, and `velocity_x` … at the cells' centres, which
/// follow from the potentials and are there for the data set.
class ConvectionDiffusionProblem final : public Problem {
 public:
  ConvectionDiffusionProblem(const Domain& domain, const ConvectionDiffusionParameters& p)
      : inputs_(domain),
        speed_(p.speed == "largest" ? largest_speed : root_mean_square),
        speed_name_(p.speed == "largest" ? "largest" : "root mean square"),
        scheme_(p.scheme == "central" ? ConvectionScheme::central : ConvectionScheme::upwind),
        closed_(p.closed),
        unique_up_to_a_constant_(prescribes_fluxes_only(domain.boundary)) {
    const int dimension = domain.grid.dimension();
    if (dimension < 2) {
      throw InputError("convection_diffusion needs a grid of two or three axes: in one dimension a divergence-free velocity is constant");
    }
    if (unique_up_to_a_constant_ && !closed_ &&
        std::any_of(domain.grid.axes.begin(), domain.grid.axes.end(), [](const Axis& axis) { return !axis.periodic; })) {
      throw InputError(
          "convection_diffusion with neumann and periodic sides alone has a solution only if nothing flows through the sides: set closed = "
          "true in [problem], or give one side dirichlet or robin");
    }
    for (const Axis& axis : domain.grid.axes) {
      diffusion_ = std::max(diffusion_, axis.extent / p.peclet);
    }
    if (dimension == 2) {
      inputs_.add_cells(create<RandomField>(p.stream_function), "stream_function", "stream function psi, before scaling");
    } else {
      for (const char axis : {'x', 'y', 'z'}) {
        inputs_.add_cells(create<RandomField>(p.stream_function), fmt::format("potential_{}", axis),
                          fmt::format("vector potential of the velocity along {}, before scaling", axis));
      }
    }
    potentials_ = inputs_.count();
    velocity_is_constant_ = inputs_.fields().front().constant;
    forcing_ = inputs_.add_cells(create<RandomField>(p.forcing), "forcing", "forcing f");
    inputs_.add_sides();
  }

  [[nodiscard]] std::vector<FieldInfo> fields() const override {
    std::vector<FieldInfo> infos = inputs_.fields();
    for (const Axis& axis : grid().axes) {
      FieldInfo info;
      info.name = fmt::format("velocity_{}", axis.name);
      info.long_name = fmt::format("velocity along {}, {} speed 1", axis.name, speed_name_);
      info.constant = velocity_is_constant_;
      info.grid = grid();
      infos.push_back(std::move(info));
    }
    infos.push_back(inputs_.output("u", "solution u"));
    return infos;
  }
  [[nodiscard]] std::vector<Complaint> complaints(Index count) const override { return inputs_.complaints(count); }
  [[nodiscard]] std::vector<RandomStream> random_variables() const override { return inputs_.random_variables(); }

  [[nodiscard]] std::vector<Field> draw(const Sample& sample) const override {
    std::vector<Field> fields = inputs_.draw(sample);
    const FaceVelocity faces = velocity(fields);
    for (int axis = 0; axis < grid().dimension(); ++axis) {
      fields.push_back({grid(), at_centers(grid(), faces, axis)});
    }
    return fields;
  }

  [[nodiscard]] LinearSystem assemble(std::span<const Field> inputs) const override {
    const std::size_t expected = inputs_.count() + grid().axes.size();
    if (inputs.size() != expected) {
      throw InputError(
          fmt::format("assemble was given {} input fields, but this problem has {}: pass what draw() returned", inputs.size(), expected));
    }
    const auto drawn = inputs.first(inputs_.count());
    inputs_.require(drawn);
    const std::vector<double> coefficient(static_cast<std::size_t>(grid().size()), diffusion_);
    DiffusionData data;
    data.coefficient = coefficient;
    data.forcing = drawn[forcing_].values;
    data.side_values = inputs_.side_values(drawn);
    DiscreteEquation equation = assemble_balances(inputs_.domain(), data);
    add_convection(equation, inputs_.domain(), velocity(drawn), scheme_, diffusion_, data.side_values);
    LinearSystem system;
    system.constant_null_space = unique_up_to_a_constant_;
    if (system.constant_null_space) {
      remove_mean(equation.rhs);
    }
    system.matrix = std::move(equation.matrix);
    system.rhs = std::move(equation.rhs);
    return system;
  }

  [[nodiscard]] std::vector<Field> outputs(std::span<const Field> /*inputs*/, std::span<const double> solution) const override {
    return {Field{grid(), {solution.begin(), solution.end()}}};
  }

 private:
  [[nodiscard]] const Grid& grid() const { return inputs_.domain().grid; }

  /// The velocity on the faces, scaled to a speed of 1.
  [[nodiscard]] FaceVelocity velocity(std::span<const Field> inputs) const {
    std::vector<std::span<const double>> potentials;
    for (std::size_t k = 0; k < potentials_; ++k) {
      require_values(
          "the stream function", inputs[k].values, grid(), [](double v) { return std::isfinite(v); }, "finite");
      potentials.emplace_back(inputs[k].values);
    }
    FaceVelocity faces = curl(grid(), potentials, closed_);
    const double speed = speed_(grid(), faces);
    if (!(speed > 0.0) || !std::isfinite(speed)) {
      throw SolveError(fmt::format(
          "the velocity has the {} speed {}, which cannot be scaled to 1: the stream function must not be constant", speed_name_, speed));
    }
    for (auto& component : faces.normal) {
      for (double& v : component) {
        v /= speed;
      }
    }
    return faces;
  }

  ProblemInputs inputs_;
  double (*speed_)(const Grid&, const FaceVelocity&);
  const char* speed_name_;
  ConvectionScheme scheme_;
  bool closed_;
  bool unique_up_to_a_constant_;
  bool velocity_is_constant_ = false;
  double diffusion_ = 0.0;
  std::size_t potentials_ = 0;
  std::size_t forcing_ = 0;
};

const Registration convection_diffusion =
    plugin<Problem, ConvectionDiffusionParameters>("convection_diffusion")
        .summary("Transport by a random divergence-free flow: -(L/Pe) Laplace u + v . grad u = f")
        .doc(R"($$-\frac{L}{\mathrm{Pe}}\,\Delta u + v\cdot\nabla u = f,\qquad \nabla\cdot v = 0$$

A substance that diffuses and is carried by a steady flow. In two dimensions $v = (\partial_y\psi, -\partial_x\psi)/V$ with a random
stream function $\psi$, in three $v = \nabla\times A/V$ with three independent potentials; $V$ is each sample's root mean
square speed, or its largest (`speed`), and $L$ the longest side of the box, so that `peclet` says how much stronger than diffusion the
flow is. The largest speed of a smooth random flow is 2 to 3 times the root mean square.

Cell-centred finite volumes. The potential is averaged to the cells' corners (edges), and every face's flux is the circulation around
it, so that the discrete divergence is zero up to rounding: the matrix annihilates constants away from the boundary, as the equation
does. `central` is second order in $L_2$, and may oscillate where $|v| h\,\mathrm{Pe}/L > 2$; `upwind` gives an M-matrix and first
order. The matrix is not symmetric. With Neumann or periodic conditions alone, the mean of the right-hand side is removed and the
solution of mean zero is computed; Neumann sides then need `closed = true`. The flux that `neumann` and `robin` prescribe is the
diffusive one, $(L/\mathrm{Pe})\,\partial u/\partial n$.

Fields: `stream_function` (or `potential_x`, `potential_y`, `potential_z`), `forcing`, random side values, `velocity_x` and so on at the
cells' centres; output `u`.)")
        .source("R. Eymard, T. Gallouët, R. Herbin, Finite volume methods, Handbook of Numerical Analysis VII, 2000, section 3.1")
        .example(R"([problem]
type = "convection_diffusion"
peclet = 200.0
scheme = "central"
stream_function = { type = "grf", alpha = 4.0, tau = 6.0 }
forcing = 1.0
)")
        .capabilities({"2d", "3d", "dirichlet", "neumann", "robin", "periodic", "nonsymmetric"})
        .factory([](const ConvectionDiffusionParameters& p, const Domain& domain) {
          return std::make_unique<ConvectionDiffusionProblem>(domain, p);
        });

}  // namespace
}  // namespace kindred
