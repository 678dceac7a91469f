#pragma once

// A small registry for the tests of the deck: problems, fields, solvers and sections that do nothing but have schemas.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <kindred/core/registry/registry.hpp>

#include "toy_registry_kinds.hpp"

namespace toy {

using kindred::Diagnostics;
using kindred::parameter;
using kindred::Registration;
using kindred::Schema;
using kindred::Value;

struct Nothing {
  static Schema<Nothing> schema() { return {}; }
};

struct Constant {
  double value = 1.0;
  static Schema<Constant> schema() { return {parameter("value", &Constant::value).doc("Value everywhere.")}; }
};
inline const Registration constant =
    kindred::plugin<Field, Constant>("constant").summary("The same value everywhere").factory([](const Constant& p, double scale) {
      return std::make_unique<Field>(Field{p.value * scale});
    });

struct Expression {
  std::string value;
  static Schema<Expression> schema() { return {parameter("value", &Expression::value).doc("Formula in x, y, z.").required()}; }
};
inline const Registration expression = kindred::plugin<Field, Expression>("expression").summary("A formula in x, y, z");

struct Grf {
  double alpha = 2.0;
  double tau = 3.0;
  double sigma = 1.0;
  static Schema<Grf> schema() {
    return {parameter("alpha", &Grf::alpha).doc("Decay of the spectrum.").above(1.0),
            parameter("tau", &Grf::tau).doc("Inverse correlation length.").unit("m-1").at_least(0.0),
            parameter("sigma", &Grf::sigma).doc("Standard deviation.").above(0.0)};
  }
};
inline const Registration grf = kindred::plugin<Field, Grf>("grf").summary("Gaussian random field").aliases({"gaussian"});

struct GrfThreshold {
  double alpha = 2.0;
  double tau = 3.0;
  std::vector<double> values{3.0, 12.0};
  static Schema<GrfThreshold> schema() {
    using P = GrfThreshold;
    return {parameter("alpha", &P::alpha).doc("Decay of the spectrum.").above(1.0),
            parameter("tau", &P::tau).doc("Inverse correlation length.").unit("m-1").at_least(0.0),
            parameter("values", &P::values).doc("The two values taken.").length(2, 2)};
  }
  void check(const Value& table, Diagnostics& diagnostics) const {
    if (values[0] == values[1]) {
      diagnostics.error(table.find("values")->location, "the two values are the same", "for one value use the field \"constant\"");
    }
  }
};
inline const Registration grf_threshold =
    kindred::plugin<Field, GrfThreshold>("grf_threshold").summary("Two-valued field: the sign of a Gaussian one");

struct Darcy {
  Value coefficient;
  Value forcing = Value(1.0);
  double beta = 1.0;
  std::int64_t order = 2;
  std::string average = "harmonic";
  static Schema<Darcy> schema() {
    return {parameter("coefficient", &Darcy::coefficient).doc("Diffusion coefficient.").plugin("field").required(),
            parameter("forcing", &Darcy::forcing).doc("Right-hand side.").plugin("field"),
            parameter("beta", &Darcy::beta).doc("Strength of the reaction.").above(0.0),
            parameter("order", &Darcy::order).doc("Order of the scheme.").range(1, 4),
            parameter("average", &Darcy::average).doc("Mean at the faces.").choices({"harmonic", "arithmetic", "upwind"})};
  }
};
inline const Registration darcy = kindred::plugin<Problem, Darcy>("darcy").summary("Flow in a porous medium");

struct Heat {
  double diffusivity = 1.0;
  double temperature = 293.15;
  std::optional<double> duration;
  static Schema<Heat> schema() {
    return {parameter("diffusivity", &Heat::diffusivity).doc("Thermal diffusivity.").unit("m2 s-1").above(0.0).required(),
            parameter("temperature", &Heat::temperature).doc("Temperature outside.").unit("K").at_least(0.0),
            parameter("duration", &Heat::duration).doc("Time simulated.").unit("s").above(0.0).infinite()};
  }
};
inline const Registration heat = kindred::plugin<Problem, Heat>("heat").summary("Heat conduction");

struct Krylov {
  double rtol = 1e-8;
  int max_it = 1000;
  static Schema<Krylov> schema() {
    return {parameter("rtol", &Krylov::rtol).doc("Relative tolerance of the residual.").above(0.0).below(1.0),
            parameter("max_it", &Krylov::max_it).doc("Largest number of iterations.").at_least(1),
            parameter("tolerance", &Krylov::rtol).deprecated("rtol")};
  }
};
struct Gmres {
  double rtol = 1e-8;
  int restart = 30;
  static Schema<Gmres> schema() {
    return {parameter("rtol", &Gmres::rtol).doc("Relative tolerance of the residual.").above(0.0).below(1.0),
            parameter("restart", &Gmres::restart).doc("Length of a cycle.").at_least(1)};
  }
};
struct PetscOptions {
  std::map<std::string, std::string> petsc;
  static Schema<PetscOptions> schema() { return {parameter("petsc", &PetscOptions::petsc).doc("Verbatim options.")}; }
};
inline const Registration solver_auto = kindred::plugin<Solver, Krylov>("auto").summary("Chosen by the size of the system");
inline const Registration solver_cg = kindred::plugin<Solver, Krylov>("cg").summary("Conjugate gradients");
inline const Registration solver_gmres = kindred::plugin<Solver, Gmres>("gmres").summary("Generalised minimal residual");
inline const Registration solver_petsc = kindred::plugin<Solver, PetscOptions>("petsc").summary("Any KSP and PC of PETSc");

inline const Registration design_mc = kindred::plugin<Design, Nothing>("mc").summary("Independent random points");
struct SobolOptions {
  int field_dimensions = 0;
  static Schema<SobolOptions> schema() {
    return {parameter("field_dimensions", &SobolOptions::field_dimensions).doc("Variables of fields that the points give.").at_least(0)};
  }
};
inline const Registration design_sobol = kindred::plugin<Design, SobolOptions>("sobol").summary("Sobol' points");
inline const Registration design_grid = kindred::plugin<Design, Nothing>("grid").summary("All combinations");

struct Dirichlet {
  Value value = Value(0.0);
  static Schema<Dirichlet> schema() { return {parameter("value", &Dirichlet::value).doc("Value on the side.").plugin("field")}; }
};
inline const Registration dirichlet = kindred::plugin<Condition, Dirichlet>("dirichlet").summary("The value is given");
inline const Registration periodic = kindred::plugin<Condition, Nothing>("periodic").summary("The other side goes on here");

struct Boundary {
  Value x_lo = Value("dirichlet");
  Value x_hi = Value("dirichlet");
  static Schema<Boundary> schema() {
    return {parameter("x_lo", &Boundary::x_lo).doc("Condition at low x.").plugin("condition"),
            parameter("x_hi", &Boundary::x_hi).doc("Condition at high x.").plugin("condition")};
  }
  void check(const Value& table, Diagnostics& diagnostics) const {
    const auto periodic_side = [&](const Value& side) { return kindred::plugin_choice(side, "condition").name == "periodic"; };
    if (periodic_side(x_lo) != periodic_side(x_hi)) {
      diagnostics.error(table.find("x_lo")->location, "an axis is periodic at both ends or at none", "set x_lo and x_hi alike");
    }
  }
};
inline const Registration boundary = kindred::section<Boundary>("boundary").summary("Conditions on the sides");

struct Grid {
  std::vector<std::int64_t> n;
  std::vector<double> extent;
  static Schema<Grid> schema() {
    return {parameter("n", &Grid::n).doc("Cells per axis.").at_least(1).length(1, 3).required(),
            parameter("extent", &Grid::extent).doc("Lengths of the sides.").unit("m").above(0.0).length(0, 3)};
  }
};
inline const Registration grid = kindred::section<Grid>("grid").summary("The uniform grid");

struct Output {
  std::string dir = "out";
  std::vector<std::string> fields;
  std::string precision = "f32";
  bool compress = false;
  static Schema<Output> schema() {
    return {parameter("dir", &Output::dir).doc("Folder of the data set.").runtime(),
            parameter("fields", &Output::fields).doc("Fields to write; all if empty.").choices({"u", "coefficient", "forcing"}),
            parameter("precision", &Output::precision).doc("Number format.").choices({"f32", "f64"}),
            parameter("compress", &Output::compress).doc("Compress the shards.")};
  }
};
inline const Registration output = kindred::section<Output>("output").summary("What is written, and where");

struct Run {
  int workers = 1;
  static Schema<Run> schema() { return {parameter("workers", &Run::workers).doc("Worker processes.").at_least(1).runtime()}; }
};
inline const Registration run = kindred::section<Run>("run").summary("How the work is done");

struct Labels {
  static Schema<Labels> schema() { return {}; }
  void check(const Value& table, Diagnostics& diagnostics) const {
    for (const auto& member : table.as_table()) {
      if (!member.value.is_string()) {
        diagnostics.error(member.value.location, "a label must be a string");
      }
    }
  }
};
inline const Registration labels = kindred::section<Labels>("labels").summary("Free texts for the data card").open();

}  // namespace toy
