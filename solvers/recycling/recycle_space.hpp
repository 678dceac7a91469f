#pragma once

#include <string>

#include <petscksp.h>

#include <kindred/solvers/recycling/block_vectors.hpp>
#include <kindred/solvers/recycling/last_correction.hpp>
#include <kindred/solvers/recycling/operator_state.hpp>
#include <kindred/solvers/recycling/petsc_compat.hpp>
#include <kindred/solvers/recycling/refresh_policy.hpp>

// What the recycling KSP types for symmetric systems have in common: their options, the space that outlives a solve, and how others
// see it.

namespace kindred::recycling {

enum class Harvest { windows, first, none };

/// Options -ksp_<type>_recycle, _window, _harvest, _refresh, _save and _load.
struct RecycleOptions {
  PetscInt recycle = 20;  ///< dimension of the recycle space; 0: the plain method
  PetscInt window = 40;   ///< directions that are looked at together when the space is harvested
  Harvest harvest = Harvest::windows;
  std::string save;
  std::string load;
};

/// Applications during the last solve, those of the start-up included.
struct Applications {
  PetscInt operators = 0;
  PetscInt preconditioners = 0;
};

/// Data of a recycling KSP, first member of each type's own data.
struct RecycleData {
  RecycleOptions options;
  RefreshPolicy refresh;
  Block vectors;       ///< basis of the recycle space, in the space of solutions
  Block images;        ///< A · vectors, if `operator_stamp` is that of A
  bool ready = false;  ///< vectors and images are scaled for the operator of `operator_stamp`
  ObjectStamp operator_stamp;
  bool unchanged = false;  ///< in a solve: its operator is that of the last one
  LastCorrection last;
  PetscInt global_size = -1;
  bool load_pending = false;
  bool unsaved = false;
  Applications applications;
};

RecycleData* recycle_data(KSP ksp);

/// Reads the options named -ksp_<type>_…, inside a PetscOptionsHeadBegin/End.
/// @param create  the function that documents them, for -help
PetscErrorCode read_recycle_options(OptionItems PetscOptionsObject, const char* type, const char* create, RecycleData* data);

/// Makes a number that is not finite the solve's result: its reason and its residual norm.
PetscErrorCode check_number(KSP ksp, double value);

/// One line of KSPView each for the options and for the space.
PetscErrorCode view_recycling(KSP ksp, PetscViewer viewer);

/// At the start of a solve: reads the file of -ksp_<type>_load if that is due, and drops a space whose size is not the system's.
/// Errors if the file does not fit the system.
PetscErrorCode prepare_space(KSP ksp);

/// Writes the file of -ksp_<type>_save if there is something new to write, and forgets the space. For reset and destroy.
PetscErrorCode release_space(KSP ksp);

/// Whether `images` still belong to the operator, which `unchanged` then says, too: the same object in the same state. A matrix whose state
/// does not follow its action is tried with one application.
PetscErrorCode images_are_current(KSP ksp, Mat a, bool* current);

/// Keeps the correction of this solve if it has converged. @param r its residual, or null where it is not at hand
PetscErrorCode finish_last(KSP ksp, Vec x, Vec r);

/// Counted applications.
PetscErrorCode apply_operator(KSP ksp, Mat a, Vec x, Vec y);
PetscErrorCode apply_preconditioner(KSP ksp, Vec x, Vec y);

/// Makes the functions of recycle_interface.hpp work for this KSP, until withdraw_access().
PetscErrorCode compose_interface(KSP ksp);

/// Raises PETSC_ERR_SUP if the preconditioner scales the system by a diagonal.
PetscErrorCode refuse_diagonal_scaling(KSP ksp, const char* type);

/// Takes what a solve's harvest has found into the space, and notes how many steps the solve took.
/// @param taken  whether the space is a new one
template <class Method>
PetscErrorCode finish_harvest(KSP ksp, Mat a, Method& method, bool& taken) {
  PetscFunctionBegin;
  const MPI_Comm comm = PetscObjectComm(reinterpret_cast<PetscObject>(ksp));
  const bool usable = ksp->reason > 0 || ksp->reason == KSP_DIVERGED_ITS;
  const bool deflated = method.vectors.cols() > 0;
  taken = false;
  if (usable) {
    PetscCall(method.harvest.close_window(comm));
    taken = method.harvest.take(&method.vectors, &method.images);
  }
  if (taken) {
    PetscCall(stamp_of(a, &method.operator_stamp));
    method.ready = true;
    method.unsaved = true;
  }
  method.harvest.stop();
  if (ksp->reason > 0 && deflated && ksp->its > 0) {
    method.refresh.record(ksp->its);
  }
  PetscFunctionReturn(success);
}

}  // namespace kindred::recycling
