#pragma once

#include <petscksp.h>

// The PETSc Krylov methods `gcrodr` and `gmresdr`. Everything here is collective on the KSP's communicator; errors are PETSc error
// codes. A function that sets something raises PETSC_ERR_ARG_WRONG if the KSP is of another type.

/// When the recycle space is computed anew from the directions of a cycle (options -ksp_gcrodr_refresh).
enum KSPGCRODRRefresh {
  KSPGCRODR_REFRESH_EVERY,     ///< `every`: at the end of every cycle
  KSPGCRODR_REFRESH_ONCE,      ///< `once`: at the end of every system, and as long as there is no space
  KSPGCRODR_REFRESH_ADAPTIVE,  ///< `adaptive`: every cycle, but not for a system that needed one cycle and at most 1.1 times the fewest
                               ///< steps, nor, with the operator of the last system, where the harmonic Ritz values would hardly shrink
  KSPGCRODR_REFRESH_NEVER      ///< `never`: the space stays as it was set or loaded
};

/// How new directions are made orthogonal to [C V] (options -ksp_gcrodr_orthogonalization).
enum KSPGCRODROrthogonalization {
  KSPGCRODR_CGS2,  ///< `cgs2`: classical Gram-Schmidt twice, two reductions a step
  KSPGCRODR_MGS    ///< `mgs`: modified Gram-Schmidt, one reduction per basis vector
};

/// What the last KSPSolve() did. The iteration count of the KSP is `arnoldi_steps`; comparisons between methods use
/// `operator_applications`.
struct KSPGCRODRCounts {
  PetscInt arnoldi_steps;
  PetscInt cycles;
  PetscInt refreshes;
  PetscInt operator_applications;        ///< all of them: steps, start-up and residuals
  PetscInt start_applications;           ///< those before the first step: of A U when the operator is new, or what finds out whether it is
  PetscInt residual_applications;        ///< those of b - A x
  PetscInt preconditioner_applications;  ///< none with PCNONE
};

/// GCRO-DR: GMRES with deflated restarting whose deflation space is carried from one system A⁽ⁱ⁾ x⁽ⁱ⁾ = b⁽ⁱ⁾ to the next. For
/// KSPRegister(); users write KSPSetType(ksp, "gcrodr").
///
/// k columns U with A U = C, CᵀC = I deflate the system; m - k Arnoldi steps with (I - C Cᵀ) A M⁻¹ follow:
///     A [U Z] = [C V] G,   G = [I B; 0 H̄],   x += Z y - U B y,   y = argmin ‖ ‖r‖ e₁ - H̄ y ‖,
/// and the harmonic Ritz vectors of smallest |θ| over [U Z] become the next U. Right, flexible preconditioning: U lies in solution space,
/// so that A U = C whatever the preconditioner, which may change between systems and between steps. The residual is the true one and is
/// recomputed before convergence is declared. With k = 0 it is GMRES(m).
///
/// Z = M⁻¹V is stored (m vectors) unless there is no preconditioner. Setting "flexible" to false saves that memory, costs one application
/// of M⁻¹ per cycle and k per refresh, and uses another projection for the Ritz vectors: less effective
/// as a rule, better where the preconditioner moves the small eigenvalues far, as Jacobi does for coefficients of high contrast.
///
/// U lives in the KSP across KSPSetOperators() and KSPSolve(), until KSPReset(). While the operator object and its state stay the same, C
/// is kept too; for a new operator C is computed with k applications. The state of a matrix that is not assembled (shell, nest, ...) does
/// not tell: one application does. A U from other systems is dropped when three cycles in a row lower the residual norm by less than 1 %,
/// unless it is never to be refreshed; from then on, until KSPReset(), Ritz vectors are chosen by the projection of "flexible" = false.
///
/// A solve with the operator of the last one also begins from that one's correction, see LastCorrection: refreshed spaces forget it.
///
/// Memory: (m+3) + max(k, m if Z is stored) vectors. Work per step: the operator, the preconditioner and 6 n (k + j) flops for the
/// orthogonalisation in step j; per refresh about 6 n m k flops, or 10 n m k where Z is stored.
///
/// M. Parks, E. de Sturler, G. Mackey, D. Johnson, S. Maiti, SIAM J. Sci. Comput. 28 (2006) 1651-1674, algorithm in the appendix; flexible
/// form: L. Carvalho, S. Gratton, R. Lago, X. Vasseur, SIAM J. Matrix Anal. Appl. 32 (2011) 1212-1235.
PetscErrorCode KSPCreate_GCRODR(KSP ksp);

