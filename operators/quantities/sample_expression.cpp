#include <kindred/operators/quantities/sample_expression.hpp>

#include <algorithm>

#include <fmt/format.h>

namespace kindred {
namespace {

/// A call in the text, its arguments cut at the commas outside of parentheses.
struct Call {
  FunctionalArguments arguments;
  std::size_t end = 0;  ///< behind the closing parenthesis
};

FunctionalArguments::Argument trimmed(const std::string& text, std::size_t begin, std::size_t end) {
  while (begin < end && text[begin] == ' ') {
    ++begin;
  }
  while (end > begin && text[end - 1] == ' ') {
    --end;
  }
  return {text.substr(begin, end - begin), begin};
}

Call read_call(const std::string& text, const FormulaName& name) {
  Call call;
  call.arguments.name = text.substr(name.begin, name.end - name.begin);
  call.arguments.offset = name.begin;
  const std::size_t open = text.find('(', name.end);
  std::size_t begin = open + 1;
  int depth = 0;
  for (std::size_t i = open; i < text.size(); ++i) {
    depth += text[i] == '(' ? 1 : text[i] == ')' ? -1 : 0;
    if ((text[i] == ',' && depth == 1) || depth == 0) {
      call.arguments.list.push_back(trimmed(text, begin, i));
      begin = i + 1;
    }
    if (depth == 0) {
      call.end = i + 1;
      return call;
    }
  }
  throw ExpressionError({open, "this parenthesis is never closed", ""});
}

/// Whether a call is of a functional: `max(u)` is, `max(1, 2)` is muParser's.
bool is_functional(const Call& call) {
  const std::string& name = call.arguments.name;
  const auto& functions = formula_functions();
  const bool ambiguous = std::find(functions.begin(), functions.end(), name) != functions.end();
  return Registry::instance().find("functional", name) != nullptr && !(ambiguous && call.arguments.list.size() != 1);
}

std::vector<std::string> callable_names() {
  std::vector<std::string> names;
  for (const Entry* entry : Registry::instance().entries("functional")) {
    names.push_back(entry->name);
  }
  names.insert(names.end(), formula_functions().begin(), formula_functions().end());
  return names;
}

/// Says what a name is that the formula cannot have.
void require_known(const std::string& text, const FormulaName& name, const SampleSymbols& symbols) {
  const std::string word = text.substr(name.begin, name.end - name.begin);
  if (name.call) {
    const auto names = callable_names();
    if (std::find(names.begin(), names.end(), word) == names.end()) {
      throw ExpressionError({name.begin, fmt::format("unknown function \"{}\"", word), suggest_name(word, names)});
    }
    return;
  }
  std::vector<std::string> known = symbols.parameters;
  known.insert(known.end(), {"pi", "e"});
  if (std::find(known.begin(), known.end(), word) != known.end()) {
    return;
  }
  const bool field = std::any_of(symbols.fields.begin(), symbols.fields.end(), [&](const FieldInfo& f) { return f.name == word; });
  if (field) {
    throw ExpressionError({name.begin, fmt::format("\"{}\" is a field, and here a number is meant", word),
                           fmt::format("write a functional of it, such as mean({})", word)});
  }
  throw ExpressionError({name.begin, fmt::format("unknown symbol \"{}\"", word), suggest_name(word, known)});
}

}  // namespace

SampleExpression::SampleExpression(const std::string& text, const SampleSymbols& symbols) {
  std::string formula = text;  // of the same length: calls of functionals become names padded with blanks
  std::vector<std::string> variables;
  std::size_t done = 0;
  for (const FormulaName& name : names_of_formula(text)) {
    if (name.begin < done) {
      continue;  // inside a functional
    }
    require_known(text, name, symbols);
    if (!name.call) {
      continue;
    }
    const Call call = read_call(text, name);
    if (!is_functional(call)) {
      continue;
    }
    functionals_.push_back(create<Functional>(Value(call.arguments.name), call.arguments, symbols));
    variables.push_back(fmt::format("_{}", functionals_.size()));
    formula.replace(name.begin, call.end - name.begin, fmt::format("{:<{}}", variables.back(), call.end - name.begin));
    done = call.end;
  }
  if (text.find_first_not_of(' ') == std::string::npos) {
    throw ExpressionError({0, "an empty expression", "write a functional such as mean(u)"});
  }
  variables.insert(variables.end(), symbols.parameters.begin(), symbols.parameters.end());
  if (const auto complaint = Formula::examine(formula, variables)) {
    throw ExpressionError(*complaint);
  }
  formula_.emplace_back(formula, variables);
  values_.resize(variables.size());
}

double SampleExpression::operator()(std::span<const Field> fields, std::span<const double> parameters) {
  auto value = values_.begin();
  for (const auto& functional : functionals_) {
    *value++ = (*functional)(fields);
  }
  std::copy(parameters.begin(), parameters.end(), value);
  return formula_.front()(values_);
}

}  // namespace kindred
