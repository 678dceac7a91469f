#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include <eigen3/Eigen/SparseCore>

#include <kindred/core/petsc/petsc.hpp>

#include "recycling_fixture.hpp"

// Families of symmetric systems for the tests of recycling, written down independently of the project's discretisation.

namespace kindred::test {

/// exp(g) on points × points nodes of the unit square, with g the periodic Gaussian random field of covariance
/// ∝ (−Δ + τ²)^{-α}, α = 2.5, τ = 7, mean zero, summed mode by mode.
Eigen::MatrixXd lognormal_coefficient(Eigen::Index points, std::uint64_t seed);

/// −∇·(a∇u) on the interior × interior inner nodes of a square grid with spacing h, times h²; coefficient on faces: mean of the
/// two nodes; zero boundary values. Symmetric positive definite.
SparseMatrix darcy(Eigen::Index interior, std::uint64_t seed);

/// The same with insulated sides on points × points nodes: constants are the null space.
SparseMatrix darcy_neumann(Eigen::Index points, std::uint64_t seed);

/// −Δu − (wave_number · c)² u times h², c in [0.9, 1.1] varying smoothly with the seed; zero boundary values. Symmetric, indefinite if
/// the wave number exceeds √2 π.
SparseMatrix helmholtz(Eigen::Index interior, double wave_number, std::uint64_t seed);

/// Reads options like {"ksp_defcg_recycle", "10"} into a KSP; all of them must be known to it.
void set_options(KSP ksp, const std::map<std::string, std::string>& options);

PetscInt operator_applications(KSP ksp);
/// What a PETSc call fails with; empty: it does not.
std::string failure(const std::function<void()>& call);

/// A right-hand side of ones.
Eigen::VectorXd ones(const SparseMatrix& a);

/// The `count` eigenvectors of smallest |λ|.
Eigen::MatrixXd small_eigenvectors(const SparseMatrix& matrix, Eigen::Index count);

}  // namespace kindred::test
