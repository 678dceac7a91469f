#pragma once

#include <memory>
#include <string>
#include <vector>

#include <kindred/operators/fields/random_field.hpp>
#include <kindred/operators/problems/finite_volume.hpp>
#include <kindred/operators/problems/problem.hpp>

namespace kindred {

/// The random fields of a diffusion problem; a missing coefficient is 1, a missing reaction 0.
struct DiffusionInputs {
  std::unique_ptr<RandomField> coefficient;
  std::unique_ptr<RandomField> reaction;
  std::unique_ptr<RandomField> forcing;
};

/// What `darcy`, `poisson` and `diffusion_reaction` share: −∇·(a ∇u) + c u = f with conditions on every side.
/// Input fields, in this order and as far as they exist: `coefficient`, `reaction`, `forcing`, and `boundary_x_lo` … `boundary_z_hi`
/// for every side whose value is a random field. Output field: `u`. Random streams: `problem.coefficient`, `boundary.x_lo` and so on.
class DiffusionProblem final : public Problem {
 public:
  /// Side values that do not depend on the sample are evaluated here, once.
  DiffusionProblem(const Domain& domain, DiffusionInputs inputs);

  [[nodiscard]] std::vector<FieldInfo> fields() const override;
  [[nodiscard]] std::vector<Complaint> complaints(Index count) const override;
  [[nodiscard]] std::vector<Field> draw(const Sample& sample) const override;
  [[nodiscard]] LinearSystem assemble(std::span<const Field> inputs) const override;
  [[nodiscard]] std::vector<Field> outputs(std::span<const Field> inputs, std::span<const double> solution) const override;

 private:
  struct Input {
    FieldInfo info;
    std::string stream;
    std::unique_ptr<RandomField> field;
    std::span<const double> DiffusionData::*cells = nullptr;  ///< what it is in the equation; null for a side
    std::size_t side = 0;                                     ///< which side, if `cells` is null
  };

  void add_cells(std::unique_ptr<RandomField> field, std::string name, std::string long_name,
                 std::span<const double> DiffusionData::*cells);
  void add_side(int axis, bool high);

  Domain domain_;
  std::vector<Input> inputs_;
  std::array<std::vector<double>, 6> fixed_side_values_;  ///< empty where random or periodic
};

}  // namespace kindred
