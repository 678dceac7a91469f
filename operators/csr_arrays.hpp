#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <kindred/core/base/types.hpp>
#include <kindred/core/petsc/petsc.hpp>

namespace kindred {

/// A square sparse matrix by rows: row i has the entries offsets[i] … offsets[i+1]−1, their columns in ascending order.
/// Integers are PETSc's, so that the arrays are handed over as they are.
struct CsrArrays {
  std::vector<PetscInt> offsets{0};
  std::vector<PetscInt> columns;
  std::vector<double> values;

  [[nodiscard]] Index rows() const { return static_cast<Index>(offsets.size()) - 1; }
};

/// One entry of a matrix, in any order.
struct Triplet {
  Index row = 0;
  Index column = 0;
  double value = 0.0;
};

/// Sorts the entries into rows; entries at the same place are added. O(entries log entries).
/// @throws InputError if there are more entries than PETSc's integers can count
CsrArrays csr_from_triplets(Index rows, std::vector<Triplet> entries);

/// @throws InputError if a matrix of `rows` rows and so many entries is more than PETSc's integers can count
void require_countable(Index rows, Index entries);

/// Puts the arrays into a new PETSc matrix (AIJ, one process) that remembers the pattern's number.
void make_matrix(petsc::Matrix& matrix, const CsrArrays& arrays, std::uint64_t pattern);

/// Whether the matrix was made by `make_matrix` with this pattern, so that it is enough to replace its values.
bool has_pattern(const petsc::Matrix& matrix, std::uint64_t pattern);

/// 64-bit hash of the bits of an array, four words at a time with independent states, so that it runs at memory speed.
std::uint64_t hash_values(std::uint64_t seed, std::span<const double> values);

}  // namespace kindred
