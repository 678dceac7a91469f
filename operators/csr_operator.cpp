#include <kindred/operators/csr_operator.hpp>

#include <algorithm>

#include <fmt/format.h>

#include <kindred/core/base/random.hpp>

namespace kindred {
namespace {

void require_rows(const CsrArrays& a) {
  const auto entries = static_cast<PetscInt>(a.columns.size());
  if (a.offsets.empty() || a.offsets.front() != 0 || a.offsets.back() != entries || a.values.size() != a.columns.size()) {
    throw InputError(
        fmt::format("a sparse matrix has {} columns and {} values, but its rows do not end there", a.columns.size(), a.values.size()));
  }
  const auto rows = static_cast<PetscInt>(a.rows());
  for (PetscInt row = 0; row < rows; ++row) {
    const PetscInt begin = a.offsets[static_cast<std::size_t>(row)];
    const PetscInt end = a.offsets[static_cast<std::size_t>(row) + 1];
    if (end < begin || end > entries) {
      throw InputError(fmt::format("row {} of a sparse matrix ends before it begins", row));
    }
    PetscInt previous = -1;
    for (PetscInt k = begin; k < end; ++k) {
      const PetscInt column = a.columns[static_cast<std::size_t>(k)];
      if (column <= previous || column >= rows) {
        throw InputError(
            fmt::format("row {} of a sparse matrix of {} rows has the column {} after {}: columns must ascend and stay "
                        "inside",
                        row, rows, column, previous));
      }
      previous = column;
    }
  }
}

std::uint64_t hash_integers(std::uint64_t seed, std::span<const PetscInt> values) {
  std::uint64_t hash = mix_bits(seed ^ values.size());
  for (const PetscInt v : values) {
    hash = (hash ^ static_cast<std::uint64_t>(v)) * 0x9E3779B97F4A7C15ULL;
    hash ^= hash >> 29U;
  }
  return mix_bits(hash);
}

}  // namespace

CsrOperator::CsrOperator(CsrArrays arrays) : arrays_(std::move(arrays)) {
  require_rows(arrays_);
  pattern_ = hash_integers(hash_integers(fnv1a("csr"), arrays_.offsets), arrays_.columns);
}

void CsrOperator::apply(std::span<const double> x, std::span<double> y) const {
  for (std::size_t row = 0; row + 1 < arrays_.offsets.size(); ++row) {
    double sum = 0.0;
    for (auto k = static_cast<std::size_t>(arrays_.offsets[row]); k < static_cast<std::size_t>(arrays_.offsets[row + 1]); ++k) {
      sum += arrays_.values[k] * x[static_cast<std::size_t>(arrays_.columns[k])];
    }
    y[row] = sum;
  }
}

void CsrOperator::assemble(petsc::Matrix& matrix) const {
  if (!has_pattern(matrix, pattern_)) {
    make_matrix(matrix, arrays_, pattern_);
    return;
  }
  PetscScalar* values = nullptr;
  KINDRED_PETSC(MatSeqAIJGetArrayWrite(matrix, &values));
  std::copy(arrays_.values.begin(), arrays_.values.end(), values);
  KINDRED_PETSC(MatSeqAIJRestoreArrayWrite(matrix, &values));
  KINDRED_PETSC(MatAssemblyBegin(matrix, MAT_FINAL_ASSEMBLY));
  KINDRED_PETSC(MatAssemblyEnd(matrix, MAT_FINAL_ASSEMBLY));
}

std::uint64_t CsrOperator::fingerprint() const { return hash_values(pattern_, arrays_.values); }

std::size_t CsrOperator::bytes() const {
  return (arrays_.offsets.capacity() + arrays_.columns.capacity()) * sizeof(PetscInt) + arrays_.values.capacity() * sizeof(double);
}

}  // namespace kindred
