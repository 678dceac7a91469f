#pragma once

#include <limits>
#include <span>
#include <string_view>

#include <kindred/core/registry/registry.hpp>
#include <kindred/operators/grid/grid.hpp>
#include <kindred/operators/sample.hpp>

namespace kindred {

/// Plugin kind `field`: something that gives a function on any grid for every sample. Random fields draw their spectral
/// coefficients in an order that does not depend on the grid, so that one sample is the same function at every resolution.
class RandomField {
 public:
  virtual ~RandomField() = default;
  /// Fills `values` (grid.size()) for one sample; thread-safe, a pure function of its arguments. Random variables come from the sample's
  /// leading coordinates as far as those go, in the order of importance, and from its draws beyond.
  /// @param stream name of the random stream, usually the field's place in the deck: `problem.coefficient`
  virtual void draw(const Grid& grid, const Sample& sample, std::string_view stream, std::span<double> values) const = 0;
  /// Refuses, before any work, what `draw` would refuse on this grid for one of the samples 0 … count−1, as far as that can be known.
  /// @throws InputError
  virtual void require_drawable(const Grid& /*grid*/, Index /*count*/) const {}
  /// A number that every draw reaches or falls below somewhere; +infinity if none is known.
  [[nodiscard]] virtual double reached_minimum(const Grid& /*grid*/) const { return std::numeric_limits<double>::infinity(); }
  /// How many of the field's random variables Sample::leading can give, the largest Index for an infinite series; 0 for fields that are not
  /// random or that take none. The variables' order does not depend on the numbers of cells.
  [[nodiscard]] virtual Index leading_variables(const Grid& /*grid*/) const { return 0; }
  /// True if the values do not depend on the sample.
  [[nodiscard]] virtual bool deterministic() const { return false; }
};

template <>
struct PluginTraits<RandomField> {
  static constexpr const char* kind = "field";
  using Arguments = void();
};

}  // namespace kindred
