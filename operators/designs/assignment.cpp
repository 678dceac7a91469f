#include <kindred/operators/designs/assignment.hpp>

#include <algorithm>

namespace kindred {

CoordinateAssignment::CoordinateAssignment(std::size_t axes, const std::vector<Problem::RandomStream>& streams, Index field_dimensions)
    : axes_(axes) {
  Index longest = 0;
  for (const auto& stream : streams) {
    longest = std::max(longest, std::min(stream.variables, field_dimensions));
  }
  if (longest == 0) {
    return;
  }
  for (const auto& stream : streams) {
    streams_.push_back(stream.name);
  }
  for (Index variable = 0; variable < longest; ++variable) {
    for (std::size_t s = 0; s < streams.size(); ++s) {
      if (variable < std::min(streams[s].variables, field_dimensions)) {
        variables_.push_back({streams[s].name, variable});
        stream_of_.push_back(s);
      }
    }
  }
}

}  // namespace kindred
