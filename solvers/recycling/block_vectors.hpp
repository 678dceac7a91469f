#pragma once

#include <functional>

#include <petscksp.h>
#include <eigen3/Eigen/Core>

#include <kindred/solvers/recycling/column_block.hpp>
#include <kindred/solvers/recycling/petsc_compat.hpp>

// The few operations between blocks of vectors and PETSc's vectors that recycling needs.

namespace kindred::recycling {

/// A column block of which the first `cols()` columns are in use.
class Block {
 public:
  [[nodiscard]] Eigen::Index rows() const { return columns_.rows(); }
  [[nodiscard]] Eigen::Index cols() const { return used_; }
  [[nodiscard]] ColumnBlock::Map view() { return columns_.view(0, used_); }
  [[nodiscard]] ColumnBlock::ConstMap view() const { return columns_.view(0, used_); }
  [[nodiscard]] ColumnBlock::ConstMap first(Eigen::Index count) const { return columns_.view(0, count); }
  [[nodiscard]] ColumnBlock& storage() { return columns_; }
  [[nodiscard]] const ColumnBlock& storage() const { return columns_; }

  /// Contents are lost if the memory does not suffice.
  void resize(Eigen::Index rows, Eigen::Index columns);
  void assign(const Block& other, Eigen::Index capacity);
  /// Replaces the columns in use, and the first `count` of another block, by [this other] · coefficients. In place, 2 n flops per entry of
  /// `coefficients`; this block's memory must suffice for the columns that result.
  void combine(const Block& other, Eigen::Index count, const Eigen::MatrixXd& coefficients);
  void combine(const Eigen::MatrixXd& coefficients) { combine(*this, 0, coefficients); }

 private:
  ColumnBlock columns_;
  Eigen::Index used_ = 0;
};

/// Sums `count` numbers over the processes, in place, in one reduction.
PetscErrorCode sum_over_processes(MPI_Comm comm, double* values, Eigen::Index count);

/// This process's part of xᵀy, in the same order of additions as VecDot.
PetscErrorCode local_dot(Vec x, Vec y, double* result);

/// This process's part of blockᵀ v; `result` holds one number per column.
PetscErrorCode local_dots(const Block& block, Vec v, double* result);

/// blockᵀ v over all processes. One reduction.
PetscErrorCode dots(const Block& block, Vec v, Eigen::VectorXd* result);

/// leftᵀ right over all processes. One reduction, 2 n k l flops.
PetscErrorCode gram(MPI_Comm comm, const Block& left, const Block& right, Eigen::MatrixXd* result);

/// v += scale · block · coefficients. Reads the block once.
PetscErrorCode add_combination(const Block& block, const Eigen::VectorXd& coefficients, double scale, Vec v);

/// Copies v into one column.
PetscErrorCode store(Vec v, Block* block, Eigen::Index column);

/// out.col(j) = apply(in.col(j)) for all columns; `out` gets the size of `in`.
/// @param like a vector of the system, for its layout
PetscErrorCode apply_to_columns(Vec like, const Block& in, Block* out, const std::function<PetscErrorCode(Vec, Vec)>& apply);

/// Whether the map still takes the sum of `in`'s columns to that of `out`'s, to 1e-8. One application.
PetscErrorCode still_maps(Vec like, const ColumnBlock::ConstMap& in, const ColumnBlock::ConstMap& out,
                          const std::function<PetscErrorCode(Vec, Vec)>& apply, bool* same);

}  // namespace kindred::recycling
