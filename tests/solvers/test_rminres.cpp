#include <cmath>
#include <limits>

#include <boost/test/unit_test.hpp>
#include <eigen3/Eigen/Dense>

#include <kindred/solvers/recycling/recycle_interface.hpp>

#include "../support/process.hpp"
#include "recycling_systems.hpp"

using namespace kindred::test;
using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

/// A new indefinite operator each time, −Δ − k² with k² between the eigenvalues of −Δ, 8 or 9 of them below it.
SparseMatrix wave(Index interior, std::uint64_t sample) { return helmholtz(interior, 11.0, sample); }

}  // namespace

BOOST_FIXTURE_TEST_SUITE(test_rminres, RecyclingFixture)

BOOST_AUTO_TEST_CASE(without_a_space_it_is_minres_step_by_step) {
  const SparseMatrix a = wave(16, 1);
  for (const char* pc : {PCNONE, PCJACOBI}) {
    Sequence reference("minres", pc);
    Sequence method("rminres", pc);
    set_options(method.ksp(), {{"ksp_rminres_recycle", "0"}});
    const auto expected = history(reference, [&] { reference.solve(a, ones(a)); });
    const auto found = history(method, [&] { method.solve(a, ones(a)); });
    BOOST_REQUIRE(found.size() == expected.size());
    BOOST_TEST(expected.size() > 20U);
    for (std::size_t i = 0; i < found.size(); ++i) {
      BOOST_TEST(found[i] == expected[i], boost::test_tools::tolerance(1e-12));
    }
    BOOST_TEST((method.x - reference.x).norm() <= 1e-13 * reference.x.norm());
  }
}

/// With exact eigenvectors deflated MINRES is MINRES for the rest of the spectrum.
BOOST_AUTO_TEST_CASE(exact_eigenvectors_remove_their_part_of_the_spectrum) {
  const SparseMatrix a = wave(20, 1);
  const VectorXd b = random_vector(a.rows(), 4);
  const MatrixXd u = small_eigenvectors(a, 12);
  const VectorXd remaining = b - u * (u.transpose() * b);
  Sequence plain("minres", PCNONE, 1e-10);
  Sequence rest("minres", PCNONE, 1e-10 * b.norm() / remaining.norm());
  Sequence method("rminres", PCNONE, 1e-10);
  set_options(method.ksp(), {{"ksp_rminres_harvest", "none"}});
  BOOST_REQUIRE(plain.solve(a, b) > 0);
  BOOST_REQUIRE(rest.solve(a, remaining) > 0);
  set_recycle_space(method.ksp(), u);
  BOOST_REQUIRE(method.solve(a, b) > 0);
  BOOST_TEST(std::abs(method.iterations() - rest.iterations()) <= 2);
  BOOST_TEST(method.iterations() < 0.7 * plain.iterations());
  BOOST_TEST(method.relative_residual(b) <= 1.01e-10);
  BOOST_TEST(operator_applications(method.ksp()) == method.iterations() + 12);
}

/// A neighbour's eigenvectors, wave number 20, 27 negative eigenvalues: 523 steps become 352 on a sample of another draw; the ratio, with a
/// fifth allowed for, is what carries over.
BOOST_AUTO_TEST_CASE(eigenvectors_of_a_neighbouring_sample_save_a_third_of_the_steps) {
  const SparseMatrix a = helmholtz(40, 20.0, 1);
  const VectorXd pivots = MatrixXd(a).ldlt().vectorD();  // as many negative ones as eigenvalues
  BOOST_TEST((pivots.array() < 0.0).count() >= 24);
  Sequence plain("minres");
  Sequence method("rminres");
  set_options(method.ksp(), {{"ksp_rminres_harvest", "none"}});
  BOOST_REQUIRE(plain.solve(a, ones(a)) > 0);
  set_recycle_space(method.ksp(), small_eigenvectors(helmholtz(40, 20.02, 1), 20));
  const auto norms = history(method, [&] { BOOST_REQUIRE(method.solve(a, ones(a)) > 0); });
  BOOST_TEST_MESSAGE("minres " << plain.iterations() << ", rminres " << method.iterations());
  BOOST_TEST(method.iterations() < 1.2 * 352.0 / 523.0 * plain.iterations());
  BOOST_TEST(norms.back() == method.relative_residual(ones(a)) * ones(a).norm(), boost::test_tools::tolerance(1e-3));
}

