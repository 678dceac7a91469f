#include <kindred/apps/integrate/integrate_section.hpp>

#include <kindred/core/registry/registry.hpp>

namespace kindred::app {

Schema<IntegrateParameters> IntegrateParameters::schema() {
  using P = IntegrateParameters;
  return {
      parameter("quantities", &P::quantities)
          .required()
          .doc("A name and a formula for each quantity: means of functionals of the solution, `average = \"mean(u)\"`, and formulas of "
               "them, `E(mean(u)) / E(mean(coefficient))`, `Var(max(u))`, `P(max(u) > 0.1)`; see docs/integrate.md."),
      parameter("rule", &P::rule).plugin("cubature").doc("How the points are chosen, and how the error is bounded."),
      parameter("absolute", &P::absolute).above(0).runtime().doc("Absolute error allowed in every quantity; none if left out."),
      parameter("relative", &P::relative).above(0).below(1).runtime().doc("Error allowed relative to the quantity; none if left out."),
      parameter("tolerance_rule", &P::tolerance_rule)
          .choices({"either", "both"})
          .runtime()
          .doc("Whether an error within either of the two tolerances will do, or it must be within both."),
      parameter("confidence", &P::confidence)
          .above(0)
          .below(1)
          .runtime()
          .doc("Probability with which all bounds are to hold at once, for rules whose bounds are statistical."),
      parameter("seed", &P::seed).at_least(0).doc("Seed of the randomised points, and of the random variables that they do not give."),
      parameter("dimensions", &P::dimensions)
          .range(1, 21201)
          .doc("Coordinates of the points for each random field: for its most important random variables. The others, if there are more, "
               "are "
               "pseudo-random."),
      parameter("levels", &P::levels)
          .range(0, 16)
          .doc("Grids of a multilevel rule: [grid] n is the finest, every coarser one has half as many cells an axis. 0: down to 8 cells, "
               "or "
               "an odd number of them."),
      parameter("most_points", &P::most_points).at_least(1).runtime().doc("Evaluations allowed in all, of all replicates and levels."),
      parameter("chunk", &P::chunk)
          .range(1, 65536)
          .doc("Consecutive points that a worker solves as one chain, beginning with a fresh solver, so that values do not depend on the "
               "number of workers."),
      parameter("checkpoint", &P::checkpoint)
          .runtime()
          .doc("File that keeps every evaluation: a run that was stopped goes on from it, and so does one with a tighter tolerance."),
  };
}

void IntegrateParameters::check(const Value& table, Diagnostics& diagnostics) const {
  if (quantities.empty()) {
    const Value* given = table.find("quantities");
    diagnostics.error(given != nullptr ? given->location : table.location, "[integrate.quantities] names no quantity",
                      "write a name and a formula: average = \"mean(u)\"");
  }
  if (!absolute && !relative) {
    diagnostics.error(table.location, "[integrate] has no tolerance", "set absolute, relative, or both");
  }
  if (tolerance_rule == "both" && !(absolute && relative)) {
    diagnostics.error(table.find("tolerance_rule")->location, "tolerance_rule = \"both\" needs two tolerances",
                      absolute ? "set relative too" : "set absolute too");
  }
}

namespace {

const Registration integrate_section =
    section<IntegrateParameters>("integrate")
        .summary("Means of quantities of the solution, to a tolerance: what `kindred integrate` computes")
        .doc(R"(The mean over all samples of the deck's problem, of its random fields and swept parameters, for each of the quantities. The
rule chooses the points; the first coordinates of a point are the swept parameters, by their distributions, the others the fields' most
important random variables, all fields' first ones, then the second ones, and so on. A deck without this section has nothing to
integrate.)")
        .example(
            "[integrate]\nrule = { type = \"net_g\" }\nrelative = 1.0e-3\n[integrate.quantities]\naverage = \"mean(u)\"\n"
            "exceedance = \"P(max(u) > 0.1)\"\n")
        .optional();

}  // namespace
}  // namespace kindred::app
