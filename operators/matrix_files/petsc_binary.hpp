#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include <kindred/operators/csr_arrays.hpp>

/// PETSc's binary format, as MatView and VecView write it with a binary viewer (PETSc manual, "Viewers"; MatLoad): big-endian 32-bit
/// integers and doubles. Every function throws IoError if the file cannot be read, and InputError naming file and byte for contents
/// that break the format.
namespace kindred::petsc_binary {

/// The file's first object, a square matrix.
CsrArrays read_matrix(const std::filesystem::path& path);

/// The vector behind the matrix, without reading that.
std::optional<std::vector<double>> read_vector_behind_matrix(const std::filesystem::path& path);

/// Rows of the square matrix, from the header alone.
Index rows(const std::filesystem::path& path);

/// The file's first object, a vector.
std::vector<double> read_vector(const std::filesystem::path& path);

}  // namespace kindred::petsc_binary
