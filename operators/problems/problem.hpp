#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include <kindred/core/registry/registry.hpp>
#include <kindred/operators/grid/boundary.hpp>
#include <kindred/operators/grid/grid.hpp>
#include <kindred/operators/linear_system.hpp>
#include <kindred/operators/sample.hpp>

namespace kindred {

/// One field that a problem offers to the data set.
struct FieldInfo {
  std::string name;  ///< `u`, `coefficient`, `forcing`, `boundary_x_lo`
  std::string long_name;
  std::string unit = "1";
  bool output = false;  ///< true: computed from the solution; false: an input
  /// The same for every sample of this Problem object (still one row per sample unless the writer drops it). A sweep over a
  /// parameter of such a field rebuilds the Problem, and the field then differs from sample to sample all the same.
  bool constant = false;
  Grid grid;  ///< the whole grid, or one side
};

/// Why a problem cannot be posed as the deck says.
struct Complaint {
  std::string path;  ///< deck value that it is about: `problem.coefficient`
  std::string message;
};

/// Plugin kind `problem`: a family of steady linear problems on a grid.
/// A sample passes through draw → assemble → (solver) → outputs; each is a pure function, thread-safe.
class Problem {
 public:
  virtual ~Problem() = default;
  /// Inputs first, then outputs; the order of `draw` and of `outputs`.
  [[nodiscard]] virtual std::vector<FieldInfo> fields() const = 0;
  /// What would make the samples 0 … count−1 fail, as far as it can be known before they are drawn. Cost: a few grids' worth.
  [[nodiscard]] virtual std::vector<Complaint> complaints(Index /*count*/) const { return {}; }
  /// A random stream of an input field that takes leading coordinates.
  struct RandomStream {
    std::string name;     ///< `problem.coefficient`
    Index variables = 0;  ///< how many coordinates it can use, the largest Index for an infinite series
  };
  /// In the order of the inputs.
  [[nodiscard]] virtual std::vector<RandomStream> random_variables() const { return {}; }
  /// Names of the streams of random_variables().
  [[nodiscard]] std::vector<std::string> random_streams() const;
  /// Input fields of one sample.
  [[nodiscard]] virtual std::vector<Field> draw(const Sample& sample) const = 0;
  [[nodiscard]] virtual LinearSystem assemble(std::span<const Field> inputs) const = 0;
  /// Output fields from the solution vector.
  [[nodiscard]] virtual std::vector<Field> outputs(std::span<const Field> inputs, std::span<const double> solution) const = 0;
};

inline std::vector<std::string> Problem::random_streams() const {
  std::vector<std::string> names;
  for (auto& stream : random_variables()) {
    names.push_back(std::move(stream.name));
  }
  return names;
}

template <>
struct PluginTraits<Problem> {
  static constexpr const char* kind = "problem";
  using Arguments = void(const Domain&);
};

}  // namespace kindred
