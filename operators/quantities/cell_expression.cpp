#include <algorithm>

#include <fmt/format.h>

#include <kindred/operators/quantities/functional.hpp>

namespace kindred {
namespace {

const std::vector<std::string> coordinates{"x", "y", "z"};

bool same_cells(const Grid& a, const Grid& b) {
  return a.fixed == b.fixed && a.axes.size() == b.axes.size() &&
         std::equal(a.axes.begin(), a.axes.end(), b.axes.begin(),
                    [](const Axis& p, const Axis& q) { return p.name == q.name && p.cells == q.cells; });
}

}  // namespace

void FunctionalArguments::require_count(std::size_t least, std::size_t most, const std::string& usage) const {
  if (list.size() < least || list.size() > most) {
    throw ExpressionError(
        {offset,
         fmt::format("{} takes {} argument{}, {} given", name,
                     least == most ? fmt::format("{}", least) : fmt::format("{} to {}", least, most), most == 1 ? "" : "s", list.size()),
         fmt::format("write {}", usage)});
  }
}

double FunctionalArguments::number(std::size_t position) const {
  const Argument& argument = list[position];
  if (auto complaint = Formula::examine(argument.text, {})) {
    complaint->offset += argument.offset;
    throw ExpressionError(std::move(*complaint));
  }
  return Formula(argument.text, {})({});
}

CellExpression::CellExpression(const FunctionalArguments::Argument& argument, const SampleSymbols& symbols) : grid_(symbols.domain.grid) {
  std::vector<std::string> variables = coordinates;
  for (const FieldInfo& field : symbols.fields) {
    variables.push_back(field.name);
  }
  if (auto complaint = Formula::examine(argument.text, variables)) {
    complaint->offset += argument.offset;
    throw ExpressionError(std::move(*complaint));
  }
  for (const FormulaName& name : names_of_formula(argument.text)) {
    const std::string word = argument.text.substr(name.begin, name.end - name.begin);
    position_used_ = position_used_ || (!name.call && std::find(coordinates.begin(), coordinates.end(), word) != coordinates.end());
    const auto field =
        std::find_if(symbols.fields.begin(), symbols.fields.end(), [&](const FieldInfo& f) { return !name.call && f.name == word; });
    if (field == symbols.fields.end()) {
      continue;
    }
    if (!used_.empty() && !same_cells(grid_, field->grid)) {
      throw ExpressionError({argument.offset + name.begin,
                             fmt::format("\"{}\" lives on other cells than \"{}\"", word, symbols.fields[used_.front()].name),
                             "one functional takes fields of the domain, or fields of one side"});
    }
    grid_ = field->grid;
    const auto position = static_cast<std::size_t>(field - symbols.fields.begin());
    if (std::find(used_.begin(), used_.end(), position) == used_.end()) {
      used_.push_back(position);
    }
  }
  const bool plain = used_.size() == 1 && argument.text == symbols.fields[used_.front()].name;
  if (plain) {
    return;
  }
  variables = coordinates;
  for (const std::size_t position : used_) {
    variables.push_back(symbols.fields[position].name);
  }
  formula_.emplace_back(argument.text, variables);
  values_.resize(static_cast<std::size_t>(grid_.size()));
}

std::span<const double> CellExpression::evaluate(std::span<const Field> fields) {
  if (formula_.empty()) {
    return fields[used_.front()].values;
  }
  std::vector<double> arguments(coordinates.size() + used_.size());
  for (std::size_t cell = 0; cell < values_.size(); ++cell) {
    if (position_used_) {
      const auto position = grid_.center(static_cast<Index>(cell));
      std::copy(position.begin(), position.end(), arguments.begin());
    }
    for (std::size_t k = 0; k < used_.size(); ++k) {
      arguments[coordinates.size() + k] = fields[used_[k]].values[cell];
    }
    values_[cell] = formula_.front()(arguments);
  }
  return values_;
}

}  // namespace kindred
