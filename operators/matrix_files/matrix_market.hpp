#pragma once

#include <filesystem>
#include <vector>

#include <kindred/operators/csr_arrays.hpp>

/// The Matrix Market exchange format: R. Boisvert, R. Pozo, K. Remington, "The Matrix Market exchange formats: initial design",
/// NISTIR 5935 (1996). Every function throws IoError if the file cannot be read, and InputError naming file and line for contents that
/// break the format or are not supported (complex numbers, Hermitian matrices).
namespace kindred::matrix_market {

/// A square matrix; entries given twice are added. Entries above the diagonal of a symmetric file are refused.
CsrArrays read_matrix(const std::filesystem::path& path);

/// Rows of the square matrix, from the header alone.
Index rows(const std::filesystem::path& path);

/// A matrix of one column.
std::vector<double> read_vector(const std::filesystem::path& path);

}  // namespace kindred::matrix_market
