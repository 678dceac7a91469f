#include <cmath>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <eigen3/Eigen/Dense>

#include <kindred/core/petsc/petsc.hpp>
#include <kindred/solvers/family/kmeans.hpp>
#include <kindred/solvers/family/petsc_preconditioners.hpp>
#include <kindred/solvers/family/reuse_policy.hpp>

#include "preconditioner_fixture.hpp"
#include "systems.hpp"

using namespace kindred;
using namespace kindred::test;

namespace {

/// The Dirichlet Laplacian times `factor`.
LinearSystem scaled_system(double factor, std::uint64_t seed = 1) {
  LinearSystem system = test::make_system({.cells = {8, 8}, .seed = seed});
  auto a = std::make_shared<StencilOperator>(static_cast<const StencilOperator&>(*system.matrix));
  for (auto* values : {&a->center, &a->lower[0], &a->lower[1], &a->upper[0], &a->upper[1]}) {
    for (double& v : *values) {
      v *= factor;
    }
  }
  system.matrix = a;
  return system;
}

PetscInt assignment(const Chain& chain) {
  PetscInt clusters = 0;
  PetscInt assigned = 0;
  KINDRED_PETSC(PCClusterCholeskyGetAssignment(chain.pc, &clusters, &assigned));
  return assigned;
}

PetscInt cluster_count(const Chain& chain) {
  PetscInt clusters = 0;
  PetscInt assigned = 0;
  KINDRED_PETSC(PCClusterCholeskyGetAssignment(chain.pc, &clusters, &assigned));
  return clusters;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(test_cluster_cholesky, PreconditionerFixture)

BOOST_AUTO_TEST_CASE(k_means_finds_separated_groups) {
  const std::vector<double> points{0.0, 0.1, 10.0, 0.2, 0.1, 0.0, 10.2, 0.0, 0.0, 9.9, 0.1, 10.1};
  const Clusters clusters = k_means({points, 6, 2}, 3);
  BOOST_TEST(clusters.count == 3);
  const auto& a = clusters.assignment;
  BOOST_TEST(a[0] == a[2]);
  BOOST_TEST(a[1] == a[3]);
  BOOST_TEST(a[4] == a[5]);
  BOOST_TEST(a[0] != a[1]);
  BOOST_TEST(a[0] != a[4]);
  BOOST_TEST(a[1] != a[4]);
  const auto c = static_cast<std::size_t>(2 * a[1]);
  BOOST_TEST(clusters.centroids[c] == 10.1, boost::test_tools::tolerance(1e-14));
  BOOST_TEST(clusters.centroids[c + 1] == 0.1, boost::test_tools::tolerance(1e-14));
  const std::vector<double> near{0.3, 9.0};
  BOOST_TEST(nearest_centroid(clusters, near) == a[4]);
}

BOOST_AUTO_TEST_CASE(k_means_makes_no_more_clusters_than_points_that_differ) {
  const std::vector<double> points{1.0, 2.0, 1.0, 2.0};
  BOOST_TEST(k_means({points, 4, 1}, 10).count == 2);
  BOOST_CHECK_THROW(k_means({points, 0, 1}, 1), InputError);
  BOOST_CHECK_THROW(k_means({points, 4, 1}, 0), InputError);
  const std::vector<double> bad{1.0, std::nan("")};
  BOOST_CHECK_THROW(k_means({bad, 2, 1}, 1), InputError);
}

// Multiples of one matrix: with scaling, any of them is the preconditioner of all.
BOOST_AUTO_TEST_CASE(a_factor_of_the_same_scaled_matrix_solves_in_one_iteration) {
  Chain chain("cluster_cholesky", {{"pc_cluster_cholesky_pilot", "2"}, {"pc_cluster_cholesky_clusters", "1"}});
  for (const double factor : {1.0, 5.0, 0.2, 100.0}) {
    const Solved solved = chain.solve(scaled_system(factor));
    BOOST_TEST(solved.reason > 0);
    BOOST_TEST(solved.iterations == 1);
  }
  BOOST_TEST(cluster_count(chain) == 1);
}

// The mean of two matrices without scaling: M⁻¹A_i has the spectrum of (A_1 + A_2)/2 against A_i, in [0, 2] by definiteness.
BOOST_AUTO_TEST_CASE(the_centroid_is_the_mean_matrix) {
  const LinearSystem one = test::make_system({.cells = {8, 8}, .seed = 1});
  const LinearSystem two = test::make_system({.cells = {8, 8}, .seed = 2});
  Chain chain("cluster_cholesky",
              {{"pc_cluster_cholesky_pilot", "2"}, {"pc_cluster_cholesky_clusters", "1"}, {"pc_cluster_cholesky_scaled", "false"}});
  chain.solve(one);
  chain.solve(two);
  const Eigen::MatrixXd mean = 0.5 * (test::dense(one) + test::dense(two));
  petsc::Vector b;
  petsc::Vector x;
  KINDRED_PETSC(MatCreateVecs(chain.matrix, x.slot(), b.slot()));
  KINDRED_PETSC(VecSet(b, 1.0));
  KINDRED_PETSC(PCApply(chain.pc, b, x));
  const PetscScalar* values = nullptr;
  KINDRED_PETSC(VecGetArrayRead(x, &values));
  const Eigen::VectorXd reference = mean.ldlt().solve(Eigen::VectorXd::Ones(64));
  BOOST_TEST(test::relative_error({values, 64}, reference) <= 1e-12);
  KINDRED_PETSC(VecRestoreArrayRead(x, &values));
}

BOOST_AUTO_TEST_CASE(matrices_go_to_the_nearest_cluster_and_nothing_is_factored_again) {
  Chain chain("cluster_cholesky",
              {{"pc_cluster_cholesky_pilot", "4"}, {"pc_cluster_cholesky_clusters", "2"}, {"pc_cluster_cholesky_scaled", "false"}});
  for (const double factor : {1.0, 1e4, 1.1, 1.1e4}) {
    BOOST_TEST(chain.solve(scaled_system(factor)).reason > 0);
  }
  BOOST_TEST(cluster_count(chain) == 2);
  BOOST_TEST(chain.solve(scaled_system(1.05)).iterations == 1);
  const PetscInt small = assignment(chain);
  BOOST_TEST(chain.solve(scaled_system(0.9e4)).iterations == 1);
  BOOST_TEST(assignment(chain) != small);
  chain.solve(scaled_system(2.0));
  BOOST_TEST(assignment(chain) == small);
}

BOOST_AUTO_TEST_CASE(training_with_given_matrices_skips_the_pilot) {
  Chain chain("cluster_cholesky", {{"pc_cluster_cholesky_clusters", "2"}});
  petsc::Matrix one;
  petsc::Matrix two;
  scaled_system(1.0, 1).matrix->assemble(one);
  scaled_system(50.0, 2).matrix->assemble(two);
  const std::vector<Mat> matrices{one.get(), two.get()};
  KINDRED_PETSC(PCClusterCholeskyTrain(chain.pc, matrices));
  BOOST_TEST(chain.solve(scaled_system(50.0, 2)).iterations == 1);
  BOOST_TEST(chain.solve(scaled_system(1.0, 1)).iterations == 1);
  BOOST_TEST(cluster_count(chain) == 2);
}

BOOST_AUTO_TEST_CASE(singular_and_differing_systems_converge_with_every_package) {
  for (const char* package : {"petsc", "cholmod"}) {
    Chain chain("cluster_cholesky",
                {{"pc_cluster_cholesky_pilot", "3"}, {"pc_cluster_cholesky_clusters", "2"}, {"pc_cluster_cholesky_package", package}});
    for (std::uint64_t seed = 1; seed <= 6; ++seed) {
      const Solved solved = chain.solve(test::make_system({.cells = {12, 10}, .sides = Sides::neumann, .seed = seed}));
      BOOST_TEST(solved.reason > 0, package);
      BOOST_TEST(solved.iterations <= 60);
    }
  }
}

BOOST_AUTO_TEST_CASE(another_size_starts_anew_and_indefinite_matrices_are_refused) {
  Chain chain("cluster_cholesky", {{"pc_cluster_cholesky_pilot", "1"}});
  BOOST_TEST(chain.solve(test::make_system({.cells = {8, 8}})).iterations == 1);
  KINDRED_PETSC(KSPReset(chain.ksp));
  chain.matrix.reset();
  BOOST_TEST(chain.solve(test::make_system({.cells = {6, 5}})).iterations == 1);
  LinearSystem indefinite = test::make_system({.cells = {6, 5}, .shift = -100.0});
  Chain fresh("cluster_cholesky");
  BOOST_TEST(fresh.solve(indefinite).reason == KSP_DIVERGED_PC_FAILED);
  BOOST_TEST(fresh.solve(test::make_system({.cells = {6, 5}})).iterations == 1);  // and nothing of it is left
  Chain strict("cluster_cholesky", {{"ksp_error_if_not_converged", "1"}});
  BOOST_CHECK_EXCEPTION(strict.solve(indefinite), SolveError,
                        [](const SolveError& error) { return mentions(error.what(), "symmetric positive definite"); });
}

BOOST_AUTO_TEST_CASE(a_nan_fails_the_preconditioner_and_the_next_matrix_is_fine) {
  for (const char* pilot : {"1", "4"}) {
    Chain chain("cluster_cholesky", {{"pc_cluster_cholesky_pilot", pilot}});
    BOOST_TEST(chain.solve(scaled_system(1.0)).iterations == 1);
    BOOST_TEST(chain.solve(scaled_system(std::nan(""))).reason == KSP_DIVERGED_PC_FAILED);
    BOOST_TEST(chain.solve(scaled_system(2.0)).iterations == 1);
  }
}

BOOST_AUTO_TEST_CASE(symmetric_storage_is_factored_like_aij) {
  petsc::Matrix general;
  petsc::Matrix upper;
  const LinearSystem system = scaled_system(1.0);
  system.matrix->assemble(general);
  KINDRED_PETSC(MatSetOption(general, MAT_SYMMETRIC, PETSC_TRUE));
  KINDRED_PETSC(MatConvert(general, MATSBAIJ, MAT_INITIAL_MATRIX, upper.slot()));
  petsc::Vector b;
  petsc::Vector x[2];
  KINDRED_PETSC(MatCreateVecs(general, x[0].slot(), b.slot()));
  KINDRED_PETSC(VecDuplicate(b, x[1].slot()));
  KINDRED_PETSC(VecSet(b, 1.0));
  for (int i = 0; i < 2; ++i) {
    Preconditioner pc;
    KINDRED_PETSC(PCCreate(PETSC_COMM_SELF, pc.slot()));
    KINDRED_PETSC(PCSetType(pc, "cluster_cholesky"));
    KINDRED_PETSC(PCSetOperators(pc, i == 0 ? general : upper, i == 0 ? general : upper));
    KINDRED_PETSC(PCApply(pc, b, x[i]));
  }
  KINDRED_PETSC(VecAXPY(x[1], -1.0, x[0]));
  PetscReal difference = 1.0;
  PetscReal size = 0.0;
  KINDRED_PETSC(VecNorm(x[1], NORM_2, &difference));
  KINDRED_PETSC(VecNorm(x[0], NORM_2, &size));
  BOOST_TEST(difference <= 1e-13 * size);
}

BOOST_AUTO_TEST_CASE(matrices_without_entries_are_refused_with_the_reason) {
  petsc::Matrix shell;
  KINDRED_PETSC(MatCreateShell(PETSC_COMM_SELF, 9, 9, 9, 9, nullptr, shell.slot()));
  for (const char* type : {"cluster_cholesky", "amg_reuse"}) {
    Preconditioner pc;
    KINDRED_PETSC(PCCreate(PETSC_COMM_SELF, pc.slot()));
    KINDRED_PETSC(PCSetType(pc, type));
    KINDRED_PETSC(PCSetOperators(pc, shell, shell));
    try {
      KINDRED_PETSC(PCSetUp(pc));
      BOOST_ERROR("a shell matrix was accepted");
    } catch (const SolveError& error) {
      BOOST_TEST(mentions(error.what(), "give an assembled preconditioning matrix"), error.what());
    }
  }
}

BOOST_AUTO_TEST_CASE(reused_preconditioners_apply_their_transpose) {
  petsc::Matrix matrix;
  scaled_system(2.0).matrix->assemble(matrix);
  KINDRED_PETSC(MatSetValue(matrix, 0, 1, 5.0, ADD_VALUES));
  KINDRED_PETSC(MatAssemblyBegin(matrix, MAT_FINAL_ASSEMBLY));
  KINDRED_PETSC(MatAssemblyEnd(matrix, MAT_FINAL_ASSEMBLY));
  const petsc::PrefixedOptions options("transposed_", {{"amg_reuse_pc_type", "lu"}});
  Preconditioner pc;
  KINDRED_PETSC(PCCreate(PETSC_COMM_SELF, pc.slot()));
  KINDRED_PETSC(PCSetOptionsPrefix(pc, "transposed_"));
  KINDRED_PETSC(PCSetType(pc, "amg_reuse"));
  KINDRED_PETSC(PCSetFromOptions(pc));
  KINDRED_PETSC(PCSetOperators(pc, matrix, matrix));
  petsc::Vector b;
  petsc::Vector x;
  petsc::Vector back;
  KINDRED_PETSC(MatCreateVecs(matrix, x.slot(), b.slot()));
  KINDRED_PETSC(VecDuplicate(b, back.slot()));
  KINDRED_PETSC(VecSet(b, 1.0));
  KINDRED_PETSC(PCSetUp(pc));
  KINDRED_PETSC(PCApplyTranspose(pc, b, x));
  KINDRED_PETSC(MatMultTranspose(matrix, x, back));
  KINDRED_PETSC(VecAXPY(back, -1.0, b));
  PetscReal residual = 1.0;
  KINDRED_PETSC(VecNorm(back, NORM_2, &residual));
  BOOST_TEST(residual <= 1e-12);
}

// The same matrix again and again: one set-up. Members that differ: rebuilt once the excess exceeds the set-up's price.
BOOST_AUTO_TEST_CASE(multigrid_is_kept_while_it_pays) {
  const auto setups = [](const Chain& chain) {
    PetscInt count = 0;
    KINDRED_PETSC(PCAMGReuseGetSetups(chain.pc, &count));
    return count;
  };
  Chain steady("amg_reuse");
  for (const double factor : {1.0, 1.01, 0.99, 1.02, 0.98, 1.0}) {
    BOOST_TEST(steady.solve(scaled_system(factor)).reason > 0);
  }
  BOOST_TEST(setups(steady) == 1);
  Chain changing("amg_reuse", {{"pc_amg_reuse_setup_cost", "3"}});
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    BOOST_TEST(changing.solve(test::make_system({.cells = {16, 16}, .seed = seed})).reason > 0);
  }
  BOOST_TEST(setups(changing) > 2);
  Chain gamg("amg_reuse", {{"amg_reuse_pc_type", "gamg"}});
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    BOOST_TEST(gamg.solve(test::make_system({.cells = {16, 16}, .seed = seed})).reason > 0);
  }
  BOOST_TEST(gamg.options->unused().empty());
}

BOOST_AUTO_TEST_CASE(the_policy_rebuilds_when_the_excess_reaches_the_price_and_backs_off_after_failures) {
  ReusePolicy policy;
  policy.restart();
  policy.record(5, 10.0);
  for (const int applications : {9, 9}) {  // excess 4, 8
    policy.record(applications, 10.0);
    BOOST_TEST(!policy.rebuild_due());
  }
  policy.record(0, 10.0);
  BOOST_TEST(!policy.rebuild_due());
  policy.record(9, 10.0);  // 12
  BOOST_TEST(policy.rebuild_due());
  policy.restart();
  BOOST_TEST(!policy.rebuild_due());
  // One reuse that costs more than a set-up: the next two matrices get their own, then four.
  for (const int pause : {2, 4}) {
    policy.record(5, 10.0);
    policy.record(40, 10.0);
    for (int k = 0; k < pause; ++k) {
      BOOST_TEST(policy.rebuild_due());
      policy.restart();
      policy.record(5, 10.0);
    }
    BOOST_TEST(policy.rebuild_due());
    policy.restart();
    BOOST_TEST(!policy.rebuild_due());
  }
}

BOOST_AUTO_TEST_SUITE_END()
