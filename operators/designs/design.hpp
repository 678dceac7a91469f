#pragma once

#include <cstdint>
#include <vector>

#include <kindred/core/deck/deck.hpp>
#include <kindred/core/registry/registry.hpp>
#include <kindred/operators/sample.hpp>

namespace kindred {

struct DesignContext {
  std::uint64_t seed = 0;
  Index count = 0;  ///< as the deck asks; 0: the design decides (grid, list, csv)
  std::vector<SweepAxis> axes;
};

/// Plugin kind `design`: chooses the swept parameters of every sample.
class Design {
 public:
  virtual ~Design() = default;
  /// Number of samples.
  [[nodiscard]] virtual Index count() const = 0;
  /// Parameter values of one sample; a pure function of (index, attempt).
  [[nodiscard]] virtual std::vector<Sample::Assignment> parameters(Index index, std::uint32_t attempt) const = 0;
  /// Columns in the order in which `parameters` returns them (list and csv add columns beyond the sweep axes).
  [[nodiscard]] virtual std::vector<SweepAxis> columns() const = 0;
};

template <>
struct PluginTraits<Design> {
  static constexpr const char* kind = "design";
  using Arguments = void(const DesignContext&);
};

}  // namespace kindred
