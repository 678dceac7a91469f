#include <array>

#include <kindred/solvers/recycling/gcrodr_context.hpp>
#include <kindred/solvers/recycling/recycle_file.hpp>

namespace kindred::recycling::gcrodr {
namespace {

constexpr std::array<const char*, 4> refresh_names{"every", "once", "adaptive", "never"};
constexpr std::array<const char*, 2> orthogonalization_names{"cgs2", "mgs"};

const char* type_of(KSP ksp) { return reinterpret_cast<PetscObject>(ksp)->type_name; }

std::string option(KSP ksp, const char* name) { return std::string("-ksp_") + type_of(ksp) + "_" + name; }

PetscErrorCode read_flag(OptionItems PetscOptionsObject, KSP ksp, const char* name, const char* help, const char* function, bool& value) {
  PetscBool flag = value ? PETSC_TRUE : PETSC_FALSE;
  PetscFunctionBegin;
  PetscCall(PetscOptionsBool(option(ksp, name).c_str(), help, function, flag, &flag, nullptr));
  value = flag == PETSC_TRUE;
  PetscFunctionReturn(success);
}

PetscErrorCode read_sizes(OptionItems PetscOptionsObject, KSP ksp, Settings& settings) {
  PetscBool given = PETSC_FALSE;
  PetscFunctionBegin;
  PetscCall(PetscOptionsInt(option(ksp, "restart").c_str(), "dimension of recycle space and Krylov space together", "KSPGCRODRSetRestart",
                            settings.restart, &settings.restart, nullptr));
  PetscInt recycle = settings.most_recycled();
  PetscCall(PetscOptionsInt(option(ksp, "recycle").c_str(), "dimension of the recycle space, less than restart", "KSPGCRODRSetRecycle",
                            recycle, &recycle, &given));
  if (given) {
    settings.recycle = recycle;
  }
  PetscCall(check_settings(ksp));
  PetscFunctionReturn(success);
}

PetscErrorCode read_methods(OptionItems PetscOptionsObject, KSP ksp, Settings& settings) {
  PetscInt chosen = settings.refresh;
  PetscFunctionBegin;
  PetscCall(PetscOptionsEList(option(ksp, "refresh").c_str(), "when the recycle space is computed anew", "KSPGCRODRSetRefresh",
                              refresh_names.data(), refresh_names.size(), refresh_names.at(static_cast<std::size_t>(chosen)), &chosen,
                              nullptr));
  settings.refresh = static_cast<KSPGCRODRRefresh>(chosen);
  chosen = settings.orthogonalization;
  PetscCall(PetscOptionsEList(option(ksp, "orthogonalization").c_str(), "Gram-Schmidt: classical twice, or modified",
                              "KSPGCRODRSetOrthogonalization", orthogonalization_names.data(), orthogonalization_names.size(),
                              orthogonalization_names.at(static_cast<std::size_t>(chosen)), &chosen, nullptr));
  settings.orthogonalization = static_cast<KSPGCRODROrthogonalization>(chosen);
  PetscFunctionReturn(success);
}

}  // namespace

PetscErrorCode check_settings(KSP ksp) {
  const Settings& settings = context_of(ksp).settings;
  PetscFunctionBegin;
  PetscCheck(settings.restart >= 1, communicator_of(ksp), PETSC_ERR_ARG_OUTOFRANGE, "%s is %" PetscInt_FMT "; it must be at least 1",
             option(ksp, "restart").c_str(), settings.restart);
  PetscCheck(settings.most_recycled() >= 0 && settings.most_recycled() < settings.restart, communicator_of(ksp), PETSC_ERR_ARG_OUTOFRANGE,
             "%s is %" PetscInt_FMT "; it must be at least 0 and less than %s, which is %" PetscInt_FMT
             " and counts recycled and new directions together",
             option(ksp, "recycle").c_str(), settings.most_recycled(), option(ksp, "restart").c_str(), settings.restart);
  PetscFunctionReturn(success);
}

PetscErrorCode set_from_options(KSP ksp, OptionItems PetscOptionsObject) {
  Settings& settings = context_of(ksp).settings;
  PetscFunctionBegin;
  PetscOptionsHeadBegin(PetscOptionsObject, "GMRES with deflated restarting and recycling (Kindred)");
  PetscCall(read_sizes(PetscOptionsObject, ksp, settings));
  PetscCall(read_methods(PetscOptionsObject, ksp, settings));
  PetscCall(
      read_flag(PetscOptionsObject, ksp, "flexible", "store the preconditioned directions", "KSPGCRODRSetFlexible", settings.flexible));
  PetscCall(read_flag(PetscOptionsObject, ksp, "adaptive_recycle", "drop recycle vectors that hardly deflate",
                      "KSPGCRODRSetAdaptiveRecycle", settings.adaptive_recycle));
  if (settings.carry) {
    const std::string previous = settings.load;
    PetscCall(read_path(PetscOptionsObject, option(ksp, "save"), "HDF5 file for the recycle space, written at KSPReset() or KSPDestroy()",
                        "KSPGCRODRSaveRecycleSpace", &settings.save));
    PetscCall(read_path(PetscOptionsObject, option(ksp, "load"), "HDF5 file with the recycle space to begin with",
                        "KSPGCRODRLoadRecycleSpace", &settings.load));
    context_of(ksp).load_pending |= settings.load != previous;
  }
  PetscOptionsHeadEnd();
  PetscFunctionReturn(success);
}

PetscErrorCode view(KSP ksp, PetscViewer viewer) {
  const Context& context = context_of(ksp);
  const Settings& settings = context.settings;
  const KSPGCRODRCounts& counts = context.counts;
  PetscBool ascii = PETSC_FALSE;
  PetscFunctionBegin;
  PetscCall(PetscObjectTypeCompare(reinterpret_cast<PetscObject>(viewer), PETSCVIEWERASCII, &ascii));
  if (!ascii) {
    PetscFunctionReturn(success);
  }
  PetscCall(PetscViewerASCIIPrintf(
      viewer, "  restart=%" PetscInt_FMT ", recycle=%" PetscInt_FMT "%s (now %" PetscInt_FMT "), refresh %s%s\n", settings.restart,
      settings.most_recycled(), settings.adaptive_recycle ? " at most, adaptive" : "", static_cast<PetscInt>(context.size),
      refresh_names.at(settings.refresh), settings.carry ? "" : ", nothing carried to the next system"));
  PetscCall(PetscViewerASCIIPrintf(viewer, "  orthogonalization %s, preconditioned directions %s, bases of %g MB on the first process\n",
                                   orthogonalization_names.at(settings.orthogonalization),
                                   settings.flexible ? "stored (flexible)" : "not stored", static_cast<double>(context.bytes()) / 1e6));
  PetscCall(PetscViewerASCIIPrintf(viewer,
                                   "  last solve: %" PetscInt_FMT " Arnoldi steps in %" PetscInt_FMT " cycles, %" PetscInt_FMT
                                   " operator applications (%" PetscInt_FMT " for A U, %" PetscInt_FMT " for b - A x), %" PetscInt_FMT
                                   " of the preconditioner, %" PetscInt_FMT " refreshes\n",
                                   counts.arnoldi_steps, counts.cycles, counts.operator_applications, counts.start_applications,
                                   counts.residual_applications, counts.preconditioner_applications, counts.refreshes));
  PetscFunctionReturn(success);
}

}  // namespace kindred::recycling::gcrodr