BOOST_AUTO_TEST_CASE(a_sequence_of_indefinite_systems_gets_shorter) {
  for (const char* pc : {PCNONE, PCJACOBI}) {
    Sequence plain("minres", pc);
    Sequence method("rminres", pc);
    PetscInt first = 0;
    double minres = 0.0;
    double recycled = 0.0;
    for (std::uint64_t sample = 0; sample < 6; ++sample) {
      const SparseMatrix a = wave(24, sample);
      plain.x = method.x = VectorXd::Zero(a.rows());
      BOOST_REQUIRE(plain.solve(a, ones(a)) > 0);
      BOOST_REQUIRE(method.solve(a, ones(a)) > 0);
      BOOST_TEST(error_of(method, ones(a)) <= 1e-4);
      first = sample == 0 ? method.iterations() : first;
      if (sample > 0) {
        minres += plain.iterations();
        recycled += method.iterations();
        BOOST_TEST(operator_applications(method.ksp()) == method.iterations() + 20);
      }
    }
    BOOST_TEST_MESSAGE(pc << ": minres " << minres / 5.0 << ", rminres " << recycled / 5.0);
    BOOST_TEST(first > 0.8 * minres / 5.0);  // nothing to recycle yet
    BOOST_TEST(recycled < 0.75 * minres);
    const MatrixXd u = recycle_space(method.ksp());
    BOOST_TEST(u.cols() == 20);
    const MatrixXd image = method.a * u;
    const VectorXd inverse =
        pc == std::string(PCJACOBI) ? VectorXd(MatrixXd(method.a).diagonal().cwiseInverse()) : VectorXd::Ones(u.rows());
    BOOST_TEST((image.transpose() * inverse.asDiagonal() * image - MatrixXd::Identity(20, 20)).cwiseAbs().maxCoeff() <= 1e-6);
  }
}

BOOST_AUTO_TEST_CASE(images_are_orthonormal_and_dependent_columns_are_dropped) {
  const SparseMatrix a = wave(16, 1);
  MatrixXd u(a.rows(), 6);
  for (Index j = 0; j < 5; ++j) {
    u.col(j) = std::pow(10.0, static_cast<double>(j) - 2.0) * random_vector(a.rows(), static_cast<unsigned>(j));
  }
  u.col(5) = u.col(0) - u.col(3);
  Sequence s("rminres", PCJACOBI, 1e-10);
  set_options(s.ksp(), {{"ksp_rminres_harvest", "none"}});
  set_recycle_space(s.ksp(), u);
  BOOST_REQUIRE(s.solve(a, ones(a)) > 0);
  const MatrixXd image = a * recycle_space(s.ksp());
  BOOST_REQUIRE(image.cols() == 5);
  const VectorXd inverse = MatrixXd(a).diagonal().cwiseInverse();
  BOOST_TEST((image.transpose() * inverse.asDiagonal() * image - MatrixXd::Identity(5, 5)).cwiseAbs().maxCoeff() <= 1e-10);
  BOOST_TEST(error_of(s, ones(a)) <= 1e-6);
}

BOOST_AUTO_TEST_CASE(same_operator_spares_its_applications_and_a_changed_preconditioner_is_noticed) {
  const SparseMatrix a = wave(16, 1);
  Sequence s("rminres", PCJACOBI, 1e-10);
  s.solve(a, ones(a));
  BOOST_TEST(operator_applications(s.ksp()) == s.iterations());
  s.x.setZero();
  BOOST_REQUIRE(s.solve(random_vector(a.rows(), 1)) > 0);
  BOOST_TEST(operator_applications(s.ksp()) == s.iterations() + 1);  // to the last solve's correction
  set_options(s.ksp(), {{"ksp_rminres_harvest", "none"}});
  s.x.setZero();
  s.solve(random_vector(a.rows(), 2));
  const PetscInt with_jacobi = s.iterations();
  PC pc = nullptr;
  KINDRED_PETSC(KSPGetPC(s.ksp(), &pc));
  KINDRED_PETSC(PCSetType(pc, PCNONE));
  s.x.setZero();
  BOOST_REQUIRE(s.solve(random_vector(a.rows(), 3)) > 0);
  BOOST_TEST(s.relative_residual(random_vector(a.rows(), 3)) <= 1.01e-10);
  KINDRED_PETSC(PCSetType(pc, PCJACOBI));
  s.x.setZero();
  BOOST_REQUIRE(s.solve(random_vector(a.rows(), 2)) > 0);
  BOOST_TEST(std::abs(s.iterations() - with_jacobi) <= 1);
}

