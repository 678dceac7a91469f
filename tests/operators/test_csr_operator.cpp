// CsrOperator and the assembly it shares with StencilOperator, against dense algebra.

#include <algorithm>
#include <cmath>

#include <boost/test/unit_test.hpp>

#include <kindred/core/base/random.hpp>
#include <kindred/operators/csr_operator.hpp>
#include <kindred/operators/stencil_operator.hpp>

#include "petsc_session.hpp"
#include "problem_tables.hpp"

using namespace kindred;
using namespace kindred::test;

namespace {

/// About `per_row` entries a row at random places; some rows may be empty.
std::vector<Triplet> random_entries(Index rows, Index per_row, std::uint64_t seed) {
  const Draws draws(seed, "entries", 0);
  std::vector<Triplet> entries;
  for (std::uint64_t k = 0; k < static_cast<std::uint64_t>(rows * per_row); ++k) {
    entries.push_back({static_cast<Index>(draws.uniform(3 * k) * static_cast<double>(rows)),
                       static_cast<Index>(draws.uniform(3 * k + 1) * static_cast<double>(rows)), draws.normal(3 * k + 2)});
  }
  return entries;
}

Eigen::MatrixXd dense(const std::vector<Triplet>& entries, Index rows) {
  Eigen::MatrixXd matrix = Eigen::MatrixXd::Zero(rows, rows);
  for (const Triplet& entry : entries) {
    matrix(entry.row, entry.column) += entry.value;
  }
  return matrix;
}

CsrArrays two_by_two(std::vector<PetscInt> offsets, std::vector<PetscInt> columns) {
  CsrArrays arrays;
  arrays.offsets = std::move(offsets);
  arrays.values.assign(columns.size(), 1.0);
  arrays.columns = std::move(columns);
  return arrays;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_csr_operator)

// The same additions in the same order: entries agree to the last bit, products to a few units in the last place.
BOOST_AUTO_TEST_CASE(apply_petsc_and_dense_algebra_agree) {
  start_petsc();
  for (const Index rows : {1, 2, 9, 40}) {
    for (const Index per_row : {0, 1, 5}) {
      const auto entries = random_entries(rows, per_row, 7);
      const CsrOperator a(csr_from_triplets(rows, entries));
      const Eigen::MatrixXd reference = dense(entries, rows);
      BOOST_TEST((test::dense(a) - reference).cwiseAbs().maxCoeff() == 0.0);
      BOOST_TEST((dense_by_petsc(a) - reference).cwiseAbs().maxCoeff() == 0.0);
      const Eigen::VectorXd x = Eigen::VectorXd::LinSpaced(rows, -1.0, 2.0);
      Eigen::VectorXd y(rows);
      a.apply({x.data(), static_cast<std::size_t>(rows)}, {y.data(), static_cast<std::size_t>(rows)});
      BOOST_TEST((y - reference * x).cwiseAbs().maxCoeff() < 1e-13);
    }
  }
}

BOOST_AUTO_TEST_CASE(same_pattern_replaces_values_in_place) {
  start_petsc();
  auto arrays = csr_from_triplets(12, random_entries(12, 4, 3));
  const CsrOperator first(arrays);
  for (double& v : arrays.values) {
    v = 3.0 * v + 1.0;
  }
  const CsrOperator second(arrays);
  petsc::Matrix matrix;
  first.assemble(matrix);
  const Mat before = matrix.get();
  second.assemble(matrix);
  BOOST_TEST(matrix.get() == before);
  PetscScalar value = 0.0;
  const auto column = arrays.columns[static_cast<std::size_t>(arrays.offsets[11])];
  KINDRED_PETSC(MatGetValue(matrix, 11, column, &value));
  BOOST_TEST(value == arrays.values[static_cast<std::size_t>(arrays.offsets[11])]);
  const CsrOperator other(csr_from_triplets(12, random_entries(12, 3, 5)));
  other.assemble(matrix);
  MatInfo info;
  KINDRED_PETSC(MatGetInfo(matrix, MAT_LOCAL, &info));
  BOOST_TEST(info.nz_used == static_cast<double>(other.arrays().values.size()));
}

BOOST_AUTO_TEST_CASE(pattern_and_fingerprint) {
  const auto entries = random_entries(10, 3, 1);
  const CsrOperator a(csr_from_triplets(10, entries));
  std::vector<std::uint64_t> seen{a.fingerprint()};
  auto arrays = a.arrays();
  for (double& v : arrays.values) {
    const double kept = v;
    v = std::nextafter(kept, 1e300);
    const CsrOperator b(arrays);
    BOOST_TEST(b.pattern() == a.pattern());
    seen.push_back(b.fingerprint());
    v = kept;
  }
  BOOST_TEST(CsrOperator(arrays).fingerprint() == a.fingerprint());
  auto moved = entries;
  moved.front().column = (moved.front().column + 1) % 10;
  const CsrOperator c(csr_from_triplets(10, moved));
  BOOST_TEST(c.pattern() != a.pattern());
  seen.push_back(c.fingerprint());
  BOOST_TEST(CsrOperator(csr_from_triplets(11, entries)).pattern() != a.pattern());
  std::sort(seen.begin(), seen.end());
  BOOST_TEST((std::adjacent_find(seen.begin(), seen.end()) == seen.end()));
  BOOST_TEST(a.bytes() >= a.arrays().values.size() * (sizeof(double) + sizeof(PetscInt)) + 11 * sizeof(PetscInt));
}

BOOST_AUTO_TEST_CASE(rows_of_a_stencil_are_the_stencil) {
  for (const bool periodic : {false, true}) {
    for (const Index n : {2, 5}) {
      Grid grid;
      grid.axes = {{'x', n, 0.0, 1.0, periodic}, {'y', 3, 0.0, 1.0, false}};
      StencilOperator stencil(grid);
      const Draws draws(4, "stencil", 0);
      for (std::size_t c = 0; c < stencil.center.size(); ++c) {
        stencil.center[c] = draws.normal(5 * c);
        for (std::size_t axis = 0; axis < 2; ++axis) {
          const auto position = axis == 0 ? static_cast<Index>(c) / 3 : static_cast<Index>(c) % 3;
          const bool wraps = grid.axes[axis].periodic;
          stencil.lower[axis][c] = position > 0 || wraps ? draws.normal(5 * c + 1 + axis) : 0.0;
          stencil.upper[axis][c] = position + 1 < grid.axes[axis].cells || wraps ? draws.normal(5 * c + 3 + axis) : 0.0;
        }
      }
      BOOST_TEST((test::dense(CsrOperator(rows_of(stencil))) - test::dense(stencil)).cwiseAbs().maxCoeff() < 1e-15);
    }
  }
}

BOOST_AUTO_TEST_CASE(arrays_that_are_no_matrix_are_refused) {
  BOOST_TEST(refusal([] { CsrOperator(two_by_two({0, 1, 2}, {0, 1})); }) == "accepted");
  BOOST_CHECK_THROW(CsrOperator(two_by_two({0, 1, 3}, {0, 1})), InputError);   // ends beyond the entries
  BOOST_CHECK_THROW(CsrOperator(two_by_two({0, 3, 2}, {0, 1})), InputError);   // falls
  BOOST_CHECK_THROW(CsrOperator(two_by_two({0, 2, 2}, {1, 0})), InputError);   // not ascending
  BOOST_CHECK_THROW(CsrOperator(two_by_two({0, 2, 2}, {1, 1})), InputError);   // twice
  BOOST_CHECK_THROW(CsrOperator(two_by_two({0, 1, 2}, {0, 2})), InputError);   // outside
  BOOST_CHECK_THROW(CsrOperator(two_by_two({0, 1, 2}, {-1, 1})), InputError);  // outside
}

BOOST_AUTO_TEST_SUITE_END()
