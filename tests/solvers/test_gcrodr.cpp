#include <cmath>
#include <limits>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <eigen3/Eigen/Dense>

#include <kindred/solvers/recycling/gcrodr.hpp>

#include "recycling_fixture.hpp"
#include "recycling_systems.hpp"

using namespace kindred;
using namespace kindred::test;
using Eigen::MatrixXd;
using Eigen::VectorXd;

BOOST_FIXTURE_TEST_SUITE(test_gcrodr, RecyclingFixture)

BOOST_AUTO_TEST_CASE(without_recycling_it_is_restarted_gmres_step_by_step) {
  for (const char* pc : {PCNONE, PCJACOBI, PCSOR}) {
    const SparseMatrix a = diffusion(18, 0.0, 20.0);
    const VectorXd b = random_vector(a.rows(), 1);
    Sequence reference(KSPGMRES, pc);
    KINDRED_PETSC(KSPSetPCSide(reference.ksp(), PC_RIGHT));
    KINDRED_PETSC(KSPGMRESSetRestart(reference.ksp(), 12));
    KINDRED_PETSC(KSPGMRESSetCGSRefinementType(reference.ksp(), KSP_GMRES_CGS_REFINE_ALWAYS));
    const auto expected = history(reference, [&] { reference.solve(a, b); });
    for (const bool modified : {false, true}) {
      Sequence s("gcrodr", pc);
      configure(s, 12, 0);
      KINDRED_PETSC(KSPGCRODRSetOrthogonalization(s.ksp(), modified ? KSPGCRODR_MGS : KSPGCRODR_CGS2));
      const auto found = history(s, [&] { BOOST_TEST(s.solve(a, b) == KSP_CONVERGED_RTOL); });
      BOOST_REQUIRE(found.size() == expected.size());
      BOOST_TEST(found.size() > 24U);
      for (std::size_t i = 0; i < found.size(); ++i) {
        BOOST_TEST(std::abs(found[i] - expected[i]) <= 1e-10 * expected[0]);
      }
      BOOST_TEST((s.x - reference.x).norm() <= 1e-9 * reference.x.norm());
    }
  }
}

