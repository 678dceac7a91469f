#include <kindred/solvers/linear/petsc_types.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <kindred/core/deck/suggest.hpp>
#include <kindred/solvers/family/petsc_preconditioners.hpp>
#include <kindred/solvers/recycling/register_types.hpp>

namespace kindred {
namespace {

bool contains(PetscFunctionList list, const std::string& name) {
  void (*constructor)() = nullptr;
  KINDRED_PETSC(PetscFunctionListFind(list, name.c_str(), &constructor));
  return constructor != nullptr;
}

std::vector<std::string> names_of(PetscFunctionList list) {
  const char** names = nullptr;
  int count = 0;
  KINDRED_PETSC(PetscFunctionListGet(list, &names, &count));
  std::vector<std::string> all;
  for (int i = 0; i < count; ++i) {
    if (names[i] != nullptr) {
      all.emplace_back(names[i]);
    }
  }
  KINDRED_PETSC(PetscFree(names));
  return all;
}

void require(PetscFunctionList list, const char* key, const std::string& name) {
  if (!contains(list, name)) {
    throw InputError(fmt::format("[solver] {}: this PETSc has no type \"{}\"; it has, nearest first: {}", key, name,
                                 fmt::join(sorted_by_distance(name, names_of(list)), ", ")));
  }
}

bool can_measure_true_residual(const std::string& ksp_type, PCSide side) {
  petsc::Matrix one;
  KINDRED_PETSC(MatCreateSeqAIJ(PETSC_COMM_SELF, 1, 1, 1, nullptr, one.slot()));
  KINDRED_PETSC(MatSetValue(one, 0, 0, 1.0, INSERT_VALUES));
  KINDRED_PETSC(MatAssemblyBegin(one, MAT_FINAL_ASSEMBLY));
  KINDRED_PETSC(MatAssemblyEnd(one, MAT_FINAL_ASSEMBLY));
  petsc::LinearSolver ksp;
  KINDRED_PETSC(KSPCreate(PETSC_COMM_SELF, ksp.slot()));
  KINDRED_PETSC(KSPSetOptionsPrefix(ksp, "kindred_probe_"));
  KINDRED_PETSC(KSPSetOperators(ksp, one, one));
  KINDRED_PETSC(KSPSetType(ksp, ksp_type.c_str()));
  PC pc = nullptr;
  KINDRED_PETSC(KSPGetPC(ksp, &pc));
  KINDRED_PETSC(PCSetType(pc, PCNONE));
  KINDRED_PETSC(KSPSetNormType(ksp, KSP_NORM_UNPRECONDITIONED));
  KINDRED_PETSC(KSPSetPCSide(ksp, side));
  try {
    KINDRED_PETSC(KSPSetUp(ksp));
  } catch (const SolveError&) {
    return false;
  }
  return true;
}

}  // namespace

bool has_preconditioner(const std::string& pc_type) {
  KINDRED_PETSC(register_preconditioners());
  return contains(PCList, pc_type);
}

void require_krylov_method(const std::string& ksp_type) {
  KINDRED_PETSC(register_krylov_methods());
  require(KSPList, "ksp_type", ksp_type);
}

void require_preconditioner(const std::string& pc_type) {
  KINDRED_PETSC(register_preconditioners());
  require(PCList, "pc_type", pc_type);
}

void require_free_of_entries(const std::string& pc_type) {
  // Some of them crash in PETSc where there are no rows, so they have to be known beforehand.
  static const std::set<std::string> factors{"ilu", "icc", "lu", "cholesky", "qr", "svd", "redundant", "cp"};
  static const std::set<std::string> sweeps{"sor", "eisenstat", "kaczmarz", "spai", "pbjacobi", "vpbjacobi", "parms", "tfs"};
  static const std::set<std::string> domains{"bjacobi", "asm", "gasm", "nn", "bddc", "fieldsplit", "redistribute", "telescope", "patch"};
  static const std::set<std::string> multigrid{"hypre", "gamg", "hmg", "ml", "mg", "exotic"};
  static const std::set<std::string> own{"dst", "scaled_dst", "cluster_cholesky", "amg_reuse"};
  const auto named = [&](const std::set<std::string>* group) { return group->contains(pc_type); };
  if (std::ranges::any_of(std::array{&factors, &sweeps, &domains, &multigrid, &own}, named)) {
    throw InputError(
        fmt::format("[solver] the preconditioner \"{}\" reads the entries of a matrix, and this one is known by its action "
                    "alone: use jacobi, none, or circulant for Toeplitz matrices",
                    pc_type));
  }
}

ResidualMeasure residual_measure(const std::string& ksp_type) {
  static std::map<std::string, ResidualMeasure> known;
  const auto found = known.find(ksp_type);
  if (found != known.end()) {
    return found->second;
  }
  ResidualMeasure measure;
  for (const PCSide side : {PC_LEFT, PC_RIGHT}) {
    if (can_measure_true_residual(ksp_type, side)) {
      measure = {true, side};
      break;
    }
  }
  return known[ksp_type] = measure;
}

int applications_per_iteration(const std::string& ksp_type) {
  static const std::set<std::string> twice{"bcgs",  "ibcgs", "fbcgs", "fbcgsr", "pipebcgs", "cgs",
                                           "tfqmr", "bicg",  "cgne",  "cgls",   "lsqr",     "qmrcgs"};
  return twice.contains(ksp_type) ? 2 : 1;
}

}  // namespace kindred
