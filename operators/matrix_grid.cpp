#include <kindred/operators/matrix_grid.hpp>

namespace kindred {
namespace {

constexpr const char* grid_tag = "kindred_grid";

PetscErrorCode delete_grid(void* stored) {
  delete static_cast<MatrixGrid*>(stored);
  return 0;
}

}  // namespace

void attach_grid(Mat matrix, const Grid& grid) {
  MatrixGrid plain;
  plain.dimension = grid.dimension();
  for (std::size_t k = 0; k < grid.axes.size() && k < 3; ++k) {
    plain.cells[k] = grid.axes[k].cells;
    plain.spacing[k] = grid.axes[k].spacing();
    plain.periodic[k] = grid.axes[k].periodic;
  }
  petsc::Handle<PetscContainer, PetscContainerDestroy> container;
  KINDRED_PETSC(PetscContainerCreate(PETSC_COMM_SELF, container.slot()));
  KINDRED_PETSC(PetscContainerSetUserDestroy(container, delete_grid));
  KINDRED_PETSC(PetscContainerSetPointer(container, new MatrixGrid(plain)));
  KINDRED_PETSC(PetscObjectCompose(reinterpret_cast<PetscObject>(matrix), grid_tag, reinterpret_cast<PetscObject>(container.get())));
}

PetscErrorCode find_grid(Mat matrix, MatrixGrid* grid, bool* found) {
  PetscObject object = nullptr;
  PetscFunctionBegin;
  *found = false;
  PetscCall(PetscObjectQuery(reinterpret_cast<PetscObject>(matrix), grid_tag, &object));
  if (object != nullptr) {
    void* stored = nullptr;
    PetscCall(PetscContainerGetPointer(reinterpret_cast<PetscContainer>(object), &stored));
    *grid = *static_cast<const MatrixGrid*>(stored);
    *found = true;
  }
  PetscFunctionReturn(0);
}

}  // namespace kindred
