#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include <petscksp.h>

#include <kindred/core/base/error.hpp>
#include <kindred/core/base/types.hpp>

namespace kindred::petsc {

/// Throws SolveError with PETSc's message and the place if `code` is not zero.
void check(PetscErrorCode code, const char* expression, const char* file, int line);
#define KINDRED_PETSC(expression) ::kindred::petsc::check((expression), #expression, __FILE__, __LINE__)

/// Owns one PETSc object; destroyed with its XXXDestroy. Move-only.
template <class Object, PetscErrorCode (*Destroy)(Object*)>
class Handle {
 public:
  Handle() = default;
  explicit Handle(Object object) : object_(object) {}
  ~Handle() { reset(); }
  Handle(Handle&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  void reset() {
    if (object_ != nullptr) {
      Destroy(&object_);
    }
    object_ = nullptr;
  }
  /// For XXXCreate calls: releases what was held and hands out the slot.
  Object* slot() {
    reset();
    return &object_;
  }
  [[nodiscard]] Object get() const { return object_; }
  operator Object() const { return object_; }  // NOLINT(google-explicit-constructor)
  explicit operator bool() const { return object_ != nullptr; }

 private:
  Object object_ = nullptr;
};

using Matrix = Handle<Mat, MatDestroy>;
using Vector = Handle<Vec, VecDestroy>;
using LinearSolver = Handle<KSP, KSPDestroy>;
using NullSpace = Handle<MatNullSpace, MatNullSpaceDestroy>;

/// Initialises PETSc (and MPI, unless the caller did) for the life of this object; nested sessions are counted, and one may follow
/// another. PETSc ends with the outermost session, after which no PETSc object may be touched; MPI, which cannot start twice, ends
/// with the process. A PETSc that the caller initialised is used as it is.
/// Options come from PETSC_OPTIONS and PrefixedOptions, neither from the command line nor from ~/.petscrc. Signal handlers of PETSc
/// and MPI are left off: Kindred has its own. Errors come back as codes, never as aborts. Outside mpiexec, MPI starts as one
/// isolated process: no daemon, no network, no session folders. Not for threads: one thread opens sessions and uses PETSc.
/// @throws SolveError if MPI was finalised already
class Session {
 public:
  Session();
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
};

/// Puts options into PETSc's database under one prefix for the life of this object, and says which were never read.
class PrefixedOptions {
 public:
  /// @param prefix as PETSc wants it, without the leading dash and with the trailing underscore: `kindred_`
  /// @param options names without the prefix (`pc_type`) and their values; an empty value is a flag
  PrefixedOptions(std::string prefix, const std::map<std::string, std::string>& options);
  ~PrefixedOptions();
  PrefixedOptions(PrefixedOptions&&) = delete;
  PrefixedOptions(const PrefixedOptions&) = delete;

  [[nodiscard]] const std::string& prefix() const { return prefix_; }
  /// Names (without prefix) that no PETSc object has asked for since construction. Call after the first solve.
  [[nodiscard]] std::vector<std::string> unused() const;

 private:
  std::string prefix_;
  std::vector<std::string> names_;
};

}  // namespace kindred::petsc
