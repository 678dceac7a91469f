#include <kindred/operators/csr_arrays.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <tuple>

#include <fmt/format.h>

#include <kindred/core/base/random.hpp>

namespace kindred {
namespace {

/// Name under which a matrix carries the pattern that it was made with.
constexpr const char* pattern_tag = "kindred_pattern";

PetscErrorCode delete_tag(void* stored) {
  delete static_cast<std::uint64_t*>(stored);
  return 0;
}

void set_pattern(const petsc::Matrix& matrix, std::uint64_t pattern) {
  petsc::Handle<PetscContainer, PetscContainerDestroy> container;
  KINDRED_PETSC(PetscContainerCreate(PETSC_COMM_SELF, container.slot()));
  KINDRED_PETSC(PetscContainerSetUserDestroy(container, delete_tag));
  KINDRED_PETSC(PetscContainerSetPointer(container, new std::uint64_t(pattern)));
  KINDRED_PETSC(
      PetscObjectCompose(reinterpret_cast<PetscObject>(matrix.get()), pattern_tag, reinterpret_cast<PetscObject>(container.get())));
}

}  // namespace

void require_countable(Index rows, Index entries) {
  if (std::max(rows, entries) > std::numeric_limits<PetscInt>::max()) {
    throw InputError(
        fmt::format("a matrix of {} rows has up to {} entries, more than this PETSc's {}-bit integers can number: "
                    "use a coarser grid or a PETSc built with 64-bit indices",
                    rows, entries, 8 * sizeof(PetscInt)));
  }
}

CsrArrays csr_from_triplets(Index rows, std::vector<Triplet> entries) {
  require_countable(rows, static_cast<Index>(entries.size()));
  // Stable, so that entries at the same place are added in the order given.
  std::stable_sort(entries.begin(), entries.end(),
                   [](const Triplet& a, const Triplet& b) { return std::tie(a.row, a.column) < std::tie(b.row, b.column); });
  CsrArrays arrays;
  arrays.offsets.assign(static_cast<std::size_t>(rows) + 1, 0);
  const Triplet* last = nullptr;
  for (const Triplet& entry : entries) {
    if (last != nullptr && last->row == entry.row && last->column == entry.column) {
      arrays.values.back() += entry.value;
      continue;
    }
    arrays.columns.push_back(static_cast<PetscInt>(entry.column));
    arrays.values.push_back(entry.value);
    ++arrays.offsets[static_cast<std::size_t>(entry.row) + 1];
    last = &entry;
  }
  for (std::size_t row = 1; row < arrays.offsets.size(); ++row) {
    arrays.offsets[row] += arrays.offsets[row - 1];
  }
  return arrays;
}

void make_matrix(petsc::Matrix& matrix, const CsrArrays& arrays, std::uint64_t pattern) {
  const auto rows = static_cast<PetscInt>(arrays.rows());
  KINDRED_PETSC(MatCreate(PETSC_COMM_SELF, matrix.slot()));
  KINDRED_PETSC(MatSetSizes(matrix, rows, rows, rows, rows));
  KINDRED_PETSC(MatSetType(matrix, MATSEQAIJ));
  KINDRED_PETSC(MatSeqAIJSetPreallocationCSR(matrix, arrays.offsets.data(), arrays.columns.data(), arrays.values.data()));
  set_pattern(matrix, pattern);
}

bool has_pattern(const petsc::Matrix& matrix, std::uint64_t pattern) {
  if (!matrix) {
    return false;
  }
  PetscObject found = nullptr;
  KINDRED_PETSC(PetscObjectQuery(reinterpret_cast<PetscObject>(matrix.get()), pattern_tag, &found));
  if (found == nullptr) {
    return false;
  }
  void* stored = nullptr;
  KINDRED_PETSC(PetscContainerGetPointer(reinterpret_cast<PetscContainer>(found), &stored));
  return *static_cast<const std::uint64_t*>(stored) == pattern;
}

std::uint64_t hash_values(std::uint64_t seed, std::span<const double> values) {
  constexpr std::uint64_t multiplier = 0x9E3779B97F4A7C15ULL;
  std::array<std::uint64_t, 4> state{seed, seed + multiplier, seed + 2 * multiplier, seed + 3 * multiplier};
  for (std::size_t k = 0; k < values.size(); ++k) {
    std::uint64_t& lane = state[k % 4];
    lane = std::rotl(lane ^ std::bit_cast<std::uint64_t>(values[k]), 29) * multiplier;
  }
  std::uint64_t hash = mix_bits(values.size());
  for (const std::uint64_t lane : state) {
    hash = mix_bits(hash ^ lane) + multiplier;
  }
  return hash;
}

}  // namespace kindred
