#include <kindred/operators/problems/diffusion_problem.hpp>

namespace kindred {

DiffusionProblem::DiffusionProblem(const Domain& domain, DiffusionInputs inputs) : inputs_(domain) {
  const auto add = [&](std::unique_ptr<RandomField> field, const char* name, const char* long_name, ValueRule rule,
                       std::span<const double> DiffusionData::*member) {
    if (field) {
      cells_.emplace_back(inputs_.add_cells(std::move(field), name, long_name, rule), member);
    }
  };
  add(std::move(inputs.coefficient), "coefficient", "diffusion coefficient a", ValueRule::positive, &DiffusionData::coefficient);
  add(std::move(inputs.reaction), "reaction", "reaction coefficient c", ValueRule::not_negative, &DiffusionData::reaction);
  add(std::move(inputs.forcing), "forcing", "forcing f", ValueRule::any, &DiffusionData::forcing);
  inputs_.add_sides();
}

std::vector<FieldInfo> DiffusionProblem::fields() const {
  std::vector<FieldInfo> infos = inputs_.fields();
  infos.push_back(inputs_.output("u", "solution u"));
  return infos;
}

LinearSystem DiffusionProblem::assemble(std::span<const Field> inputs) const {
  inputs_.require(inputs);
  DiffusionData data;
  data.side_values = inputs_.side_values(inputs);
  for (const auto& [position, member] : cells_) {
    data.*member = inputs[position].values;
  }
  return discretize(inputs_.domain(), data);
}

std::vector<Field> DiffusionProblem::outputs(std::span<const Field> /*inputs*/, std::span<const double> solution) const {
  return {Field{inputs_.domain().grid, {solution.begin(), solution.end()}}};
}

}  // namespace kindred
