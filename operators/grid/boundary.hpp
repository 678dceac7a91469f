#pragma once

#include <string>
#include <vector>

#include <kindred/core/deck/value.hpp>
#include <kindred/core/registry/registry.hpp>
#include <kindred/operators/grid/grid.hpp>

namespace kindred {

/// Kinds of boundary condition, with n the outward normal and a the problem's diffusion coefficient:
/// dirichlet u = g; neumann a du/dn = g; robin a du/dn + kappa u = g; periodic.
enum class BoundaryKind { dirichlet, neumann, robin, periodic };
const char* to_string(BoundaryKind kind);

/// The condition on one side; made from the deck by a plugin of kind `condition`. `value` (g) names a field plugin, evaluated on the side's
/// faces: a constant, an expression, or a random field; sides of a 1-D grid take constants and expressions.
struct SideCondition {
  BoundaryKind kind = BoundaryKind::dirichlet;
  Value value = Value(0.0);
  double kappa = 1.0;  ///< robin only
};

/// Plugin kind `condition`: reads one side's table of the deck's [boundary].
class BoundaryCondition {
 public:
  virtual ~BoundaryCondition() = default;
  [[nodiscard]] virtual SideCondition side() const = 0;
};

template <>
struct PluginTraits<BoundaryCondition> {
  static constexpr const char* kind = "condition";
  using Arguments = void();
};

/// Conditions on all sides, in the order x_lo, x_hi, y_lo, y_hi, z_lo, z_hi.
struct Boundary {
  std::vector<SideCondition> sides;  ///< 2 × dimension

  /// Position of a side in `sides`.
  static std::size_t index(int axis, bool high) { return 2 * static_cast<std::size_t>(axis) + (high ? 1U : 0U); }
  [[nodiscard]] const SideCondition& side(int axis, bool high) const { return sides[index(axis, high)]; }
  /// `x_lo` … `z_hi`.
  static std::string side_name(int axis, bool high);
};

/// Where a problem lives: its grid (`periodic` set from the boundary) and the conditions on its sides.
struct Domain {
  Grid grid;
  Boundary boundary;
};

/// Builds the domain from the deck's [grid] table (`n`, `extent`, `origin`: one number per axis) and [boundary] table
/// (`x_lo` … `z_hi`). Sides absent from [boundary] are homogeneous Dirichlet.
/// @throws InputError if the tables do not fit each other: a side of an axis that the grid lacks, an axis periodic on one
/// side only, lists of different lengths
Domain make_domain(const Value& grid_section, const Value& boundary_section);

}  // namespace kindred
