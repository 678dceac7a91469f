#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include <kindred/core/registry/registry.hpp>
#include <kindred/operators/linear_system.hpp>
#include <kindred/solvers/report.hpp>
#include <kindred/solvers/sequence/state.hpp>

namespace kindred {

/// Plugin kind `solver`: solves one system after another and may learn from them. One per worker; not thread-safe.
class Solver {
 public:
  virtual ~Solver() = default;
  /// Solves A x = b. `solution` holds the initial guess on entry and the solution on return.
  /// Not converging is reported, not thrown. @throws SolveError if the solve could not be attempted
  virtual SolveReport solve(const LinearSystem& system, std::span<double> solution, SequenceState& state) = 0;
  /// Relative residual ||b - A x|| / ||b|| that the solver aims for.
  [[nodiscard]] virtual double tolerance() const = 0;
  /// ||b - A x|| at which a solve counts as converged whatever the relative residual; 0: only the relative one counts.
  [[nodiscard]] virtual double absolute_tolerance() const { return 0.0; }
  /// Verbatim PETSc options from the deck that nothing has read; meaningful after the first solve.
  [[nodiscard]] virtual std::vector<std::string> unused_options() const { return {}; }
  /// One line for logs and provenance: what is used in the end, e.g. `cg + hypre boomeramg, rtol 1e-08`.
  [[nodiscard]] virtual std::string describe() const = 0;
};

template <>
struct PluginTraits<Solver> {
  static constexpr const char* kind = "solver";
  using Arguments = void();
};

/// Plugin kind `guess`: the initial guess for the next system.
class Guess {
 public:
  virtual ~Guess() = default;
  virtual void fill(const LinearSystem& system, std::span<double> guess, SequenceState& state) = 0;
  /// Called with every converged solution.
  virtual void observe(const LinearSystem& system, std::span<const double> solution, SequenceState& state) = 0;
};

template <>
struct PluginTraits<Guess> {
  static constexpr const char* kind = "guess";
  using Arguments = void();
};

/// What an ordering compares samples by.
struct FeatureRequest {
  enum class Kind {
    none,        ///< nothing: features need not be computed
    parameters,  ///< the swept parameters
    blocks,      ///< input fields, averaged over blocks of cells
    spectrum,    ///< input fields, their lowest cosine coefficients
  };
  Kind kind = Kind::none;
  Index per_field = 64;  ///< at most so many numbers for each input field
};

/// Plugin kind `ordering`: the order in which a chain of samples is solved. Never the order of rows.
class Ordering {
 public:
  virtual ~Ordering() = default;
  /// @param features count × dim, one row per sample; dim may be 0
  /// @returns a permutation of [0, count)
  /// @throws InputError if a feature is not finite
  [[nodiscard]] virtual std::vector<Index> order(MatrixView features) const = 0;
  /// The features that `order` is to be called with.
  [[nodiscard]] virtual FeatureRequest features() const = 0;
};

template <>
struct PluginTraits<Ordering> {
  static constexpr const char* kind = "ordering";
  using Arguments = void();
};

}  // namespace kindred
