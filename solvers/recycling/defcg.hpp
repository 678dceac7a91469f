#pragma once

#include <petscksp.h>

/// KSP type "defcg": conjugate gradients for symmetric positive definite families A_i x_i = b_i, deflated by a recycle space W that is
/// harvested during each solve and used in the next.
///
/// With WᵀAW = I and Wᵀr = 0 at the start, each step of preconditioned CG makes its direction A-orthogonal to W,
///     z = M⁻¹r,  μ = (AW)ᵀz,  p ← z - W μ + (ρ'/ρ) p,
/// so that the iteration sees A without the k eigenvalues that W stands for. A new operator costs k applications of A (none if the
/// matrix is the same object in the same state, one to find out if it is not an assembled one) and, if a space is to be harvested, k of
/// M⁻¹; a step costs 4 n k flops and the traffic of 2 n k numbers beyond CG. The next W are the k harmonic Ritz vectors of smallest value
/// over the candidate and the directions of each window of l steps. A solve with the operator of the last one also begins from that one's
/// correction (LastCorrection; two vectors more). With recycle = 0 this is PETSc's cg, step by step.
///
/// Norms: unpreconditioned (the true residual is recomputed before convergence is declared), preconditioned (default), natural, none.
/// Residual 0 in the history is that of the initial guess; the deflating projection comes after it. Reductions per step: two with the
/// preconditioned and natural norms, three with the unpreconditioned one.
/// Options: -ksp_defcg_recycle k (20), -ksp_defcg_window l (40), -ksp_defcg_harvest windows|first|none, -ksp_defcg_refresh
/// always|adaptive, -ksp_defcg_stabilize s (25: make r orthogonal to W again every s steps; 0: never), -ksp_defcg_save file,
/// -ksp_defcg_load file.
/// Fails with KSP_DIVERGED_INDEFINITE_MAT or _PC if pᵀAp ≤ 0, WᵀAW is indefinite, or rᵀM⁻¹r < 0.
///
/// Saad, Yeung, Erhel and Guyomarc'h, "A deflated version of the conjugate gradient algorithm", SIAM J. Sci. Comput. 21, 2000;
/// windows after Venkovic, Mycek, Giraud and Le Maître, "Recycling Krylov subspace strategies for sequences of sampled
/// stochastic elliptic equations".
extern "C" PetscErrorCode KSPCreate_DefCG(KSP ksp);
