#include <kindred/apps/verbs/analysis/output.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include <fmt/format.h>

#include <kindred/core/base/error.hpp>

namespace kindred::app {

namespace fs = std::filesystem;

namespace {

/// @throws IoError with the reason if the file cannot be opened for writing; it is not changed
void require_writable(const fs::path& path) {
  const bool there = fs::exists(path);
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
  if (descriptor < 0) {
    throw IoError(fmt::format("cannot write {}: {}", path.string(), std::generic_category().message(errno)));
  }
  ::close(descriptor);
  if (!there) {
    ::unlink(path.c_str());
  }
}

}  // namespace

fs::path dataset_folder(const fs::path& path) {
  if (fs::is_directory(path)) {
    return path;
  }
  const fs::path split = fs::absolute(path).lexically_normal().parent_path();
  return split.parent_path().filename() == "data" ? split.parent_path().parent_path() : split;
}

fs::path output_path(const fs::path& wanted, const fs::path& dataset, const std::string& subfolder, const std::string& name) {
  fs::path output = wanted.empty() ? dataset_folder(dataset) / subfolder / name : wanted;
  std::error_code error;
  if (output.has_parent_path()) {
    fs::create_directories(output.parent_path(), error);
  }
  if (error) {
    throw IoError(
        fmt::format("cannot create the folder {}: {}; name another place with --output", output.parent_path().string(), error.message()));
  }
  require_writable(output);
  return output;
}

}  // namespace kindred::app
