#include <limits>

#include <kindred/solvers/recycling/block_vectors.hpp>
#include <kindred/solvers/recycling/gcrodr_context.hpp>
#include <kindred/solvers/recycling/harmonic_ritz.hpp>
#include <kindred/solvers/recycling/orthogonalization.hpp>

namespace kindred::recycling::gcrodr {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr PetscInt oldest_image = 50;  // refreshes, each of which adds rounding errors to A U = C and CᵀC = I

constexpr double least_gain = 1e-5;  // mean relative decrease of |θ|, per direction of the cycle, below which a refresh is not worth it

/// The cycle in the bases V̂ = [U Z] with unit columns and Ŵ = [C V], and the factors `scale` that made the columns of [U Z] unit.
struct Cycle {
  CycleRelation relation;
  VectorXd scale;
};

/// G = [I B; 0 H̄].
MatrixXd image_matrix(const Context& context) {
  const Index k = context.size;
  const Index p = context.problem.columns();
  const Index rows = k + p + (context.invariant ? 0 : 1);
  MatrixXd image = MatrixXd::Zero(rows, k + p);
  image.topLeftCorner(k, k).setIdentity();
  image.topRightCorner(k, p) = context.couplings.leftCols(p);
  image.bottomRightCorner(rows - k, p) = context.problem.matrix().topRows(rows - k);
  return image;
}

/// Inner products of [C V] with the stored columns of [U Z], and the squared norms of the latter, in one reduction.
PetscErrorCode stored_products(KSP ksp, Index rows, Index columns, MatrixXd& products, VectorXd& squared_norms) {
  const Context& context = context_of(ksp);
  PetscFunctionBegin;
  MatrixXd inner;
  recycling::products(context.images, rows, context.solutions, columns, inner);
  MatrixXd sums(rows + 1, columns);
  sums.topRows(rows) = inner;
  sums.row(rows) = context.solutions.view(0, columns).colwise().squaredNorm();
  PetscCall(sum_over_processes(communicator_of(ksp), sums.data(), sums.size()));
  products = sums.topRows(rows);
  squared_norms = sums.row(rows).transpose();
  PetscFunctionReturn(success);
}

/// Where Z is neither V nor stored, Ŵᵀ V̂ is replaced by [I; 0], as Carvalho et al. (2011) do: no inner products are needed. The same
/// serves where vectors of small θ in solution space have brought no progress.
PetscErrorCode describe_cycle(KSP ksp, Cycle& cycle) {
  const Context& context = context_of(ksp);
  const Index k = context.size;
  const Index p = context.problem.columns();
  MatrixXd products;
  VectorXd squared_norms;
  PetscFunctionBegin;
  MatrixXd& image = cycle.relation.image;
  image = image_matrix(context);
  const bool without_products = context.preconditioned && (!context.stores_directions || context.projects_on_images);
  PetscCall(stored_products(ksp, image.rows(), context.stores_directions && !without_products ? k + p : k, products, squared_norms));
  cycle.scale = VectorXd::Ones(k + p);
  cycle.scale.head(squared_norms.size()) = squared_norms.cwiseSqrt().cwiseInverse();
  image = image * cycle.scale.asDiagonal();
  MatrixXd& all = cycle.relation.products;
  if (without_products) {
    all = MatrixXd::Identity(image.rows(), k + p);
  } else {
    all = MatrixXd::Zero(image.rows(), k + p);
    all.leftCols(products.cols()) = products * cycle.scale.head(products.cols()).asDiagonal();
    if (!context.stores_directions) {
      all.block(k, k, p, p).setIdentity();
    }
  }
  PetscFunctionReturn(success);
}

/// Mean of log |θ_old / θ_new| over the harmonic Ritz values of U alone and those of the update. For symmetric operators it is not
/// negative, as the values interlace.
double gain(const Cycle& cycle, Index k, const RecycleUpdate& update) {
  const auto old = harmonic_ritz({cycle.relation.image.leftCols(k), cycle.relation.products.leftCols(k)}, k);
  if (!old) {
    return std::numeric_limits<double>::infinity();
  }
  const Index common = std::min(old->ritz_values.size(), update.ritz_values.size());
  return (old->ritz_values.head(common).array().abs() / update.ritz_values.head(common).array().abs()).log().mean();
}

/// U ← U P₁ + M⁻¹ (V P₂), one vector at a time.
PetscErrorCode combine_preconditioned(KSP ksp, const MatrixXd& coefficients) {
  Context& context = context_of(ksp);
  const Index k = context.size;
  PetscFunctionBegin;
  combine(context.solutions, k, context.solutions, 0, coefficients.topRows(k));
  for (Index j = 0; j < coefficients.cols(); ++j) {
    PetscCall(sum_directions(ksp, coefficients.col(j).tail(coefficients.rows() - k), ksp->work[1]));
    PetscCall(apply_preconditioner(ksp, ksp->work[1], ksp->work[2]));
    const Lent column(context.lent_output, context.solutions.column(j));
    PetscCall(VecAXPY(column, 1.0, ksp->work[2]));
  }
  PetscFunctionReturn(success);
}

/// With the operator of the last system a space that hardly improves is left alone.
bool worthwhile(const Context& context, const Cycle& cycle, const RecycleUpdate& update) {
  const bool choosy = context.settings.refresh == KSPGCRODR_REFRESH_ADAPTIVE && context.carried && context.unchanged && context.size > 0;
  return !choosy || gain(cycle, context.size, update) >= least_gain * static_cast<double>(context.problem.columns());
}

/// U and C become those of the update.
PetscErrorCode take_over(KSP ksp, const Cycle& cycle, const RecycleUpdate& update) {
  Context& context = context_of(ksp);
  const Index k = context.size;
  const Index p = context.problem.columns();
  PetscFunctionBegin;
  const MatrixXd coefficients = cycle.scale.asDiagonal() * update.solution;
  if (context.stores_directions) {
    combine(context.solutions, k + p, context.solutions, 0, coefficients);
  } else if (context.preconditioned) {
    PetscCall(combine_preconditioned(ksp, coefficients));
  } else {
    combine(context.solutions, k, context.images, k, coefficients);
  }
  combine(context.images, update.image.rows(), context.images, 0, update.image);
  context.size = update.solution.cols();
  context.image_valid = true;
  context.age = k > 0 ? context.age + 1 : 0;
  ++context.counts.refreshes;
  PetscFunctionReturn(success);
}

/// images(:, 0..size) = A U; U loses its components in the operator's null space first, where A would see only rounding errors.
PetscErrorCode apply_operator_to_space(KSP ksp) {
  Context& context = context_of(ksp);
  MatNullSpace null_space = nullptr;
  PetscFunctionBegin;
  PetscCall(null_space_of(ksp, &null_space));
  for (Index j = 0; j < context.size; ++j) {
    const Lent u(context.lent_input, context.solutions.column(j));
    const Lent image(context.lent_output, context.images.column(j));
    if (null_space != nullptr) {
      PetscCall(MatNullSpaceRemove(null_space, u));
    }
    PetscCall(apply_at_start(ksp, u, image));
  }
  PetscFunctionReturn(success);
}

/// p -= C Cᵀp, s -= U Cᵀp.
PetscErrorCode make_orthogonal(KSP ksp, Vec s, Vec p) {
  const Context& context = context_of(ksp);
  PetscScalar* correction = nullptr;
  PetscScalar* image = nullptr;
  VectorXd h(context.size);
  PetscFunctionBegin;
  PetscCall(VecGetArray(s, &correction));
  PetscCall(VecGetArray(p, &image));
  recycling::products(context.images, context.size, image, h.data());
  PetscCall(sum_over_processes(communicator_of(ksp), h.data(), h.size()));
  accumulate(context.images, 0, -h, image);
  accumulate(context.solutions, 0, -h, correction);
  PetscCall(VecRestoreArray(p, &image));
  PetscCall(VecRestoreArray(s, &correction));
  PetscFunctionReturn(success);
}

}  // namespace

