#include <kindred/solvers/recycling/register_types.hpp>

#include <kindred/solvers/recycling/defcg.hpp>
#include <kindred/solvers/recycling/gcrodr.hpp>
#include <kindred/solvers/recycling/petsc_compat.hpp>
#include <kindred/solvers/recycling/rminres.hpp>

namespace kindred {
namespace {

struct KrylovMethod {
  const char* name;
  PetscErrorCode (*create)(KSP);
};
constexpr KrylovMethod krylov_methods[] = {
    {"gcrodr", KSPCreate_GCRODR},
    {"gmresdr", KSPCreate_GMRESDR},
    {"defcg", KSPCreate_DefCG},
    {"rminres", KSPCreate_RMINRES},
};

}  // namespace

PetscErrorCode register_krylov_methods() {
  using recycling::success;
  PetscFunctionBegin;
  for (const KrylovMethod& method : krylov_methods) {
    PetscCall(KSPRegister(method.name, method.create));
  }
  PetscFunctionReturn(success);
}

}  // namespace kindred
