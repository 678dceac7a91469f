#pragma once

#include <filesystem>
#include <string>

#include <petscconf.h>

/// Version of the interfaces that plugins are compiled against: the project's major and minor number.
#define KINDRED_ABI_VERSION "0.1"

#define KINDRED_ABI_TEXT_OF(x) #x
#define KINDRED_ABI_TEXT(x) KINDRED_ABI_TEXT_OF(x)

#if defined(__clang__)
#define KINDRED_ABI_COMPILER "clang" KINDRED_ABI_TEXT(__clang_major__)
#else
#define KINDRED_ABI_COMPILER "gcc" KINDRED_ABI_TEXT(__GNUC__)
#endif
#if defined(_GLIBCXX_USE_CXX11_ABI)
#define KINDRED_ABI_LIBRARY "libstdc++ cxx11abi" KINDRED_ABI_TEXT(_GLIBCXX_USE_CXX11_ABI)
#else
#define KINDRED_ABI_LIBRARY "libc++"
#endif
#if defined(PETSC_USE_COMPLEX)
#define KINDRED_ABI_SCALAR "complex"
#else
#define KINDRED_ABI_SCALAR "real"
#endif
#if defined(PETSC_USE_64BIT_INDICES)
#define KINDRED_ABI_INDEX "i64"
#else
#define KINDRED_ABI_INDEX "i32"
#endif
// Containers change their layout in libstdc++'s debug mode; NDEBUG alone changes nothing that crosses the border.
#if defined(_GLIBCXX_DEBUG)
#define KINDRED_ABI_CHECKS "debug-containers"
#else
#define KINDRED_ABI_CHECKS "plain-containers"
#endif

/// Tag that a plugin must have been built with to be loaded: Kindred's version, compiler, standard library and language,
/// PETSc's scalar and index size, container checks. A literal, so that a plugin carries its own and never the loader's.
#define KINDRED_ABI_TAG                                   \
  "kindred " KINDRED_ABI_VERSION " " KINDRED_ABI_COMPILER \
  " c++" KINDRED_ABI_TEXT(__cplusplus) " " KINDRED_ABI_LIBRARY " " KINDRED_ABI_SCALAR " " KINDRED_ABI_INDEX " " KINDRED_ABI_CHECKS

/// Put this once, at namespace scope, into a plugin's source: it exports the tag that load_plugin asks for.
#define KINDRED_PLUGIN() \
  extern "C" __attribute__((visibility("default"))) const char* kindred_plugin_abi() { return KINDRED_ABI_TAG; }

namespace kindred {

/// The tag of the including translation unit: `kindred 0.1 gcc12 c++202002L libstdc++ cxx11abi1 real i32 plain-containers`.
constexpr const char* abi_tag() { return KINDRED_ABI_TAG; }

/// Loads a shared object whose static Registrations add to the registry. Loading the same file twice is a no-op.
/// A refused object leaves nothing in the registry.
/// @throws InputError if it is missing, cannot be loaded, exports no `kindred_plugin_abi`, was built for another ABI, or
/// registers a name that is taken
void load_plugin(const std::filesystem::path& path);

/// Loads every path of the colon-separated KINDRED_PLUGIN_PATH (a file, or all `*.so` of a folder).
/// @throws InputError as load_plugin
void load_plugins_from_environment();

}  // namespace kindred
