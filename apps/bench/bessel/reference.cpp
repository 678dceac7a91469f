#include "reference.hpp"

#include <fstream>

#include <kindred/core/base/error.hpp>

namespace bench {

ReferenceTable read_reference(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::error_code error;
  const auto bytes = std::filesystem::file_size(path, error);
  if (error || bytes % sizeof(ReferenceRow) != 0) {
    throw kindred::IoError(path.string() + ": not a table of reference values; write it with bessel_reference");
  }
  ReferenceTable table(bytes / sizeof(ReferenceRow));
  if (!file.read(reinterpret_cast<char*>(table.data()), static_cast<std::streamsize>(bytes))) {
    throw kindred::IoError(path.string() + ": cannot be read");
  }
  return table;
}

void write_reference(const std::filesystem::path& path, const ReferenceTable& table) {
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(table.data()), static_cast<std::streamsize>(table.size() * sizeof(ReferenceRow)));
  if (!file.flush()) {
    throw kindred::IoError(path.string() + ": cannot be written");
  }
}

}  // namespace bench
