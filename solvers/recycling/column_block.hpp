#pragma once

#include <memory>

#include <eigen3/Eigen/Core>

namespace kindred::recycling {

/// This process's rows of a tall matrix, column-major in one allocation, so that single columns can be lent to PETSc as vectors and all of
/// them handed to one matrix product. Columns lie `stride` apart, a stride that never is a multiple of a page: columns a page apart evict
/// each other from the cache. Entries start undefined. Move-only.
class ColumnBlock {
 public:
  using Map = Eigen::Map<Eigen::MatrixXd, 0, Eigen::OuterStride<>>;
  using ConstMap = Eigen::Map<const Eigen::MatrixXd, 0, Eigen::OuterStride<>>;

  ColumnBlock() = default;
  ColumnBlock(Eigen::Index rows, Eigen::Index columns);

  [[nodiscard]] Eigen::Index rows() const { return rows_; }
  [[nodiscard]] Eigen::Index columns() const { return columns_; }
  [[nodiscard]] double* column(Eigen::Index j) { return values_.get() + j * stride_; }
  /// `count` columns from `first`.
  [[nodiscard]] Map view(Eigen::Index first, Eigen::Index count) {
    return {values_.get() + first * stride_, rows_, count, Eigen::OuterStride<>(stride_)};
  }
  [[nodiscard]] ConstMap view(Eigen::Index first, Eigen::Index count) const {
    return {values_.get() + first * stride_, rows_, count, Eigen::OuterStride<>(stride_)};
  }
  [[nodiscard]] std::size_t bytes() const { return static_cast<std::size_t>(stride_ * columns_) * sizeof(double); }

 private:
  Eigen::Index rows_ = 0;
  Eigen::Index columns_ = 0;
  Eigen::Index stride_ = 1;
  std::unique_ptr<double[]> values_;
};

/// For the message where memory does not suffice for them.
inline constexpr const char* too_many_columns = "not enough memory for the recycled vectors: choose a smaller restart, recycle or window";

// Kernels on the rows of this process. They run through blocks of rows that fit into the cache, so that each pass reads W from memory once.

/// sums = [Wᵀ w; wᵀ w] over the first `count` columns. Reads n (count + 1) numbers; w stays as it is.
void project(const ColumnBlock& basis, Eigen::Index count, double* vector, Eigen::VectorXd& sums);

/// w -= W h with the first columns of W, then sums = [Wᵀ w; wᵀ w] of the new w, in one pass over W.
void subtract_and_project(const ColumnBlock& basis, const Eigen::VectorXd& h, double* vector, Eigen::VectorXd& sums);

/// y += Σ W(:, first + i) c_i. Reads each column once.
void accumulate(const ColumnBlock& basis, Eigen::Index first, const Eigen::VectorXd& coefficients, double* target);

/// result = Wᵀ X over the first columns of both.
void products(const ColumnBlock& left, Eigen::Index left_count, const ColumnBlock& right, Eigen::Index right_count,
              Eigen::MatrixXd& result);

/// result = Wᵀ x, one number for each of the first columns.
void products(const ColumnBlock& left, Eigen::Index left_count, const double* vector, double* result);

/// The first columns of `block` become [block(:, 0..a) other(:, first..first + b)] · coefficients, where a + b = rows of `coefficients`. In
/// place, row block by row block; `other` may be `block` itself when b = 0.
void combine(ColumnBlock& block, Eigen::Index own, const ColumnBlock& other, Eigen::Index first, const Eigen::MatrixXd& coefficients);

}  // namespace kindred::recycling
