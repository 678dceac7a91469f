#include <kindred/operators/matrix_files/matrix_file.hpp>

#include <glob.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <memory>

#include <fmt/format.h>

#include <kindred/operators/matrix_files/matrix_market.hpp>
#include <kindred/operators/matrix_files/petsc_binary.hpp>

namespace kindred {
namespace {

enum class FileKind { matrix_market, petsc };

FileKind kind_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::array<char, 4> first{};
  file.read(first.data(), first.size());
  if (!file) {
    throw IoError(fmt::format("{}: cannot be read, or has fewer than four bytes", path.string()));
  }
  if (std::string_view(first.data(), 2) == "%%") {
    return FileKind::matrix_market;
  }
  if (static_cast<unsigned char>(first[0]) == 0x1F && static_cast<unsigned char>(first[1]) == 0x8B) {
    throw InputError(fmt::format("{}: is compressed: unpack it with gunzip", path.string()));
  }
  if (first[0] == 0 && (first[1] == 0x12 || first[1] == 0)) {
    return FileKind::petsc;
  }
  throw InputError(fmt::format("{}:1: is neither Matrix Market (first line %%MatrixMarket …) nor PETSc's binary format", path.string()));
}

}  // namespace

CsrArrays read_matrix_file(const std::filesystem::path& path) {
  return kind_of(path) == FileKind::petsc ? petsc_binary::read_matrix(path) : matrix_market::read_matrix(path);
}

std::optional<std::vector<double>> read_vector_behind_matrix(const std::filesystem::path& path) {
  return kind_of(path) == FileKind::petsc ? petsc_binary::read_vector_behind_matrix(path) : std::nullopt;
}

Index rows_of_matrix_file(const std::filesystem::path& path) {
  return kind_of(path) == FileKind::petsc ? petsc_binary::rows(path) : matrix_market::rows(path);
}

std::vector<double> read_vector_file(const std::filesystem::path& path) {
  return kind_of(path) == FileKind::petsc ? petsc_binary::read_vector(path) : matrix_market::read_vector(path);
}

std::vector<std::filesystem::path> matching_files(const std::vector<std::string>& patterns) {
  std::vector<std::filesystem::path> files;
  for (const std::string& pattern : patterns) {
    glob_t found{};
    const std::unique_ptr<glob_t, decltype(&globfree)> cleanup(&found, globfree);
    if (glob(pattern.c_str(), GLOB_NOSORT, nullptr, &found) != 0 || found.gl_pathc == 0) {
      throw InputError(
          fmt::format("no file matches \"{}\" (relative paths start at {})", pattern, std::filesystem::current_path().string()));
    }
    std::vector<std::string> names(found.gl_pathv, found.gl_pathv + found.gl_pathc);
    std::sort(names.begin(), names.end(), [](const std::string& a, const std::string& b) { return strverscmp(a.c_str(), b.c_str()) < 0; });
    for (const std::string& name : names) {
      if (!std::filesystem::is_regular_file(name)) {
        throw InputError(fmt::format("\"{}\" names {}, which is no file", pattern, name));
      }
      files.emplace_back(name);
    }
  }
  return files;
}

}  // namespace kindred
