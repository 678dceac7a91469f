#pragma once

#include <span>

#include <petscksp.h>

#include <kindred/solvers/family/fitted_operator.hpp>

/// PETSc preconditioners for families of related matrices. After register_preconditioners() they are reached by name: -pc_type dst |
/// scaled_dst | cluster_cholesky | amg_reuse | circulant.
extern "C" {
PETSC_EXTERN PetscErrorCode PCCreate_DST(PC pc);
PETSC_EXTERN PetscErrorCode PCCreate_ScaledDST(PC pc);
PETSC_EXTERN PetscErrorCode PCCreate_ClusterCholesky(PC pc);
PETSC_EXTERN PetscErrorCode PCCreate_AMGReuse(PC pc);
PETSC_EXTERN PetscErrorCode PCCreate_Circulant(PC pc);
}

namespace kindred {

/// Registers all of them with PETSc, which must be running; may be called again.
PetscErrorCode register_preconditioners();

/// Describes the grid to a PC of type dst or scaled_dst, overruling its options and what the matrix or a DMDA says.
PetscErrorCode PCDSTSetGrid(PC pc, const GridChoice& grid);
/// The operator that the PC inverts (before scaling by the diagonal); after PCSetUp. Owned by the PC.
PetscErrorCode PCDSTGetOperator(PC pc, const ConstantOperator** model);

/// Trains a PC of type cluster_cholesky with these matrices (of one sparsity pattern) instead of the first ones that it meets.
PetscErrorCode PCClusterCholeskyTrain(PC pc, std::span<const Mat> matrices);
/// Number of factors, and which of them serves the present matrix; after PCSetUp.
PetscErrorCode PCClusterCholeskyGetAssignment(PC pc, PetscInt* clusters, PetscInt* assigned);

/// How often a PC of type amg_reuse has built its hierarchy.
PetscErrorCode PCAMGReuseGetSetups(PC pc, PetscInt* setups);

/// Which circulant matrix a PC of type circulant takes for a Toeplitz matrix: the nearest one in the Frobenius norm (T. Chan), the one with
/// its central diagonals (G. Strang), or the inverse of the smallest one around it, cut down to its rows (R. Chan, K.-P. Ng).
enum class CirculantType { optimal, strang, embedding };
PetscErrorCode PCCirculantSetType(PC pc, CirculantType type);

}  // namespace kindred
