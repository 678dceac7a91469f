# Compiler settings, the header tree, and kindred_add_library(): what every folder's CMakeLists.txt uses.
# kernels/ may be configured on its own, so nothing here needs PETSc, MPI or HDF5.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
if(CMAKE_VERSION VERSION_LESS 3.26)  # which does not know that nvcc has C++20
  set(CMAKE_CUDA20_STANDARD_COMPILE_OPTION "-std=c++20")
  set(CMAKE_CUDA20_EXTENSION_COMPILE_OPTION "-std=c++20")
endif()
set(CMAKE_CXX_VISIBILITY_PRESET default)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
# The folders that compute take the compiler's full optimisation; programs and tests, which instantiate many templates and compute
# little, compile in three quarters of the time without.
set(CMAKE_CXX_FLAGS_RELEASE "-O3 -DNDEBUG")
function(kindred_compile_quickly target)
  target_compile_options(${target} PRIVATE $<$<AND:$<COMPILE_LANGUAGE:CXX>,$<CONFIG:Release>>:-O1>)
endfunction()

get_filename_component(KINDRED_ROOT "${CMAKE_CURRENT_LIST_DIR}/.." ABSOLUTE)

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Paths are hashed relative to the checkout, so that build folders and clones share the cache; the sloppiness lets precompiled headers hit it.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${KINDRED_ROOT} CCACHE_NOHASHDIR=1
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${CCACHE_PROGRAM})
endif()


# <kindred/solvers/…> in the tree is the same path as when installed; src/ is <kindred/core/…>.
set(KINDRED_INCLUDE_DIR "${CMAKE_BINARY_DIR}/include")
file(MAKE_DIRECTORY "${KINDRED_INCLUDE_DIR}/kindred")
foreach(folder kernels operators solvers data apps)
  file(CREATE_LINK "${KINDRED_ROOT}/${folder}" "${KINDRED_INCLUDE_DIR}/kindred/${folder}" SYMBOLIC)
endforeach()
file(CREATE_LINK "${KINDRED_ROOT}/src" "${KINDRED_INCLUDE_DIR}/kindred/core" SYMBOLIC)

add_library(kindred_settings INTERFACE)
# GCC 12 reports overlapping string copies that cannot happen (its bug 105651): -Wno-restrict.
# Contraction into fused multiply-adds would make results depend on the processor.
target_compile_options(kindred_settings INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wno-restrict -ffp-contract=off -fno-math-errno>
  "$<$<COMPILE_LANGUAGE:CXX>:-ffile-prefix-map=${KINDRED_ROOT}/=>"
  $<$<AND:$<COMPILE_LANGUAGE:CXX>,$<BOOL:${KINDRED_WERROR}>>:-Werror>
  $<$<AND:$<COMPILE_LANGUAGE:CXX>,$<BOOL:${KINDRED_NATIVE}>>:-march=native>)
if(KINDRED_SANITIZE)
  target_compile_options(kindred_settings INTERFACE
    $<$<COMPILE_LANGUAGE:CXX>:-fsanitize=${KINDRED_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all>)
  if(KINDRED_SANITIZE MATCHES address)
    # Its instrumentation hides from GCC that an empty std::optional has no value to read.
    target_compile_options(kindred_settings INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Wno-maybe-uninitialized>)
    target_sources(kindred_settings INTERFACE ${KINDRED_ROOT}/cmake/keep_modules.cpp)
  endif()
  target_link_options(kindred_settings INTERFACE -fsanitize=${KINDRED_SANITIZE})
endif()

# Installed libraries find each other wherever the tree is moved.
set(CMAKE_INSTALL_RPATH "$ORIGIN;$ORIGIN/../${CMAKE_INSTALL_LIBDIR}")

# kindred_add_library(<name> [DEPENDS targets…] [PRIVATE targets…]): one shared library per folder, of every .cpp below it.
# Shared, so that the static registrations of plugins are never dropped by the linker.
function(kindred_add_library name)
  cmake_parse_arguments(arg "" "" "DEPENDS;PRIVATE;EXCLUDE" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  foreach(pattern ${arg_EXCLUDE})
    list(FILTER sources EXCLUDE REGEX "${pattern}")
  endforeach()
  add_library(kindred_${name} SHARED ${sources})
  add_library(kindred::${name} ALIAS kindred_${name})
  set_target_properties(kindred_${name} PROPERTIES EXPORT_NAME ${name} VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR})
  target_include_directories(kindred_${name} PUBLIC $<BUILD_INTERFACE:${KINDRED_INCLUDE_DIR}> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_compile_features(kindred_${name} PUBLIC cxx_std_20)
  target_link_libraries(kindred_${name} PUBLIC ${arg_DEPENDS} PRIVATE $<BUILD_INTERFACE:kindred_settings> ${arg_PRIVATE})
endfunction()
