#include <kindred/core/deck/expression.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <set>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <muParser.h>

#include <kindred/core/base/error.hpp>
#include <kindred/core/deck/suggest.hpp>
#include <kindred/core/deck/units.hpp>

namespace kindred {
namespace {

const Constants predefined{{"pi", std::numbers::pi}, {"e", std::numbers::e}};

bool is_name_character(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

/// Byte at which `name` stands as a whole word in `text`.
std::size_t find_word(const std::string& text, const std::string& name) {
  for (std::size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + 1)) {
    const bool begins = at == 0 || !is_name_character(text[at - 1]);
    const bool ends = at + name.size() >= text.size() || !is_name_character(text[at + name.size()]);
    if (begins && ends) {
      return at;
    }
  }
  return 0;
}

std::vector<std::string> names_of(const Constants& constants) {
  std::vector<std::string> names;
  for (const auto& [name, number] : constants) {
    names.push_back(name);
  }
  return names;
}

/// Names in an expression that are neither functions nor numbers, in muParser's own reading.
std::set<std::string> symbols(const std::string& expression) {
  mu::Parser parser;
  parser.ClearConst();
  parser.SetExpr(expression);
  std::set<std::string> names;
  for (const auto& [name, address] : parser.GetUsedVar()) {
    names.insert(name);
  }
  return names;
}

void report(const Value& value, const mu::Parser::exception_type& problem, Diagnostics& diagnostics) {
  // The `=` in front counts as one character; muParser gives -1 for the end.
  const int position = problem.GetPos();
  const std::size_t length = value.as_string().size();
  const std::size_t offset = position < 0 ? length : std::min(static_cast<std::size_t>(position) + 1, length);
  diagnostics.error(inside_string(value, offset), fmt::format("cannot evaluate \"{}\": {}", value.as_string(), problem.GetMsg()),
                    "an expression has numbers, constants from [const], pi, e, + - * / ^ ( ) and functions such as sqrt, exp, ln, sin");
}

/// Depth-first evaluation of [const]; `stack` holds the names being evaluated, to show a cycle.
class ConstantReader {
 public:
  ConstantReader(const Value& table, Diagnostics& diagnostics) : table_(table), diagnostics_(diagnostics) {}

  Constants read() {
    for (const auto& member : table_.as_table()) {
      if (predefined.contains(member.key)) {
        diagnostics_.error(member.key_location, fmt::format("constant \"{}\" is predefined", member.key), "choose another name");
      } else if (!is_symbol(member.key)) {
        diagnostics_.error(member.key_location, fmt::format("\"{}\" cannot name a constant", member.key),
                           "a name has letters, digits and _, and does not begin with a digit");
      } else {
        visit(member);
      }
    }
    return constants_;
  }

 private:
  static bool is_symbol(const std::string& key) {
    return !key.empty() && !(key[0] >= '0' && key[0] <= '9') && std::all_of(key.begin(), key.end(), is_name_character);
  }

  void visit(const Member& member) {
    if (!visited_.insert(member.key).second) {
      return;
    }
    stack_.push_back(member.key);
    if (const auto number = read_number(member.value)) {
      constants_[member.key] = *number;
    }
    stack_.pop_back();
  }

  std::optional<double> read_number(const Value& value) {
    if (value.is_number()) {
      if (!std::isfinite(value.as_real())) {
        diagnostics_.error(value.location,
                           fmt::format("constant \"{}\" must be a finite number, found {}", stack_.back(), value.to_toml()));
        return std::nullopt;
      }
      return value.as_real();
    }
    if (is_expression(value)) {
      return visit_symbols(value) ? evaluate(value, constants_, diagnostics_) : std::nullopt;
    }
    const auto quantity = value.is_string() ? split_quantity(value.as_string()) : std::nullopt;
    if (!quantity) {
      diagnostics_.error(value.location,
                         fmt::format("constant \"{}\" must be a number, found {} {}", stack_.back(), value.type_name(), value.to_toml()),
                         "write a number, a quantity such as \"5 km\", or an expression such as \"=2*pi\"");
      return std::nullopt;
    }
    try {
      return convert_to_base(*quantity);
    } catch (const InputError& problem) {
      diagnostics_.error(value.location, problem.what());
      return std::nullopt;
    }
  }

