#include <kindred/operators/matrix_files/petsc_binary.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <string>

#include <fmt/format.h>

namespace kindred::petsc_binary {
namespace {

constexpr std::int32_t matrix_class = 1211216;
constexpr std::int32_t vector_class = 1211214;
constexpr std::int32_t dense = -1;  // in place of the number of entries

class BigEndianFile {
 public:
  explicit BigEndianFile(const std::filesystem::path& path) : path_(path), stream_(path, std::ios::binary) {
    if (!stream_) {
      throw IoError(fmt::format("{}: cannot be opened", path.string()));
    }
    size_ = static_cast<Index>(std::filesystem::file_size(path));
  }

  [[noreturn]] void refuse(const std::string& message) const {
    throw InputError(fmt::format("{}: byte {}: {}", path_.string(), position_, message));
  }
  [[nodiscard]] bool at_end() const { return position_ == size_; }

  template <class Word>
  std::vector<Word> read(Index count, const char* meaning) {
    static_assert(std::endian::native == std::endian::little);
    const Index bytes = count * static_cast<Index>(sizeof(Word));
    require_bytes(bytes, meaning);
    std::vector<Word> words(static_cast<std::size_t>(count));
    auto* raw = reinterpret_cast<char*>(words.data());
    if (!stream_.read(raw, bytes)) {
      throw IoError(fmt::format("{}: reading failed at byte {}", path_.string(), position_));
    }
    for (Index k = 0; k < count; ++k) {
      std::reverse(raw + k * static_cast<Index>(sizeof(Word)), raw + (k + 1) * static_cast<Index>(sizeof(Word)));
    }
    position_ += bytes;
    return words;
  }
  void skip(Index bytes, const char* meaning) {
    require_bytes(bytes, meaning);
    stream_.seekg(bytes, std::ios::cur);
    position_ += bytes;
  }
  std::int32_t integer(const char* meaning) { return read<std::int32_t>(1, meaning).front(); }
  std::vector<double> reals(Index count, const char* meaning) {
    auto values = read<double>(count, meaning);
    const auto bad = std::find_if_not(values.begin(), values.end(), [](double v) { return std::isfinite(v); });
    if (bad != values.end()) {
      refuse(fmt::format("number {} of the {} before this place is {}", bad - values.begin(), meaning, *bad));
    }
    return values;
  }

 private:
  void require_bytes(Index bytes, const char* meaning) const {
    if (bytes > size_ - position_) {
      refuse(fmt::format("the file ends inside of its {}: {} bytes are missing", meaning, bytes - (size_ - position_)));
    }
  }

  std::filesystem::path path_;
  std::ifstream stream_;
  Index size_ = 0;
  Index position_ = 0;
};

struct MatrixHeader {
  Index rows = 0;
  std::int32_t entries = 0;
};

void require_class(BigEndianFile& file, std::int32_t wanted, const char* what) {
  const std::int32_t found = file.integer("first number");
  if (found == 0) {
    file.refuse("the file has 64-bit integers: write it with a PETSc of 32-bit ones");
  }
  if (found != wanted) {
    file.refuse(fmt::format("the object here has the number {}, but a {} has {}", found, what, wanted));
  }
}

MatrixHeader read_header(BigEndianFile& file) {
  require_class(file, matrix_class, "matrix");
  const auto sizes = file.read<std::int32_t>(3, "sizes");
  if (sizes[0] != sizes[1] || sizes[0] < 1 || sizes[2] < dense) {
    file.refuse(fmt::format("the matrix has {} rows, {} columns and {} entries, but a linear system needs a square one", sizes[0], sizes[1],
                            sizes[2]));
  }
  return {sizes[0], sizes[2]};
}

CsrArrays read_dense(BigEndianFile& file, Index rows) {
  require_countable(rows, rows * rows);
  const auto values = file.reals(rows * rows, "values");
  std::vector<Triplet> entries;
  for (Index k = 0; k < rows * rows; ++k) {  // row after row
    if (values[static_cast<std::size_t>(k)] != 0.0) {
      entries.push_back({k / rows, k % rows, values[static_cast<std::size_t>(k)]});
    }
  }
  return csr_from_triplets(rows, std::move(entries));
}

CsrArrays read_rows(BigEndianFile& file, const MatrixHeader& header) {
  const auto lengths = file.read<std::int32_t>(header.rows, "row lengths");
  const auto columns = file.read<std::int32_t>(header.entries, "columns");
  const auto values = file.reals(header.entries, "values");
  std::vector<Triplet> entries;
  Index next = 0;
  for (Index row = 0; row < header.rows; ++row) {
    const Index length = lengths[static_cast<std::size_t>(row)];
    if (length < 0 || length > header.entries - next) {
      file.refuse(fmt::format("row {} has {} entries, more than are left of {}", row, length, header.entries));
    }
    for (const Index end = next + length; next < end; ++next) {
      const auto k = static_cast<std::size_t>(next);
      if (columns[k] < 0 || columns[k] >= header.rows) {
        file.refuse(fmt::format("row {} has an entry in column {} of a matrix of {} columns", row, columns[k], header.rows));
      }
      entries.push_back({row, columns[k], values[k]});
    }
  }
  if (next != header.entries) {
    file.refuse(fmt::format("the rows have {} entries in all, but the header says {}", next, header.entries));
  }
  return csr_from_triplets(header.rows, std::move(entries));
}

std::vector<double> read_vector_object(BigEndianFile& file) {
  require_class(file, vector_class, "vector");
  const std::int32_t size = file.integer("size");
  if (size < 1) {
    file.refuse(fmt::format("the vector has {} entries", size));
  }
  return file.reals(size, "values");
}

}  // namespace

CsrArrays read_matrix(const std::filesystem::path& path) {
  BigEndianFile file(path);
  const MatrixHeader header = read_header(file);
  return header.entries == dense ? read_dense(file, header.rows) : read_rows(file, header);
}

std::optional<std::vector<double>> read_vector_behind_matrix(const std::filesystem::path& path) {
  BigEndianFile file(path);
  const MatrixHeader header = read_header(file);
  const Index integer_bytes = 4;
  const Index real_bytes = 8;
  file.skip(header.entries == dense ? header.rows * header.rows * real_bytes
                                    : header.rows * integer_bytes + header.entries * (integer_bytes + real_bytes),
            "matrix");
  return file.at_end() ? std::nullopt : std::optional(read_vector_object(file));
}

Index rows(const std::filesystem::path& path) {
  BigEndianFile file(path);
  return read_header(file).rows;
}

std::vector<double> read_vector(const std::filesystem::path& path) {
  BigEndianFile file(path);
  return read_vector_object(file);
}

}  // namespace kindred::petsc_binary