BOOST_AUTO_TEST_CASE(unpreconditioned_norm_is_that_of_the_true_residual) {
  const SparseMatrix a = wave(16, 1);
  Sequence s("rminres", PCJACOBI, 1e-9);
  set_options(s.ksp(), {{"ksp_norm_type", "unpreconditioned"}, {"ksp_rminres_recycle", "8"}, {"ksp_rminres_window", "16"}});
  s.solve(wave(16, 2), ones(a));
  s.x.setZero();
  s.set_matrix(a);
  int compared = 0;
  s.watch([&](PetscInt iteration, double norm) {
    Vec x = nullptr;
    KINDRED_PETSC(KSPBuildSolution(s.ksp(), nullptr, &x));
    const PetscScalar* values = nullptr;
    KINDRED_PETSC(VecGetArrayRead(x, &values));
    const double exact = (ones(a) - a * VectorXd::Map(values, a.rows())).norm();
    KINDRED_PETSC(VecRestoreArrayRead(x, &values));
    BOOST_TEST(std::abs(norm - exact) <= 1e-6 * exact + 1e-12);
    compared += iteration > 0 ? 1 : 0;
  });
  BOOST_REQUIRE(s.solve(ones(a)) > 0);
  BOOST_TEST(compared == s.iterations());
  BOOST_TEST(s.relative_residual(ones(a)) <= 1.0001e-9);
}

BOOST_AUTO_TEST_CASE(convergence_is_declared_for_the_true_residual_only) {
  const SparseMatrix a = wave(16, 1);
  Sequence s("rminres", PCNONE, 1e-10);
  KINDRED_PETSC(KSPSetNormType(s.ksp(), KSP_NORM_UNPRECONDITIONED));
  KINDRED_PETSC(KSPSetTolerances(s.ksp(), 1e-10, 0.0, 1e30, 3000));
  KINDRED_PETSC(KSPSetInitialGuessNonzero(s.ksp(), PETSC_TRUE));
  s.set_matrix(a);
  for (unsigned solve = 0; solve < 2; ++solve) {
    s.x = 1e7 * random_vector(a.rows(), solve);
    BOOST_REQUIRE(s.solve(ones(a)) > 0);
    BOOST_TEST(s.relative_residual(ones(a)) <= 1.0001e-10);
  }
}

BOOST_AUTO_TEST_CASE(zero_right_hand_side_and_solution_within_the_space) {
  const SparseMatrix a = wave(16, 1);
  Sequence s("rminres");
  BOOST_TEST(s.solve(a, VectorXd::Zero(a.rows())) > 0);
  BOOST_TEST(s.iterations() == 0);
  BOOST_TEST(s.x.norm() == 0.0);
  MatrixXd u(a.rows(), 3);
  for (Index j = 0; j < 3; ++j) {
    u.col(j) = random_vector(a.rows(), static_cast<unsigned>(j));
  }
  set_recycle_space(s.ksp(), u);
  const VectorXd b = a * u.rowwise().sum();
  BOOST_TEST(s.solve(b) > 0);
  BOOST_TEST(s.iterations() == 0);
  BOOST_TEST(s.relative_residual(b) <= 1e-8);
}

