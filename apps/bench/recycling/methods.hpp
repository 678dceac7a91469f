#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <kindred/apps/bench/recycling/measure.hpp>
#include <kindred/solvers/linear/ksp_engine.hpp>

namespace kindred::bench {

/// A PETSc method by name, with its options as one types them.
struct Method {
  const char* name;
  const char* ksp_type;
  const char* pc_type;
  const char* ksp_options = "";
  const char* pc_options = "";
};

inline constexpr const char* gmres_40 = "-ksp_gmres_restart 40";
inline constexpr const char* gmres_100 = "-ksp_gmres_restart 100";
inline constexpr const char* gmresdr_40_20 = "-ksp_gmresdr_restart 40 -ksp_gmresdr_recycle 20";
inline constexpr const char* gcrodr_40_20 = "-ksp_gcrodr_restart 40 -ksp_gcrodr_recycle 20";
inline constexpr const char* gcrodr_60_20 = "-ksp_gcrodr_restart 60 -ksp_gcrodr_recycle 20";
inline constexpr const char* gcrodr_60_30 = "-ksp_gcrodr_restart 60 -ksp_gcrodr_recycle 30";
inline constexpr const char* defcg_20_40 = "-ksp_defcg_recycle 20 -ksp_defcg_window 40";

/// `-a 1 -b` as {a: 1, b: ""}. @throws InputError for a word that is neither an option nor the value of one
PetscOptions parse_options(const std::string& text);

/// The method on Kindred's engine: matrix, pattern and symbolic factors kept, preconditioner set up for every new matrix.
/// @throws InputError, when it solves, for an option that no PETSc object reads
Contender contender(const Method& method, double rtol);
std::vector<Contender> contenders(std::span<const Method> methods, double rtol);

/// A solver of the registry with a guess, both as a deck has them: `type = "family"`, `"zero"`.
Contender deck_contender(const std::string& name, const std::string& solver, const std::string& guess = "\"zero\"");

}  // namespace kindred::bench
