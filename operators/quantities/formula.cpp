#include <kindred/operators/quantities/formula.hpp>

#include <algorithm>
#include <cctype>
#include <numbers>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <muParser.h>

#include <kindred/core/base/error.hpp>
#include <kindred/core/deck/suggest.hpp>

namespace kindred {
namespace {

bool begins_name(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool continues_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

mu::Parser make_parser(const std::string& text, const std::vector<std::string>& variables, std::vector<double>& values) {
  mu::Parser parser;
  parser.ClearConst();
  parser.DefineConst("pi", std::numbers::pi);
  parser.DefineConst("e", std::numbers::e);
  for (std::size_t i = 0; i < variables.size(); ++i) {
    parser.DefineVar(variables[i], &values[i]);
  }
  parser.SetExpr(text);
  return parser;
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
std::optional<ExpressionComplaint> find_unknown_name(const std::string& text, const std::vector<std::string>& symbols) {
  for (const auto& [begin, end, call] : names_of_formula(text)) {
    const std::string name = text.substr(begin, end - begin);
    const auto& known = call ? formula_functions() : symbols;
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      return ExpressionComplaint{begin, fmt::format("unknown {} \"{}\"", call ? "function" : "symbol", name), suggest_name(name, known)};
    }
  }
  return std::nullopt;
}

/// A single `=` would assign to a variable.
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

std::vector<FormulaName> names_of_formula(const std::string& text) {
  std::vector<FormulaName> names;
  for (std::size_t i = 0; i < text.size();) {
    if (std::isdigit(static_cast<unsigned char>(text[i])) != 0) {
      i = number_end(text, i);
    } else if (begins_name(text[i])) {
      const std::size_t begin = i;
      while (i < text.size() && continues_name(text[i])) {
        ++i;
      }
      const std::size_t next = text.find_first_not_of(" \t", i);
      names.push_back({begin, i, next != std::string::npos && text[next] == '('});
    } else {
      ++i;
    }
  }
  return names;
}

const std::vector<std::string>& formula_functions() {
  static const std::vector<std::string> functions = [] {
    std::vector<std::string> names;
    const mu::Parser parser;
    for (const auto& [name, callback] : parser.GetFunDef()) {
      names.push_back(name);
    }
    return names;
  }();
  return functions;
}

std::string suggest_name(const std::string& name, const std::vector<std::string>& known) {
  const auto guess = nearest(name, known);
  return guess ? fmt::format("did you mean \"{}\"?", *guess) : fmt::format("there are: {}", fmt::join(known, ", "));
}

std::optional<ExpressionComplaint> Formula::examine(const std::string& text, const std::vector<std::string>& variables) {
  std::vector<std::string> symbols = variables;
  symbols.insert(symbols.end(), {"pi", "e"});
  if (auto complaint = find_unknown_name(text, symbols)) {
    return complaint;
  }
  if (auto complaint = find_assignment(text)) {
    return complaint;
  }
  std::vector<double> values(variables.size());
  try {
    mu::Parser parser = make_parser(text, variables, values);
    parser.Eval();
    if (parser.GetNumResults() != 1) {
      return ExpressionComplaint{text.find(','), "an expression has one value; a comma separates two", "decimal points are written as 0.5"};
    }
  } catch (const mu::Parser::exception_type& problem) {
    const int at = problem.GetPos();
    const std::size_t offset = at < 0 ? text.size() : std::min(static_cast<std::size_t>(at), text.size());
    std::string message = problem.GetMsg();
    message = message.substr(0, message.find_last_not_of(". \n") + 1);
    return ExpressionComplaint{
        offset, std::move(message),
        fmt::format("a formula has {}, numbers, + - * / ^ ( ) and functions such as sin, exp, ln, sqrt", fmt::join(symbols, ", "))};
  }
  return std::nullopt;
}

/// The parser points into `values`, which therefore keep their place.
struct Formula::Compiled {
  std::vector<double> values;
  mu::Parser parser;
};

Formula::Formula(std::string text, const std::vector<std::string>& variables) : compiled_(std::make_unique<Compiled>()) {
  if (const auto complaint = examine(text, variables)) {
    throw InputError(fmt::format("{} at character {} of the expression\n  {}\n  {:>{}}\n{}", complaint->message, complaint->offset + 1,
                                 text, '^', complaint->offset + 1, complaint->hint));
  }
  compiled_->values.resize(variables.size());
  compiled_->parser = make_parser(text, variables, compiled_->values);
}

Formula::Formula(Formula&&) noexcept = default;
Formula& Formula::operator=(Formula&&) noexcept = default;
Formula::~Formula() = default;

double Formula::operator()(std::span<const double> values) const {
  std::copy(values.begin(), values.end(), compiled_->values.begin());
  return compiled_->parser.Eval();
}

}  // namespace kindred
