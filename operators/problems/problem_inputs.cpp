#include <kindred/operators/problems/problem_inputs.hpp>

#include <utility>

#include <fmt/format.h>

namespace kindred {
namespace {

/// What is wrong with a field that reaches `low`; empty if nothing is.
std::string broken_rule(ValueRule rule, const std::string& long_name, double low) {
  if (rule == ValueRule::positive && low <= 0.0) {
    return fmt::format(
        "the {} must be positive everywhere, and this field has values of {:.6g} or below: use a positive one such as "
        "\"lognormal\" or \"grf_threshold\"",
        long_name, low);
  }
  if (rule == ValueRule::not_negative && low < 0.0) {
    return fmt::format("the {} must not be negative, and this field has values of {:.6g} or below", long_name, low);
  }
  return {};
}

}  // namespace

void require_no_sides(const Domain& domain, std::string_view problem, std::string_view instead) {
  for (int axis = 0; axis < domain.grid.dimension(); ++axis) {
    for (const bool high : {false, true}) {
      const SideCondition& side = domain.boundary.side(axis, high);
      const bool nothing = side.kind == BoundaryKind::dirichlet && side.value.is_number() && side.value.as_real() == 0.0;
      if (!nothing) {
        throw InputError(fmt::format("{} has no boundary: nothing can be prescribed on {}. Remove [boundary]{}", problem,
                                     Boundary::side_name(axis, high), instead));
      }
    }
  }
}

ProblemInputs::ProblemInputs(Domain domain) : domain_(std::move(domain)) {}

std::size_t ProblemInputs::add_cells(std::unique_ptr<RandomField> field, const std::string& name, std::string long_name, ValueRule rule) {
  Input input;
  input.stream = "problem." + name;
  input.info.name = name;
  input.info.long_name = std::move(long_name);
  input.info.constant = field->deterministic();
  input.info.grid = domain_.grid;
  input.field = std::move(field);
  input.rule = rule;
  inputs_.push_back(std::move(input));
  return inputs_.size() - 1;
}

void ProblemInputs::add_sides() {
  for (int axis = 0; axis < domain_.grid.dimension(); ++axis) {
    for (const bool high : {false, true}) {
      add_side(axis, high);
    }
  }
}

void ProblemInputs::add_side(int axis, bool high) {
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
  input.side = static_cast<int>(Boundary::index(axis, high));
  if (!input.field->deterministic()) {
    inputs_.push_back(std::move(input));
    return;
  }
  auto& values = fixed_side_values_[Boundary::index(axis, high)];
  values.resize(static_cast<std::size_t>(input.info.grid.size()));
  input.field->draw(input.info.grid, Sample{}, input.stream, values);
}

std::vector<FieldInfo> ProblemInputs::fields() const {
  std::vector<FieldInfo> infos;
  infos.reserve(inputs_.size());
  for (const Input& input : inputs_) {
    infos.push_back(input.info);
  }
  return infos;
}

FieldInfo ProblemInputs::output(std::string name, std::string long_name) const {
  FieldInfo info;
  info.name = std::move(name);
  info.long_name = std::move(long_name);
  info.output = true;
  info.grid = domain_.grid;
  return info;
}

std::vector<Complaint> ProblemInputs::complaints(Index count) const {
  std::vector<Complaint> found;
  for (const Input& input : inputs_) {
    try {
      input.field->require_drawable(input.info.grid, count);
      const double low = input.rule == ValueRule::any ? 0.0 : input.field->reached_minimum(input.info.grid);
      if (std::string broken = broken_rule(input.rule, input.info.long_name, low); !broken.empty()) {
        found.push_back({input.stream, std::move(broken)});
      }
    } catch (const InputError& problem) {
      found.push_back({input.stream, problem.what()});
    }
  }
  return found;
}

std::vector<Problem::RandomStream> ProblemInputs::random_variables() const {
  std::vector<Problem::RandomStream> streams;
  for (const Input& input : inputs_) {
    if (const Index variables = input.field->leading_variables(input.info.grid); variables > 0) {
      streams.push_back({input.stream, variables});
    }
  }
  return streams;
}

std::vector<Field> ProblemInputs::draw(const Sample& sample) const {
  std::vector<Field> fields;
  fields.reserve(inputs_.size());
  for (const Input& input : inputs_) {
    Field& field = fields.emplace_back(Field{input.info.grid, std::vector<double>(static_cast<std::size_t>(input.info.grid.size()))});
    input.field->draw(field.grid, sample, input.stream, field.values);
  }
  return fields;
}

void ProblemInputs::require(std::span<const Field> inputs) const {
  if (inputs.size() != inputs_.size()) {
    throw InputError(fmt::format("assemble was given {} input fields, but this problem has {}: pass what draw() returned", inputs.size(),
                                 inputs_.size()));
  }
  for (std::size_t k = 0; k < inputs_.size(); ++k) {
    if (static_cast<Index>(inputs[k].values.size()) != inputs_[k].info.grid.size()) {
      throw InputError(fmt::format("field \"{}\" has {} values, but its grid has {} cells", inputs_[k].info.name, inputs[k].values.size(),
                                   inputs_[k].info.grid.size()));
    }
  }
}

std::array<std::span<const double>, 6> ProblemInputs::side_values(std::span<const Field> inputs) const {
  std::array<std::span<const double>, 6> values;
  for (std::size_t side = 0; side < values.size(); ++side) {
    values[side] = fixed_side_values_[side];
  }
  for (std::size_t k = 0; k < inputs_.size(); ++k) {
    if (inputs_[k].side >= 0) {
      values[static_cast<std::size_t>(inputs_[k].side)] = inputs[k].values;
    }
  }
  return values;
}

}  // namespace kindred
