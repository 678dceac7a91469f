#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <kindred/core/base/random.hpp>
#include <kindred/core/base/types.hpp>
#include <kindred/core/deck/value.hpp>

namespace kindred {

/// One member of the family: who it is, and the values of its swept parameters.
struct Sample {
  Index index = 0;            ///< 0 … count - 1, whatever the order of solving or of rows
  std::uint32_t attempt = 0;  ///< redraws after failures
  std::uint64_t seed = 0;     ///< of the data set
  struct Assignment {
    std::string path;  ///< full dotted path in the deck
    Value value;
  };
  std::vector<Assignment> parameters;
  /// Coordinates in (0, 1) that a point set gives to a random stream: of the stream's most important random variables, in the order of
  /// their importance. A field takes the others from draws().
  struct Leading {
    std::string stream;
    std::vector<double> coordinates;
  };
  std::vector<Leading> leading;

  /// Empty for a stream that the point set does not serve.
  [[nodiscard]] std::span<const double> leading_coordinates(std::string_view stream) const {
    const auto served = std::find_if(leading.begin(), leading.end(), [&](const Leading& l) { return l.stream == stream; });
    return served != leading.end() ? std::span<const double>(served->coordinates) : std::span<const double>();
  }

  /// Random numbers of the named stream, for this sample and attempt.
  [[nodiscard]] Draws draws(std::string_view stream) const { return Draws(seed, stream, static_cast<std::uint64_t>(index), attempt); }
};

}  // namespace kindred
