// Toeplitz and circulant matrices of one to three levels against their entries, written down one by one.

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <boost/test/unit_test.hpp>
#include <eigen3/Eigen/Eigenvalues>

#include <kindred/core/base/random.hpp>
#include <kindred/operators/toeplitz/circulant_operator.hpp>

#include "petsc_session.hpp"
#include "problem_tables.hpp"

using namespace kindred;
using namespace kindred::test;

namespace {

using Lag = ToeplitzOperator::Lag;

struct Shape {
  std::vector<Index> extents;
  bool symmetric;
};

const std::vector<Shape> shapes{{{1}, false},      {{2}, true},        {{7}, false},      {{64}, true},      {{101}, false},
                                {{1, 5}, false},   {{6, 7}, false},    {{5, 8}, true},    {{13, 11}, false}, {{2, 3, 4}, false},
                                {{4, 1, 6}, true}, {{5, 5, 5}, false}, {{3, 7, 4}, true}, {{300}, false}};

Index rows(const std::vector<Index>& extents) {
  return std::accumulate(extents.begin(), extents.end(), Index{1}, [](Index a, Index b) { return a * b; });
}

Lag position(Index row, const std::vector<Index>& extents) {
  Lag at{};
  for (std::size_t a = extents.size(); a-- > 0;) {
    at[a] = row % extents[a];
    row /= extents[a];
  }
  return at;
}

Lag difference(Index row, Index column, const std::vector<Index>& extents) {
  const Lag i = position(row, extents);
  const Lag j = position(column, extents);
  return {i[0] - j[0], i[1] - j[1], i[2] - j[2]};
}

/// A number for every lag, the same for a lag and its negative if symmetric.
double random_tap(Lag lag, bool symmetric) {
  if (symmetric && std::ranges::lexicographical_compare(lag, Lag{})) {
    lag = {-lag[0], -lag[1], -lag[2]};
  }
  const Draws draws(5, "test_toeplitz", 0);
  return draws.normal(static_cast<std::uint64_t>((lag[0] + 1000) + 4000 * ((lag[1] + 1000) + 4000 * (lag[2] + 1000))));
}

std::shared_ptr<ToeplitzOperator> make_toeplitz(const Shape& shape, const ConvolutionOptions& options = {}) {
  return std::make_shared<ToeplitzOperator>(
      shape.extents, toeplitz_taps(shape.extents, [&](const Lag& lag) { return random_tap(lag, shape.symmetric); }), options);
}

/// A_ij = t_{i−j}
Eigen::MatrixXd dense_toeplitz(const Shape& shape) {
  const Index n = rows(shape.extents);
  return Eigen::MatrixXd::NullaryExpr(n, n, [&](Index i, Index j) { return random_tap(difference(i, j, shape.extents), shape.symmetric); });
}

std::vector<double> random_vector(Index size, std::uint64_t number) {
  const Draws draws(6, "test_toeplitz_vector", number);
  std::vector<double> values;
  for (Index i = 0; i < size; ++i) {
    values.push_back(draws.normal(static_cast<std::uint64_t>(i)));
  }
  return values;
}

Eigen::Map<const Eigen::VectorXd> vector(const std::vector<double>& v) { return {v.data(), static_cast<Eigen::Index>(v.size())}; }

/// The bound of FFT convolutions, eps log2(N) ‖t‖ ‖x‖, with N the padded length, at most 4 n a level, and two of our units of rounding for
/// the sums of the dense product.
double bound(const ToeplitzOperator& a, const std::vector<double>& x) {
  const double padded = std::pow(4.0, static_cast<double>(a.extents().size())) * static_cast<double>(a.size());
  return 0.5 * std::numeric_limits<double>::epsilon() * (std::log2(padded) + 2.0) * vector(a.taps()).norm() * vector(x).norm();
}

double largest_difference(const std::vector<double>& y, const Eigen::VectorXd& expected) {
  return (vector(y) - expected).lpNorm<Eigen::Infinity>();
}

/// Rows of the circulant matrix with this first column.
Eigen::MatrixXd dense_circulant(const std::vector<Index>& extents, const std::vector<double>& column) {
  const Index n = rows(extents);
  return Eigen::MatrixXd::NullaryExpr(n, n, [&](Index i, Index j) {
    const Lag lag = difference(i, j, extents);
    Index place = 0;
    for (std::size_t a = 0; a < extents.size(); ++a) {
      place = place * extents[a] + (lag[a] + extents[a]) % extents[a];
    }
    return column[static_cast<std::size_t>(place)];
  });
}

struct Fixture {
  petsc::Session session;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(test_toeplitz, Fixture)

BOOST_AUTO_TEST_CASE(products_are_those_of_the_dense_matrix) {
  for (const Shape& shape : shapes) {
    const auto a = make_toeplitz(shape);
    const Eigen::MatrixXd entries = dense_toeplitz(shape);
    const std::vector<double> x = random_vector(a->size(), 1);
    std::vector<double> y(x.size());
    a->apply(x, y);
    BOOST_TEST(largest_difference(y, entries * vector(x)) <= bound(*a, x));
    a->apply_transpose(x, y);
    BOOST_TEST(largest_difference(y, entries.transpose() * vector(x)) <= bound(*a, x));
    std::vector<double> diagonal(x.size());
    a->diagonal(diagonal);
    BOOST_TEST((vector(diagonal) - entries.diagonal()).norm() == 0.0);
    BOOST_TEST(a->symmetric() == (entries == entries.transpose()));
  }
}

// ⟨A x, y⟩ = ⟨x, Aᵀ y⟩, to 1e-13 of the product of norms.
BOOST_AUTO_TEST_CASE(the_transpose_is_the_adjoint) {
  for (const Shape& shape : shapes) {
    const auto a = make_toeplitz(shape);
    const std::vector<double> x = random_vector(a->size(), 2);
    const std::vector<double> y = random_vector(a->size(), 3);
    std::vector<double> ax(x.size());
    std::vector<double> aty(x.size());
    a->apply(x, ax);
    a->apply_transpose(y, aty);
    const double scale = vector(a->taps()).norm() * vector(x).norm() * vector(y).norm();
    BOOST_TEST(std::abs(vector(ax).dot(vector(y)) - vector(x).dot(vector(aty))) <= 1e-13 * scale);
  }
}

BOOST_AUTO_TEST_CASE(columns_are_multiplied_to_the_same_bits) {
  for (const Shape& shape : {Shape{{101}, false}, Shape{{6, 7}, false}, Shape{{3, 7, 4}, true}}) {
    const auto a = make_toeplitz(shape, {.columns = 3});
    const Index n = a->size();
    const std::vector<double> x = random_vector(5 * n, 4);  // a block of three and two single ones
    std::vector<double> y(x.size());
    a->apply_columns(x, y);
    std::vector<double> one(static_cast<std::size_t>(n));
    for (Index c = 0; c < 5; ++c) {
      a->apply(std::span(x).subspan(static_cast<std::size_t>(c * n), one.size()), one);
      BOOST_TEST(std::equal(one.begin(), one.end(), y.begin() + c * n));
    }
    BOOST_CHECK_THROW(a->apply_columns(std::span(x).first(one.size() + 1), std::span(y).first(one.size() + 1)), InputError);
  }
}

BOOST_AUTO_TEST_CASE(petsc_multiplies_as_the_operator_does) {
  const Shape shape{{6, 7}, false};
  const auto a = make_toeplitz(shape);
  const petsc::Matrix matrix = toeplitz_matrix(shape.extents, a->taps());
  const auto inside = std::dynamic_pointer_cast<const ToeplitzOperator>(matrix_free_operator(matrix));
  BOOST_REQUIRE(inside);
  BOOST_TEST(inside->fingerprint() == a->fingerprint());
  const std::vector<double> x = random_vector(a->size(), 9);
  std::vector<double> y(x.size());
  std::vector<double> by_petsc(x.size());
  petsc::Vector from;
  petsc::Vector to;
  const auto n = static_cast<PetscInt>(x.size());
  KINDRED_PETSC(VecCreateSeqWithArray(PETSC_COMM_SELF, 1, n, x.data(), from.slot()));
  KINDRED_PETSC(VecCreateSeqWithArray(PETSC_COMM_SELF, 1, n, by_petsc.data(), to.slot()));
  a->apply(x, y);
  KINDRED_PETSC(MatMult(matrix, from, to));
  BOOST_TEST(by_petsc == y, boost::test_tools::per_element());
  a->apply_transpose(x, y);
  KINDRED_PETSC(MatMultTranspose(matrix, from, to));
  BOOST_TEST(by_petsc == y, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(patterns_and_fingerprints_tell_matrices_apart) {
  const auto a = make_toeplitz({{6, 7}, false});
  BOOST_TEST(a->fingerprint() == make_toeplitz({{6, 7}, false})->fingerprint());
  BOOST_TEST(a->pattern() == make_toeplitz({{6, 7}, true})->pattern());
  BOOST_TEST(a->fingerprint() != make_toeplitz({{6, 7}, true})->fingerprint());
  BOOST_TEST(a->pattern() != make_toeplitz({{7, 6}, false})->pattern());
  BOOST_TEST(a->pattern() != make_toeplitz({{42}, false})->pattern());
  BOOST_TEST(a->bytes() >= a->taps().size() * sizeof(double));
}

BOOST_AUTO_TEST_CASE(circulant_products_are_those_of_the_dense_matrix) {
  for (const Shape& shape : shapes) {
    const std::vector<double> column = random_vector(rows(shape.extents), 7);
    const CirculantOperator c(shape.extents, column);
    const Eigen::MatrixXd entries = dense_circulant(shape.extents, column);
    const std::vector<double> x = random_vector(c.size(), 8);
    std::vector<double> y(x.size());
    const double scale = 16.0 * std::numeric_limits<double>::epsilon() * vector(column).norm() * vector(x).norm();
    c.apply(x, y);
    BOOST_TEST(largest_difference(y, entries * vector(x)) <= scale);
    c.apply_transpose(x, y);
    BOOST_TEST(largest_difference(y, entries.transpose() * vector(x)) <= scale);
    // From the eigenvalues: the same matrix.
    const CirculantSpectrum spectrum = circulant_spectrum(shape.extents, column);
    const CirculantOperator again(spectrum);
    again.apply(x, y);
    BOOST_TEST(largest_difference(y, entries * vector(x)) <= scale);
    std::vector<double> diagonal(x.size());
    again.diagonal(diagonal);
    BOOST_TEST(largest_difference(diagonal, entries.diagonal()) <= scale);
    BOOST_TEST(largest_difference(circulant_column(spectrum), vector(column)) <= scale);
  }
}

// C = Σ_k ⟨A, P_k⟩ / ⟨P_k, P_k⟩ P_k over the permutation matrices P_k of the shifts is the orthogonal projection on the circulant matrices.
BOOST_AUTO_TEST_CASE(the_optimal_circulant_is_nearest_in_the_frobenius_norm) {
  for (const Shape& shape : shapes) {
    const auto a = make_toeplitz(shape);
    const Eigen::MatrixXd entries = dense_toeplitz(shape);
    const std::vector<double> column = optimal_circulant(*a);
    std::vector<double> expected(column.size());
    for (std::size_t k = 0; k < column.size(); ++k) {
      std::vector<double> unit(column.size());
      unit[k] = 1.0;
      expected[k] = entries.cwiseProduct(dense_circulant(shape.extents, unit)).sum() / static_cast<double>(column.size());
    }
    // Means of up to n entries of order 1.
    BOOST_TEST(largest_difference(column, vector(expected)) <= 4.0 * std::numeric_limits<double>::epsilon() * vector(a->taps()).norm());
  }
}

BOOST_AUTO_TEST_CASE(strangs_circulant_has_the_central_diagonals) {
  for (const Index n : {7, 8}) {
    const Shape shape{{n}, false};
    const std::vector<double> column = strang_circulant(*make_toeplitz(shape));
    for (Index k = 0; k < n; ++k) {
      const double front = random_tap({k}, false);
      const double back = k > 0 ? random_tap({k - n}, false) : 0.0;
      const double expected = 2 * k < n ? front : 2 * k > n ? back : 0.5 * (front + back);
      BOOST_TEST(column[static_cast<std::size_t>(k)] == expected);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_embedding_has_the_matrix_as_a_block) {
  for (const Shape& shape : {Shape{{7}, false}, Shape{{3, 4}, false}, Shape{{2, 3, 2}, false}}) {
    const auto a = make_toeplitz(shape);
    std::vector<Index> around;
    for (const Index n : shape.extents) {
      around.push_back(2 * n - 1);
    }
    const Eigen::MatrixXd large = dense_circulant(around, embedding_circulant(*a));
    const Eigen::MatrixXd entries = dense_toeplitz(shape);
    for (Index i = 0; i < a->size(); ++i) {
      for (Index j = 0; j < a->size(); ++j) {
        const auto place = [&](Index row) {
          const Lag at = position(row, shape.extents);
          Index result = 0;
          for (std::size_t level = 0; level < around.size(); ++level) {
            result = result * around[level] + at[level];
          }
          return result;
        };
        BOOST_TEST(large(place(i), place(j)) == entries(i, j));
      }
    }
  }
}

// R. Chan, SIAM J. Matrix Anal. Appl. 10 (1989) 542-550: for t_k = 1/(|k| + 1)^1.1, of a positive generating function in the Wiener class,
// the eigenvalues of C⁻¹A cluster at 1: those outside of [0.9, 1.1] do not grow in number with n, while those of A itself spread.
BOOST_AUTO_TEST_CASE(preconditioned_eigenvalues_cluster_at_one) {
  const auto outside = [](Index n, std::vector<double> (*approximation)(const ToeplitzOperator&), double& least) {
    const ToeplitzOperator a(
        {n}, toeplitz_taps({n}, [](const Lag& lag) { return std::pow(1.0 + std::abs(static_cast<double>(lag[0])), -1.1); }));
    const Eigen::MatrixXd c = dense_circulant({n}, approximation(a));
    const Eigen::VectorXd values = Eigen::GeneralizedSelfAdjointEigenSolver<Eigen::MatrixXd>(dense(a), c).eigenvalues();
    least = values.minCoeff();
    return (values.array() < 0.9 || values.array() > 1.1).count();
  };
  for (auto* approximation : {strang_circulant, optimal_circulant}) {
    double least = 0.0;
    const auto small = outside(64, approximation, least);
    BOOST_TEST(least > 0.0);
    const auto large = outside(256, approximation, least);
    BOOST_TEST(least > 0.0);
    BOOST_TEST(small <= 6);
    BOOST_TEST(large <= 6);
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_toeplitz_matrix_is_refused) {
  const auto toeplitz = [](std::vector<Index> extents, std::size_t taps) {
    return refusal([&] { ToeplitzOperator(std::move(extents), std::vector<double>(taps, 1.0)); });
  };
  BOOST_TEST(toeplitz({}, 1).find("one to three levels") != std::string::npos);
  BOOST_TEST(toeplitz({2, 2, 2, 2}, 81).find("one to three levels") != std::string::npos);
  BOOST_TEST(toeplitz({0}, 1).find("at least 1") != std::string::npos);
  BOOST_TEST(toeplitz({Index{1} << 40U, Index{1} << 40U}, 1).find("below 2^58") != std::string::npos);
  BOOST_TEST(toeplitz({4}, 4).find("here 7, and 4 were given") != std::string::npos);
  BOOST_TEST(refusal([] { ToeplitzOperator({1}, {std::nan("")}); }) != "accepted");
  BOOST_TEST(refusal([] { CirculantOperator({3}, {1.0, 2.0}); }).find("3 entries in its first column") != std::string::npos);
  BOOST_TEST(refusal([] { CirculantOperator(CirculantSpectrum{{3}, {1.0}}); }) != "accepted");
  BOOST_TEST(refusal([] { circulant_spectrum({3}, std::vector<double>(4)); }) != "accepted");
}

BOOST_AUTO_TEST_SUITE_END()
