#pragma once

#include <kindred/core/registry/registry.hpp>
#include <kindred/kernels/qmc/sampler.hpp>

namespace kindred {

/// Plugin kind `point_set`: a set or sequence of points in the unit cube, in any number of dimensions that it has.
class PointSetMaker {
 public:
  virtual ~PointSetMaker() = default;
  /// @throws InputError if it has not so many dimensions, IoError if its file cannot be read
  [[nodiscard]] virtual qmc::PointSet make(int dimensions) const = 0;
};

template <>
struct PluginTraits<PointSetMaker> {
  static constexpr const char* kind = "point_set";
  using Arguments = void();
};

/// The randomisation to take if none is asked for: every point uniform, the set's evenness kept.
qmc::Scramble usual_scramble(const qmc::PointSet& set);

}  // namespace kindred
