#include <kindred/solvers/family/petsc_preconditioners.hpp>

namespace kindred {
namespace {

struct Preconditioner {
  const char* name;
  PetscErrorCode (*create)(PC);
};
constexpr Preconditioner preconditioners[] = {
    {"dst", PCCreate_DST},
    {"scaled_dst", PCCreate_ScaledDST},
    {"cluster_cholesky", PCCreate_ClusterCholesky},
    {"amg_reuse", PCCreate_AMGReuse},
    {"circulant", PCCreate_Circulant},
};

}  // namespace

PetscErrorCode register_preconditioners() {
  PetscFunctionBegin;
  for (const Preconditioner& preconditioner : preconditioners) {
    PetscCall(PCRegister(preconditioner.name, preconditioner.create));
  }
  PetscFunctionReturn(static_cast<PetscErrorCode>(0));
}

}  // namespace kindred
