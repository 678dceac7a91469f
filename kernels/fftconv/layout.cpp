#include <kindred/kernels/fftconv/layout.hpp>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <utility>

#include <kindred/core/base/error.hpp>

namespace kindred::fftconv {
namespace {

constexpr __int128 greatest = __int128{1} << 62;

/// Extent and stride of the axes of a whole batch.
using Steps = std::vector<std::pair<Index, Index>>;

Index reach(const Steps& steps, const char* name) {
  __int128 sum = 1;
  for (const auto& [extent, stride] : steps) {
    sum += static_cast<__int128>(extent - 1) * (stride < 0 ? -static_cast<__int128>(stride) : stride);
  }
  if (sum > greatest) {
    throw InputError(std::string("Strides ") + name + " of a convolution reach further than 2^62 numbers: make them or the batch smaller");
  }
  return static_cast<Index>(sum);
}

/// Each axis steps over all that the axes of shorter steps reach.
bool nested(Steps steps) {
  std::erase_if(steps, [](const auto& step) { return step.first == 1; });
  std::ranges::sort(steps, {}, [](const auto& step) { return std::abs(step.second); });
  Index covered = 1;
  for (const auto& [extent, stride] : steps) {
    if (std::abs(stride) < covered) {
      return false;
    }
    covered += (extent - 1) * std::abs(stride);
  }
  return true;
}

}  // namespace

Layout layout_of(const Strides& strides, const char* name, const std::vector<Index>& extents, Index batch, Index inputs) {
  const std::size_t axes = extents.size();
  if (!strides.axes.empty() && strides.axes.size() != axes) {
    throw InputError(std::string("Strides ") + name + ".axes of a convolution has " + std::to_string(strides.axes.size()) +
                     " numbers for " + std::to_string(axes) + " axes: give one for each, or none for dense arrays");
  }
  Layout layout;
  Index dense = 1;
  Steps steps;
  for (std::size_t d = axes; d-- > 0;) {
    const std::size_t axis = 3 - axes + d;
    layout.extents[axis] = extents[d];
    layout.strides[axis] = strides.axes.empty() ? dense : strides.axes[d];
    layout.contiguous = layout.contiguous && (extents[d] == 1 || layout.strides[axis] == dense);
    steps.emplace_back(extents[d], layout.strides[axis]);
    dense *= extents[d];
  }
  layout.input = strides.input != 0 ? strides.input : reach(steps, name);
  steps.emplace_back(inputs, layout.input);
  layout.batch = strides.batch != 0 ? strides.batch : reach(steps, name);
  steps.emplace_back(batch, layout.batch);
  layout.reach = reach(steps, name);
  for (const auto& [extent, stride] : steps) {
    layout.origin -= std::min<Index>(stride, 0) * (extent - 1);  // of one number any stride is allowed, the least Index too
  }
  layout.disjoint = nested(std::move(steps));
  return layout;
}

}  // namespace kindred::fftconv