BOOST_AUTO_TEST_CASE(not_a_number_ends_the_solve_and_spares_the_space) {
  const SparseMatrix a = wave(16, 1);
  Sequence s("rminres", PCNONE, 1e-10);
  s.solve(a, ones(a));
  VectorXd b = ones(a);
  b(7) = std::numeric_limits<double>::quiet_NaN();
  BOOST_TEST(s.solve(b) == KSP_DIVERGED_NANORINF);
  SparseMatrix bad = a;
  bad.coeffRef(5, 5) = std::numeric_limits<double>::infinity();
  s.x.setZero();
  BOOST_TEST(s.solve(bad, ones(a)) == KSP_DIVERGED_NANORINF);
  s.x.setZero();
  BOOST_REQUIRE(s.solve(a, ones(a)) > 0);
  BOOST_TEST(error_of(s, ones(a)) <= 1e-6);
}

BOOST_AUTO_TEST_CASE(indefinite_preconditioners_are_reported) {
  const SparseMatrix a = wave(12, 1);
  for (const double entry : {-0.1, -10.0}) {
    SparseMatrix p = a;
    for (Index i = 0; i < a.rows(); i += 2) {
      p.coeffRef(i, i) = entry;
    }
    Sequence helper("minres");
    helper.set_matrix(p);
    Sequence s("rminres", PCJACOBI);
    s.set_matrix(a);
    KINDRED_PETSC(KSPSetOperators(s.ksp(), s.matrix(), helper.matrix()));
    BOOST_TEST(s.solve(random_vector(a.rows(), 1)) == KSP_DIVERGED_INDEFINITE_PC);
    set_recycle_space(s.ksp(), MatrixXd::Identity(a.rows(), 6));
    s.x.setZero();
    BOOST_TEST(s.solve(VectorXd::Unit(a.rows(), 1)) == KSP_DIVERGED_INDEFINITE_PC);
  }
}

BOOST_AUTO_TEST_CASE(a_space_is_saved_and_loaded) {
  const TemporaryFolder folder;
  const std::string file = folder / "space.h5";
  const SparseMatrix a = wave(16, 1);
  {
    Sequence s("rminres");
    set_options(s.ksp(), {{"ksp_rminres_save", file}});
    s.solve(a, ones(a));
  }
  Sequence plain("minres");
  plain.solve(a, ones(a));
  Sequence s("rminres");
  set_options(s.ksp(), {{"ksp_rminres_load", file}});
  BOOST_REQUIRE(s.solve(a, ones(a)) > 0);
  BOOST_TEST(s.iterations() < 0.8 * plain.iterations());
}

BOOST_AUTO_TEST_CASE(a_system_that_deflation_solves_is_no_indefinite_preconditioner) {
  for (const Index size : {2, 5}) {
    for (const char* pc : {PCNONE, PCJACOBI}) {
      Sequence s("rminres", pc);
      for (int solve = 0; solve < 6; ++solve) {
        SparseMatrix a(size, size);
        for (Index i = 0; i < size; ++i) {
          a.insert(i, i) = 2.0 + 0.1 * static_cast<double>(i) + 0.01 * (solve / 2);
          if (i > 0) {
            a.insert(i, i - 1) = a.insert(i - 1, i) = -1.0;
          }
        }
        const VectorXd b = random_vector(size, static_cast<unsigned>(solve));
        s.x = VectorXd::Zero(size);
        BOOST_TEST_CONTEXT(size << " unknowns, " << pc << ", solve " << solve) {
          BOOST_TEST(s.solve(a, b) > 0);
          BOOST_TEST(s.relative_residual(b) <= 1e-8);
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_tolerance_below_rounding_ends_the_solve) {
  const SparseMatrix a = wave(16, 1);
  Sequence s("rminres", PCNONE, 1e-20);
  set_options(s.ksp(), {{"ksp_norm_type", "unpreconditioned"}});
  for (unsigned solve = 0; solve < 2; ++solve) {
    const VectorXd b = random_vector(a.rows(), solve);
    s.x = VectorXd::Zero(a.rows());
    BOOST_TEST(s.solve(a, b) == KSP_DIVERGED_BREAKDOWN);
    BOOST_TEST(s.iterations() < 1000);
    BOOST_TEST(s.relative_residual(b) <= 1e-13);
  }
}

BOOST_AUTO_TEST_SUITE_END()
