#include <kindred/apps/integrate/random_inputs.hpp>

#include <algorithm>

#include <fmt/format.h>

namespace kindred::app {

RandomInputs::RandomInputs(std::vector<SweepAxis> axes, const std::vector<Problem::RandomStream>& streams, Index most, std::uint64_t seed)
    : axes_(std::move(axes)), seed_(seed) {
  std::size_t next = axes_.size();
  Index longest = 0;
  for (const auto& stream : streams) {
    streams_.push_back({stream.name, {}});
    longest = std::max(longest, std::min(most, stream.variables));
  }
  for (Index variable = 0; variable < longest; ++variable) {
    for (std::size_t s = 0; s < streams.size(); ++s) {
      if (variable < std::min(most, streams[s].variables)) {
        streams_[s].coordinates.push_back(next++);
      }
    }
  }
  dimensions_ = static_cast<int>(next);
}

std::string RandomInputs::coordinate_text(int j) const {
  const auto coordinate = static_cast<std::size_t>(j);
  if (coordinate < axes_.size()) {
    return axes_[coordinate].path;
  }
  for (const Stream& stream : streams_) {
    const auto at = std::find(stream.coordinates.begin(), stream.coordinates.end(), coordinate);
    if (at != stream.coordinates.end()) {
      return fmt::format("{} #{}", stream.name, at - stream.coordinates.begin() + 1);
    }
  }
  return {};
}

Sample RandomInputs::sample(const PointName& name, std::span<const double> point) const {
  Sample sample;
  sample.index = static_cast<Index>(name.number);
  sample.seed = stream_key(seed_, fmt::format("integrate, level {}, replicate {}", name.level, name.replicate));
  for (std::size_t k = 0; k < axes_.size(); ++k) {
    sample.parameters.push_back({axes_[k].path, axes_[k].distribution.quantile(point[k])});
  }
  for (const Stream& stream : streams_) {
    Sample::Leading leading{stream.name, {}};
    leading.coordinates.reserve(stream.coordinates.size());
    for (const std::size_t coordinate : stream.coordinates) {
      leading.coordinates.push_back(point[coordinate]);
    }
    sample.leading.push_back(std::move(leading));
  }
  return sample;
}

}  // namespace kindred::app
