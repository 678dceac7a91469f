#include <kindred/core/run/run.hpp>

#include <hdf5.h>
#include <mpi.h>
#include <petscsys.h>
#include <unistd.h>

#include <array>
#include <ctime>
#include <fstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <build_facts.hpp>

namespace kindred {
namespace {

const std::string process_start = utc_now();

std::string processor() {
  std::ifstream facts("/proc/cpuinfo");
  for (std::string line; std::getline(facts, line);) {
    if (line.starts_with("model name")) {
      const auto start = line.find_first_not_of(" \t", line.find(':') + 1);
      return start == std::string::npos ? "unknown" : line.substr(start);
    }
  }
  return "unknown";
}

std::string host() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? std::string(name.data()) : "unknown";
}

std::string mpi_version() {
  std::array<char, MPI_MAX_LIBRARY_VERSION_STRING> text{};
  int length = 0;
  MPI_Get_library_version(text.data(), &length);
  const std::string all(text.data(), static_cast<std::size_t>(length));
  return all.substr(0, all.find_first_of(",\n"));  // Open MPI goes on with its package and build host
}

nlohmann::json libraries() {
  unsigned major = 0;
  unsigned minor = 0;
  unsigned release = 0;
  H5get_libversion(&major, &minor, &release);
  PetscInt petsc_major = 0;
  PetscInt petsc_minor = 0;
  PetscInt petsc_subminor = 0;
  PetscGetVersionNumber(&petsc_major, &petsc_minor, &petsc_subminor, nullptr);
  return {{"HDF5", fmt::format("{}.{}.{}", major, minor, release)},
          {"PETSc", fmt::format("{}.{}.{}", petsc_major, petsc_minor, petsc_subminor)},
          {"MPI", mpi_version()}};
}

/// One word for a POSIX shell.
std::string quoted(const std::string& word) {
  constexpr std::string_view harmless = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./,:@%";
  if (!word.empty() && word.find_first_not_of(harmless) == std::string::npos) {
    return word;
  }
  std::string text = "'";
  for (const char c : word) {
    text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  }
  return text + "'";
}

}  // namespace

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  std::array<char, 32> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

std::map<std::string, std::string> provenance(const std::vector<std::string>& command_line) {
  std::string command;
  for (const auto& word : command_line) {
    command += (command.empty() ? "" : " ") + quoted(word);
  }
  const std::string commit = KINDRED_GIT_COMMIT;
  return {{"version", KINDRED_VERSION},
          {"git_commit", commit.empty() ? "unknown" : commit},
          {"git_dirty", KINDRED_GIT_DIRTY != 0 ? "true" : "false"},
          {"compiler", KINDRED_COMPILER},
          {"build_type", KINDRED_BUILD_TYPE},
          {"libraries", libraries().dump()},
          {"host", host()},
          {"cpu", processor()},
          {"started", process_start},
          {"command_line", command}};
}

}  // namespace kindred
