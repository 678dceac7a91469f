#pragma once

#include <array>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <kindred/operators/fields/random_field.hpp>
#include <kindred/operators/problems/problem.hpp>

namespace kindred {

/// What the values of an input field must be.
enum class ValueRule { any, not_negative, positive };

/// For problems that have no boundary. A side of value zero, which is what a deck without [boundary] has, is taken for none.
/// @throws InputError for any other side, saying that `problem` has none, and `instead`
void require_no_sides(const Domain& domain, std::string_view problem, std::string_view instead);

/// The input fields of a problem on a grid: functions on its cells, and the values of those sides that are random. Random streams:
/// `problem.coefficient` for the cells' field `coefficient`, `boundary.x_lo` and so on.
class ProblemInputs {
 public:
  explicit ProblemInputs(Domain domain);

  /// @returns the field's position among the inputs
  std::size_t add_cells(std::unique_ptr<RandomField> field, const std::string& name, std::string long_name,
                        ValueRule rule = ValueRule::any);
  /// Adds every side that is not periodic: `boundary_x_lo` … `boundary_z_hi`. Values that do not depend on the sample are evaluated
  /// here, once, and are no inputs.
  void add_sides();

  [[nodiscard]] const Domain& domain() const { return domain_; }
  [[nodiscard]] std::size_t count() const { return inputs_.size(); }
  [[nodiscard]] std::vector<FieldInfo> fields() const;
  [[nodiscard]] std::vector<Complaint> complaints(Index count) const;
  [[nodiscard]] std::vector<Problem::RandomStream> random_variables() const;
  [[nodiscard]] std::vector<Field> draw(const Sample& sample) const;
  /// @throws InputError if these are not as many fields, of the sizes, that `draw` makes
  void require(std::span<const Field> inputs) const;
  /// g on the faces of each side, in the order of Boundary::sides: empty where periodic. Spans of `inputs` and of this object.
  [[nodiscard]] std::array<std::span<const double>, 6> side_values(std::span<const Field> inputs) const;
  /// Info of the output on all cells.
  [[nodiscard]] FieldInfo output(std::string name, std::string long_name) const;

 private:
  struct Input {
    FieldInfo info;
    std::string stream;
    std::unique_ptr<RandomField> field;
    ValueRule rule = ValueRule::any;
    int side = -1;  ///< which side; -1: the cells
  };

  void add_side(int axis, bool high);

  Domain domain_;
  std::vector<Input> inputs_;
  std::array<std::vector<double>, 6> fixed_side_values_;  ///< empty where random or periodic
};

}  // namespace kindred
