#include <kindred/operators/matrix_free_operator.hpp>

#include <kindred/core/petsc/callback.hpp>
#include <kindred/operators/csr_arrays.hpp>

namespace kindred {
namespace {

using Shared = std::shared_ptr<const MatrixFreeOperator>;

class ReadAccess {
 public:
  explicit ReadAccess(Vec vector) : vector_(vector) {
    KINDRED_PETSC(VecGetLocalSize(vector_, &size_));
    KINDRED_PETSC(VecGetArrayRead(vector_, &values_));
  }
  ~ReadAccess() { VecRestoreArrayRead(vector_, &values_); }
  ReadAccess(const ReadAccess&) = delete;
  ReadAccess& operator=(const ReadAccess&) = delete;
  [[nodiscard]] std::span<const double> values() const { return {values_, static_cast<std::size_t>(size_)}; }

 private:
  Vec vector_;
  PetscInt size_ = 0;
  const PetscScalar* values_ = nullptr;
};

class WriteAccess {
 public:
  explicit WriteAccess(Vec vector) : vector_(vector) {
    KINDRED_PETSC(VecGetLocalSize(vector_, &size_));
    KINDRED_PETSC(VecGetArrayWrite(vector_, &values_));
  }
  ~WriteAccess() { VecRestoreArrayWrite(vector_, &values_); }
  WriteAccess(const WriteAccess&) = delete;
  WriteAccess& operator=(const WriteAccess&) = delete;
  [[nodiscard]] std::span<double> values() const { return {values_, static_cast<std::size_t>(size_)}; }

 private:
  Vec vector_;
  PetscInt size_ = 0;
  PetscScalar* values_ = nullptr;
};

const MatrixFreeOperator& operator_of(Mat shell) {
  void* stored = nullptr;
  KINDRED_PETSC(MatShellGetContext(shell, &stored));
  return **static_cast<const Shared*>(stored);
}

template <class Action>
PetscErrorCode map(Vec x, Vec y, const char* function, Action action) {
  return petsc::guarded(PETSC_COMM_SELF, function, [&] {
    const ReadAccess source(x);
    const WriteAccess target(y);
    action(source.values(), target.values());
  });
}

PetscErrorCode multiply(Mat shell, Vec x, Vec y) {
  return map(x, y, "MatMult of a matrix-free operator", [shell](auto from, auto to) { operator_of(shell).apply(from, to); });
}

PetscErrorCode multiply_transposed(Mat shell, Vec x, Vec y) {
  return map(x, y, "MatMultTranspose of a matrix-free operator",
             [shell](auto from, auto to) { operator_of(shell).apply_transpose(from, to); });
}

PetscErrorCode get_diagonal(Mat shell, Vec diagonal) {
  return petsc::guarded(PETSC_COMM_SELF, "MatGetDiagonal of a matrix-free operator",
                        [&] { operator_of(shell).diagonal(WriteAccess(diagonal).values()); });
}

PetscErrorCode release(void* stored) {
  delete static_cast<const Shared*>(stored);
  return static_cast<PetscErrorCode>(0);
}

using Operation = void (*)();

void make_shell(petsc::Matrix& matrix, Index size) {
  require_countable(size, size);
  const auto rows = static_cast<PetscInt>(size);
  KINDRED_PETSC(MatCreateShell(PETSC_COMM_SELF, rows, rows, rows, rows, nullptr, matrix.slot()));
  KINDRED_PETSC(MatShellSetOperation(matrix, MATOP_MULT, reinterpret_cast<Operation>(multiply)));
  KINDRED_PETSC(MatShellSetOperation(matrix, MATOP_MULT_TRANSPOSE, reinterpret_cast<Operation>(multiply_transposed)));
  KINDRED_PETSC(MatShellSetOperation(matrix, MATOP_GET_DIAGONAL, reinterpret_cast<Operation>(get_diagonal)));
}

}  // namespace

void MatrixFreeOperator::assemble(petsc::Matrix& matrix) const {
  auto shared = weak_from_this().lock();
  if (!shared) {
    throw InputError("a matrix-free operator is handed to PETSc, which keeps it, but no std::shared_ptr owns it: use std::make_shared");
  }
  const auto present = matrix ? matrix_free_operator(matrix) : nullptr;
  if (!present || present->pattern() != pattern() || present->size() != size()) {
    make_shell(matrix, size());
  }
  KINDRED_PETSC(MatShellSetContext(matrix, new Shared(std::move(shared))));
  KINDRED_PETSC(MatShellSetContextDestroy(matrix, release));
  KINDRED_PETSC(MatAssemblyBegin(matrix, MAT_FINAL_ASSEMBLY));
  KINDRED_PETSC(MatAssemblyEnd(matrix, MAT_FINAL_ASSEMBLY));  // its action is new: PETSc counts states by this
}

std::shared_ptr<const MatrixFreeOperator> matrix_free_operator(Mat matrix) {
  PetscBool is_shell = PETSC_FALSE;
  KINDRED_PETSC(PetscObjectTypeCompare(reinterpret_cast<PetscObject>(matrix), MATSHELL, &is_shell));
  Operation found = nullptr;
  if (is_shell) {
    KINDRED_PETSC(MatShellGetOperation(matrix, MATOP_MULT, &found));
  }
  return found == reinterpret_cast<Operation>(multiply) ? operator_of(matrix).shared_from_this() : nullptr;
}

bool has_entries(const LinearOperator& matrix) { return dynamic_cast<const MatrixFreeOperator*>(&matrix) == nullptr; }

}  // namespace kindred
