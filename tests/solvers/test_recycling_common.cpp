#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <eigen3/Eigen/Dense>

#include "recycling_systems.hpp"

// What the recycling methods gcrodr, defcg and rminres have in common towards PETSc.

using namespace kindred::test;
using Eigen::MatrixXd;
using Eigen::VectorXd;
namespace petsc = kindred::petsc;

namespace {

constexpr const char* methods[] = {"gcrodr", "defcg", "rminres"};

/// A matrix that stands for the symmetric `inner` and keeps its state when that one changes.
petsc::Matrix stand_in(const std::string& kind, Mat inner) {
  petsc::Matrix result;
  if (kind == "transpose") {
    KINDRED_PETSC(MatCreateTranspose(inner, result.slot()));
  } else {
    KINDRED_PETSC(MatCreateNest(PETSC_COMM_SELF, 1, nullptr, 1, nullptr, &inner, result.slot()));
  }
  return result;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(test_recycling_common, RecyclingFixture)

BOOST_AUTO_TEST_CASE(matrices_made_of_others_are_recycled_like_assembled_ones) {
  for (const char* type : methods) {
    for (const char* kind : {"transpose", "nest"}) {
      Sequence assembled(type);
      Sequence s(type);
      petsc::Matrix operator_matrix;
      for (int sample = 0; sample < 4; ++sample) {
        const SparseMatrix a = diffusion(12, 3.0 * sample);
        const VectorXd b = random_vector(a.rows(), 7);
        assembled.x = s.x = VectorXd::Zero(a.rows());
        BOOST_TEST(assembled.solve(a, b) == KSP_CONVERGED_RTOL);
        s.set_matrix(a);
        if (!operator_matrix) {
          operator_matrix = stand_in(kind, s.matrix());
        }
        KINDRED_PETSC(KSPSetOperators(s.ksp(), operator_matrix, operator_matrix));
        BOOST_TEST_CONTEXT(type << ", " << kind << ", sample " << sample) {
          BOOST_TEST(s.solve(b) == KSP_CONVERGED_RTOL);
          BOOST_TEST(s.relative_residual(b) <= 1e-7);
          BOOST_TEST(std::abs(s.iterations() - assembled.iterations()) <= 1);
          // The one application that finds out.
          BOOST_TEST(operator_applications(s.ksp()) - s.iterations() <=
                     operator_applications(assembled.ksp()) - assembled.iterations() + (sample > 0 ? 1 : 0));
        }
      }
      const VectorXd b = random_vector(s.a.rows(), 8);
      s.x.setZero();
      BOOST_TEST(s.solve(b) == KSP_CONVERGED_RTOL);
      BOOST_TEST(operator_applications(s.ksp()) <= s.iterations() + 3);  // that one, b - A x, and in rminres the last correction's
    }
  }
}

/// What was particular to a right-hand side outlives the refreshes of the space.
BOOST_AUTO_TEST_CASE(a_right_hand_side_that_was_just_solved_takes_no_step) {
  for (const char* type : methods) {
    for (const char* pc : {PCNONE, PCJACOBI}) {
      for (const double rtol : {1e-5, 1e-8}) {
        Sequence s(type, pc, rtol);
        s.set_matrix(diffusion(20, 0.0));
        for (unsigned side = 0; side < 2; ++side) {
          bool again = false;
          for (const double factor : {1.0, 1.0, -3.0, 1.0, 1e-6, 1.0, 1.0, 1.0, 1.0, 1.0}) {
            const VectorXd b = factor * random_vector(s.a.rows(), side);
            s.x.setZero();
            BOOST_TEST_CONTEXT(type << ", " << pc << ", rtol " << rtol << ", side " << side << " times " << factor) {
              BOOST_TEST(s.solve(b) == KSP_CONVERGED_RTOL);
              BOOST_TEST(s.relative_residual(b) <= 20.0 * rtol);  // defcg and rminres measure M⁻¹r
              BOOST_TEST((s.iterations() == 0) == again);
            }
            again = true;
          }
        }
      }
    }
  }
}

/// Other right-hand sides take more or fewer steps: the last ones within 5 % and two steps of the fewest that any took.
BOOST_AUTO_TEST_CASE(with_one_operator_the_counts_fall_and_stay_down) {
  for (const char* type : methods) {
    for (const char* pc : {PCNONE, PCJACOBI, PCICC}) {
      Sequence s(type, pc);
      s.set_matrix(diffusion(30, 0.0));
      std::vector<PetscInt> counts;
      for (unsigned side = 0; side < 12; ++side) {
        s.x.setZero();
        BOOST_TEST(s.solve(random_vector(s.a.rows(), side)) == KSP_CONVERGED_RTOL);
        counts.push_back(s.iterations());
      }
      const PetscInt fewest = *std::ranges::min_element(counts);
      BOOST_TEST_CONTEXT(type << ", " << pc << ": " << counts.front() << " steps at first, " << fewest << " at best") {
        for (std::size_t i = 6; i < counts.size(); ++i) {
          BOOST_TEST(static_cast<double>(counts[i]) <= 1.05 * static_cast<double>(fewest) + 2.0);
        }
        BOOST_TEST(fewest < 0.6 * static_cast<double>(counts.front()));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(constants_in_the_null_space) {
  petsc::NullSpace constants;
  KINDRED_PETSC(MatNullSpaceCreate(PETSC_COMM_SELF, PETSC_TRUE, 0, nullptr, constants.slot()));
  for (const char* type : methods) {
    Sequence s(type, PCJACOBI, 1e-10);
    PetscInt first = 0;
    for (std::uint64_t sample = 0; sample < 4; ++sample) {
      const SparseMatrix a = darcy_neumann(16, sample);
      VectorXd b = random_vector(a.rows(), 9);
      b.array() -= b.mean();
      s.set_matrix(a);
      KINDRED_PETSC(MatSetNullSpace(s.matrix(), constants));
      s.x.setZero();
      BOOST_REQUIRE(s.solve(b) > 0);
      const MatrixXd regular = MatrixXd(a).array() + 1.0 / static_cast<double>(a.rows());
      const VectorXd exact = regular.llt().solve(b);
      const VectorXd found = s.x.array() - s.x.mean();
      BOOST_TEST((found - exact).norm() <= 1e-6 * exact.norm());
      first = sample == 0 ? s.iterations() : first;
    }
    BOOST_TEST(s.iterations() < 0.75 * first, type);
  }
}

BOOST_AUTO_TEST_CASE(the_residual_norm_after_a_nan_is_none) {
  const SparseMatrix a = diffusion(10, 0.0);
  VectorXd b = random_vector(a.rows(), 1);
  for (const char* type : methods) {
    Sequence s(type);
    BOOST_TEST(s.solve(a, b) == KSP_CONVERGED_RTOL);
    VectorXd broken = b;
    broken(3) = std::numeric_limits<double>::quiet_NaN();
    s.x.setZero();
    BOOST_TEST(s.solve(broken) == KSP_DIVERGED_NANORINF);
    PetscReal norm = 0.0;
    KINDRED_PETSC(KSPGetResidualNorm(s.ksp(), &norm));
    BOOST_TEST(!std::isfinite(norm), type);
  }
}

BOOST_AUTO_TEST_CASE(files_need_names) {
  for (const char* type : methods) {
    for (const char* action : {"save", "load"}) {
      const Sequence s(type);
      const std::string option = std::string("ksp_") + type + "_" + action;
      try {
        set_options(s.ksp(), {{option, ""}});
        BOOST_ERROR("-" + option + " without a value was accepted");
      } catch (const kindred::SolveError& error) {
        BOOST_TEST(std::string(error.what()).find("needs the name of a file") != std::string::npos, error.what());
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
