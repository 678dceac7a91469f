#include <kindred/operators/problems/diffusion_problem.hpp>

#include <utility>

#include <fmt/format.h>

namespace kindred {

DiffusionProblem::DiffusionProblem(const Domain& domain, DiffusionInputs inputs) : domain_(domain) {
  add_cells(std::move(inputs.coefficient), "coefficient", "diffusion coefficient a", &DiffusionData::coefficient);
  add_cells(std::move(inputs.reaction), "reaction", "reaction coefficient c", &DiffusionData::reaction);
  add_cells(std::move(inputs.forcing), "forcing", "forcing f", &DiffusionData::forcing);
  for (int axis = 0; axis < domain_.grid.dimension(); ++axis) {
    for (const bool high : {false, true}) {
      add_side(axis, high);
    }
  }
}

void DiffusionProblem::add_cells(std::unique_ptr<RandomField> field, std::string name, std::string long_name,
                                 std::span<const double> DiffusionData::*cells) {
  if (!field) {
    return;
  }
  Input input;
  input.stream = "problem." + name;
  input.info.name = std::move(name);
  input.info.long_name = std::move(long_name);
  input.info.constant = field->deterministic();
  input.info.grid = domain_.grid;
  input.field = std::move(field);
  input.cells = cells;
  inputs_.push_back(std::move(input));
}

void DiffusionProblem::add_side(int axis, bool high) {
  const SideCondition& condition = domain_.boundary.side(axis, high);
  if (condition.kind == BoundaryKind::periodic) {
    return;
  }
  const std::string name = Boundary::side_name(axis, high);
  Input input;
  input.stream = "boundary." + name;
  input.info.name = "boundary_" + name;
  input.info.long_name = fmt::format("{} value g on the side {}", to_string(condition.kind), name);
  input.info.grid = domain_.grid.side(axis, high);
  input.field = create<RandomField>(condition.value);
  input.side = Boundary::index(axis, high);
  if (!input.field->deterministic()) {
    inputs_.push_back(std::move(input));
    return;
  }
  auto& values = fixed_side_values_[input.side];
  values.resize(static_cast<std::size_t>(input.info.grid.size()));
  input.field->draw(input.info.grid, Sample{}, input.stream, values);
}

std::vector<FieldInfo> DiffusionProblem::fields() const {
  std::vector<FieldInfo> infos;
  infos.reserve(inputs_.size() + 1);
  for (const Input& input : inputs_) {
    infos.push_back(input.info);
  }
  FieldInfo solution;
  solution.name = "u";
  solution.long_name = "solution u";
  solution.output = true;
  solution.grid = domain_.grid;
  infos.push_back(std::move(solution));
  return infos;
}

std::vector<Complaint> DiffusionProblem::complaints(Index count) const {
  std::vector<Complaint> found;
  for (const Input& input : inputs_) {
    try {
      input.field->require_drawable(input.info.grid, count);
      const bool is_coefficient = input.cells == &DiffusionData::coefficient;
      const bool is_reaction = input.cells == &DiffusionData::reaction;
      const double low = is_coefficient || is_reaction ? input.field->reached_minimum(input.info.grid) : 0.0;
      if (is_coefficient && low <= 0.0) {
        found.push_back({input.stream, fmt::format("the {} must be positive everywhere, and this field has values of {:.6g} or below: use "
                                                   "a positive one such as \"lognormal\" or \"grf_threshold\"",
                                                   input.info.long_name, low)});
      } else if (is_reaction && low < 0.0) {
        found.push_back({input.stream, fmt::format("the {} must not be negative, and this field has values of {:.6g} or below",
                                                   input.info.long_name, low)});
      }
    } catch (const InputError& problem) {
      found.push_back({input.stream, problem.what()});
    }
  }
  return found;
}

std::vector<Field> DiffusionProblem::draw(const Sample& sample) const {
  std::vector<Field> fields;
  fields.reserve(inputs_.size());
  for (const Input& input : inputs_) {
    Field& field = fields.emplace_back(Field{input.info.grid, std::vector<double>(static_cast<std::size_t>(input.info.grid.size()))});
    input.field->draw(field.grid, sample, input.stream, field.values);
  }
  return fields;
}

LinearSystem DiffusionProblem::assemble(std::span<const Field> inputs) const {
  if (inputs.size() != inputs_.size()) {
    throw InputError(fmt::format("assemble was given {} input fields, but this problem has {}: pass what draw() returned", inputs.size(),
                                 inputs_.size()));
  }
  DiffusionData data;
  for (std::size_t side = 0; side < fixed_side_values_.size(); ++side) {
    data.side_values[side] = fixed_side_values_[side];
  }
  for (std::size_t k = 0; k < inputs_.size(); ++k) {
    if (static_cast<Index>(inputs[k].values.size()) != inputs_[k].info.grid.size()) {
      throw InputError(fmt::format("field \"{}\" has {} values, but its grid has {} cells", inputs_[k].info.name, inputs[k].values.size(),
                                   inputs_[k].info.grid.size()));
    }
    (inputs_[k].cells != nullptr ? data.*inputs_[k].cells : data.side_values[inputs_[k].side]) = inputs[k].values;
  }
  return discretize(domain_, data);
}

std::vector<Field> DiffusionProblem::outputs(std::span<const Field> /*inputs*/, std::span<const double> solution) const {
  return {Field{domain_.grid, std::vector<double>(solution.begin(), solution.end())}};
}

}  // namespace kindred
