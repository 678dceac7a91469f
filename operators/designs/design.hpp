#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <kindred/core/deck/deck.hpp>
#include <kindred/core/registry/registry.hpp>
#include <kindred/operators/problems/problem.hpp>
#include <kindred/operators/sample.hpp>

namespace kindred {

struct DesignContext {
  std::uint64_t seed = 0;
  Index count = 0;  ///< as the deck asks; 0: the design decides (grid, list, csv)
  std::vector<SweepAxis> axes;
  std::vector<Problem::RandomStream> streams = {};  ///< of the random fields
};

/// Samples `first` … `first + count − 1` that go to one split of the data set.
struct SampleRange {
  Index first = 0;
  Index count = 0;
  int split = 0;  ///< 0 train, 1 valid, 2 test
};

/// Plugin kind `design`: chooses the swept parameters of every sample, and coordinates of its random fields.
class Design {
 public:
  virtual ~Design() = default;
  /// Number of samples.
  [[nodiscard]] virtual Index count() const = 0;
  /// Parameter values of one sample; a pure function of (index, attempt).
  [[nodiscard]] virtual std::vector<Sample::Assignment> parameters(Index index, std::uint32_t attempt) const = 0;
  /// Columns in the order in which `parameters` returns them (list and csv add columns beyond the sweep axes).
  [[nodiscard]] virtual std::vector<SweepAxis> columns() const = 0;
  /// Coordinates of the fields' leading variables; likewise a pure function.
  [[nodiscard]] virtual std::vector<Sample::Leading> leading(Index /*index*/, std::uint32_t /*attempt*/) const { return {}; }
  /// True if a larger count leaves the samples as they are.
  [[nodiscard]] virtual bool extensible() const { return false; }
  /// True if samples of different splits are to be points of different replicates: arrange() says which those are, and every split is a
  /// range of samples.
  [[nodiscard]] virtual bool splits_are_replicates() const { return false; }
  /// The splits of all samples, as ranges that follow one another. Called before samples are asked for, if splits_are_replicates().
  virtual void arrange(const std::vector<SampleRange>& /*ranges*/) {}
  /// What a user should know about the choice of points, such as a number of them that spoils their evenness.
  [[nodiscard]] virtual std::vector<std::string> warnings() const { return {}; }
};

template <>
struct PluginTraits<Design> {
  static constexpr const char* kind = "design";
  using Arguments = void(const DesignContext&);
};

}  // namespace kindred
