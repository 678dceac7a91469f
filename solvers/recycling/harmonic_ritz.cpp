#include <kindred/solvers/recycling/harmonic_ritz.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include <eigen3/Eigen/Dense>

namespace kindred::recycling {
namespace {

constexpr double useful_fraction = 0.1;  // of the median |θ|

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXcd;

/// T z = z/θ on the columns `kept` of the search space.
struct Pencil {
  std::vector<Index> kept;
  MatrixXd matrix;
};

Pencil make_pencil(const CycleRelation& cycle) {
  Eigen::ColPivHouseholderQR<MatrixXd> qr;
  qr.setThreshold(dependence_tolerance);
  qr.compute(cycle.image);
  const Index rank = qr.rank();
  Pencil pencil;
  for (Index j = 0; j < rank; ++j) {
    pencil.kept.push_back(qr.colsPermutation().indices()(j));
  }
  const MatrixXd rotated = qr.householderQ().adjoint() * cycle.products(Eigen::all, pencil.kept);
  pencil.matrix = qr.matrixR().topLeftCorner(rank, rank).triangularView<Eigen::Upper>().solve(rotated.topRows(rank));
  return pencil;
}

/// Positions of the largest |μ|, pairs kept whole (Eigen stores the members of a pair next to each other).
std::vector<Index> select_largest(const VectorXcd& mu, Index count, bool drop_small) {
  std::vector<Index> order(static_cast<std::size_t>(mu.size()));
  std::iota(order.begin(), order.end(), Index{0});
  std::ranges::stable_sort(order, [&](Index a, Index b) { return std::abs(mu(a)) > std::abs(mu(b)); });
  const double smallest_useful = drop_small ? std::abs(mu(order[order.size() / 2])) / useful_fraction : 0.0;
  std::vector<Index> chosen;
  for (const Index i : order) {
    const bool pair = mu(i).imag() != 0.0;
    const Index places = count - static_cast<Index>(chosen.size());
    const bool useful = std::abs(mu(i)) > 0.0 && (chosen.empty() || std::abs(mu(i)) >= smallest_useful);
    if (!useful || places < (pair ? 2 : 1) || mu(i).imag() < 0.0) {
      continue;  // the member with positive imaginary part stands for both
    }
    chosen.push_back(i);
    if (pair) {
      chosen.push_back(i + 1);
    }
  }
  return chosen;
}

/// G P = Q R gives C = Ŵ Q and U = V̂ P R⁻¹.
RecycleUpdate orthonormal_image(const MatrixXd& image, const MatrixXd& directions) {
  Eigen::ColPivHouseholderQR<MatrixXd> qr;
  qr.setThreshold(dependence_tolerance);
  qr.compute(image * directions);
  const Index rank = qr.rank();
  RecycleUpdate update;
  update.image = qr.householderQ() * MatrixXd::Identity(image.rows(), rank);
  const MatrixXd permuted = directions * qr.colsPermutation();
  update.solution = qr.matrixR().topLeftCorner(rank, rank).triangularView<Eigen::Upper>().solve<Eigen::OnTheRight>(permuted.leftCols(rank));
  return update;
}

}  // namespace

std::optional<RecycleUpdate> harmonic_ritz(const CycleRelation& cycle, Index count, bool drop_large) {
  if (count <= 0 || cycle.image.cols() == 0 || !cycle.image.allFinite() || !cycle.products.allFinite()) {
    return std::nullopt;
  }
  const Pencil pencil = make_pencil(cycle);
  if (pencil.kept.empty()) {
    return std::nullopt;
  }
  const Eigen::EigenSolver<MatrixXd> solver(pencil.matrix);
  if (solver.info() != Eigen::Success || !solver.eigenvalues().allFinite()) {
    return std::nullopt;
  }
  const std::vector<Index> chosen = select_largest(solver.eigenvalues(), count, drop_large);
  if (chosen.empty()) {
    return std::nullopt;
  }
  MatrixXd directions = MatrixXd::Zero(cycle.image.cols(), static_cast<Index>(chosen.size()));
  directions(pencil.kept, Eigen::all) = solver.pseudoEigenvectors()(Eigen::all, chosen);
  directions.colwise().normalize();
  if (!directions.allFinite()) {
    return std::nullopt;
  }
  RecycleUpdate update = orthonormal_image(cycle.image, directions);
  update.ritz_values = solver.eigenvalues()(chosen).cwiseInverse();
  return update;
}

}  // namespace kindred::recycling
