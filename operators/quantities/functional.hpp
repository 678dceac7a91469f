#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include <kindred/core/registry/registry.hpp>
#include <kindred/operators/grid/boundary.hpp>
#include <kindred/operators/problems/problem.hpp>
#include <kindred/operators/quantities/formula.hpp>

namespace kindred {

/// An expression was refused; `complaint` says where.
class ExpressionError : public InputError {
 public:
  explicit ExpressionError(ExpressionComplaint complaint) : InputError(complaint.message), complaint_(std::move(complaint)) {}
  [[nodiscard]] const ExpressionComplaint& complaint() const { return complaint_; }

 private:
  ExpressionComplaint complaint_;
};

/// What expressions of one sample may name, on one grid.
struct SampleSymbols {
  std::vector<FieldInfo> fields;        ///< Problem::fields()
  std::vector<std::string> parameters;  ///< swept parameters
  Domain domain;
  std::shared_ptr<const Problem> problem;
};

/// Arguments of a functional as they are written: `mean(u * x)`, `flux(x_hi)`.
struct FunctionalArguments {
  struct Argument {
    std::string text;        ///< without the blanks around it
    std::size_t offset = 0;  ///< in the whole expression
  };
  std::string name;        ///< of the functional
  std::size_t offset = 0;  ///< of the name
  std::vector<Argument> list;

  /// @throws ExpressionError, with `usage` as the hint, if there are fewer than `least` or more than `most`
  void require_count(std::size_t least, std::size_t most, const std::string& usage) const;
  /// The argument as a number: a formula of pi and e. @throws ExpressionError
  [[nodiscard]] double number(std::size_t position) const;
};

/// Plugin kind `functional`: one number from the fields of a sample. Not thread-safe.
class Functional {
 public:
  virtual ~Functional() = default;
  /// @param fields  of the sample, as SampleSymbols::fields lists them
  [[nodiscard]] virtual double operator()(std::span<const Field> fields) = 0;
};

template <>
struct PluginTraits<Functional> {
  static constexpr const char* kind = "functional";
  using Arguments = void(const FunctionalArguments&, const SampleSymbols&);
};

/// Functionals have no parameters of their own: their arguments are in the expression.
struct NoParameters {
  static Schema<NoParameters> schema() { return {}; }
};

/// A function on a grid's cells: a formula in the sample's fields and x, y, z. The fields that it names must live on one grid; without
/// any it is a function on the problem's grid.
class CellExpression {
 public:
  /// @throws ExpressionError
  CellExpression(const FunctionalArguments::Argument& argument, const SampleSymbols& symbols);
  [[nodiscard]] const Grid& grid() const { return grid_; }
  /// One value per cell; valid until the next call. A single field is not copied.
  [[nodiscard]] std::span<const double> evaluate(std::span<const Field> fields);

 private:
  Grid grid_;
  std::vector<std::size_t> used_;  ///< positions of the fields that are named
  bool position_used_ = false;
  std::vector<Formula> formula_;  ///< none: the field used_[0] as it is
  std::vector<double> values_;
};

}  // namespace kindred
