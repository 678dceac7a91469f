// The faulty matrices of the published code: transcribed from its diagonals, and their properties.

#include <cmath>

#include <boost/test/unit_test.hpp>

#include <kindred/core/base/random.hpp>
#include <kindred/core/deck/diagnostics.hpp>
#include <kindred/operators/csr_operator.hpp>
#include <kindred/operators/problems/published_matrices.hpp>

#include "petsc_session.hpp"
#include "problem_tables.hpp"

using namespace kindred;
using namespace kindred::test;

namespace {

/// What a list of five diagonals of offsets −1, −s, 0, s, 1 means: diagonal k of a matrix takes its values in order, the first one in its
/// first row (offset >= 0) or column (offset < 0), and what is left over is dropped. `node` has all (s + 2)² nodes, the boundary too.
Eigen::MatrixXd from_diagonals(Index s, const Eigen::MatrixXd& node, double shift) {
  const auto flat = [](const Eigen::MatrixXd& m) {
    std::vector<double> row_after_row;
    for (Index i = 0; i < m.rows(); ++i) {
      for (Index j = 0; j < m.cols(); ++j) {
        row_after_row.push_back(m(i, j));
      }
    }
    return row_after_row;
  };
  Eigen::MatrixXd right = node.block(1, 2, s, s);
  right.col(s - 1).setZero();
  Eigen::MatrixXd left = node.block(1, 0, s, s);
  left.col(0).setZero();
  Eigen::MatrixXd a = Eigen::MatrixXd::Zero(s * s, s * s);
  const auto set_diagonal = [&](Index offset, const std::vector<double>& values, std::size_t skipped, double factor, double added) {
    for (Index k = 0; k < s * s - std::abs(offset); ++k) {
      a(k + std::max<Index>(-offset, 0), k + std::max<Index>(offset, 0)) = factor * values[static_cast<std::size_t>(k) + skipped] + added;
    }
  };
  set_diagonal(-1, flat(left), 1, -1.0, 0.0);
  set_diagonal(-s, flat(node.block(0, 1, s, s)), static_cast<std::size_t>(s - 2), -1.0, 0.0);
  set_diagonal(0, flat(node.block(1, 1, s, s)), 0, 4.0, -shift);
  set_diagonal(s, flat(node.block(2, 1, s, s)), 0, -1.0, 0.0);
  set_diagonal(1, flat(right), 0, -1.0, 0.0);
  return a;
}

Value table(const std::string& type) { return typed(type, {{"benchmark", true}}); }
Domain square(Index s) { return make_domain(grid_table({s, s}), Value(Table{})); }

/// All nodes of the fields that a problem draws; those that never enter are NaN, so that a use would show.
Eigen::MatrixXd all_nodes(Index s, const std::vector<Field>& inputs) {
  Eigen::MatrixXd node = Eigen::MatrixXd::Constant(s + 2, s + 2, std::nan(""));
  for (Index i = 0; i < s; ++i) {
    node(0, i + 1) = inputs[1].values[static_cast<std::size_t>(i)];
    for (Index j = 0; j < s; ++j) {
      node(i + 1, j + 1) = inputs[0].values[static_cast<std::size_t>(i * s + j)];
    }
  }
  return node;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_as_published)

BOOST_AUTO_TEST_CASE(entry_by_entry) {
  for (const Index s : {2, 3, 4, 7}) {
    for (const auto* type : {"darcy_as_published", "helmholtz_as_published"}) {
      const auto problem = create<Problem>(table(type), square(s));
      Sample sample;
      sample.index = 5;
      const auto inputs = problem->draw(sample);
      const double h = 1.0 / static_cast<double>(s - 1);
      const double kappa = inputs.size() == 3 ? inputs[2].values[0] : 0.0;
      const LinearSystem system = problem->assemble(inputs);
      const Eigen::MatrixXd expected = from_diagonals(s, all_nodes(s, inputs), h * h * kappa * kappa);
      // The transcription shifts by adding, the matrix by subtracting the same number: equal to the last bit.
      BOOST_TEST((dense(*system.matrix) - expected).cwiseAbs().maxCoeff() == 0.0);
      for (const double b : system.rhs) {
        BOOST_TEST(b == h * h);
      }
      BOOST_TEST(!system.symmetric);
      BOOST_TEST(!system.positive_definite);
    }
  }
}

// At the published size of s = 50 there are two to four eigenvalues of negative real part, all of them near zero.
BOOST_AUTO_TEST_CASE(the_shift_makes_eigenvalues_negative) {
  start_petsc();
  const auto problem = create<Problem>(table("darcy_as_published"), square(50));
  for (const Index index : {0, 1, 2}) {
    const LinearSystem system = assemble_sample(*problem, index);
    const Eigen::VectorXcd nearest = eigenvalues_near_zero(*system.matrix, 60);
    const Index negative = (nearest.real().array() < 0.0).count();
    BOOST_TEST_MESSAGE("sample " << index << ": " << negative << " of " << nearest.size() << " eigenvalues near zero are negative");
    BOOST_TEST(nearest.size() >= 12);
    BOOST_TEST(negative >= 2);
    BOOST_TEST(negative <= 4);
  }
}

// With the diagonal in its place the matrix would be L diag(K), L the five-point Laplacian, and similar to a definite matrix.
BOOST_AUTO_TEST_CASE(without_the_shift_it_is_a_scaled_laplacian) {
  const Index s = 12;
  const auto problem = create<Problem>(table("darcy_as_published"), square(s));
  const auto inputs = problem->draw(Sample{});
  Eigen::MatrixXd laplacian = dense(*problem->assemble(inputs).matrix);
  for (Index r = s; r < s * s; ++r) {
    laplacian(r, r - s) = -inputs[0].values[static_cast<std::size_t>(r - s)];
  }
  for (Index r = 0; r < s * s; ++r) {
    laplacian.col(r) /= inputs[0].values[static_cast<std::size_t>(r)];
  }
  BOOST_TEST((laplacian - laplacian.transpose()).cwiseAbs().maxCoeff() < 1e-14);
  BOOST_TEST((laplacian.diagonal().array() - 4.0).abs().maxCoeff() < 1e-14);
  BOOST_TEST(Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(laplacian).eigenvalues()[0] > 0.0);
}

// The published field has a standard deviation of about 0.19: its variance is tau³ times the sum over k ≠ 0 of (4 pi² |k|² + tau²)^(−5/2).
BOOST_AUTO_TEST_CASE(the_field_has_the_published_law) {
  double variance = 0.0;
  for (int i = -60; i <= 60; ++i) {
    for (int j = -60; j <= 60; ++j) {
      variance += i == 0 && j == 0 ? 0.0 : std::pow(7.0, 3) * std::pow(4.0 * M_PI * M_PI * (i * i + j * j) + 49.0, -2.5);
    }
  }
  BOOST_TEST(std::sqrt(variance) == 0.19, boost::test_tools::tolerance(0.03));
  const auto problem = create<Problem>(table("darcy_as_published"), square(30));
  double sum = 0.0;
  double squares = 0.0;
  constexpr Index samples = 200;
  for (Index index = 0; index < samples; ++index) {
    Sample sample;
    sample.index = index;
    const auto inputs = problem->draw(sample);
    for (const double k : inputs[0].values) {
      sum += std::log(k);
      squares += std::log(k) * std::log(k);
    }
  }
  const double count = samples * 900.0;
  // A sample has about ten independent modes of weight: the mean square over 200 samples is known to about 2/sqrt(2000) = 4 %.
  BOOST_TEST(squares / count == variance, boost::test_tools::tolerance(0.12));
  BOOST_TEST(std::abs(sum / count) < 0.01);
}

BOOST_AUTO_TEST_CASE(kappa_is_uniform) {
  const auto problem = create<Problem>(table("helmholtz_as_published"), square(4));
  double sum = 0.0;
  for (Index index = 0; index < 400; ++index) {
    Sample sample;
    sample.index = index;
    const double kappa = problem->draw(sample)[2].values[0];
    BOOST_TEST((kappa > 0.0 && kappa < 1.0));
    sum += kappa;
  }
  BOOST_TEST(std::abs(sum / 400.0 - 0.5) < 4.0 * std::sqrt(1.0 / 12.0 / 400.0));  // four standard deviations
}

BOOST_AUTO_TEST_CASE(refused_without_the_word_benchmark) {
  for (const auto* type : {"darcy_as_published", "helmholtz_as_published"}) {
    BOOST_TEST(contains(refusal([&] { create<Problem>(typed(type), square(8)); }), "benchmark = true"));
    Diagnostics diagnostics;
    Registry::instance().get("problem", type).check(typed(type, {{"benchmark", false}}), diagnostics);
    BOOST_TEST(diagnostics.has_errors());
    BOOST_TEST(contains(diagnostics.text(), "benchmark = true"));
    BOOST_TEST(Registry::instance().get("problem", type).find_parameter("benchmark")->required);
    Diagnostics accepted;
    Registry::instance().get("problem", type).check(table(type), accepted);
    BOOST_TEST(!accepted.has_errors());
  }
  BOOST_TEST(contains(refusal([] {
                        create<Problem>(table("darcy_as_published"), make_domain(grid_table({8, 9}), Value(Table{})));
                      }),
                      "n = [s, s]"));
  BOOST_TEST(
      contains(refusal([] {
                 create<Problem>(table("darcy_as_published"), make_domain(grid_table({8, 8}), table_of({{"x_lo", side_table("neumann")}})));
               }),
               "remove [boundary]"));
  BOOST_CHECK_THROW(published_matrix(3, std::vector<double>(9, 1.0), std::vector<double>(2, 1.0), 0.0), InputError);
}

BOOST_AUTO_TEST_SUITE_END()
