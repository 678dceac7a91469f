#include <kindred/core/petsc/petsc.hpp>

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>
#include <unistd.h>

namespace kindred::petsc {
namespace {

int sessions = 0;
bool owns_petsc = false;
pid_t mpi_owner = 0;

/// What PETSc said about the error that is on its way up; filled by its error handler, taken by check().
std::string& pending_message() {
  static std::string text;
  return text;
}

PetscErrorCode collect_message(MPI_Comm /*comm*/, int line, const char* function, const char* file, PetscErrorCode code,
                               PetscErrorType type, const char* message, void* /*context*/) {
  if (type == PETSC_ERROR_INITIAL) {
    const char* meaning = nullptr;
    PetscErrorMessage(code, &meaning, nullptr);
    std::string text = meaning != nullptr ? meaning : "";
    if (message != nullptr && *message != '\0') {
      text += (text.empty() ? "" : ": ") + std::string(message);
    }
    std::replace(text.begin(), text.end(), '\n', ' ');
    pending_message() = fmt::format("{} [{}() at {}:{}]", text, function, file, line);
  }
  return code;
}

bool under_mpiexec() {
  const auto set = [](const char* name) { return std::getenv(name) != nullptr; };  // NOLINT(concurrency-mt-unsafe)
  return set("OMPI_COMM_WORLD_SIZE") || set("PMIX_NAMESPACE") || set("PMI_RANK");
}

/// What Open MPI should know before it starts. Values that the user has set stay. Called before there are threads.
void prefer_for_mpi() {
  // NOLINTBEGIN(concurrency-mt-unsafe)
  setenv("OMPI_MCA_opal_signal", "", 0);  // no signal handlers
  if (!under_mpiexec()) {
    // A process alone needs no helper daemon (which costs a second at start), no network, and no folders or shared memory,
    // whose names all such processes would share.
    setenv("OMPI_MCA_ess_singleton_isolated", "1", 0);
    setenv("OMPI_MCA_orte_create_session_dirs", "0", 0);
    setenv("OMPI_MCA_btl", "self", 0);
    setenv("OMPI_MCA_pml", "ob1", 0);
  }
  // NOLINTEND(concurrency-mt-unsafe)
}

void finalize_mpi() {
  int finalized = 0;
  MPI_Finalized(&finalized);
  if (finalized == 0 && mpi_owner == getpid()) {
    MPI_Finalize();
  }
}

/// MPI can be started once in the life of a process, PETSc many times: MPI therefore ends with the process.
void start_mpi() {
  int initialized = 0;
  int finalized = 0;
  MPI_Initialized(&initialized);
  MPI_Finalized(&finalized);
  if (finalized != 0) {
    throw SolveError("PETSc cannot be started: MPI has been finalised in this process. Keep MPI alive as long as Kindred is used");
  }
  if (initialized != 0) {
    return;
  }
  prefer_for_mpi();
  int provided = 0;
  if (MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &provided) != MPI_SUCCESS) {
    throw SolveError("MPI could not be initialised");
  }
  mpi_owner = getpid();
  std::atexit(finalize_mpi);
}

}  // namespace

void check(PetscErrorCode code, const char* expression, const char* file, int line) {
  if (code == 0) {
    return;
  }
  std::string message = std::exchange(pending_message(), {});
  if (message.empty()) {
    const char* meaning = nullptr;
    PetscErrorMessage(code, &meaning, nullptr);
    message = fmt::format("error {}{}{}", static_cast<int>(code), meaning != nullptr ? ": " : "", meaning != nullptr ? meaning : "");
  }
  throw SolveError(fmt::format("PETSc: {} ({} at {}:{})", message, expression, file, line));
}

Session::Session() {
  if (sessions == 0) {
    PetscBool running = PETSC_FALSE;
    PetscInitialized(&running);
    if (!running) {
      start_mpi();
      // ~/.petscrc would change results behind the deck's back.
      PetscOptionsSetValue(nullptr, "-skip_petscrc", nullptr);
      PetscOptionsSetValue(nullptr, "-no_signal_handler", nullptr);
      if (PetscInitializeNoArguments() != 0) {
        throw SolveError("PETSc could not be initialised");
      }
      owns_petsc = true;
    }
    KINDRED_PETSC(PetscPushErrorHandler(collect_message, nullptr));
  }
  ++sessions;
}

Session::~Session() {
  if (--sessions > 0) {
    return;
  }
  PetscPopErrorHandler();
  if (std::exchange(owns_petsc, false)) {
    PetscFinalize();
  }
}

PrefixedOptions::PrefixedOptions(std::string prefix, const std::map<std::string, std::string>& options) : prefix_(std::move(prefix)) {
  for (const auto& [name, value] : options) {
    KINDRED_PETSC(PetscOptionsSetValue(nullptr, ("-" + prefix_ + name).c_str(), value.empty() ? nullptr : value.c_str()));
    names_.push_back(name);
  }
}

PrefixedOptions::~PrefixedOptions() {
  for (const auto& name : names_) {
    PetscOptionsClearValue(nullptr, ("-" + prefix_ + name).c_str());
  }
}

std::vector<std::string> PrefixedOptions::unused() const {
  std::vector<std::string> left;
  for (const auto& name : names_) {
    PetscBool used = PETSC_FALSE;
    KINDRED_PETSC(PetscOptionsUsed(nullptr, (prefix_ + name).c_str(), &used));
    if (!used) {
      left.push_back(name);
    }
  }
  return left;
}

}  // namespace kindred::petsc
