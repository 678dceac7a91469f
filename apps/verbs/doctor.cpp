#include <dlfcn.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <sstream>
#include <thread>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <hdf5.h>
#include <petscsys.h>

#include <kindred/apps/verbs/learn/text.hpp>
#include <kindred/apps/verbs/verb.hpp>
#include <kindred/core/base/clock.hpp>
#include <kindred/core/petsc/petsc.hpp>
#include <kindred/core/registry/registry.hpp>

namespace kindred::app {
namespace {

/// One thing looked at: what was found, and, if it is not as it should be, what to do.
struct Finding {
  enum class Verdict { ok, warning, failure };
  Verdict verdict = Verdict::ok;
  std::string name;
  std::string found;
  std::string advice;  ///< empty if ok
};

Finding ok(std::string name, std::string found) { return {Finding::Verdict::ok, std::move(name), std::move(found), {}}; }
Finding warning(std::string name, std::string found, std::string advice) {
  return {Finding::Verdict::warning, std::move(name), std::move(found), std::move(advice)};
}
Finding failure(std::string name, std::string found, std::string advice) {
  return {Finding::Verdict::failure, std::move(name), std::move(found), std::move(advice)};
}

/// First executable file of this name in PATH, or empty.
std::string program(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path != nullptr ? path : "");
  for (std::string folder; std::getline(folders, folder, ':');) {
    auto candidate = (folder.empty() ? "." : folder) + "/" + name;
    if (::access(candidate.c_str(), X_OK) == 0) {
      return candidate;
    }
  }
  return {};
}

Finding check_hdf5() {
  unsigned major = 0;
  unsigned minor = 0;
  unsigned release = 0;
  H5get_libversion(&major, &minor, &release);
  const std::string found = fmt::format("{}.{}.{}", major, minor, release);
  const std::string built = fmt::format("{}.{}.{}", H5_VERS_MAJOR, H5_VERS_MINOR, H5_VERS_RELEASE);
  return found == built ? ok("HDF5", found)
                        : warning("HDF5", fmt::format("{}, but Kindred was built with {}", found, built),
                                  "rebuild Kindred, or let LD_LIBRARY_PATH find the other HDF5");
}

Finding check_petsc(const nlohmann::json& libraries) {
  const auto version = libraries.at("PETSc").get<std::string>();
  PetscBool hypre = PETSC_FALSE;
  PetscHasExternalPackage("hypre", &hypre);
  return hypre == PETSC_TRUE ? ok("PETSc", version + " with hypre")
                             : warning("PETSc", version + " without hypre",
                                       "the default preconditioner for large problems is hypre's BoomerAMG: install a PETSc built with "
                                       "hypre, or set [solver.petsc] pc_type = \"gamg\"");
}

/// Starts MPI and PETSc in a process of its own: a broken MPI ends the process that starts it.
Finding check_mpi(const nlohmann::json& libraries) {
  const auto version = libraries.at("MPI").get<std::string>();
  const auto statuses = run_workers(
      1,
      [](int) {
        const petsc::Session session;
        int size = 0;
        MPI_Comm_size(PETSC_COMM_WORLD, &size);
        return size >= 1 ? 0 : 1;
      },
      [] {});
  if (statuses.front() != 0) {
    return failure("MPI", fmt::format("{} does not start (status {})", version, statuses.front()),
                   "run `mpiexec -n 1 true`; reinstall MPI if that fails too");
  }
  return program("mpiexec").empty()
             ? warning("MPI", version + ", but no mpiexec in PATH", "install openmpi-bin to run on several machines; -j works without")
             : ok("MPI", version + ", starts");
}

Finding check_cuda() {
  void* library = ::dlopen("libkindred_kernels_cuda.so.0", RTLD_LAZY | RTLD_LOCAL);
  const bool compiled = library != nullptr;
  if (compiled) {
    ::dlclose(library);
  }
  const bool device = std::filesystem::exists("/dev/nvidia0");
  if (device && !compiled) {
    return warning("GPU", "an NVIDIA GPU is here, but this build has no CUDA routines",
                   "install nvcc, then configure with -DKINDRED_CUDA=ON");
  }
  return ok("GPU", fmt::format("CUDA routines {}, {}", compiled ? "compiled" : "not compiled", device ? "GPU found" : "no GPU here"));
}

Finding check_processor() {
  const std::string model = provenance({}).at("cpu");
  const auto cores = std::thread::hardware_concurrency();
#if defined(__x86_64__)
  const char* vectors = __builtin_cpu_supports("avx512f") != 0 ? "AVX-512" : __builtin_cpu_supports("avx2") != 0 ? "AVX2" : nullptr;
  if (vectors == nullptr) {
    return warning("processor", fmt::format("{}, {} cores, neither AVX2 nor AVX-512", model, cores),
                   "nothing is wrong, but kernels run in their slow form");
  }
  return ok("processor", fmt::format("{}, {} cores, {}", model, cores, vectors));
#else
  return ok("processor", fmt::format("{}, {} cores", model, cores));
#endif
}

/// A temporary file in the current folder, removed at the end.
class ScratchFile {
 public:
  ScratchFile()
      : name_(fmt::format(".kindred-doctor-{}", ::getpid())), descriptor_(::open(name_.c_str(), O_RDWR | O_CREAT | O_EXCL, 0600)) {}
  ~ScratchFile() {
    if (descriptor_ >= 0) {
      ::close(descriptor_);
      ::unlink(name_.c_str());
    }
  }
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;
  [[nodiscard]] int descriptor() const { return descriptor_; }
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  std::string name_;
  int descriptor_;
};

/// Speed of 64 MiB written and synchronised, in bytes per second; 0 on an error, which is left in errno.
double write_speed(int descriptor) {
  constexpr std::size_t block = std::size_t{1} << 20U;
  constexpr int blocks = 64;
  const std::vector<char> data(block, 'k');
  const auto start = Clock::now();
  for (int i = 0; i < blocks; ++i) {
    if (::pwrite(descriptor, data.data(), block, static_cast<off_t>(block) * i) != static_cast<ssize_t>(block)) {
      return 0.0;
    }
  }
  if (::fdatasync(descriptor) != 0) {
    return 0.0;
  }
  return static_cast<double>(block) * blocks / seconds_since(start);
}

std::vector<Finding> check_disk() {
  const ScratchFile file;
  const auto here = std::filesystem::current_path().string();
  if (file.descriptor() < 0) {
    return {warning("disk", fmt::format("{} is not writable: {}", here, std::strerror(errno)), "set [output] dir to a folder that is")};
  }
  std::vector<Finding> findings;
  const double speed = write_speed(file.descriptor());
  const auto free_bytes = static_cast<double>(std::filesystem::space(".").available);
  const std::string found = fmt::format("{}: {}/s written and synchronised, {} free", here, bytes_text(speed), bytes_text(free_bytes));
  constexpr double slow = 50e6;
  if (speed == 0.0) {
    findings.push_back(warning("disk", fmt::format("{}: writing 64 MiB failed: {}", here, std::strerror(errno)),
                               "make room, or set [output] dir elsewhere"));
  } else if (speed < slow) {
    findings.push_back(warning("disk", found, "slow: write to a local disk and copy the finished data set"));
  } else {
    findings.push_back(ok("disk", found));
  }
  const bool locks = ::flock(file.descriptor(), LOCK_EX | LOCK_NB) == 0;
  findings.push_back(locks ? ok("file locks", "work here")
                           : warning("file locks", fmt::format("do not work here: {}", std::strerror(errno)),
                                     "never start two runs on one data set; set HDF5_USE_FILE_LOCKING=FALSE for other HDF5 programs"));
  return findings;
}

std::vector<Finding> check_programs() {
  std::vector<Finding> findings;
  const auto gnuplot = program("gnuplot");
  findings.push_back(gnuplot.empty() ? warning("gnuplot", "not in PATH", "install gnuplot-nox: plot and report draw with it")
                                     : ok("gnuplot", gnuplot));
  const auto python = program("python3");
  if (python.empty()) {
    findings.push_back(warning("python", "python3 is not in PATH", "needed only for the Python reader"));
  } else if (std::system("python3 -c 'import numpy, h5py' >/dev/null 2>&1") != 0) {
    findings.push_back(
        warning("python", python + " without numpy and h5py", "install python3-numpy and python3-h5py for the Python reader"));
  } else {
    findings.push_back(ok("python", python + " with numpy and h5py"));
  }
  return findings;
}

Finding check_plugins() {
  const char* path = std::getenv("KINDRED_PLUGIN_PATH");
  std::istringstream places(path != nullptr ? path : "");
  std::vector<std::string> missing;
  for (std::string place; std::getline(places, place, ':');) {
    if (!place.empty() && !std::filesystem::exists(place)) {
      missing.push_back(place);
    }
  }
  if (!missing.empty()) {
    return warning("plugins", fmt::format("KINDRED_PLUGIN_PATH names what is not there: {}", fmt::join(missing, ", ")),
                   "correct KINDRED_PLUGIN_PATH");
  }
  std::size_t own = 0;
  const auto entries = Registry::instance().entries();
  for (const Entry* entry : entries) {
    own += entry->origin == "built in" ? 1 : 0;
  }
  return ok("plugins", fmt::format("{} built in, {} loaded; KINDRED_PLUGIN_PATH {}", own, entries.size() - own,
                                   path != nullptr ? path : "is not set"));
}

std::vector<Finding> examine() {
  const auto facts = provenance({});
  const auto libraries = nlohmann::json::parse(facts.at("libraries"));
  std::vector<Finding> findings;
  const std::string build = fmt::format("{}, {}, {}", facts.at("version"), facts.at("compiler"), facts.at("build_type"));
  findings.push_back(facts.at("build_type") == "Debug" ? warning("kindred", build, "a debug build is slow: use the release preset for data")
                                                       : ok("kindred", build));
  findings.push_back(check_mpi(libraries));  // forks, so before anything that could start MPI here
  findings.push_back(check_petsc(libraries));
  findings.push_back(check_hdf5());
  findings.push_back(check_processor());
  findings.push_back(check_cuda());
  for (auto& finding : check_disk()) {
    findings.push_back(std::move(finding));
  }
  for (auto& finding : check_programs()) {
    findings.push_back(std::move(finding));
  }
  findings.push_back(check_plugins());
  return findings;
}

const char* word(Finding::Verdict verdict) {
  return verdict == Finding::Verdict::ok ? "ok" : verdict == Finding::Verdict::warning ? "warn" : "fail";
}

void doctor(Context& context) {
  const auto findings = examine();
  auto document = nlohmann::json::array();
  for (const auto& finding : findings) {
    const std::string verdict = word(finding.verdict);
    if (finding.verdict == Finding::Verdict::failure) {
      context.exit_code = ExitCode::failure;
    }
    document.push_back({{"name", finding.name}, {"verdict", verdict}, {"found", finding.found}, {"advice", finding.advice}});
    if (!context.json) {
      const char* style = finding.verdict == Finding::Verdict::ok ? "32" : finding.verdict == Finding::Verdict::warning ? "33" : "31";
      fmt::print("{}{} {:<11} {}\n", styled(context, verdict, style), std::string(4 - verdict.size(), ' '), finding.name, finding.found);
      if (!finding.advice.empty()) {
        fmt::print("                 {}\n", finding.advice);
      }
    }
  }
  if (context.json) {
    print_json(document);
  }
}

}  // namespace

void add_doctor(CLI::App& app, Context& context) {
  CLI::App& verb = add_verb(app, "doctor", "Is this machine and this installation fit to run Kindred?", group_learn, "kindred doctor");
  verb.callback([&context] { doctor(context); });
}

}  // namespace kindred::app
