# External libraries as imported targets. Used by the build and, installed, by KindredConfig.cmake.
# PETSc of Debian links the OpenMPI flavour of HDF5, so that flavour is used everywhere: two flavours in one process crash.
include(CMakeFindDependencyMacro)
find_dependency(PkgConfig)

# pkg-config's own imported targets carry Debian's hardening flags (-D_FORTIFY_SOURCE), which clash with -O0: take paths and libraries only.
function(kindred_external target module)
  if(TARGET kindred_external::${target})
    return()
  endif()
  pkg_check_modules(KINDRED_${target} REQUIRED QUIET ${module})
  add_library(kindred_external::${target} INTERFACE IMPORTED GLOBAL)
  target_include_directories(kindred_external::${target} SYSTEM INTERFACE ${KINDRED_${target}_INCLUDE_DIRS})
  target_link_libraries(kindred_external::${target} INTERFACE ${KINDRED_${target}_LINK_LIBRARIES})
endfunction()

# CMake's MPI module needs the language C; a C++ program that uses an installed Kindred gets the same paths from pkg-config.
if(CMAKE_C_COMPILER_LOADED)
  find_dependency(MPI COMPONENTS C)
elseif(NOT TARGET MPI::MPI_C)
  kindred_external(mpi ompi)
  add_library(MPI::MPI_C INTERFACE IMPORTED GLOBAL)
  target_link_libraries(MPI::MPI_C INTERFACE kindred_external::mpi)
endif()
kindred_external(petsc PETSc)
kindred_external(hdf5 hdf5-openmpi)
find_library(KINDRED_HDF5_HL hdf5_hl HINTS ${KINDRED_hdf5_LIBRARY_DIRS} NO_DEFAULT_PATH)
if(KINDRED_HDF5_HL AND NOT TARGET kindred_external::hdf5_hl)
  add_library(kindred_external::hdf5_hl INTERFACE IMPORTED GLOBAL)
  target_link_libraries(kindred_external::hdf5_hl INTERFACE ${KINDRED_HDF5_HL} kindred_external::hdf5)
endif()
