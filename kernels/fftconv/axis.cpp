#include <kindred/kernels/fftconv/axis.hpp>

#include <algorithm>

namespace kindred::fftconv {

Axis axis_of(Mode mode, Index data, Index kernel) {
  if (mode == Mode::periodic) {
    return {.data = data, .taps = std::min(data, kernel), .outputs = data, .periodic = true};
  }
  const Index first = first_output(mode, data, kernel);
  Index outputs = data;
  if (mode == Mode::full) {
    outputs = data + kernel - 1;
  } else if (mode == Mode::valid) {
    outputs = std::max(data, kernel) - std::min(data, kernel) + 1;
  }
  // y_n meets the taps n − (data − 1) … n.
  const Index skipped = std::max<Index>(0, first - (data - 1));
  const Index taps = std::min(kernel, first + outputs) - skipped;
  return {.data = data, .taps = taps, .skipped = skipped, .first = first - skipped, .outputs = outputs, .periodic = false};
}

Axis adjoint(const Axis& axis) {
  return {.data = axis.outputs,
          .taps = axis.taps,
          .skipped = 0,
          .first = axis.taps - 1 - axis.first,
          .outputs = axis.data,
          .periodic = axis.periodic};
}

Index least_period(const Axis& axis) {
  if (axis.periodic) {
    return axis.data;
  }
  // What wraps around from behind the full convolution must end before the first output, what is wanted must not wrap.
  return std::max({axis.data + axis.taps - 1 - axis.first, axis.first + axis.outputs, axis.data, axis.taps});
}

Geometry geometry_of(const Description& description) {
  Geometry geometry;
  geometry.count = static_cast<int>(description.data.size());
  for (std::size_t d = 0; d < description.data.size(); ++d) {
    const std::size_t axis = 3 - description.data.size() + d;
    geometry.axes[axis] = axis_of(description.mode, description.data[d], description.kernel[d]);
    geometry.kernel[axis] = description.kernel[d];
  }
  return geometry;
}

}  // namespace kindred::fftconv
