#include <cmath>
#include <memory>
#include <vector>

#include <fmt/format.h>

#include <kindred/core/base/error.hpp>
#include <kindred/solvers/family/kmeans.hpp>
#include <kindred/solvers/family/matrix_features.hpp>
#include <kindred/solvers/family/petsc_callback.hpp>
#include <kindred/solvers/family/petsc_preconditioners.hpp>

namespace kindred {
namespace {

struct ClusterContext {
  PetscInt pilot = 16;
  PetscInt clusters = 4;
  PetscBool scaled = PETSC_TRUE;
  char package[64] = MATSOLVERPETSC;
  std::vector<petsc::Matrix> seen;  ///< scaled copies, until trained
  std::vector<double> features;     ///< of those, one row each
  bool trained = false;
  Clusters groups;
  std::vector<petsc::Matrix> factors;  ///< one per cluster
  Index assigned = 0;
  PetscInt rows = 0;
  petsc::Vector scale;  ///< diag(A)^{-1/2}
  petsc::Vector work;
};

ClusterContext& context(PC pc) { return *static_cast<ClusterContext*>(pc->data); }
MPI_Comm communicator_of(PC pc) { return PetscObjectComm(reinterpret_cast<PetscObject>(pc)); }

petsc::UnsuitableMatrix unfactorable(PCFailedReason reason, const std::string& message) {
  return {reason, "pc_type cluster_cholesky: " + message + "; symmetric positive definite matrices are needed"};
}

/// diag(A)^{-1/2}
petsc::Vector inverse_root_of_diagonal(Mat matrix) {
  petsc::Vector scale;
  KINDRED_PETSC(MatCreateVecs(matrix, scale.slot(), nullptr));
  KINDRED_PETSC(MatGetDiagonal(matrix, scale));
  PetscReal least = 0.0;
  PetscInt place = 0;
  KINDRED_PETSC(VecMin(scale, &place, &least));
  if (!(least > 0.0)) {
    throw unfactorable(PC_FACTOR_NUMERIC_ZEROPIVOT, fmt::format("the diagonal entry {} of row {} is not positive", least, place));
  }
  KINDRED_PETSC(VecSqrtAbs(scale));
  KINDRED_PETSC(VecReciprocal(scale));
  return scale;
}

void require_finite(Mat matrix) {
  PetscReal norm = 0.0;
  KINDRED_PETSC(MatNorm(matrix, NORM_FROBENIUS, &norm));
  if (!std::isfinite(norm)) {
    throw unfactorable(PC_FACTOR_OTHER, "the matrix holds a NaN or an infinity");
  }
}

/// A copy for training, in AIJ form, for which there are orderings: scaled to a unit diagonal or as it is. Pinned if the constants are its
/// null space.
petsc::Matrix training_copy(const ClusterContext& cluster, Mat matrix) {
  petsc::Matrix copy;
  KINDRED_PETSC(MatConvert(matrix, MATSEQAIJ, MAT_INITIAL_MATRIX, copy.slot()));
  MatNullSpace constants = nullptr;
  KINDRED_PETSC(MatGetNullSpace(matrix, &constants));
  if (constants != nullptr) {
    PetscScalar first = 0.0;
    KINDRED_PETSC(MatGetValue(matrix, 0, 0, &first));
    KINDRED_PETSC(MatSetValue(copy, 0, 0, first, ADD_VALUES));
    KINDRED_PETSC(MatAssemblyBegin(copy, MAT_FINAL_ASSEMBLY));
    KINDRED_PETSC(MatAssemblyEnd(copy, MAT_FINAL_ASSEMBLY));
    KINDRED_PETSC(MatSetNullSpace(copy, nullptr));
  }
  if (cluster.scaled) {
    const petsc::Vector scale = inverse_root_of_diagonal(matrix);
    KINDRED_PETSC(MatDiagonalScale(copy, scale, scale));
  }
  return copy;
}

petsc::Matrix factor(const ClusterContext& cluster, Mat matrix) {
  KINDRED_PETSC(MatSetOption(matrix, MAT_SPD, PETSC_TRUE));
  petsc::Matrix result;
  KINDRED_PETSC(MatGetFactor(matrix, cluster.package, MAT_FACTOR_CHOLESKY, result.slot()));
  MatOrderingType ordering = nullptr;
  KINDRED_PETSC(MatFactorGetPreferredOrdering(result, MAT_FACTOR_CHOLESKY, &ordering));
  petsc::Handle<IS, ISDestroy> row;
  petsc::Handle<IS, ISDestroy> column;
  const bool own = std::string(cluster.package) == MATSOLVERPETSC;
  KINDRED_PETSC(MatGetOrdering(matrix, own ? MATORDERINGND : ordering, row.slot(), column.slot()));
  MatFactorInfo info;
  KINDRED_PETSC(MatFactorInfoInitialize(&info));
  info.fill = 5.0;
  KINDRED_PETSC(MatCholeskyFactorSymbolic(result, matrix, row, &info));
  KINDRED_PETSC(MatCholeskyFactorNumeric(result, matrix, &info));
  MatFactorError error = MAT_FACTOR_NOERROR;
  KINDRED_PETSC(MatFactorGetError(result, &error));
  if (error != MAT_FACTOR_NOERROR) {
    throw unfactorable(PC_FACTOR_NUMERIC_ZEROPIVOT, "the mean matrix of a cluster is not positive definite");
  }
  return result;
}

/// One factor per cluster, of the mean of its matrices: a mean of definite matrices is definite.
void train(ClusterContext& cluster) {
  const auto count = static_cast<Index>(cluster.seen.size());
  const Index dimension = static_cast<Index>(cluster.features.size()) / count;
  cluster.groups = k_means({cluster.features, count, dimension}, cluster.clusters);
  cluster.factors.clear();
  for (Index c = 0; c < cluster.groups.count; ++c) {
    petsc::Matrix sum;
    double members = 0.0;
    for (std::size_t i = 0; i < cluster.seen.size(); ++i) {
      if (cluster.groups.assignment[i] != c) {
        continue;
      }
      members += 1.0;
      if (!sum) {
        sum = std::move(cluster.seen[i]);
      } else {
        KINDRED_PETSC(MatAXPY(sum, 1.0, cluster.seen[i], UNKNOWN_NONZERO_PATTERN));
      }
    }
    KINDRED_PETSC(MatScale(sum, 1.0 / members));
    cluster.factors.push_back(factor(cluster, sum));
  }
  cluster.trained = true;
  cluster.seen.clear();
  cluster.features.clear();
}

void forget(ClusterContext& cluster) {
  cluster.seen.clear();
  cluster.features.clear();
  cluster.factors.clear();
  cluster.groups = {};
  cluster.trained = false;
  cluster.assigned = 0;
}

/// A matrix of the pilot phase. The first one's factor serves until there are enough. Where a factorisation fails, the pilot starts anew.
void learn(ClusterContext& cluster, Mat matrix, const std::vector<double>& features) {
  cluster.seen.push_back(training_copy(cluster, matrix));
  cluster.features.insert(cluster.features.end(), features.begin(), features.end());
  try {
    if (std::ssize(cluster.seen) >= cluster.pilot) {
      train(cluster);
    } else if (cluster.factors.empty()) {
      cluster.factors.push_back(factor(cluster, cluster.seen.front()));
    }
  } catch (const petsc::UnsuitableMatrix&) {
    forget(cluster);
    throw;
  }
}

void require_one_process(PC pc) {
  int ranks = 0;
  MPI_Comm_size(communicator_of(pc), &ranks);
  if (ranks > 1) {
    throw InputError(
        fmt::format("pc_type cluster_cholesky runs on one process, and this matrix lies on {}: use -pc_type bjacobi "
                    "-sub_pc_type cluster_cholesky, or, for one factor of the whole matrix, -pc_type telescope "
                    "-pc_telescope_reduction_factor {} -telescope_pc_type cluster_cholesky",
                    ranks, ranks));
  }
}

void set_up(PC pc) {
  ClusterContext& cluster = context(pc);
  require_one_process(pc);
  petsc::require_entries(pc->pmat, "cluster_cholesky");
  require_finite(pc->pmat);
  PetscInt rows = 0;
  KINDRED_PETSC(MatGetSize(pc->pmat, &rows, nullptr));
  if (rows != cluster.rows) {
    if (cluster.rows != 0) {
      forget(cluster);
    }
    cluster.rows = rows;
    KINDRED_PETSC(MatCreateVecs(pc->pmat, cluster.work.slot(), nullptr));
  }
  cluster.scale = inverse_root_of_diagonal(pc->pmat);
  const std::vector<double> features = diagonal_features(pc->pmat);
  if (!cluster.trained) {
    learn(cluster, pc->pmat, features);
  }
  cluster.assigned = cluster.trained ? nearest_centroid(cluster.groups, features) : 0;
}

PetscErrorCode set_up_callback(PC pc) {
  return petsc::guarded_set_up(pc, "PCSetUp_ClusterCholesky", [pc] { set_up(pc); });
}

PetscErrorCode apply(PC pc, Vec b, Vec x) {
  ClusterContext& cluster = context(pc);
  PetscFunctionBegin;
  if (pc->failedreason != PC_NOERROR) {
    PetscCall(VecSetInf(x));
    PetscFunctionReturn(static_cast<PetscErrorCode>(0));
  }
  Mat factor = cluster.factors[static_cast<std::size_t>(cluster.assigned)];
  if (cluster.scaled) {
    PetscCall(VecPointwiseMult(cluster.work, cluster.scale, b));
    PetscCall(MatSolve(factor, cluster.work, x));
    PetscCall(VecPointwiseMult(x, cluster.scale, x));
  } else {
    PetscCall(MatSolve(factor, b, x));
  }
  PetscFunctionReturn(static_cast<PetscErrorCode>(0));
}

PetscErrorCode set_from_options(PC pc, PetscOptionItems* PetscOptionsObject) {
  ClusterContext& cluster = context(pc);
  PetscFunctionBegin;
  PetscOptionsHeadBegin(PetscOptionsObject, "Cholesky factors at cluster centroids");
  PetscCall(PetscOptionsRangeInt("-pc_cluster_cholesky_pilot", "matrices to learn from", "PCClusterCholeskyTrain", cluster.pilot,
                                 &cluster.pilot, nullptr, 1, 100000));
  PetscCall(PetscOptionsRangeInt("-pc_cluster_cholesky_clusters", "factors to keep", "PCClusterCholeskyTrain", cluster.clusters,
                                 &cluster.clusters, nullptr, 1, 100000));
  PetscCall(PetscOptionsBool("-pc_cluster_cholesky_scaled", "scale matrices to a unit diagonal", "PCClusterCholeskyTrain", cluster.scaled,
                             &cluster.scaled, nullptr));
  PetscCall(PetscOptionsString("-pc_cluster_cholesky_package", "petsc, cholmod, mumps", "PCClusterCholeskyTrain", cluster.package,
                               cluster.package, sizeof(cluster.package), nullptr));
  PetscOptionsHeadEnd();
  PetscFunctionReturn(static_cast<PetscErrorCode>(0));
}

PetscErrorCode view(PC pc, PetscViewer viewer) {
  const ClusterContext& cluster = context(pc);
  PetscFunctionBegin;
  if (cluster.factors.empty()) {
    PetscCall(PetscViewerASCIIPrintf(viewer, "  not set up yet: up to %" PetscInt_FMT " Cholesky factors by %s\n", cluster.clusters,
                                     cluster.package));
    PetscFunctionReturn(static_cast<PetscErrorCode>(0));
  }
  PetscCall(PetscViewerASCIIPrintf(viewer, "  %" PetscInt_FMT " Cholesky factor%s by %s%s, %s, number %" PetscInt_FMT " in use\n",
                                   static_cast<PetscInt>(cluster.factors.size()), cluster.factors.size() == 1 ? "" : "s", cluster.package,
                                   cluster.scaled ? ", scaled by the diagonal" : "", cluster.trained ? "trained" : "in the pilot phase",
                                   static_cast<PetscInt>(cluster.assigned)));
  PetscFunctionReturn(static_cast<PetscErrorCode>(0));
}

/// PETSc resets a preconditioner when the size of its matrix changes: what was learnt is then of no use.
PetscErrorCode reset(PC pc) {
  PetscFunctionBegin;
  forget(context(pc));
  context(pc).rows = 0;
  PetscFunctionReturn(static_cast<PetscErrorCode>(0));
}

PetscErrorCode destroy(PC pc) {
  PetscFunctionBegin;
  delete static_cast<ClusterContext*>(pc->data);
  pc->data = nullptr;
  PetscFunctionReturn(static_cast<PetscErrorCode>(0));
}

PetscErrorCode require_type(PC pc) {
  PetscBool right = PETSC_FALSE;
  PetscFunctionBegin;
  PetscCall(PetscObjectTypeCompare(reinterpret_cast<PetscObject>(pc), "cluster_cholesky", &right));
  PetscCheck(right, communicator_of(pc), PETSC_ERR_ARG_WRONG, "the preconditioner is not of type cluster_cholesky: PCSetType first");
  PetscFunctionReturn(static_cast<PetscErrorCode>(0));
}

}  // namespace

PetscErrorCode PCClusterCholeskyTrain(PC pc, std::span<const Mat> matrices) {
  PetscFunctionBegin;
  PetscCall(require_type(pc));
  PetscCheck(!matrices.empty(), communicator_of(pc), PETSC_ERR_ARG_OUTOFRANGE, "no matrix to train with: give at least one");
  PetscCall(petsc::guarded(communicator_of(pc), "PCClusterCholeskyTrain", [&] {
    ClusterContext& cluster = context(pc);
    forget(cluster);
    for (Mat matrix : matrices) {
      petsc::require_entries(matrix, "cluster_cholesky");
      require_finite(matrix);
      const std::vector<double> features = diagonal_features(matrix);
      cluster.seen.push_back(training_copy(cluster, matrix));
      cluster.features.insert(cluster.features.end(), features.begin(), features.end());
    }
    KINDRED_PETSC(MatGetSize(matrices.front(), &cluster.rows, nullptr));
    KINDRED_PETSC(MatCreateVecs(matrices.front(), cluster.work.slot(), nullptr));
    train(cluster);
  }));
  pc->setupcalled = 0;
  PetscFunctionReturn(static_cast<PetscErrorCode>(0));
}

PetscErrorCode PCClusterCholeskyGetAssignment(PC pc, PetscInt* clusters, PetscInt* assigned) {
  PetscFunctionBegin;
  PetscCall(require_type(pc));
  *clusters = static_cast<PetscInt>(context(pc).factors.size());
  *assigned = static_cast<PetscInt>(context(pc).assigned);
  PetscFunctionReturn(static_cast<PetscErrorCode>(0));
}

}  // namespace kindred

/// -pc_type cluster_cholesky: z = S L⁻ᵀ L⁻¹ S r, L Lᵀ the factor of the mean matrix of the cluster that the matrix belongs to,
/// S = diag(A)^{-1/2} or 1. The clusters are found once, by k-means of coarse features of the first matrices (the pilot), and stay;
/// nothing is factored afterwards. What a solve does depends on the matrices of the pilot. (The idea: N. Venkovic, P. Mycek, L.
/// Giraud, O. Le Maître, Voronoi preconditioners for sampled stochastic elliptic equations.)
PetscErrorCode PCCreate_ClusterCholesky(PC pc) {
  PetscFunctionBegin;
  pc->data = new kindred::ClusterContext;
  pc->ops->setup = kindred::set_up_callback;
  pc->ops->apply = kindred::apply;
  pc->ops->applytranspose = kindred::apply;
  pc->ops->setfromoptions = kindred::set_from_options;
  pc->ops->view = kindred::view;
  pc->ops->reset = kindred::reset;
  pc->ops->destroy = kindred::destroy;
  PetscFunctionReturn(static_cast<PetscErrorCode>(0));
}
