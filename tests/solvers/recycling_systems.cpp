#include "recycling_systems.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>
#include <numeric>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <eigen3/Eigen/Eigenvalues>

#include <kindred/core/base/random.hpp>
#include <kindred/solvers/recycling/recycle_interface.hpp>

namespace kindred::test {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double pi = std::numbers::pi;

/// Five-point matrix over the nodes for which `inside` holds, numbered row by row.
template <class Face>
SparseMatrix five_point(Index first, Index count, Index points, bool insulated, Face face) {
  const auto inside = [&](Index i, Index j) { return i >= first && i < first + count && j >= first && j < first + count; };
  std::vector<Eigen::Triplet<double>> entries;
  for (Index i = first; i < first + count; ++i) {
    for (Index j = first; j < first + count; ++j) {
      const Index row = (i - first) * count + (j - first);
      double diagonal = 0.0;
      for (const auto& [di, dj] : {std::pair<Index, Index>{-1, 0}, {1, 0}, {0, -1}, {0, 1}}) {
        const Index ni = i + di;
        const Index nj = j + dj;
        if (insulated && (ni < 0 || nj < 0 || ni >= points || nj >= points)) {
          continue;
        }
        const double a = face(i, j, ni, nj);
        diagonal += a;
        if (inside(ni, nj)) {
          entries.emplace_back(row, (ni - first) * count + (nj - first), -a);
        }
      }
      entries.emplace_back(row, row, diagonal);
    }
  }
  SparseMatrix matrix(count * count, count * count);
  matrix.setFromTriplets(entries.begin(), entries.end());
  return matrix;
}

}  // namespace

MatrixXd lognormal_coefficient(Index points, std::uint64_t seed) {
  constexpr double alpha = 2.5;
  constexpr double tau = 7.0;
  const double sigma = std::pow(tau, 0.5 * (2.0 * alpha - 2.0));
  const Draws draws(seed, "recycling_coefficient", 0);
  Eigen::MatrixXcd modes(points, points);
  Eigen::MatrixXcd waves(points, points);
  std::uint64_t draw = 0;
  for (Index i = 0; i < points; ++i) {
    for (Index j = 0; j < points; ++j) {
      const auto k = static_cast<double>(i - points / 2);
      const auto l = static_cast<double>(j - points / 2);
      const double power = std::sqrt(2.0) * sigma * std::pow(4.0 * pi * pi * (k * k + l * l) + tau * tau, -0.5 * alpha);
      const std::complex<double> normal(draws.normal(draw), draws.normal(draw + 1));
      draw += 2;
      modes(i, j) = k == 0.0 && l == 0.0 ? 0.0 : power / std::sqrt(2.0) * normal;
      waves(i, j) = std::polar(1.0, 2.0 * pi * k * static_cast<double>(j) / static_cast<double>(points));
    }
  }
  return (waves.transpose() * modes * waves).real().array().exp();
}

SparseMatrix darcy(Index interior, std::uint64_t seed) {
  const Index points = interior + 2;
  const MatrixXd a = lognormal_coefficient(points, seed);
  return five_point(1, interior, points, false, [&](Index i, Index j, Index k, Index l) { return 0.5 * (a(i, j) + a(k, l)); });
}

SparseMatrix darcy_neumann(Index points, std::uint64_t seed) {
  const MatrixXd a = lognormal_coefficient(points, seed);
  return five_point(0, points, points, true, [&](Index i, Index j, Index k, Index l) { return 0.5 * (a(i, j) + a(k, l)); });
}

SparseMatrix helmholtz(Index interior, double wave_number, std::uint64_t seed) {
  const double h = 1.0 / static_cast<double>(interior + 1);
  SparseMatrix matrix = five_point(1, interior, interior + 2, false, [](Index, Index, Index, Index) { return 1.0; });
  const Draws draws(seed, "recycling_speed", 0);
  const double phase_x = 2.0 * pi * draws.uniform(0);
  const double phase_y = 2.0 * pi * draws.uniform(1);
  for (Index i = 0; i < interior; ++i) {
    for (Index j = 0; j < interior; ++j) {
      const double x = h * static_cast<double>(i + 1);
      const double y = h * static_cast<double>(j + 1);
      const double c = 1.0 + 0.1 * std::sin(2.0 * pi * x + phase_x) * std::sin(2.0 * pi * y + phase_y);
      matrix.coeffRef(i * interior + j, i * interior + j) -= std::pow(h * wave_number * c, 2);
    }
  }
  return matrix;
}

void set_options(KSP ksp, const std::map<std::string, std::string>& options) {
  static int number = 0;
  const petsc::PrefixedOptions prefixed("recycling_test" + std::to_string(++number) + "_", options);
  KINDRED_PETSC(KSPSetOptionsPrefix(ksp, prefixed.prefix().c_str()));
  KINDRED_PETSC(KSPSetFromOptions(ksp));
  BOOST_TEST(prefixed.unused().empty());
}

PetscInt operator_applications(KSP ksp) {
  PetscInt count = 0;
  KINDRED_PETSC(KSPRecycleGetApplications(ksp, &count, nullptr));
  return count;
}

std::string failure(const std::function<void()>& call) {
  try {
    call();
  } catch (const SolveError& error) {
    return error.what();
  }
  return {};
}

VectorXd ones(const SparseMatrix& a) { return VectorXd::Ones(a.rows()); }

MatrixXd small_eigenvectors(const SparseMatrix& matrix, Index count) {
  const Eigen::SelfAdjointEigenSolver<MatrixXd> eigen{MatrixXd(matrix)};
  std::vector<Index> order(static_cast<std::size_t>(matrix.rows()));
  std::iota(order.begin(), order.end(), Index{0});
  std::ranges::sort(order, {}, [&](Index i) { return std::abs(eigen.eigenvalues()(i)); });
  order.resize(static_cast<std::size_t>(count));
  return eigen.eigenvectors()(Eigen::all, order);
}

}  // namespace kindred::test