/// The same without carry-over: every system starts from nothing, and deflation acts from the second cycle on. Mathematically GMRES-DR
/// (R. Morgan, SIAM J. Sci. Comput. 24 (2002) 20-37). Its options begin with -ksp_gmresdr_.
PetscErrorCode KSPCreate_GMRESDR(KSP ksp);

/// @param restart  m ≥ 1, the most columns of [U Z] together; default 40
PetscErrorCode KSPGCRODRSetRestart(KSP ksp, PetscInt restart);
PetscErrorCode KSPGCRODRGetRestart(KSP ksp, PetscInt* restart);

/// @param recycle  k with 0 ≤ k < m, the most columns of U; PETSC_DECIDE (the default) is min(20, m/2)
PetscErrorCode KSPGCRODRSetRecycle(KSP ksp, PetscInt recycle);
PetscErrorCode KSPGCRODRGetRecycle(KSP ksp, PetscInt* recycle);

PetscErrorCode KSPGCRODRSetRefresh(KSP ksp, KSPGCRODRRefresh refresh);
PetscErrorCode KSPGCRODRSetOrthogonalization(KSP ksp, KSPGCRODROrthogonalization orthogonalization);

/// @param flexible  store Z = M⁻¹V (default). Required if M⁻¹ differs from step to step.
PetscErrorCode KSPGCRODRSetFlexible(KSP ksp, PetscBool flexible);

/// @param adaptive  drop, at each refresh, vectors that hardly deflate: |θ| above a tenth of the median over the cycle. Default: no.
PetscErrorCode KSPGCRODRSetAdaptiveRecycle(KSP ksp, PetscBool adaptive);

/// A copy of U: dense n × k, rows distributed like the vectors; k may be 0. The caller destroys it.
/// Raises PETSC_ERR_ORDER before the first KSPSetUp().
PetscErrorCode KSPGCRODRGetRecycleSpace(KSP ksp, Mat* space);

/// A copy of C = A U for the last operator, in the same form, with which KSPGCRODRGetRecycleSpace() satisfies A U = C and CᵀC = I after a
/// solve.
PetscErrorCode KSPGCRODRGetRecycleImage(KSP ksp, Mat* image);

/// Replaces U by a copy of a dense n × k matrix, k ≤ recycle, rows distributed like the vectors; columns may be linearly dependent.
/// Raises PETSC_ERR_ARG_SIZ if the shape does not fit, PETSC_ERR_FP if an entry is not finite, PETSC_ERR_ORDER before KSPSetUp().
PetscErrorCode KSPGCRODRSetRecycleSpace(KSP ksp, Mat space);

/// Forgets U.
PetscErrorCode KSPGCRODRResetRecycleSpace(KSP ksp);

PetscErrorCode KSPGCRODRGetCounts(KSP ksp, KSPGCRODRCounts* counts);

/// Writes U to an HDF5 file (see recycle_file.hpp), for any number of processes to load, provided that they number the unknowns alike.
/// A DMDA numbers them by its process grid: save and load with the same process grid, or with slabs (-da_processors_x 1).
PetscErrorCode KSPGCRODRSaveRecycleSpace(KSP ksp, const char* path);
/// Reads U. Raises PETSC_ERR_FILE_UNEXPECTED if the file is not a recycle space or has another number of unknowns. After KSPSetUp().
PetscErrorCode KSPGCRODRLoadRecycleSpace(KSP ksp, const char* path);
