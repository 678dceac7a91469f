#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <kindred/operators/csr_arrays.hpp>

namespace kindred {

/// Reads a real square matrix: Matrix Market (coordinate or array; real, integer or pattern; general, symmetric or skew-symmetric)
/// or PETSc's binary format (sequential AIJ or dense, 32-bit integers, as MatView writes it), told apart by their first bytes.
/// @throws IoError if the file cannot be read; InputError naming file and line (or byte) if its contents are wrong
CsrArrays read_matrix_file(const std::filesystem::path& path);

/// The number of rows of the square matrix in a file, from its header alone. @throws as read_matrix_file
Index rows_of_matrix_file(const std::filesystem::path& path);

/// Reads a vector: Matrix Market with one column, or PETSc's binary format as VecView writes it. @throws as read_matrix_file
std::vector<double> read_vector_file(const std::filesystem::path& path);

/// The vector that follows the matrix in the same PETSc file, if one does; never in Matrix Market. @throws as read_matrix_file
std::optional<std::vector<double>> read_vector_behind_matrix(const std::filesystem::path& path);

/// Files that the patterns name (* ? [ ] as in a shell), pattern after pattern, each pattern's files in the order of the numbers in
/// their names: a_2 before a_10.
/// @throws InputError for a pattern that matches nothing, or a directory
std::vector<std::filesystem::path> matching_files(const std::vector<std::string>& patterns);

}  // namespace kindred
