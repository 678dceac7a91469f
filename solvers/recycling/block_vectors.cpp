#include <kindred/solvers/recycling/block_vectors.hpp>

#include <array>

#include <petscblaslapack.h>

namespace kindred::recycling {

void Block::resize(Eigen::Index rows, Eigen::Index columns) {
  if (rows != columns_.rows() || columns > columns_.columns()) {
    columns_ = ColumnBlock(rows, columns);
  }
  used_ = columns;
}

void Block::assign(const Block& other, Eigen::Index capacity) {
  resize(other.rows(), std::max(capacity, other.cols()));
  used_ = other.cols();
  view() = other.view();
}

void Block::combine(const Block& other, Eigen::Index count, const Eigen::MatrixXd& coefficients) {
  recycling::combine(columns_, coefficients.rows() - count, other.columns_, 0, coefficients);
  used_ = coefficients.cols();
}

PetscErrorCode sum_over_processes(MPI_Comm comm, double* values, Eigen::Index count) {
  PetscFunctionBegin;
  PetscMPIInt processes = 1;
  PetscMPIInt length = 0;
  PetscCallMPI(MPI_Comm_size(comm, &processes));
  PetscCall(PetscMPIIntCast(static_cast<PetscInt>(count), &length));
  if (processes > 1 && length > 0) {
    PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, values, length, MPI_DOUBLE, MPI_SUM, comm));
  }
  PetscFunctionReturn(success);
}

PetscErrorCode local_dot(Vec x, Vec y, double* result) {
  PetscFunctionBegin;
  const PetscScalar* left = nullptr;
  const PetscScalar* right = nullptr;
  PetscInt size = 0;
  PetscCall(VecGetLocalSize(x, &size));
  PetscBLASInt length = 0;
  const PetscBLASInt stride = 1;
  PetscCall(PetscBLASIntCast(size, &length));
  PetscCall(VecGetArrayRead(x, &left));
  PetscCall(VecGetArrayRead(y, &right));
  *result = BLASdot_(&length, left, &stride, right, &stride);
  PetscCall(VecRestoreArrayRead(y, &right));
  PetscCall(VecRestoreArrayRead(x, &left));
  PetscFunctionReturn(success);
}

PetscErrorCode local_dots(const Block& block, Vec v, double* result) {
  PetscFunctionBegin;
  if (block.cols() == 0) {
    PetscFunctionReturn(success);
  }
  const PetscScalar* values = nullptr;
  PetscCall(VecGetArrayRead(v, &values));
  products(block.storage(), block.cols(), values, result);
  PetscCall(VecRestoreArrayRead(v, &values));
  PetscFunctionReturn(success);
}

PetscErrorCode dots(const Block& block, Vec v, Eigen::VectorXd* result) {
  PetscFunctionBegin;
  result->resize(block.cols());
  PetscCall(local_dots(block, v, result->data()));
  PetscCall(sum_over_processes(PetscObjectComm(reinterpret_cast<PetscObject>(v)), result->data(), result->size()));
  PetscFunctionReturn(success);
}

PetscErrorCode gram(MPI_Comm comm, const Block& left, const Block& right, Eigen::MatrixXd* result) {
  PetscFunctionBegin;
  products(left.storage(), left.cols(), right.storage(), right.cols(), *result);
  PetscCall(sum_over_processes(comm, result->data(), result->size()));
  PetscFunctionReturn(success);
}

PetscErrorCode add_combination(const Block& block, const Eigen::VectorXd& coefficients, double scale, Vec v) {
  PetscFunctionBegin;
  if (block.cols() == 0) {
    PetscFunctionReturn(success);
  }
  PetscScalar* values = nullptr;
  PetscCall(VecGetArray(v, &values));
  accumulate(block.storage(), 0, scale * coefficients, values);
  PetscCall(VecRestoreArray(v, &values));
  PetscFunctionReturn(success);
}

PetscErrorCode store(Vec v, Block* block, Eigen::Index column) {
  PetscFunctionBegin;
  const PetscScalar* values = nullptr;
  PetscCall(VecGetArrayRead(v, &values));
  block->storage().view(column, 1) = Eigen::Map<const Eigen::VectorXd>(values, block->rows());
  PetscCall(VecRestoreArrayRead(v, &values));
  PetscFunctionReturn(success);
}

PetscErrorCode apply_to_columns(Vec like, const Block& in, Block* out, const std::function<PetscErrorCode(Vec, Vec)>& apply) {
  PetscFunctionBegin;
  Vec source = nullptr;
  Vec target = nullptr;
  PetscCall(VecDuplicate(like, &source));
  PetscCall(VecDuplicate(like, &target));
  out->resize(in.rows(), in.cols());
  for (Eigen::Index column = 0; column < in.cols(); ++column) {
    PetscScalar* values = nullptr;
    PetscCall(VecGetArrayWrite(source, &values));
    Eigen::Map<Eigen::VectorXd>(values, in.rows()) = in.storage().view(column, 1);
    PetscCall(VecRestoreArrayWrite(source, &values));
    PetscCall(apply(source, target));
    PetscCall(store(target, out, column));
  }
  PetscCall(VecDestroy(&source));
  PetscCall(VecDestroy(&target));
  PetscFunctionReturn(success);
}

PetscErrorCode still_maps(Vec like, const ColumnBlock::ConstMap& in, const ColumnBlock::ConstMap& out,
                          const std::function<PetscErrorCode(Vec, Vec)>& apply, bool* same) {
  PetscFunctionBegin;
  constexpr double tolerance = 1e-8;
  Block sum;
  Block image;
  sum.resize(in.rows(), 1);
  sum.view() = in.rowwise().sum();
  PetscCall(apply_to_columns(like, sum, &image, apply));
  const Eigen::VectorXd expected = out.rowwise().sum();
  std::array<double, 2> squares{(image.view().col(0) - expected).squaredNorm(), expected.squaredNorm()};
  PetscCall(sum_over_processes(PetscObjectComm(reinterpret_cast<PetscObject>(like)), squares.data(), 2));
  *same = squares[0] <= tolerance * tolerance * squares[1];
  PetscFunctionReturn(success);
}

}  // namespace kindred::recycling