  /// Evaluates what an expression needs. @returns false if that failed (and was reported)
  bool visit_symbols(const Value& value) {
    std::set<std::string> needed;
    try {
      needed = symbols(value.as_string().substr(1));
    } catch (const mu::Parser::exception_type& problem) {
      report(value, problem, diagnostics_);
      return false;
    }
    bool complete = true;
    for (const auto& name : needed) {
      const Member* member = table_.find_member(name);
      if (member == nullptr) {
        continue;  // unknown or predefined: evaluate() knows
      }
      const auto cycle = std::find(stack_.begin(), stack_.end(), name);
      if (cycle != stack_.end()) {
        const std::vector<std::string> loop(cycle, stack_.end());
        diagnostics_.error(inside_string(value, 1 + find_word(value.as_string().substr(1), name)),
                           fmt::format("constants are defined in a circle: {} -> {}", fmt::join(loop, " -> "), name),
                           "give one of them a number");
        return false;
      }
      visit(*member);
      complete = complete && constants_.contains(name);
    }
    return complete;
  }

  const Value& table_;
  Diagnostics& diagnostics_;
  Constants constants_ = predefined;
  std::set<std::string> visited_;
  std::vector<std::string> stack_;
};

}  // namespace

bool is_expression(const Value& value) { return value.is_string() && value.as_string().starts_with('='); }

Location inside_string(const Value& value, std::size_t offset) {
  Location place = value.location;
  if (!place.source || place.line == 0 || !value.is_string()) {
    return place;
  }
  std::size_t begin = 0;
  for (int line = 1; line < place.line; ++line) {
    begin = place.source->text.find('\n', begin) + 1;
  }
  const std::string& text = place.source->text;
  std::size_t byte = begin;
  for (int column = 1; column < place.column && byte < text.size(); ++column) {
    do {
      ++byte;
    } while (byte < text.size() && (static_cast<unsigned char>(text[byte]) & 0xC0U) == 0x80U);
  }
  const std::size_t quote = byte < text.size() && (text[byte] == '"' || text[byte] == '\'') ? 1 : 0;
  const std::string& content = value.as_string();
  if (text.compare(byte + quote, content.size(), content) != 0) {
    return place;
  }
  place.column += static_cast<int>(quote);
  for (std::size_t i = 0; i < offset && i < content.size(); ++i) {
    place.column += (static_cast<unsigned char>(content[i]) & 0xC0U) != 0x80U ? 1 : 0;
  }
  return place;
}

std::optional<double> evaluate(const Value& expression, const Constants& constants, Diagnostics& diagnostics) {
  const std::string text = expression.as_string().substr(1);
  Constants all = predefined;
  all.insert(constants.begin(), constants.end());
  try {
    bool known = true;
    for (const auto& name : symbols(text)) {
      if (!all.contains(name)) {
        const auto guess = nearest(name, names_of(all));
        diagnostics.error(inside_string(expression, 1 + find_word(text, name)),
                          fmt::format("unknown symbol \"{}\" in \"{}\"", name, expression.as_string()),
                          guess ? fmt::format("did you mean \"{}\"?", *guess)
                                : fmt::format("there are: {}; define others in [const]", fmt::join(names_of(all), ", ")));
        known = false;
      }
    }
    if (!known) {
      return std::nullopt;
    }
    mu::Parser parser;
    parser.ClearConst();
    for (const auto& [name, number] : all) {
      parser.DefineConst(name, number);
    }
    parser.SetExpr(text);
    const double result = parser.Eval();
    if (!std::isfinite(result)) {
      diagnostics.error(expression.location, fmt::format("\"{}\" is not a finite number", expression.as_string()));
      return std::nullopt;
    }
    return result;
  } catch (const mu::Parser::exception_type& problem) {
    report(expression, problem, diagnostics);
    return std::nullopt;
  }
}

Constants read_constants(const Value& table, Diagnostics& diagnostics) {
  if (!table.is_table()) {
    diagnostics.error(table.location, fmt::format("[const] must be a table, found {}", table.type_name()));
    return predefined;
  }
  return ConstantReader(table, diagnostics).read();
}

}  // namespace kindred
