#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <string>

#include <fmt/format.h>
#include <petscdmda.h>

#include <kindred/operators/matrix_grid.hpp>
#include <kindred/solvers/family/fast_poisson.hpp>
#include <kindred/solvers/family/petsc_callback.hpp>
#include <kindred/solvers/family/petsc_preconditioners.hpp>

namespace kindred {
namespace {

constexpr const char* boundary_names[] = {"auto", "dirichlet", "neumann", "node", "periodic"};  // in SideChoice's order
/// automatic: double where P is the matrix itself, so that one application solves the system, else single.
enum class PrecisionChoice { single, full, automatic };
constexpr const char* precision_names[] = {"single", "double", "auto", "PrecisionChoice", "", nullptr};
constexpr PetscInt most_axes = 3;

struct DstContext {
  bool scaled = false;
  std::optional<GridChoice> given;  ///< by PCDSTSetGrid
  GridChoice options;               ///< empty where nothing was said
  PrecisionChoice precision = PrecisionChoice::full;
  std::unique_ptr<FastPoisson> solver;
  std::vector<double> weights;  ///< scaled: D^{-1/2}
};

DstContext& context(PC pc) { return *static_cast<DstContext*>(pc->data); }
MPI_Comm communicator_of(PC pc) { return PetscObjectComm(reinterpret_cast<PetscObject>(pc)); }

/// The DMDA's grid: PETSc numbers x fastest.
std::optional<GridChoice> grid_of_dm(PC pc) {
  PetscBool is_da = PETSC_FALSE;
  if (pc->dm != nullptr) {
    petsc::check(PetscObjectTypeCompare(reinterpret_cast<PetscObject>(pc->dm), DMDA, &is_da), "PetscObjectTypeCompare", __FILE__, __LINE__);
  }
  if (!is_da) {
    return std::nullopt;
  }
  PetscInt dimension = 0;
  PetscInt size[3] = {1, 1, 1};
  PetscInt unknowns = 0;
  DMBoundaryType type[3] = {DM_BOUNDARY_NONE, DM_BOUNDARY_NONE, DM_BOUNDARY_NONE};
  KINDRED_PETSC(DMDAGetInfo(pc->dm, &dimension, &size[0], &size[1], &size[2], nullptr, nullptr, nullptr, &unknowns, nullptr, &type[0],
                            &type[1], &type[2], nullptr));
  if (unknowns != 1) {
    throw InputError(fmt::format("pc_type dst: the DMDA has {} unknowns a node, but a fast Poisson solver knows one", unknowns));
  }
  GridChoice grid;
  for (PetscInt k = dimension; k-- > 0;) {
    const SideChoice side = type[k] == DM_BOUNDARY_PERIODIC ? SideChoice::periodic : SideChoice::automatic;
    grid.cells.push_back(size[k]);
    grid.sides.push_back({side, side});
  }
  return grid;
}

std::optional<GridChoice> grid_of_matrix(Mat matrix) {
  MatrixGrid attached;
  bool found = false;
  KINDRED_PETSC(find_grid(matrix, &attached, &found));
  if (!found) {
    return std::nullopt;
  }
  GridChoice grid;
  for (int k = 0; k < attached.dimension; ++k) {
    const SideChoice side = attached.periodic[k] ? SideChoice::periodic : SideChoice::automatic;
    grid.cells.push_back(attached.cells[k]);
    grid.spacing.push_back(attached.spacing[k]);
    grid.sides.push_back({side, side});
  }
  return grid;
}

/// What is known of the grid: from PCDSTSetGrid, else the options, completed by what travels with the matrix or the DMDA.
GridChoice grid_for(PC pc) {
  const DstContext& dst = context(pc);
  if (dst.given) {
    return *dst.given;
  }
  GridChoice grid = dst.options;
  if (grid.cells.empty()) {
    std::optional<GridChoice> known = grid_of_matrix(pc->pmat);
    if (!known) {
      known = grid_of_dm(pc);
    }
    if (!known) {
      throw InputError(
          "pc_type dst and scaled_dst need to know the grid: give the cells per axis, slowest first, with -pc_dst_cells 100,100, or a "
          "DMDA, or call PCDSTSetGrid");
    }
    grid.cells = known->cells;
    grid.spacing = grid.spacing.empty() ? known->spacing : grid.spacing;
    grid.sides = grid.sides.empty() ? known->sides : grid.sides;
  }
  if (grid.sides.size() == 1) {
    grid.sides.resize(grid.cells.size(), grid.sides.front());  // one name for all axes
  }
  return grid;
}

void require_one_process(PC pc) {
  int ranks = 0;
  MPI_Comm_size(communicator_of(pc), &ranks);
  if (ranks > 1) {
    const char* type = reinterpret_cast<PetscObject>(pc)->type_name;
    throw InputError(fmt::format(
        "pc_type {0} runs on one process, and this matrix lies on {1}: use -pc_type telescope -pc_telescope_reduction_factor {1} "
        "-telescope_pc_type {0}, and the grid's options as -telescope_pc_dst_cells ...",
        type, ranks));
  }
}

/// The matrix itself if it is sequential AIJ, else a copy that is.
petsc::Matrix sequential(Mat matrix) {
  PetscBool aij = PETSC_FALSE;
  KINDRED_PETSC(PetscObjectTypeCompare(reinterpret_cast<PetscObject>(matrix), MATSEQAIJ, &aij));
  petsc::Matrix result;
  if (aij) {
    KINDRED_PETSC(PetscObjectReference(reinterpret_cast<PetscObject>(matrix)));
    *result.slot() = matrix;
  } else {
    KINDRED_PETSC(MatConvert(matrix, MATSEQAIJ, MAT_INITIAL_MATRIX, result.slot()));
  }
  return result;
}

Precision precision_for(PrecisionChoice choice, const FittedOperator& fitted) {
  constexpr double rounding = 1e-10;
  const bool exact = choice == PrecisionChoice::full ||
                     (choice == PrecisionChoice::automatic &&
                      std::ranges::all_of(fitted.ratio, [](double ratio) { return std::abs(ratio - 1.0) <= rounding; }));
  return exact ? Precision::full : Precision::single;
}

/// Takes over a new operator, with the old transforms where they stay the same.
void renew(DstContext& dst, const ConstantOperator& model, Precision precision) {
  if (!dst.solver || dst.solver->precision() != precision || !dst.solver->update(model)) {
    dst.solver = std::make_unique<FastPoisson>(model, precision);
  }
}

FittedOperator fit(PC pc) {
  try {
    return fit_constant_operator(sequential(pc->pmat), grid_for(pc));
  } catch (const Unfittable& failure) {
    throw petsc::UnsuitableMatrix(PC_FACTOR_OTHER, failure.what());
  }
}

void set_up(PC pc) {
  DstContext& dst = context(pc);
  require_one_process(pc);
  FittedOperator fitted = fit(pc);
  renew(dst, fitted.model, precision_for(dst.precision, fitted));
  dst.weights.clear();
  if (dst.scaled) {
    dst.weights = std::move(fitted.ratio);
    reciprocal_roots(dst.weights);
  }
}

PetscErrorCode set_up_callback(PC pc) {
  return petsc::guarded_set_up(pc, "PCSetUp_DST", [pc] { set_up(pc); });
}

PetscErrorCode apply(PC pc, Vec b, Vec x) {
  DstContext& dst = context(pc);
  const PetscScalar* source = nullptr;
  PetscScalar* target = nullptr;
  PetscFunctionBegin;
  if (pc->failedreason != PC_NOERROR) {
    PetscCall(VecSetInf(x));
    PetscFunctionReturn(static_cast<PetscErrorCode>(0));
  }
  PetscCall(VecGetArrayRead(b, &source));
  PetscCall(VecGetArrayWrite(x, &target));
  dst.solver->solve(source, target, dst.scaled ? dst.weights.data() : nullptr);
  PetscCall(VecRestoreArrayWrite(x, &target));
  PetscCall(VecRestoreArrayRead(b, &source));
  PetscCall(PetscLogFlops(5.0 * static_cast<double>(dst.solver->size()) * std::log2(static_cast<double>(dst.solver->size()) + 1.0)));
  PetscFunctionReturn(static_cast<PetscErrorCode>(0));
}

SideChoice side_named(const std::string& name) {
  for (std::size_t k = 0; k < std::size(boundary_names); ++k) {
    if (name == boundary_names[k]) {
      return static_cast<SideChoice>(k);
    }
  }
  throw InputError(fmt::format("-pc_dst_boundary: \"{}\" is not one of auto, dirichlet, neumann, node, periodic", name));
}

/// One name for all sides, one per axis, or one per side in the order low, high.
std::vector<std::array<SideChoice, 2>> sides_from(char* const* names, std::size_t given, std::size_t axes) {
  if (given != 1 && given != axes && given != 2 * axes) {
    throw InputError(
        fmt::format("-pc_dst_boundary has {} names for {} axes: give one for all, one per axis, or two (low, high) per axis", given, axes));
  }
  std::vector<std::array<SideChoice, 2>> sides;
  for (std::size_t k = 0; k < axes; ++k) {
    const std::size_t low = given == 1 ? 0 : given == axes ? k : 2 * k;
    sides.push_back({side_named(names[low]), side_named(names[given == 2 * axes ? low + 1 : low])});
  }
  return sides;
}

PetscErrorCode read_sides(PetscOptionItems* PetscOptionsObject, DstContext& dst) {
  char* names[2 * most_axes] = {};
  PetscInt count = 2 * most_axes;
  PetscBool set = PETSC_FALSE;
  PetscFunctionBegin;
  PetscCall(PetscOptionsStringArray("-pc_dst_boundary", "auto, dirichlet, neumann, node or periodic: one for all, per axis or per side",
                                    "PCDSTSetGrid", names, &count, &set));
  auto error = static_cast<PetscErrorCode>(0);
  if (set) {
    // Without -pc_dst_cells the number of axes is not known here: one name per side, or as many as fit an even split.
    const std::size_t given = static_cast<std::size_t>(count);
    const std::size_t axes = !dst.options.cells.empty() ? dst.options.cells.size() : given > 1 ? given / 2 : 1;
    error = petsc::guarded(PetscOptionsObject->comm, "PCSetFromOptions_DST", [&] { dst.options.sides = sides_from(names, given, axes); });
  }
  for (PetscInt k = 0; k < count && set; ++k) {
    PetscCall(PetscFree(names[k]));
  }
  PetscFunctionReturn(error);
}

PetscErrorCode set_from_options(PC pc, PetscOptionItems* PetscOptionsObject) {
  DstContext& dst = context(pc);
  PetscInt cells[most_axes] = {};
  PetscReal spacing[most_axes] = {};
  PetscInt cell_count = most_axes;
  PetscInt spacing_count = most_axes;
  PetscReal reaction = dst.options.reaction.value_or(0.0);
  auto precision = static_cast<PetscEnum>(dst.precision);
  PetscBool set = PETSC_FALSE;
  PetscFunctionBegin;
  PetscOptionsHeadBegin(PetscOptionsObject, "fast Poisson solver of constant coefficients");
  PetscCall(PetscOptionsIntArray("-pc_dst_cells", "cells per axis, slowest axis first", "PCDSTSetGrid", cells, &cell_count, &set));
  if (set) {
    dst.options.cells.assign(cells, cells + cell_count);
  }
  PetscCall(PetscOptionsRealArray("-pc_dst_spacing", "distance of neighbours per axis; absent: from the matrix", "PCDSTSetGrid", spacing,
                                  &spacing_count, &set));
  if (set) {
    dst.options.spacing.assign(spacing, spacing + spacing_count);
  }
  PetscCall(
      PetscOptionsReal("-pc_dst_reaction", "constant reaction term; absent: from the matrix", "PCDSTSetGrid", reaction, &reaction, &set));
  if (set) {
    dst.options.reaction = reaction;
  }
  PetscCall(PetscOptionsEnum("-pc_dst_precision", "of the numbers inside the preconditioner", "PCDSTSetGrid", precision_names, precision,
                             &precision, &set));
  dst.precision = static_cast<PrecisionChoice>(precision);
  PetscCall(read_sides(PetscOptionsObject, dst));
  PetscOptionsHeadEnd();
  PetscFunctionReturn(static_cast<PetscErrorCode>(0));
}

PetscErrorCode view(PC pc, PetscViewer viewer) {
  const DstContext& dst = context(pc);
  PetscFunctionBegin;
  if (!dst.solver) {
    PetscFunctionReturn(static_cast<PetscErrorCode>(0));
  }
  for (const ConstantAxis& axis : dst.solver->inverted().axes) {
    PetscCall(PetscViewerASCIIPrintf(viewer, "  axis of %" PetscInt_FMT " cells, coupling %g, sides %g, %g%s\n",
                                     static_cast<PetscInt>(axis.cells), axis.coupling, axis.side[0], axis.side[1],
                                     axis.periodic ? ", periodic" : ""));
  }
  PetscCall(PetscViewerASCIIPrintf(viewer, "  reaction %g, %s precision%s\n", dst.solver->inverted().reaction,
                                   dst.solver->precision() == Precision::single ? "single" : "double",
                                   dst.scaled ? ", scaled by the diagonal" : ""));
  for (const Index length : dst.solver->slow_lengths()) {
    PetscCall(PetscViewerASCIIPrintf(viewer,
                                     "  transforms of length %" PetscInt_FMT " are slower: prefer lengths with small prime factors\n",
                                     static_cast<PetscInt>(length)));
  }
  PetscFunctionReturn(static_cast<PetscErrorCode>(0));
}

PetscErrorCode reset(PC pc) {
  PetscFunctionBegin;
  context(pc).solver.reset();
  context(pc).weights.clear();
  PetscFunctionReturn(static_cast<PetscErrorCode>(0));
}

PetscErrorCode destroy(PC pc) {
  PetscFunctionBegin;
  delete static_cast<DstContext*>(pc->data);
  pc->data = nullptr;
  PetscFunctionReturn(static_cast<PetscErrorCode>(0));
}

PetscErrorCode create(PC pc, bool scaled) {
  PetscFunctionBegin;
  auto* dst = new DstContext;
  dst->scaled = scaled;
  pc->data = dst;
  pc->ops->setup = set_up_callback;
  pc->ops->apply = apply;
  pc->ops->applytranspose = apply;
  pc->ops->setfromoptions = set_from_options;
  pc->ops->view = view;
  pc->ops->reset = reset;
  pc->ops->destroy = destroy;
  PetscFunctionReturn(static_cast<PetscErrorCode>(0));
}

PetscErrorCode require_dst(PC pc) {
  PetscBool plain = PETSC_FALSE;
  PetscBool scaled = PETSC_FALSE;
  PetscFunctionBegin;
  PetscCall(PetscObjectTypeCompare(reinterpret_cast<PetscObject>(pc), "dst", &plain));
  PetscCall(PetscObjectTypeCompare(reinterpret_cast<PetscObject>(pc), "scaled_dst", &scaled));
  PetscCheck(plain || scaled, PETSC_COMM_SELF, PETSC_ERR_ARG_WRONG, "the preconditioner is not of type dst or scaled_dst: PCSetType first");
  PetscFunctionReturn(static_cast<PetscErrorCode>(0));
}

}  // namespace

PetscErrorCode PCDSTSetGrid(PC pc, const GridChoice& grid) {
  PetscFunctionBegin;
  PetscCall(require_dst(pc));
  context(pc).given = grid;
  pc->setupcalled = 0;
  PetscFunctionReturn(static_cast<PetscErrorCode>(0));
}

PetscErrorCode PCDSTGetOperator(PC pc, const ConstantOperator** model) {
  PetscFunctionBegin;
  PetscCall(require_dst(pc));
  PetscCheck(context(pc).solver, PETSC_COMM_SELF, PETSC_ERR_ARG_WRONGSTATE, "the preconditioner is not set up: PCSetUp first");
  *model = &context(pc).solver->inverted();
  PetscFunctionReturn(static_cast<PetscErrorCode>(0));
}

}  // namespace kindred

/// -pc_type dst: z = P⁻¹ r with the constant-coefficient operator P nearest to the matrix, by fast transforms. Condition number of the
/// preconditioned diffusion operator: at most the contrast of its coefficient, whatever the grid.
PetscErrorCode PCCreate_DST(PC pc) { return kindred::create(pc, false); }

/// -pc_type scaled_dst: z = D^{-1/2} P⁻¹ D^{-1/2} r with D = diag(A) / diag(P) (P. Concus, G. Golub, Use of fast direct methods for the
/// efficient numerical solution of nonseparable elliptic equations, SIAM J. Numer. Anal. 10 (1973) 1103-1120). Better than dst for smooth
/// coefficients of any contrast, worse for coefficients that jump.
PetscErrorCode PCCreate_ScaledDST(PC pc) { return kindred::create(pc, true); }
