#include <kindred/kernels/fftconv/grid/grid_axis.hpp>

#include <algorithm>

namespace kindred::fftconv {

GridAxis grid_axis(const Axis& axis, bool can_be_cyclic) {
  GridAxis grid{.data = axis.data, .outputs = axis.outputs, .taps = axis.taps, .first = axis.first, .given = axis.taps};
  if (axis.periodic) {
    grid.cyclic = can_be_cyclic;
    grid.continued = !can_be_cyclic;
    grid.taps = can_be_cyclic ? axis.data : 2 * axis.data - 1;
    grid.first = can_be_cyclic ? 0 : axis.data - 1;
  }
  grid.centre = !grid.cyclic && grid.taps % 2 == 1 ? (grid.taps - 1) / 2 : grid.first;
  grid.block = std::max(grid.data, grid.outputs);
  return grid;
}

Index least_period(const GridAxis& axis) {
  return axis.cyclic ? axis.data : least_period(Axis{.data = axis.data, .taps = axis.taps, .first = axis.first, .outputs = axis.outputs});
}

Index GridAxis::extent() const {
  const Index longest = std::max(data, outputs);
  return block < longest ? std::min(longest, block + taps - 1) : longest;
}

Index GridAxis::source(Index k) const {
  const Index from = continued ? (k - centre + data) % data : k;
  return from < given ? from : -1;
}

Index GridAxis::partner(Index k) const {
  if (cyclic) {
    return (taps - k) % taps;
  }
  return taps % 2 == 1 ? taps - 1 - k : -1;
}

Index GridAxis::place(Index k) const { return ((k - centre) % period() + period()) % period(); }

GridAxis::Windows GridAxis::windows(Index block_number, bool adjoint) const {
  const Index inputs = adjoint ? outputs : data;
  const Index begin = block_number * block;
  const Index end = std::min(begin + block, adjoint ? data : outputs);
  // Output i and input j are i − j apart along the axis, and i − j + shift in the period.
  const Index shift = adjoint ? centre - first : first - centre;
  const Index least = adjoint ? begin - first : begin + first - taps + 1;
  const Index greatest = adjoint ? end - 1 + taps - 1 - first : end - 1 + first;
  const Index in_begin = cyclic ? 0 : std::clamp<Index>(least, 0, inputs);
  const Index in_end = cyclic ? inputs : std::clamp<Index>(greatest + 1, 0, inputs);
  const Index origin = blocks(adjoint) == 1 && block >= std::max(data, outputs) ? std::max<Index>(0, -shift) : -least;
  return {.in = {in_begin, in_end - in_begin, in_begin + origin}, .out = {begin, end - begin, begin + origin + shift}};
}

}  // namespace kindred::fftconv
