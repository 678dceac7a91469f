#include <kindred/operators/fields/field_expression.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <numbers>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <muParser.h>

#include <kindred/core/base/error.hpp>
#include <kindred/core/deck/suggest.hpp>

namespace kindred {
namespace {

const std::vector<std::string> symbols{"x", "y", "z", "pi", "e"};

bool begins_name(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool continues_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

/// muParser bound to three variables of ours.
mu::Parser make_parser(const std::string& text, std::array<double, 3>& position) {
  mu::Parser parser;
  parser.ClearConst();
  parser.DefineConst("pi", std::numbers::pi);
  parser.DefineConst("e", std::numbers::e);
  parser.DefineVar("x", position.data());
  parser.DefineVar("y", position.data() + 1);
  parser.DefineVar("z", position.data() + 2);
  parser.SetExpr(text);
  return parser;
}

std::vector<std::string> function_names() {
  std::vector<std::string> names;
  const mu::Parser parser;
  for (const auto& [name, callback] : parser.GetFunDef()) {
    names.push_back(name);
  }
  return names;
}

std::string suggestion(const std::string& name, const std::vector<std::string>& known) {
  const auto guess = nearest(name, known);
  return guess ? fmt::format("did you mean \"{}\"?", *guess) : fmt::format("there are: {}", fmt::join(known, ", "));
}

/// End of the number that begins at `i`: 1, 2.5, 1e-3.
std::size_t number_end(const std::string& text, std::size_t i) {
  const auto digits = [&] {
    while (i < text.size() && (std::isdigit(static_cast<unsigned char>(text[i])) != 0 || text[i] == '.')) {
      ++i;
    }
  };
  digits();
  std::size_t exponent = i;
  if (exponent < text.size() && (text[exponent] == 'e' || text[exponent] == 'E')) {
    ++exponent;
    exponent += exponent < text.size() && (text[exponent] == '+' || text[exponent] == '-') ? 1U : 0U;
    if (exponent < text.size() && std::isdigit(static_cast<unsigned char>(text[exponent])) != 0) {
      i = exponent;
      digits();
    }
  }
  return i;
}

/// Names that are neither symbols nor functions: muParser's own messages do not say what was meant.
std::optional<ExpressionComplaint> find_unknown_name(const std::string& text) {
  const auto functions = function_names();
  for (std::size_t i = 0; i < text.size();) {
    if (std::isdigit(static_cast<unsigned char>(text[i])) != 0) {
      i = number_end(text, i);
    } else if (begins_name(text[i])) {
      const std::size_t begin = i;
      while (i < text.size() && continues_name(text[i])) {
        ++i;
      }
      const std::string name = text.substr(begin, i - begin);
      const std::size_t next = text.find_first_not_of(" \t", i);
      const bool call = next != std::string::npos && text[next] == '(';
      const auto& known = call ? functions : symbols;
      if (std::find(known.begin(), known.end(), name) == known.end()) {
        return ExpressionComplaint{begin, fmt::format("unknown {} \"{}\"", call ? "function" : "symbol", name), suggestion(name, known)};
      }
    } else {
      ++i;
    }
  }
  return std::nullopt;
}

/// A single `=` would assign to x, y or z.
std::optional<ExpressionComplaint> find_assignment(const std::string& text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '=') {
      continue;
    }
    if (i + 1 < text.size() && text[i + 1] == '=') {
      ++i;
    } else if (i == 0 || std::string_view("<>!").find(text[i - 1]) == std::string_view::npos) {
      return ExpressionComplaint{i, "a formula cannot assign", i == 0 ? "leave the = out" : "compare with =="};
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<ExpressionComplaint> FieldExpression::examine(const std::string& text) {
  if (auto complaint = find_unknown_name(text)) {
    return complaint;
  }
  if (auto complaint = find_assignment(text)) {
    return complaint;
  }
  std::array<double, 3> position{};
  try {
    mu::Parser parser = make_parser(text, position);
    parser.Eval();
    if (parser.GetNumResults() != 1) {
      return ExpressionComplaint{text.find(','), "an expression has one value; a comma separates two", "decimal points are written as 0.5"};
    }
  } catch (const mu::Parser::exception_type& problem) {
    const int at = problem.GetPos();
    const std::size_t offset = at < 0 ? text.size() : std::min(static_cast<std::size_t>(at), text.size());
    std::string message = problem.GetMsg();
    message = message.substr(0, message.find_last_not_of(". \n") + 1);
    return ExpressionComplaint{offset, std::move(message),
                               "a formula has x, y, z, pi, e, numbers, + - * / ^ ( ) and functions such as sin, exp, ln, sqrt"};
  }
  return std::nullopt;
}

FieldExpression::FieldExpression(std::string text) : text_(std::move(text)) {
  if (const auto complaint = examine(text_)) {
    throw InputError(fmt::format("{} at character {} of the expression\n  {}\n  {:>{}}\n{}", complaint->message, complaint->offset + 1,
                                 text_, '^', complaint->offset + 1, complaint->hint));
  }
}

void FieldExpression::evaluate(const Grid& grid, std::span<double> values) const {
  std::array<double, 3> position{};
  mu::Parser parser = make_parser(text_, position);
  for (Index cell = 0; cell < grid.size(); ++cell) {
    position = grid.center(cell);
    const double value = parser.Eval();
    if (!std::isfinite(value)) {
      throw InputError(fmt::format("the expression \"{}\" is {} at x = {}, y = {}, z = {}: it must be finite in every cell", text_, value,
                                   position[0], position[1], position[2]));
    }
    values[static_cast<std::size_t>(cell)] = value;
  }
}

}  // namespace kindred
