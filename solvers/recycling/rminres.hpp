#pragma once

#include <petscksp.h>

/// KSP type "rminres": MINRES for symmetric, possibly indefinite families A_i x_i = b_i with a symmetric positive definite preconditioner
/// M, deflated by a recycle space U that is harvested during each solve and used in the next.
///
/// With A U = C and CᵀM⁻¹C = I, the Lanczos process runs with (I - C CᵀM⁻¹) A; each step adds b_j = CᵀM⁻¹A u_j, and the part of the
/// solution in U follows from a recurrence on k-vectors, so that U is touched once per solve. A new operator costs k applications of A and
/// of M⁻¹; with the same operator and preconditioner only M⁻¹C is made again, or checked with one application if U has not changed. A step
/// costs 6 n k flops and the traffic of 3 n k numbers beyond MINRES. The next U are the k harmonic Ritz vectors of smallest |θ| over the
/// candidate and the Lanczos vectors of each window of l steps. A solve with the operator of the last one also begins from that one's
/// correction (LastCorrection), for one application of A and of M⁻¹. With recycle = 0 this is PETSc's minres, step by step.
///
/// Norms: preconditioned (default; minres' estimate, ‖M⁻¹r₀‖ times the sines of the rotations), unpreconditioned (recurred, and
/// the true residual is recomputed before convergence is declared), none. Residual 0 in the history is that of the initial guess. Two
/// reductions per step, three with the unpreconditioned norm. Options: -ksp_rminres_recycle k (20), -ksp_rminres_window l (40),
/// -ksp_rminres_harvest windows|first|none, -ksp_rminres_refresh always|adaptive, -ksp_rminres_save file, -ksp_rminres_load file. Fails
/// with KSP_DIVERGED_INDEFINITE_PC if rᵀM⁻¹r < 0.
///
/// Wang, de Sturler and Paulino, "Large-scale topology optimization using preconditioned Krylov subspace methods with recycling",
/// Int. J. Numer. Meth. Engng 69, 2007; Paige and Saunders, "Solution of sparse indefinite systems of linear equations", SIAM J. Numer.
/// Anal. 12, 1975.
extern "C" PetscErrorCode KSPCreate_RMINRES(KSP ksp);
