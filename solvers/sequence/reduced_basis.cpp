#include <kindred/solvers/sequence/reduced_basis.hpp>

#include <algorithm>
#include <cmath>

#include <eigen3/Eigen/Cholesky>
#include <eigen3/Eigen/QR>
#include <eigen3/Eigen/SVD>

#include <kindred/core/base/random.hpp>
#include <kindred/operators/stencil_operator.hpp>
#include <kindred/solvers/sequence/dense_views.hpp>

namespace kindred {
namespace {

/// [A c; 0 d]
Eigen::MatrixXd bordered(const Eigen::MatrixXd& a, const Eigen::VectorXd& c, double d) {
  Eigen::MatrixXd result = Eigen::MatrixXd::Zero(a.rows() + 1, a.cols() + 1);
  result.topLeftCorner(a.rows(), a.cols()) = a;
  result.col(a.cols()).head(a.rows()) = c;
  result(a.rows(), a.cols()) = d;
  return result;
}

/// A square factor with the same left singular vectors and singular values as [A c].
Eigen::MatrixXd appended(const Eigen::MatrixXd& a, const Eigen::VectorXd& c) {
  Eigen::MatrixXd transposed(a.cols() + 1, a.rows());
  transposed.topRows(a.cols()) = a.transpose();
  transposed.row(a.cols()) = c.transpose();
  const Eigen::HouseholderQR<Eigen::MatrixXd> qr(transposed);
  return qr.matrixQR().topRows(a.rows()).triangularView<Eigen::Upper>().toDenseMatrix().transpose();
}

double least_singular_value(const Eigen::MatrixXd& a) { return Eigen::BDCSVD<Eigen::MatrixXd>(a).singularValues().minCoeff(); }

/// Turns the basis to the left singular vectors of X R and keeps the first `capacity`.
void truncate(hdf5::RealArray& vectors, hdf5::RealArray& factor, Index capacity) {
  const Eigen::BDCSVD<Eigen::MatrixXd> svd(as_columns(factor), Eigen::ComputeThinU);
  vectors = to_array(as_columns(vectors) * svd.matrixU().leftCols(capacity));
  factor = to_array(svd.singularValues().head(capacity).asDiagonal().toDenseMatrix());
}

/// Entry c of A x for every column x of `vectors`, added to `row`.
class StencilRow {
 public:
  explicit StencilRow(const StencilOperator& matrix) : matrix_(matrix) {}

  void add(Index cell, ConstColumns vectors, Eigen::Ref<Eigen::RowVectorXd> row) const {
    const auto c = static_cast<std::size_t>(cell);
    row = matrix_.center[c] * vectors.row(cell);
    const auto& axes = matrix_.grid().axes;
    Index stride = 1;
    for (std::size_t axis = axes.size(); axis-- > 0;) {
      const Index cells = axes[axis].cells;
      const Index position = (cell / stride) % cells;
      const Index round = (cells - 1) * stride;
      if (position > 0 || axes[axis].periodic) {
        row += matrix_.lower[axis][c] * vectors.row(position > 0 ? cell - stride : cell + round);
      }
      if (position < cells - 1 || axes[axis].periodic) {
        row += matrix_.upper[axis][c] * vectors.row(position < cells - 1 ? cell + stride : cell - round);
      }
      stride *= cells;
    }
  }

 private:
  const StencilOperator& matrix_;
};

}  // namespace

bool add_snapshot(hdf5::RealArray& vectors, hdf5::RealArray& factor, std::span<const double> snapshot, Index capacity, double novelty) {
  const auto x = as_vector(snapshot);
  if (!has_columns(vectors, x.size()) || !has_columns(factor, vectors.shape[0])) {
    vectors = {{0, x.size()}, {}};
    factor = {{0, 0}, {}};
  }
  const double norm = x.norm();
  if (!(norm > 0.0) || !std::isfinite(norm)) {
    return false;
  }
  const Index k = vectors.shape[0];
  Eigen::VectorXd rest = x / norm;
  Eigen::VectorXd inside = Eigen::VectorXd::Zero(k);
  for (int pass = 0; pass < 2; ++pass) {
    const Eigen::VectorXd correction = as_columns(vectors).transpose() * rest;
    rest -= as_columns(vectors) * correction;
    inside += correction;
  }
  const double distance = rest.norm();
  if (!(distance > novelty) || !std::isfinite(distance)) {
    return false;
  }
  // At the capacity, a direction that carries less than the least of them would be the one to be dropped.
  if (k >= capacity && distance <= least_singular_value(as_columns(factor))) {
    factor = to_array(appended(as_columns(factor), inside));
    return false;
  }
  rest /= distance;
  vectors.values.insert(vectors.values.end(), rest.begin(), rest.end());
  vectors.shape[0] = k + 1;
  factor = to_array(bordered(as_columns(factor), inside, distance));
  if (k + 1 >= capacity) {
    truncate(vectors, factor, capacity);
  }
  return true;
}

std::optional<Eigen::VectorXd> galerkin(ConstColumns vectors, ConstColumns images, std::span<const double> rhs) {
  Eigen::MatrixXd projected = Eigen::MatrixXd::Zero(vectors.cols(), vectors.cols());
  projected.triangularView<Eigen::Lower>() = vectors.transpose() * images;
  const Eigen::LLT<Eigen::MatrixXd> cholesky(projected);
  if (cholesky.info() != Eigen::Success) {
    return std::nullopt;
  }
  return cholesky.solve(vectors.transpose() * as_vector(rhs));
}

std::optional<Eigen::VectorXd> least_squares(ConstColumns images, std::span<const double> rhs) {
  if (!images.allFinite()) {
    return std::nullopt;
  }
  return images.colPivHouseholderQr().solve(as_vector(rhs));
}

Eigen::MatrixXd apply_to_columns(const LinearOperator& matrix, ConstColumns vectors) {
  const auto n = static_cast<std::size_t>(vectors.rows());
  Eigen::MatrixXd images(vectors.rows(), vectors.cols());
  for (Eigen::Index column = 0; column < vectors.cols(); ++column) {
    matrix.apply({vectors.col(column).data(), n}, {images.col(column).data(), n});
  }
  return images;
}

std::optional<Eigen::MatrixXd> apply_rows(const LinearOperator& matrix, ConstColumns vectors, std::span<const Index> rows) {
  const auto* stencil = dynamic_cast<const StencilOperator*>(&matrix);
  if (stencil == nullptr) {
    return std::nullopt;
  }
  const StencilRow stencil_row(*stencil);
  Eigen::MatrixXd images(static_cast<Eigen::Index>(rows.size()), vectors.cols());
  Eigen::RowVectorXd row(vectors.cols());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    stencil_row.add(rows[i], vectors, row);
    images.row(static_cast<Eigen::Index>(i)) = row;
  }
  return images;
}

std::vector<Index> scattered_rows(Index size, Index count) {
  const Draws draws(0, "scattered_rows", 0);
  std::vector<Index> rows;
  for (Index i = 0; i < std::min(count, size); ++i) {
    const Index first = i * size / std::min(count, size);
    const Index last = (i + 1) * size / std::min(count, size);
    const auto step = static_cast<Index>(draws.uniform(static_cast<std::uint64_t>(i)) * static_cast<double>(last - first));
    rows.push_back(std::min(first + step, last - 1));
  }
  return rows;
}

}  // namespace kindred
