// Toeplitz systems from decks, as a user runs them: `kindred generate` against dense algebra with independently written entries.

#include <cmath>

#include <boost/test/unit_test.hpp>
#include <eigen3/Eigen/Dense>

#include <kindred/data/reader.hpp>

#include "../support/process.hpp"

using kindred::Index;
using kindred::test::run;
using kindred::test::TemporaryFolder;
using kindred::test::write_text;

namespace {

const std::string executable = KINDRED_EXECUTABLE;

const std::string kriging =
    "version = 1\n"
    "[problem]\ntype = \"covariance_system\"\ncovariance = \"exponential\"\nlength = 0.2\nsigma = 1.5\nnoise = 0.2\n"
    "observations = { type = \"circulant_embedding\", covariance = \"exponential\", length = 0.2 }\n"
    "[grid]\nn = [9, 10]\nextent = [1.0, 2.0]\n"
    "[sweep]\nseed = 5\ncount = 3\n"
    "[output]\nname = \"kriging\"\nprecision = \"f64\"\n";

const std::string convolution =
    "version = 1\n"
    "[problem]\ntype = \"convolution_equation\"\nkernel = \"x >= 0 ? 5*exp(-5*x) : 0\"\ncoefficient = 0.5\n"
    "forcing = \"1 + sin(9*x)\"\n"
    "[grid]\nn = [90]\n"
    "[solver]\ntype = \"gcrodr\"\nrtol = 1.0e-10\n"
    "[sweep]\nseed = 5\ncount = 1\n"
    "[output]\nname = \"convolution\"\nprecision = \"f64\"\n";

Eigen::VectorXd field(const kindred::data::DatasetReader& reader, Index row, const std::string& name) {
  const std::vector<double> values = reader.field(row, name);
  return Eigen::Map<const Eigen::VectorXd>(values.data(), static_cast<Index>(values.size()));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_toeplitz_decks)

// Relative residual 1e-10, hence a relative error below 1e-10 times the condition number, by every solver that needs no entries.
BOOST_AUTO_TEST_CASE(kriging_from_a_deck_is_dense_cholesky) {
  Eigen::MatrixXd covariance(90, 90);
  for (Index i = 0; i < 90; ++i) {
    for (Index j = 0; j < 90; ++j) {
      const double x = static_cast<double>(i / 10 - j / 10) / 9.0;
      const double y = static_cast<double>(i % 10 - j % 10) * 2.0 / 10.0;
      covariance(i, j) = 2.25 * std::exp(-std::hypot(x, y) / 0.2);
    }
  }
  const Eigen::MatrixXd matrix = covariance + 0.04 * Eigen::MatrixXd::Identity(90, 90);
  const Eigen::VectorXd eigenvalues = matrix.selfadjointView<Eigen::Lower>().eigenvalues();
  const double condition = eigenvalues.maxCoeff() / eigenvalues.minCoeff();
  const TemporaryFolder folder;
  write_text(folder / "deck.toml", kriging);
  for (const std::string& solver :
       {std::string("solver={type=\"petsc\",ksp_type=\"cg\",pc_type=\"circulant\",rtol=1.0e-10}"),
        std::string("solver={type=\"petsc\",pc_type=\"none\",rtol=1.0e-10}"), std::string("solver.rtol=1.0e-10"),
        std::string("solver={type=\"defcg\",preconditioner=\"circulant\",rtol=1.0e-10}")}) {
    const std::string name = std::to_string(std::hash<std::string>{}(solver));
    const auto done = run(executable + " -q generate " + (folder / "deck.toml") + " output.dir=" + (folder / name) + " '" + solver + "'");
    BOOST_TEST_REQUIRE(done.status == 0, done.err);
    const kindred::data::DatasetReader reader(folder / name);
    BOOST_REQUIRE(reader.rows() == 3);
    for (Index row = 0; row < reader.rows(); ++row) {
      const Eigen::VectorXd x = matrix.llt().solve(field(reader, row, "observations"));
      BOOST_TEST((field(reader, row, "weights") - x).norm() <= 1e-10 * condition * x.norm());
      const Eigen::VectorXd prediction = covariance * x;
      BOOST_TEST((field(reader, row, "prediction") - prediction).norm() <= 1e-10 * condition * prediction.norm());
    }
  }
}

BOOST_AUTO_TEST_CASE(a_nonsymmetric_deck_is_dense_lu) {
  Eigen::MatrixXd matrix(90, 90);
  Eigen::VectorXd f(90);
  for (Index i = 0; i < 90; ++i) {
    f[i] = 1.0 + std::sin(9.0 * (static_cast<double>(i) + 0.5) / 90.0);
    for (Index j = 0; j < 90; ++j) {
      matrix(i, j) = (i >= j ? 5.0 / 90.0 * std::exp(-5.0 * static_cast<double>(i - j) / 90.0) : 0.0) + (i == j ? 0.5 : 0.0);
    }
  }
  const TemporaryFolder folder;
  write_text(folder / "deck.toml", convolution);
  const auto done = run(executable + " -q generate " + (folder / "deck.toml") + " output.dir=" + (folder / "data"));
  BOOST_TEST_REQUIRE(done.status == 0, done.err);
  const kindred::data::DatasetReader reader(folder / "data");
  const Eigen::VectorXd u = matrix.partialPivLu().solve(f);
  const double condition = matrix.norm() * matrix.inverse().norm();
  BOOST_TEST((field(reader, 0, "u") - u).norm() <= 1e-10 * condition * u.norm());
}

BOOST_AUTO_TEST_CASE(solvers_that_need_entries_are_refused_before_any_row) {
  const TemporaryFolder folder;
  write_text(folder / "deck.toml", kriging);
  for (const auto& [solver, advice] : {std::pair{"solver.type=direct", "use type = \"petsc\" or \"auto\""},
                                       {"solver={type=\"petsc\",pc_type=\"hypre\"}", "use jacobi, none, or circulant"}}) {
    const auto refused =
        run(executable + " -q generate " + (folder / "deck.toml") + " output.dir=" + (folder / "no") + " '" + solver + "'");
    BOOST_TEST(refused.status != 0);
    BOOST_TEST(refused.err.find(advice) != std::string::npos, refused.err);
  }
}

BOOST_AUTO_TEST_SUITE_END()
