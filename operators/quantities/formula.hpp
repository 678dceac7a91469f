#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace kindred {

/// What is wrong with an expression, and where.
struct ExpressionComplaint {
  std::size_t offset = 0;  ///< byte of the text as the user wrote it
  std::string message;     ///< `unknown symbol "xx"`
  std::string hint;        ///< `did you mean "x"?`; may be empty
};

/// A formula in given variables: numbers, pi, e, + − * / ^ ( ), comparisons, && and ||, `condition ? a : b`, and muParser's functions
/// (sin, exp, ln, log10, sqrt, abs, min, …). Compiled once; not thread-safe.
class Formula {
 public:
  /// @throws InputError showing the text, the position and what is meant
  Formula(std::string text, const std::vector<std::string>& variables);
  Formula(Formula&&) noexcept;
  Formula& operator=(Formula&&) noexcept;
  ~Formula();

  /// The first complaint about a text; std::nullopt if it is fine.
  static std::optional<ExpressionComplaint> examine(const std::string& text, const std::vector<std::string>& variables);

  /// @param values  of the variables, in their order
  [[nodiscard]] double operator()(std::span<const double> values) const;

 private:
  struct Compiled;
  std::unique_ptr<Compiled> compiled_;
};

/// One name in a formula's text.
struct FormulaName {
  std::size_t begin = 0;
  std::size_t end = 0;
  bool call = false;  ///< followed by `(`
};

/// All names of a text, from left to right: words that are no part of a number.
std::vector<FormulaName> names_of_formula(const std::string& text);

/// Names of muParser's functions.
const std::vector<std::string>& formula_functions();

/// `did you mean "x"?`, or the list of what is known.
std::string suggest_name(const std::string& name, const std::vector<std::string>& known);

}  // namespace kindred