BOOST_AUTO_TEST_CASE(the_invariants_hold_at_every_step_of_a_sequence) {
  for (const char* pc : {PCNONE, PCSOR}) {
    for (const bool flexible : {true, false}) {
      Sequence s("gcrodr", pc);
      configure(s, 16, 6);
      KINDRED_PETSC(KSPGCRODRSetFlexible(s.ksp(), flexible ? PETSC_TRUE : PETSC_FALSE));
      int checks = 0;
      s.watch([&](PetscInt iteration, double) {
        if (iteration > 0 && s.space().cols() > 0) {
          check_invariants(s);
          ++checks;
        }
      });
      for (int sample = 0; sample < 4; ++sample) {
        const VectorXd b = random_vector(20 * 20, static_cast<unsigned>(sample));
        BOOST_TEST(s.solve(diffusion(20, sample, 30.0), b) == KSP_CONVERGED_RTOL);
        BOOST_TEST(s.relative_residual(b) <= 1e-8 * (1.0 + 1e-6));
        BOOST_TEST(s.space().cols() >= 5);
        check_invariants(s);
      }
      BOOST_TEST(checks > 40);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_reported_norm_is_that_of_the_true_residual) {
  for (const char* pc : {PCNONE, PCSOR}) {
    for (const bool flexible : {true, false}) {
      Sequence s("gcrodr", pc, 1e-10);
      configure(s, 15, 5);
      KINDRED_PETSC(KSPGCRODRSetFlexible(s.ksp(), flexible ? PETSC_TRUE : PETSC_FALSE));
      VectorXd b;
      bool projected = false;
      s.watch([&](PetscInt iteration, double norm) {
        if (iteration == 0 && projected) {
          return;  // b itself: the recycle space is taken off after the report
        }
        Vec residual = nullptr;
        double true_norm = 0.0;
        KINDRED_PETSC(KSPBuildResidual(s.ksp(), nullptr, nullptr, &residual));
        KINDRED_PETSC(VecNorm(residual, NORM_2, &true_norm));
        KINDRED_PETSC(VecDestroy(&residual));
        BOOST_TEST(std::abs(norm - true_norm) <= 0.01 * true_norm);
      });
      for (int sample = 0; sample < 3; ++sample) {
        b = random_vector(15 * 15, static_cast<unsigned>(sample));
        BOOST_TEST(s.solve(diffusion(15, sample, 10.0), b) == KSP_CONVERGED_RTOL);
        BOOST_TEST(error_of(s, b) <= 1e-7);
        PetscReal reported = 0.0;
        KINDRED_PETSC(KSPGetResidualNorm(s.ksp(), &reported));
        BOOST_TEST(std::abs(reported - (b - s.a * s.x).norm()) <= 1e-3 * reported);
        projected = true;
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(an_exact_invariant_subspace_removes_its_eigenvalues) {
  const SparseMatrix a = diffusion(20, 0.0);
  const VectorXd b = VectorXd::Ones(400);
  Sequence plain("gcrodr", PCNONE, 1e-10);
  configure(plain, 380, 0);
  plain.solve(a, b);
  Sequence deflated("gcrodr", PCNONE, 1e-10);
  configure(deflated, 400, 20, KSPGCRODR_REFRESH_NEVER);
  deflated.set_matrix(a);
  const Eigen::SelfAdjointEigenSolver<MatrixXd> eigen{MatrixXd(a)};
  deflated.set_space(eigen.eigenvectors().leftCols(20));
  BOOST_TEST(deflated.solve(b) == KSP_CONVERGED_RTOL);
  BOOST_TEST_MESSAGE("without: " << plain.iterations() << ", with 20 exact eigenvectors: " << deflated.iterations());
  // GMRES is optimal: no more steps than Chebyshev's bound 2 exp(-2 j √(λ₂₁/λ_max)) gives for the rest of the spectrum, in the A-weighted
  // norm.
  const double ratio = std::sqrt(eigen.eigenvalues()(20) / eigen.eigenvalues()(399));
  BOOST_TEST(static_cast<double>(deflated.iterations()) <= std::log(2.0 / 1e-10) / (2.0 * ratio) + 1.0);
  BOOST_TEST(deflated.iterations() < 0.6 * static_cast<double>(plain.iterations()));
  BOOST_TEST(error_of(deflated, b) <= 1e-7);
}

BOOST_AUTO_TEST_CASE(dependent_recycle_vectors_are_dropped) {
  const SparseMatrix a = diffusion(12, 1.0);
  const VectorXd b = random_vector(a.rows(), 3);
  MatrixXd space = MatrixXd::Zero(a.rows(), 6);
  for (int j = 0; j < 4; ++j) {
    space.col(j) = random_vector(a.rows(), 10U + static_cast<unsigned>(j));
  }
  Sequence clean("gcrodr");
  configure(clean, 30, 8, KSPGCRODR_REFRESH_NEVER);
  clean.set_matrix(a);
  clean.set_space(space.leftCols(4));
  BOOST_TEST(clean.solve(b) == KSP_CONVERGED_RTOL);
  space.col(4) = space.col(3);
  space.col(3) = 1e6 * space.col(1);
  space.col(5) = space.col(0) + space.col(2);
  Sequence doubled("gcrodr");
  configure(doubled, 30, 8, KSPGCRODR_REFRESH_NEVER);
  doubled.set_matrix(a);
  doubled.set_space(space);
  BOOST_TEST(doubled.solve(b) == KSP_CONVERGED_RTOL);
  BOOST_TEST(doubled.space().cols() == 4);
  check_invariants(doubled);
  BOOST_TEST((doubled.x - clean.x).norm() <= 1e-6 * clean.x.norm());
  doubled.set_space(MatrixXd::Zero(a.rows(), 3));
  BOOST_TEST(doubled.solve(b) == KSP_CONVERGED_RTOL);
  BOOST_TEST(doubled.space().cols() == 0);
}

BOOST_AUTO_TEST_CASE(a_right_hand_side_in_the_image_of_the_space_takes_no_iteration) {
  Sequence s("gcrodr");
  configure(s, 20, 8);
  const VectorXd b = random_vector(225, 4);
  s.solve(diffusion(15, 0.0), b);
  const VectorXd inside = s.image() * random_vector(s.image().cols(), 5);
  const MatrixXd before = s.space();
  BOOST_TEST(s.solve(inside) > 0);
  BOOST_TEST(s.iterations() == 0);
  BOOST_TEST(s.relative_residual(inside) <= 1e-8);
  BOOST_TEST((s.space() - before).norm() == 0.0);
}

BOOST_AUTO_TEST_CASE(trivial_systems_take_no_iteration_and_leave_the_space_alone) {
  Sequence s("gcrodr");
  configure(s, 20, 8);
  const VectorXd b = random_vector(144, 6);
  s.solve(diffusion(12, 0.0), b);
  const MatrixXd before = s.space();
  BOOST_TEST(s.solve(VectorXd::Zero(144)) > 0);
  BOOST_TEST(s.iterations() == 0);
  BOOST_TEST(s.x.norm() == 0.0);
  s.x = dense_solution(s.a, b);
  KINDRED_PETSC(KSPSetInitialGuessNonzero(s.ksp(), PETSC_TRUE));
  BOOST_TEST(s.solve(b) > 0);
  BOOST_TEST(s.iterations() == 0);
  BOOST_TEST((s.space() - before).norm() == 0.0);
}

BOOST_AUTO_TEST_CASE(a_good_initial_guess_saves_iterations_and_the_tolerance_stays_relative_to_b) {
  const SparseMatrix a = diffusion(20, 0.0);
  const VectorXd b = random_vector(400, 7);
  Sequence s("gcrodr");
  configure(s, 20, 6);
  s.solve(a, b);
  const PetscInt from_zero = s.iterations();
  s.x += 1e-5 * s.x.norm() / 20.0 * random_vector(400, 8);
  KINDRED_PETSC(KSPGCRODRResetRecycleSpace(s.ksp()));
  KINDRED_PETSC(KSPSetInitialGuessNonzero(s.ksp(), PETSC_TRUE));
  BOOST_TEST(s.solve(b) == KSP_CONVERGED_RTOL);
  BOOST_TEST(s.relative_residual(b) <= 1e-8 * (1.0 + 1e-6));
  BOOST_TEST(s.iterations() < from_zero);
}

BOOST_AUTO_TEST_CASE(conjugate_pairs_are_never_split) {
  // 2×2 rotations: all eigenvalues come in pairs, so that nine places hold four of them.
  Sequence s("gcrodr");
  configure(s, 30, 9);
  const SparseMatrix a = rotations(200, 1.3, 1.0);
  for (unsigned solve = 0; solve < 3; ++solve) {
    const VectorXd b = random_vector(400, 20 + solve);
    BOOST_TEST(s.solve(a, b) == KSP_CONVERGED_RTOL);
    BOOST_TEST_MESSAGE("rotations: " << s.iterations() << " iterations");
    BOOST_TEST(error_of(s, b) <= 1e-6);
    BOOST_TEST(s.space().cols() == 8);
    check_invariants(s);
  }
}

BOOST_AUTO_TEST_CASE(short_cycles_and_small_systems_are_solved) {
  for (const auto& [restart, recycle] : {std::pair{10, 8}, {10, 9}, {2, 1}, {60, 20}, {50, 40}, {200, 100}}) {
    Sequence s("gcrodr");
    configure(s, restart, recycle);
    for (int sample = 0; sample < 3; ++sample) {
      const VectorXd b = random_vector(36, 30);
      BOOST_TEST_CONTEXT("restart " << restart << ", recycle " << recycle << ", sample " << sample) {
        BOOST_TEST(s.solve(diffusion(6, sample, 5.0), b) > 0);
        BOOST_TEST(error_of(s, b) <= 1e-6);
      }
    }
  }
  Sequence one("gcrodr");
  SparseMatrix a(1, 1);
  a.insert(0, 0) = 4.0;
  BOOST_TEST(one.solve(a, VectorXd::Constant(1, 2.0)) > 0);
  BOOST_TEST(one.x(0) == 0.5);
}

BOOST_AUTO_TEST_CASE(an_invariant_krylov_space_ends_the_solve) {
  // Five different eigenvalues: the Krylov space is complete after five steps.
  SparseMatrix a(50, 50);
  for (int i = 0; i < 50; ++i) {
    a.insert(i, i) = 1.0 + i % 5;
  }
  const VectorXd b = random_vector(50, 31);
  for (const KSPNormType norm : {KSP_NORM_UNPRECONDITIONED, KSP_NORM_NONE}) {
    Sequence s("gcrodr", PCNONE, 1e-12);
    KINDRED_PETSC(KSPSetNormType(s.ksp(), norm));
    BOOST_TEST(s.solve(a, b) > 0);
    BOOST_TEST(s.iterations() <= 5);
    BOOST_TEST(error_of(s, b) <= 1e-12);
  }
}

BOOST_AUTO_TEST_CASE(running_out_of_iterations_is_no_convergence) {
  Sequence s("gcrodr");
  KINDRED_PETSC(KSPSetTolerances(s.ksp(), 1e-8, PETSC_DEFAULT, PETSC_DEFAULT, 7));
  const VectorXd b = random_vector(400, 33);
  BOOST_TEST(s.solve(diffusion(20, 0.0), b) == KSP_DIVERGED_ITS);
  BOOST_TEST(s.iterations() == 7);
  BOOST_TEST(s.relative_residual(b) < 1.0);
}

BOOST_AUTO_TEST_CASE(a_tolerance_below_rounding_is_not_declared_reached) {
  Sequence s("gcrodr", PCNONE, 1e-30);
  configure(s, 30, 10);
  const VectorXd b = random_vector(400, 34);
  BOOST_TEST(s.solve(diffusion(20, 0.0), b) < 0);
  BOOST_TEST(s.relative_residual(b) <= 1e-12);
}

BOOST_AUTO_TEST_CASE(what_is_not_finite_is_reported) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const SparseMatrix a = diffusion(10, 0.0);
  const VectorXd b = random_vector(100, 35);
  SparseMatrix damaged = a;
  damaged.coeffRef(3, 3) = nan;
  VectorXd broken = b;
  broken(7) = nan;
  for (const bool has_space : {false, true}) {
    Sequence s("gcrodr");
    configure(s, 20, 5);
    if (has_space) {
      s.solve(a, b);
    }
    s.set_matrix(a);
    BOOST_TEST(s.solve(broken) == KSP_DIVERGED_NANORINF);
    BOOST_TEST(s.solve(damaged, b) == KSP_DIVERGED_NANORINF);
    BOOST_TEST(s.solve(a, b) == KSP_CONVERGED_RTOL);  // and the space has not suffered
    BOOST_TEST(s.relative_residual(b) <= 1e-8 * (1.0 + 1e-6));
  }
  Sequence s("gcrodr", PCSHELL);
  PC pc = nullptr;
  KINDRED_PETSC(KSPGetPC(s.ksp(), &pc));
  KINDRED_PETSC(PCShellSetApply(pc, [](PC, Vec, Vec y) { return VecSet(y, std::numeric_limits<double>::quiet_NaN()); }));
  BOOST_TEST(s.solve(a, b) == KSP_DIVERGED_NANORINF);
}

BOOST_AUTO_TEST_CASE(an_inconsistent_singular_system_breaks_down) {
  SparseMatrix a(10, 10);
  for (int i = 0; i < 9; ++i) {
    a.insert(i, i) = 1.0 + i;
  }
  a.insert(9, 9) = 0.0;
  Sequence s("gcrodr");
  BOOST_TEST(s.solve(a, VectorXd::Ones(10)) < 0);
  BOOST_TEST(s.x.allFinite());
}

BOOST_AUTO_TEST_CASE(an_inconsistent_singular_system_leaves_no_worse_solution_than_the_guess) {
  const SparseMatrix a = darcy_neumann(8, 1);
  for (unsigned seed = 0; seed < 4; ++seed) {
    const VectorXd b = VectorXd::Ones(a.rows()) + random_vector(a.rows(), seed);
    for (const PetscInt restart : {40, 100}) {
      Sequence s("gcrodr");
      configure(s, restart, 20);
      BOOST_TEST_CONTEXT("seed " << seed << ", restart " << restart) {
        BOOST_TEST(s.solve(a, b) < 0);
        BOOST_TEST(s.relative_residual(b) <= 1.0);
        PetscReal reported = 0.0;
        KINDRED_PETSC(KSPGetResidualNorm(s.ksp(), &reported));
        BOOST_TEST(reported == (b - a * s.x).norm(), boost::test_tools::tolerance(1e-6));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_carried_space_that_brings_no_progress_is_dropped) {
  // A contrast of a million with Jacobi: vectors of small residual deflate the wrong end of the preconditioned spectrum.
  Sequence recycled("gcrodr", PCJACOBI);
  Sequence fresh("gmresdr", PCJACOBI);
  for (Sequence* s : {&recycled, &fresh}) {
    KINDRED_PETSC(KSPSetTolerances(s->ksp(), 1e-8, 0.0, PETSC_DEFAULT, 1000));
  }
  for (int sample = 0; sample < 4; ++sample) {
    const SparseMatrix a = disc(30, 1e6, 0.1 + 0.01 * sample);
    const VectorXd b = VectorXd::NullaryExpr(a.rows(), [&](Eigen::Index i) {
      const auto at = static_cast<double>(i);
      return std::sin(1.0 + at * (0.7 + 0.1 * sample)) + 0.3 * std::cos(0.01 * at * at);
    });
    recycled.x = fresh.x = VectorXd::Zero(a.rows());
    BOOST_TEST(fresh.solve(a, b) == KSP_CONVERGED_RTOL);
    BOOST_TEST(recycled.solve(a, b) == KSP_CONVERGED_RTOL);
    BOOST_TEST(recycled.relative_residual(b) <= 1e-8 * (1.0 + 1e-6));
    BOOST_TEST_MESSAGE("contrast 1e6: gcrodr " << recycled.iterations() << ", gmresdr " << fresh.iterations());
    BOOST_TEST(recycled.iterations() <= fresh.iterations() + 4 * 20);  // three cycles lost and one under way
  }
  BOOST_TEST(recycled.iterations() < 0.8 * static_cast<double>(fresh.iterations()));  // the spaces after it do help
}

BOOST_AUTO_TEST_CASE(a_residual_norm_below_rounding_is_not_believed) {
  Sequence s("gcrodr", PCJACOBI, 0.0);
  KINDRED_PETSC(KSPSetTolerances(s.ksp(), 0.0, 0.0, PETSC_DEFAULT, 500));
  for (int sample = 0; sample < 3; ++sample) {
    const VectorXd b = random_vector(400, 34U + static_cast<unsigned>(sample));
    BOOST_TEST(s.solve(diffusion(20, sample), b) == KSP_DIVERGED_BREAKDOWN);
    BOOST_TEST(s.relative_residual(b) <= 1e-14);
    BOOST_TEST(s.iterations() < 250);
    PetscReal reported = 0.0;
    KINDRED_PETSC(KSPGetResidualNorm(s.ksp(), &reported));
    BOOST_TEST(reported >= 0.1 * (b - s.a * s.x).norm());
  }
}

BOOST_AUTO_TEST_SUITE_END()
