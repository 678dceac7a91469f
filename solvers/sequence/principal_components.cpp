#include <kindred/solvers/sequence/principal_components.hpp>

#include <eigen3/Eigen/Eigenvalues>

namespace kindred {
namespace {

std::vector<double> centred(MatrixView points) {
  std::vector<double> mean(static_cast<std::size_t>(points.columns), 0.0);
  for (Index i = 0; i < points.rows; ++i) {
    const auto row = points.row(i);
    for (std::size_t c = 0; c < mean.size(); ++c) {
      mean[c] += row[c] / static_cast<double>(points.rows);
    }
  }
  std::vector<double> result(points.values.begin(), points.values.end());
  for (std::size_t i = 0; i < result.size(); ++i) {
    result[i] -= mean[i % mean.size()];
  }
  return result;
}

/// Sum of the rows' outer products, dim × dim. Summed by hand: a matrix library's blocking, and with it the last bits,
/// depends on the processor's caches.
Eigen::MatrixXd scatter(MatrixView points) {
  Eigen::MatrixXd sum = Eigen::MatrixXd::Zero(points.columns, points.columns);
  for (Index i = 0; i < points.rows; ++i) {
    const auto row = points.row(i);
    for (Index c = 0; c < points.columns; ++c) {
      const double factor = row[static_cast<std::size_t>(c)];
      double* column = sum.col(c).data();
      for (Index r = c; r < points.columns; ++r) {
        column[r] += factor * row[static_cast<std::size_t>(r)];
      }
    }
  }
  return sum;
}

}  // namespace

std::vector<double> principal_coordinates(MatrixView points, Index components) {
  if (points.rows == 0 || components == 0) {
    return {};
  }
  const std::vector<double> cloud = centred(points);
  const MatrixView view{cloud, points.rows, points.columns};
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(scatter(view));  // reads the lower triangle; eigenvalues ascend
  Eigen::MatrixXd axes = solver.eigenvectors().rowwise().reverse().leftCols(components);
  for (Index k = 0; k < components; ++k) {
    Index largest = 0;
    axes.col(k).cwiseAbs().maxCoeff(&largest);
    if (axes(largest, k) < 0.0) {
      axes.col(k) *= -1.0;
    }
  }
  std::vector<double> coordinates;
  coordinates.reserve(static_cast<std::size_t>(points.rows * components));
  for (Index i = 0; i < points.rows; ++i) {
    const auto row = view.row(i);
    for (Index k = 0; k < components; ++k) {
      double sum = 0.0;
      for (Index c = 0; c < points.columns; ++c) {
        sum += axes(c, k) * row[static_cast<std::size_t>(c)];
      }
      coordinates.push_back(sum);
    }
  }
  return coordinates;
}

}  // namespace kindred
