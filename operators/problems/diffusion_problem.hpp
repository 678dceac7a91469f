#pragma once

#include <memory>
#include <utility>
#include <vector>

#include <kindred/operators/problems/finite_volume.hpp>
#include <kindred/operators/problems/problem_inputs.hpp>

namespace kindred {

/// The random fields of a diffusion problem; a missing coefficient is 1, a missing reaction 0.
struct DiffusionInputs {
  std::unique_ptr<RandomField> coefficient;
  std::unique_ptr<RandomField> reaction;
  std::unique_ptr<RandomField> forcing;
};

/// What `darcy`, `poisson`, `diffusion_reaction` and `thermal` share: −∇·(a ∇u) + c u = f with conditions on every side.
/// Input fields, in this order and as far as they exist: `coefficient`, `reaction`, `forcing`, and `boundary_x_lo` … `boundary_z_hi`
/// for every side whose value is a random field. Output field: `u`. Random streams: `problem.coefficient`, `boundary.x_lo` and so on.
class DiffusionProblem final : public Problem {
 public:
  /// Side values that do not depend on the sample are evaluated here, once.
  DiffusionProblem(const Domain& domain, DiffusionInputs inputs);

  [[nodiscard]] std::vector<FieldInfo> fields() const override;
  [[nodiscard]] std::vector<Complaint> complaints(Index count) const override { return inputs_.complaints(count); }
  [[nodiscard]] std::vector<RandomStream> random_variables() const override { return inputs_.random_variables(); }
  [[nodiscard]] std::vector<Field> draw(const Sample& sample) const override { return inputs_.draw(sample); }
  [[nodiscard]] LinearSystem assemble(std::span<const Field> inputs) const override;
  [[nodiscard]] std::vector<Field> outputs(std::span<const Field> inputs, std::span<const double> solution) const override;

 private:
  ProblemInputs inputs_;
  /// Which input is what in the equation.
  std::vector<std::pair<std::size_t, std::span<const double> DiffusionData::*>> cells_;
};

}  // namespace kindred
