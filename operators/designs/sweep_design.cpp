#include <kindred/operators/designs/sweep_design.hpp>

#include <fmt/format.h>

namespace kindred {

std::vector<Sample::Assignment> SweepDesign::parameters(Index index, std::uint32_t attempt) const {
  std::vector<Sample::Assignment> assignments;
  assignments.reserve(context_.axes.size());
  for (std::size_t axis = 0; axis < context_.axes.size(); ++axis) {
    assignments.push_back({context_.axes[axis].path, value(axis, index, attempt)});
  }
  return assignments;
}

Index required_count(const DesignContext& context, const char* design) {
  if (context.count < 1) {
    throw InputError(fmt::format("the design \"{}\" needs the number of samples: set count in [sweep]", design));
  }
  return context.count;
}

Index fixed_count(const DesignContext& context, Index count, const std::string& reason) {
  if (context.count != 0 && context.count != count) {
    throw InputError(fmt::format("[sweep] asks for count = {}, but {}: leave count out, or set it to {}", context.count, reason, count));
  }
  return count;
}

Draws axis_draws(const DesignContext& context, const std::string& path, Index index, std::uint32_t attempt) {
  return Draws(context.seed, "design:" + path, static_cast<std::uint64_t>(index), attempt);
}

}  // namespace kindred
