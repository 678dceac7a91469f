#include <kindred/solvers/recycling/recycle_space.hpp>

#include <array>
#include <utility>

#include <kindred/solvers/recycling/petsc_compat.hpp>
#include <kindred/solvers/recycling/recycle_file.hpp>

namespace kindred::recycling {
namespace {

constexpr std::array<const char*, 3> harvest_names{"windows", "first", "none"};
constexpr std::array<const char*, 2> refresh_names{"always", "adaptive"};

PetscErrorCode load_space(KSP ksp, PetscInt local_rows) {
  PetscFunctionBegin;
  RecycleData& data = *recycle_data(ksp);
  Eigen::Index count = 0;
  data.vectors.resize(local_rows, data.options.recycle);
  PetscCall(load_columns(PetscObjectComm(reinterpret_cast<PetscObject>(ksp)), data.options.load.c_str(), data.options.recycle,
                         data.vectors.storage(), count));
  data.vectors.resize(local_rows, count);
  data.load_pending = false;
  data.ready = false;
  data.refresh.forget();
  data.last.forget();
  PetscFunctionReturn(success);
}

}  // namespace

RecycleData* recycle_data(KSP ksp) { return static_cast<RecycleData*>(ksp->data); }

PetscErrorCode read_recycle_options(OptionItems PetscOptionsObject, const char* type, const char* create, RecycleData* data) {
  PetscFunctionBegin;
  RecycleOptions& options = data->options;
  const std::string stem = std::string("-ksp_") + type + "_";
  PetscCall(PetscOptionsBoundedInt((stem + "recycle").c_str(), "dimension of the recycle space (0: none)", create, options.recycle,
                                   &options.recycle, nullptr, 0));
  PetscCall(PetscOptionsBoundedInt((stem + "window").c_str(), "directions looked at together when the space is harvested", create,
                                   options.window, &options.window, nullptr, 1));
  auto harvest = static_cast<PetscInt>(options.harvest);
  PetscCall(PetscOptionsEList((stem + "harvest").c_str(), "where the next recycle space comes from", create, harvest_names.data(),
                              static_cast<PetscInt>(harvest_names.size()), harvest_names[static_cast<std::size_t>(harvest)], &harvest,
                              nullptr));
  options.harvest = static_cast<Harvest>(harvest);
  auto refresh = static_cast<PetscInt>(data->refresh.rule());
  PetscBool refresh_given = PETSC_FALSE;
  PetscCall(PetscOptionsEList((stem + "refresh").c_str(), "harvest during every solve, or only while iteration counts fall", create,
                              refresh_names.data(), static_cast<PetscInt>(refresh_names.size()),
                              refresh_names[static_cast<std::size_t>(refresh)], &refresh, &refresh_given));
  if (refresh_given) {
    data->refresh.set_rule(static_cast<Refresh>(refresh));
  }
  PetscCall(read_path(PetscOptionsObject, stem + "save", "file for the recycle space when the solver is reset or destroyed",
                      "KSPRecycleGetSpace", &options.save));
  const std::string before = options.load;
  PetscCall(read_path(PetscOptionsObject, stem + "load", "file to take the first recycle space from", "KSPRecycleSetSpace", &options.load));
  data->load_pending = data->load_pending || options.load != before;
  PetscFunctionReturn(success);
}

PetscErrorCode view_recycling(KSP ksp, PetscViewer viewer) {
  PetscFunctionBegin;
  PetscBool ascii = PETSC_FALSE;
  PetscCall(PetscObjectTypeCompare(reinterpret_cast<PetscObject>(viewer), PETSCVIEWERASCII, &ascii));
  if (ascii) {
    const RecycleData& data = *recycle_data(ksp);
    PetscCall(
        PetscViewerASCIIPrintf(viewer, "  recycle=%" PetscInt_FMT ", window=%" PetscInt_FMT ", harvest=%s, refresh=%s%s\n",
                               data.options.recycle, data.options.window, harvest_names[static_cast<std::size_t>(data.options.harvest)],
                               refresh_names[static_cast<std::size_t>(data.refresh.rule())], data.refresh.frozen() ? " (frozen)" : ""));
    PetscCall(PetscViewerASCIIPrintf(viewer,
                                     "  recycle space of dimension %" PetscInt_FMT "; last solve: %" PetscInt_FMT
                                     " operator and %" PetscInt_FMT " preconditioner applications\n",
                                     static_cast<PetscInt>(data.vectors.cols()), data.applications.operators,
                                     data.applications.preconditioners));
  }
  PetscFunctionReturn(success);
}

PetscErrorCode prepare_space(KSP ksp) {
  PetscFunctionBegin;
  RecycleData& data = *recycle_data(ksp);
  data.applications = {};
  data.unchanged = false;
  PetscInt local = 0;
  PetscInt global = 0;
  PetscCall(VecGetLocalSize(ksp->vec_rhs, &local));
  PetscCall(VecGetSize(ksp->vec_rhs, &global));
  PetscMPIInt differs = data.vectors.cols() > 0 && (data.global_size != global || data.vectors.rows() != local) ? 1 : 0;
  PetscCall(MPIU_Allreduce(MPI_IN_PLACE, &differs, 1, MPI_INT, MPI_MAX, PetscObjectComm(reinterpret_cast<PetscObject>(ksp))));
  if (differs != 0) {
    PetscCall(PetscInfo(ksp, "The system's size or layout has changed: recycle space dropped\n"));
    data.vectors.resize(local, 0);
    data.ready = false;
    data.refresh.forget();
    data.last.forget();
  }
  if (data.load_pending && data.options.recycle > 0) {
    PetscCall(load_space(ksp, local));
  }
  if (data.vectors.cols() == 0) {
    data.vectors.resize(local, 0);
    data.images.resize(local, 0);
  }
  data.global_size = global;
  PetscFunctionReturn(success);
}

PetscErrorCode release_space(KSP ksp) {
  PetscFunctionBegin;
  RecycleData& data = *recycle_data(ksp);
  if (data.unsaved && !data.options.save.empty() && data.vectors.cols() > 0) {
    PetscCall(save_columns(PetscObjectComm(reinterpret_cast<PetscObject>(ksp)), data.vectors.storage(), data.vectors.cols(),
                           data.options.save.c_str()));
  }
  data.unsaved = false;
  data.vectors = Block();
  data.images = Block();
  data.ready = false;
  data.global_size = -1;
  data.refresh.forget();
  data.last.forget();
  PetscFunctionReturn(success);
}

PetscErrorCode images_are_current(KSP ksp, Mat a, bool* current) {
  PetscFunctionBegin;
  RecycleData& data = *recycle_data(ksp);
  ObjectStamp stamp;
  PetscCall(stamp_of(a, &stamp));
  *current = data.ready && stamp == data.operator_stamp;
  bool state_suffices = false;
  PetscCall(state_follows_action(a, &state_suffices));
  if (*current && !state_suffices) {
    const auto apply = [&](Vec x, Vec y) { return apply_operator(ksp, a, x, y); };
    PetscCall(still_maps(ksp->vec_rhs, std::as_const(data.vectors).view(), std::as_const(data.images).view(), apply, current));
  }
  data.unchanged = *current;
  PetscFunctionReturn(success);
}

PetscErrorCode finish_last(KSP ksp, Vec x, Vec r) {
  PetscFunctionBegin;
  LastCorrection& last = recycle_data(ksp)->last;
  if (ksp->reason > 0) {
    PetscCall(last.finish(x, r));
  } else {
    last.forget();
  }
  PetscFunctionReturn(success);
}

PetscErrorCode refuse_diagonal_scaling(KSP ksp, const char* type) {
  PetscFunctionBegin;
  PetscBool scaled = PETSC_FALSE;
  PetscCall(PCGetDiagonalScale(ksp->pc, &scaled));
  PetscCheck(!scaled, PetscObjectComm(reinterpret_cast<PetscObject>(ksp)), PETSC_ERR_SUP,
             "Krylov method %s does not support diagonal scaling; use a Jacobi preconditioner instead", type);
  PetscFunctionReturn(success);
}

PetscErrorCode check_number(KSP ksp, double value) {
  PetscFunctionBegin;
  if (PetscIsInfOrNanReal(value)) {
    ksp->rnorm = value;
  }
  KSPCheckDot(ksp, value);
  PetscFunctionReturn(success);
}

PetscErrorCode apply_operator(KSP ksp, Mat a, Vec x, Vec y) {
  PetscFunctionBegin;
  PetscCall(KSP_MatMult(ksp, a, x, y));
  ++recycle_data(ksp)->applications.operators;
  PetscFunctionReturn(success);
}

PetscErrorCode apply_preconditioner(KSP ksp, Vec x, Vec y) {
  PetscFunctionBegin;
  PetscCall(KSP_PCApply(ksp, x, y));
  ++recycle_data(ksp)->applications.preconditioners;
  PetscFunctionReturn(success);
}

}  // namespace kindred::recycling
