#pragma once

#include <string>
#include <vector>

#include <kindred/operators/designs/design.hpp>

namespace kindred {

/// What each coordinate of a point stands for. The first ones are the best of a low-discrepancy set: the swept axes take them, in the order
/// of their paths; then, in turn, the first variable of every random stream, the second of every one, …
class CoordinateAssignment {
 public:
  /// A coordinate of a random stream: variable number `variable`, from 0.
  struct Variable {
    std::string stream;
    Index variable = 0;
  };

  /// @param field_dimensions  most coordinates of one stream
  CoordinateAssignment(std::size_t axes, const std::vector<Problem::RandomStream>& streams, Index field_dimensions);

  [[nodiscard]] int dimensions() const { return static_cast<int>(axes_ + variables_.size()); }
  [[nodiscard]] const std::vector<Variable>& variables() const { return variables_; }
  /// The streams' coordinates among those of a point.
  /// @param coordinate  function of the coordinate's number
  template <class Coordinate>
  [[nodiscard]] std::vector<Sample::Leading> leading(Coordinate coordinate) const {
    std::vector<Sample::Leading> result;
    result.reserve(streams_.size());
    for (const auto& stream : streams_) {
      result.push_back({stream, {}});
    }
    for (std::size_t k = 0; k < variables_.size(); ++k) {
      result[stream_of_[k]].coordinates.push_back(coordinate(static_cast<int>(axes_ + k)));
    }
    return result;
  }

 private:
  std::size_t axes_;
  std::vector<std::string> streams_;    ///< those that have coordinates
  std::vector<Variable> variables_;     ///< of coordinate axes_ + k
  std::vector<std::size_t> stream_of_;  ///< position in streams_
};

}  // namespace kindred