PetscErrorCode start_space(KSP ksp) {
  Context& context = context_of(ksp);
  bool current = false;
  PetscFunctionBegin;
  PetscCall(check_image(ksp, current));
  context.unchanged = ksp->its == 0 ? current : context.unchanged;
  if (context.size == 0 || (current && context.age < oldest_image)) {
    PetscFunctionReturn(success);
  }
  context.image_valid = false;
  PetscCall(apply_operator_to_space(ksp));
  Index rank = 0;
  PetscCall(orthonormalize_image(communicator_of(ksp), context.images, context.solutions, context.size, rank));
  if (rank < 0) {
    KSPCheckNorm(ksp, std::numeric_limits<double>::quiet_NaN());
  }
  if (rank < context.size) {
    PetscCall(PetscInfo(ksp, "Dropped %d of %d recycle vectors: A U is rank deficient\n", static_cast<int>(context.size - rank),
                        static_cast<int>(context.size)));
  }
  context.size = rank;
  context.image_valid = true;
  context.age = 0;
  PetscFunctionReturn(success);
}

PetscErrorCode begin_from_last(KSP ksp, Vec residual) {
  Context& context = context_of(ksp);
  const auto apply = [ksp](Vec s, Vec p) { return apply_at_start(ksp, s, p); };
  const auto deflate = [ksp](Vec s, Vec p) { return make_orthogonal(ksp, s, p); };
  const auto dual = [](Vec /*s*/, Vec p, Vec* t) {
    *t = p;
    return success;
  };
  PetscFunctionBegin;
  if (context.settings.carry && context.capacity > 0) {
    PetscCall(context.last.begin(context.unchanged, ksp->vec_sol, residual, {apply, deflate, dual}));
  }
  PetscFunctionReturn(success);
}

PetscErrorCode refresh_space(KSP ksp) {
  Context& context = context_of(ksp);
  const Index k = context.size;
  const Index p = context.problem.columns();
  Cycle cycle;
  PetscFunctionBegin;
  PetscCall(describe_cycle(ksp, cycle));
  // The first cycle of all has no U: it gives fewer vectors than it has directions, or nothing would be left for others.
  const Index count = k > 0 ? context.capacity : std::min(context.capacity, p - 1);
  const auto update = harmonic_ritz(cycle.relation, count, context.settings.adaptive_recycle);
  if (update && worthwhile(context, cycle, *update)) {
    PetscCall(take_over(ksp, cycle, *update));
  } else {
    PetscCall(PetscInfo(ksp, "This cycle has no harmonic Ritz vectors, or hardly better ones: the recycle space stays as it is\n"));
  }
  PetscFunctionReturn(success);
}

}  // namespace kindred::recycling::gcrodr
