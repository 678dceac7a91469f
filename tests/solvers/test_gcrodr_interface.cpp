#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include <hdf5.h>
#include <boost/test/unit_test.hpp>

#include <kindred/solvers/recycling/gcrodr.hpp>

#include "../support/process.hpp"
#include "recycling_fixture.hpp"

using namespace kindred;
using namespace kindred::test;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const SolveError& error) {
    return error.what();
  }
  return "no error";
}

bool mentions(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

BOOST_FIXTURE_TEST_SUITE(test_gcrodr_interface, RecyclingFixture)

BOOST_AUTO_TEST_CASE(a_fixed_number_of_steps_without_norms) {
  Sequence s("gcrodr");
  configure(s, 10, 4);
  KINDRED_PETSC(KSPSetNormType(s.ksp(), KSP_NORM_NONE));
  KINDRED_PETSC(KSPSetTolerances(s.ksp(), PETSC_DEFAULT, PETSC_DEFAULT, PETSC_DEFAULT, 25));
  const VectorXd b = random_vector(100, 32);
  BOOST_TEST(s.solve(diffusion(10, 0.0), b) == KSP_DIVERGED_ITS);  // as PETSc's own methods
  BOOST_TEST(s.iterations() == 25);
  KINDRED_PETSC(KSPSetConvergenceTest(s.ksp(), KSPConvergedSkip, nullptr, nullptr));
  BOOST_TEST(s.solve(diffusion(10, 0.0), b) == KSP_CONVERGED_ITS);
  BOOST_TEST(s.iterations() == 25);
  BOOST_TEST(s.relative_residual(b) < 0.1);
}

BOOST_AUTO_TEST_CASE(the_null_space_stays_out_of_the_solution) {
  const SparseMatrix a = insulated_rod(60);
  VectorXd b = random_vector(60, 36);
  b.array() -= b.mean();
  for (const char* pc : {PCNONE, PCJACOBI}) {
    Sequence s("gcrodr", pc, 1e-10);
    configure(s, 20, 6);
    s.set_matrix(a);
    petsc::NullSpace constants;
    KINDRED_PETSC(MatNullSpaceCreate(PETSC_COMM_SELF, PETSC_TRUE, 0, nullptr, constants.slot()));
    KINDRED_PETSC(MatSetNullSpace(s.matrix(), constants));
    KINDRED_PETSC(MatSetTransposeNullSpace(s.matrix(), constants));
    for (int solve = 0; solve < 3; ++solve) {
      BOOST_TEST(s.solve(b) == KSP_CONVERGED_RTOL);
      BOOST_TEST(s.relative_residual(b) <= 1e-10 * (1.0 + 1e-6));
      BOOST_TEST(std::abs(s.x.mean()) <= 1e-12 * s.x.norm());
    }
    // A given space may contain constants, which A maps to rounding errors.
    MatrixXd space(60, 2);
    space << VectorXd::Ones(60), random_vector(60, 37);
    s.set_space(space);
    BOOST_TEST(s.solve(b) == KSP_CONVERGED_RTOL);
    BOOST_TEST(s.relative_residual(b) <= 1e-10 * (1.0 + 1e-6));
    BOOST_TEST(std::abs(s.x.mean()) <= 1e-12 * s.x.norm());
  }
}

BOOST_AUTO_TEST_CASE(the_same_operator_needs_no_start_up) {
  Sequence s("gcrodr");
  configure(s, 20, 6);
  s.set_matrix(diffusion(15, 0.0));
  s.solve(random_vector(225, 40));
  const PetscInt first = s.iterations();
  BOOST_TEST(counts_of(s).start_applications == 0);
  s.solve(random_vector(225, 41));
  BOOST_TEST(counts_of(s).start_applications == 0);
  BOOST_TEST(s.iterations() < first);
  BOOST_TEST(counts_of(s).operator_applications == s.iterations() + counts_of(s).residual_applications);
  check_invariants(s);
  const auto k = static_cast<PetscInt>(s.space().cols());
  const VectorXd b = random_vector(225, 42);
  s.solve(diffusion(15, 0.0), b);  // the same numbers, but PETSc cannot know that
  BOOST_TEST(counts_of(s).start_applications == k);
  BOOST_TEST(counts_of(s).operator_applications == s.iterations() + k + counts_of(s).residual_applications);
  BOOST_TEST(counts_of(s).residual_applications >= 1);
  BOOST_TEST(s.relative_residual(b) <= 1e-8 * (1.0 + 1e-6));
}

BOOST_AUTO_TEST_CASE(a_silently_changed_operator_is_noticed) {
  // A shell matrix whose state does not tell of the change: the estimate is wrong, the true residual shows it.
  struct Shell {
    SparseMatrix a;
    static PetscErrorCode apply(Mat matrix, Vec x, Vec y) {
      Shell* shell = nullptr;
      const PetscScalar* in = nullptr;
      PetscScalar* out = nullptr;
      KINDRED_PETSC(MatShellGetContext(matrix, &shell));
      KINDRED_PETSC(VecGetArrayRead(x, &in));
      KINDRED_PETSC(VecGetArray(y, &out));
      VectorXd::Map(out, shell->a.rows()) = shell->a * VectorXd::Map(in, shell->a.rows());
      KINDRED_PETSC(VecRestoreArray(y, &out));
      KINDRED_PETSC(VecRestoreArrayRead(x, &in));
      return static_cast<PetscErrorCode>(0);
    }
  } shell;
  shell.a = diffusion(12, 0.0);
  Sequence s("gcrodr");
  configure(s, 20, 6);
  s.set_matrix(shell.a);
  petsc::Matrix matrix;
  KINDRED_PETSC(MatCreateShell(PETSC_COMM_SELF, 144, 144, 144, 144, &shell, matrix.slot()));
  KINDRED_PETSC(MatShellSetOperation(matrix, MATOP_MULT, reinterpret_cast<void (*)()>(&Shell::apply)));
  KINDRED_PETSC(KSPSetOperators(s.ksp(), matrix, matrix));
  const VectorXd b = random_vector(144, 43);
  BOOST_TEST(s.solve(b) == KSP_CONVERGED_RTOL);
  shell.a = diffusion(12, 3.0);
  s.a = shell.a;
  BOOST_TEST(s.solve(b) == KSP_CONVERGED_RTOL);
  BOOST_TEST(s.relative_residual(b) <= 1e-8 * (1.0 + 1e-6));
  BOOST_TEST(counts_of(s).start_applications > 0);
}

BOOST_AUTO_TEST_CASE(gmresdr_carries_nothing) {
  Sequence s("gmresdr");
  configure(s, 20, 8);
  const SparseMatrix a = diffusion(20, 0.0);
  const VectorXd b = VectorXd::Ones(400);
  const auto first = history(s, [&] { s.solve(a, b); });
  const auto second = history(s, [&] { s.solve(a, b); });
  BOOST_TEST(first == second, boost::test_tools::per_element());
  Sequence restarted("gcrodr");
  configure(restarted, 20, 0);
  restarted.solve(a, b);
  BOOST_TEST(s.iterations() < restarted.iterations());
  Sequence recycled("gcrodr");
  configure(recycled, 20, 8);
  recycled.solve(a, b);
  BOOST_TEST(recycled.iterations() == s.iterations());
  recycled.solve(a, b);
  BOOST_TEST(recycled.iterations() < s.iterations());
}

BOOST_AUTO_TEST_CASE(refresh_policies) {
  const auto refreshes = [](KSPGCRODRRefresh policy, const char* pc) {
    Sequence s("gcrodr", pc);
    configure(s, 24, 8, policy);
    std::vector<KSPGCRODRCounts> all;
    for (int sample = 0; sample < 4; ++sample) {
      const VectorXd b = VectorXd::Ones(400);
      BOOST_TEST(s.solve(diffusion(20, 0.1 * sample), b) == KSP_CONVERGED_RTOL);
      BOOST_TEST(s.relative_residual(b) <= 1e-8 * (1.0 + 1e-6));
      all.push_back(counts_of(s));
    }
    return all;
  };
  for (const KSPGCRODRCounts& c : refreshes(KSPGCRODR_REFRESH_EVERY, PCNONE)) {
    BOOST_TEST(c.cycles > 1);
    BOOST_TEST(c.refreshes == c.cycles);
  }
  const auto once = refreshes(KSPGCRODR_REFRESH_ONCE, PCNONE);
  BOOST_TEST(once[0].refreshes == 2);  // the first cycle, for there was no space, and the end
  BOOST_TEST(once[3].refreshes == 1);
  for (const KSPGCRODRCounts& c : refreshes(KSPGCRODR_REFRESH_NEVER, PCNONE)) {
    BOOST_TEST(c.refreshes == 0);
    BOOST_TEST(c.start_applications == 0);
  }
  const auto adaptive = refreshes(KSPGCRODR_REFRESH_ADAPTIVE, PCICC);
  BOOST_TEST(adaptive[1].refreshes >= 1);
  BOOST_TEST(adaptive[3].cycles == 1);
  BOOST_TEST(adaptive[3].refreshes == 0);  // one cycle, and no more steps than before
}

BOOST_AUTO_TEST_CASE(a_space_that_no_longer_improves_is_left_alone) {
  const SparseMatrix a = diffusion(20, 0.0);
  for (const KSPGCRODRRefresh policy : {KSPGCRODR_REFRESH_EVERY, KSPGCRODR_REFRESH_ADAPTIVE}) {
    Sequence s("gcrodr");
    configure(s, 24, 8, policy);
    s.set_matrix(a);
    for (unsigned side = 0; side < 12; ++side) {
      s.solve(random_vector(400, side));
    }
    const bool adaptive = policy == KSPGCRODR_REFRESH_ADAPTIVE;
    BOOST_TEST(counts_of(s).cycles > 1);
    BOOST_TEST((counts_of(s).refreshes < counts_of(s).cycles) == adaptive);
    const MatrixXd settled = s.space();
    check_invariants(s);
    // A new operator: it is to be found out again what deflates.
    s.solve(diffusion(20, 2.0), random_vector(400, 20));
    BOOST_TEST(counts_of(s).refreshes == counts_of(s).cycles);
    BOOST_TEST((s.space() - settled).norm() > 0.0);
  }
}

BOOST_AUTO_TEST_CASE(adaptive_recycling_keeps_what_deflates) {
  // Three outliers near zero, the rest of the spectrum in [1, 2].
  SparseMatrix a(300, 300);
  for (int i = 0; i < 300; ++i) {
    a.insert(i, i) = i < 3 ? 1e-3 * (1 + i) : 1.0 + i / 300.0;
  }
  Sequence s("gcrodr");
  configure(s, 30, 12);
  KINDRED_PETSC(KSPGCRODRSetAdaptiveRecycle(s.ksp(), PETSC_TRUE));
  const VectorXd b = random_vector(300, 44);
  s.solve(a, b);
  s.solve(a, b);
  BOOST_TEST(s.space().cols() == 3);
  BOOST_TEST(error_of(s, b) <= 1e-5);
}

BOOST_AUTO_TEST_CASE(a_preconditioner_that_changes_in_every_step) {
  // A few inner GMRES steps are no linear map.
  Sequence s("gcrodr", PCKSP);
  configure(s, 20, 6);
  PC pc = nullptr;
  KSP inner = nullptr;
  s.set_matrix(diffusion(25, 0.0, 20.0));
  KINDRED_PETSC(KSPGetPC(s.ksp(), &pc));
  KINDRED_PETSC(PCKSPGetKSP(pc, &inner));
  KINDRED_PETSC(KSPSetType(inner, KSPGMRES));
  KINDRED_PETSC(KSPSetTolerances(inner, 0.1, PETSC_DEFAULT, PETSC_DEFAULT, 8));
  for (int sample = 0; sample < 3; ++sample) {
    const VectorXd b = random_vector(625, 45);
    BOOST_TEST(s.solve(diffusion(25, sample, 20.0), b) == KSP_CONVERGED_RTOL);
    BOOST_TEST(s.relative_residual(b) <= 1e-8 * (1.0 + 1e-6));
    BOOST_TEST(counts_of(s).residual_applications <= 2);  // the estimate was right although M⁻¹ is not linear
    check_invariants(s);
  }
}

BOOST_AUTO_TEST_CASE(transposed_systems) {
  const SparseMatrix a = diffusion(15, 0.0, 40.0);
  const VectorXd b = random_vector(225, 46);
  Sequence s("gcrodr", PCJACOBI);
  configure(s, 20, 6);
  s.solve(a, b);
  petsc::Vector rhs;
  petsc::Vector solution;
  KINDRED_PETSC(MatCreateVecs(s.matrix(), solution.slot(), rhs.slot()));
  for (int i = 0; i < 225; ++i) {
    KINDRED_PETSC(VecSetValue(rhs, i, b(i), INSERT_VALUES));
  }
  KINDRED_PETSC(VecAssemblyBegin(rhs));
  KINDRED_PETSC(VecAssemblyEnd(rhs));
  KINDRED_PETSC(KSPSolveTranspose(s.ksp(), rhs, solution));
  BOOST_TEST(counts_of(s).start_applications > 0);  // C of A is not that of Aᵀ
  const PetscScalar* x = nullptr;
  KINDRED_PETSC(VecGetArrayRead(solution, &x));
  BOOST_TEST((a.transpose() * VectorXd::Map(x, 225) - b).norm() <= 1e-8 * b.norm() * (1.0 + 1e-6));
  KINDRED_PETSC(VecRestoreArrayRead(solution, &x));
}

BOOST_AUTO_TEST_CASE(settings_may_change_between_systems) {
  Sequence s("gcrodr", PCJACOBI);
  configure(s, 30, 12);
  const VectorXd b = VectorXd::Ones(225);
  s.solve(diffusion(15, 0.0), b);
  BOOST_TEST(s.space().cols() == 12);
  configure(s, 20, 5);
  BOOST_TEST(s.solve(diffusion(15, 0.2), b) == KSP_CONVERGED_RTOL);
  BOOST_TEST(counts_of(s).start_applications == 5);
  BOOST_TEST(s.space().cols() == 5);
  PC pc = nullptr;
  KINDRED_PETSC(KSPGetPC(s.ksp(), &pc));
  KINDRED_PETSC(PCSetType(pc, PCSOR));  // another preconditioner: A U = C does not depend on it
  BOOST_TEST(s.solve(diffusion(15, 0.4), b) == KSP_CONVERGED_RTOL);
  BOOST_TEST(counts_of(s).start_applications == 5);
  KINDRED_PETSC(KSPSetReusePreconditioner(s.ksp(), PETSC_TRUE));
  BOOST_TEST(s.solve(diffusion(15, 0.6), b) == KSP_CONVERGED_RTOL);
  BOOST_TEST(s.relative_residual(b) <= 1e-8 * (1.0 + 1e-6));
  KINDRED_PETSC(KSPReset(s.ksp()));
  s.set_matrix(diffusion(15, 0.8));
  BOOST_TEST(s.solve(b) == KSP_CONVERGED_RTOL);
  BOOST_TEST(counts_of(s).start_applications == 0);
}

BOOST_AUTO_TEST_CASE(bad_settings_and_spaces_are_refused) {
  Sequence s("gcrodr");
  s.set_matrix(diffusion(10, 0.0));
  configure(s, 10, 10);
  const std::string message = message_of([&] { s.solve(VectorXd::Ones(100)); });
  BOOST_TEST(mentions(message, "less than"), message);
  BOOST_TEST(mentions(message_of([&] { KINDRED_PETSC(KSPGCRODRSetRestart(s.ksp(), 0)); }), "at least 1"));
  BOOST_TEST(mentions(message_of([&] { KINDRED_PETSC(KSPGCRODRSetRecycle(s.ksp(), -7)); }), "at least 0"));
  configure(s, 10, 4);
  BOOST_TEST(mentions(message_of([&] { s.set_space(MatrixXd::Ones(99, 2)); }), "distributed"));
  BOOST_TEST(mentions(message_of([&] { s.set_space(MatrixXd::Ones(100, 5)); }), "5 columns"));
  MatrixXd broken = MatrixXd::Ones(100, 2);
  broken(50, 1) = std::numeric_limits<double>::infinity();
  BOOST_TEST(mentions(message_of([&] { s.set_space(broken); }), "NaN"));
  Sequence other(KSPGMRES);
  BOOST_TEST(mentions(message_of([&] { KINDRED_PETSC(KSPGCRODRSetRestart(other.ksp(), 3)); }), "not gcrodr"));
  PetscInt recycle = 0;
  KINDRED_PETSC(KSPGCRODRSetRecycle(s.ksp(), PETSC_DECIDE));
  KINDRED_PETSC(KSPGCRODRGetRecycle(s.ksp(), &recycle));
  BOOST_TEST(recycle == 5);  // half of a small restart
}

BOOST_AUTO_TEST_CASE(options_reach_the_method) {
  const petsc::PrefixedOptions options("recycling_test_", {{"ksp_type", "gcrodr"},
                                                           {"ksp_gcrodr_restart", "14"},
                                                           {"ksp_gcrodr_recycle", "6"},
                                                           {"ksp_gcrodr_refresh", "once"},
                                                           {"ksp_gcrodr_orthogonalization", "mgs"},
                                                           {"ksp_gcrodr_flexible", "0"},
                                                           {"ksp_gcrodr_adaptive_recycle", ""}});
  Sequence s("gcrodr");
  s.set_matrix(diffusion(15, 0.0));
  KINDRED_PETSC(KSPSetOptionsPrefix(s.ksp(), "recycling_test_"));
  KINDRED_PETSC(KSPSetFromOptions(s.ksp()));
  BOOST_TEST(options.unused().empty());
  BOOST_TEST(s.solve(VectorXd::Ones(225)) == KSP_CONVERGED_RTOL);
  BOOST_TEST(s.space().cols() <= 6);
  BOOST_TEST(counts_of(s).refreshes == 2);
  const TemporaryFolder folder;
  PetscViewer viewer = nullptr;
  KINDRED_PETSC(PetscViewerASCIIOpen(PETSC_COMM_SELF, (folder / "view.txt").c_str(), &viewer));
  KINDRED_PETSC(KSPView(s.ksp(), viewer));
  KINDRED_PETSC(PetscViewerDestroy(&viewer));
  const std::string text = read_text(folder / "view.txt");
  for (const char* part : {"restart=14", "recycle=6", "refresh once", "mgs", "not stored", "operator applications"}) {
    BOOST_TEST(mentions(text, part), text);
  }
}

BOOST_AUTO_TEST_CASE(a_space_goes_through_a_file) {
  const TemporaryFolder folder;
  const std::string file = folder / "space.h5";
  const VectorXd b = VectorXd::Ones(225);
  Sequence first("gcrodr");
  configure(first, 20, 7);
  first.solve(diffusion(15, 0.0), b);
  KINDRED_PETSC(KSPGCRODRSaveRecycleSpace(first.ksp(), file.c_str()));
  Sequence second("gcrodr");
  configure(second, 20, 7);
  second.set_matrix(diffusion(15, 0.0));
  KINDRED_PETSC(KSPSetUp(second.ksp()));
  KINDRED_PETSC(KSPGCRODRLoadRecycleSpace(second.ksp(), file.c_str()));
  BOOST_TEST((second.space() - first.space()).norm() == 0.0);
  BOOST_TEST(second.solve(b) == KSP_CONVERGED_RTOL);
  BOOST_TEST(second.iterations() < first.iterations());

  Sequence coarse("gcrodr");
  coarse.set_matrix(diffusion(10, 0.0));
  KINDRED_PETSC(KSPSetUp(coarse.ksp()));
  const auto load = [&](const std::string& path) {
    return message_of([&] { KINDRED_PETSC(KSPGCRODRLoadRecycleSpace(coarse.ksp(), path.c_str())); });
  };
  BOOST_TEST(mentions(load(file), "225 unknowns, the system has 100"), load(file));
  write_text(folder / "text.h5", "no HDF5");
  BOOST_TEST(mentions(load(folder / "text.h5"), "not an HDF5 file"));
  BOOST_TEST(mentions(load(folder / "missing.h5"), "no such file"));
  {
    const hid_t empty = H5Fcreate((folder / "empty.h5").c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    H5Fclose(empty);
  }
  BOOST_TEST(mentions(load(folder / "empty.h5"), "holds no sequence state"));
  BOOST_TEST(mentions(message_of([&] { KINDRED_PETSC(KSPGCRODRSaveRecycleSpace(first.ksp(), "/nowhere/space.h5")); }), "nowhere"));
  BOOST_TEST(coarse.solve(VectorXd::Ones(100)) == KSP_CONVERGED_RTOL);
}

BOOST_AUTO_TEST_SUITE_END()
