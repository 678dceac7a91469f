#include <kindred/kernels/fftconv/grid/grid_layout.hpp>

#include <algorithm>
#include <bit>
#include <cmath>

namespace kindred::fftconv {
namespace {

/// Whether LaneTransform has this length.
bool is_smooth(Index length) {
  for (const Index prime : {2, 3, 5, 7}) {
    while (length % prime == 0) {
      length /= prime;
    }
  }
  return length == 1;
}

struct Choice {
  Index residues = 1;
  Index length = 1;
  Index block = 1;
  double cost = 0.0;  ///< in rows passed once through the arithmetic of a radix-2 step, for all outputs
};

/// Row steps of one period: transforms there and back, and rows copied in and out for every residue.
double cost_of(Index residues, Index length, Index in, Index out) {
  const double beyond_cache = length > 192 ? 1.15 : 1.0;
  const double transforms = 2.0 * static_cast<double>(residues * length) * (std::log2(static_cast<double>(length)) + 1.0) * beyond_cache;
  const double copies = static_cast<double>(residues) * static_cast<double>(in + out + std::max<Index>(0, length - in));
  return transforms + 2.0 * copies;
}

template <class Real>
Choice whole_axis(const GridAxis& axis) {
  const Index period = least_period(axis);
  if (axis.cyclic) {
    return {.residues = 1, .length = period, .block = axis.data, .cost = cost_of(1, period, period, period)};
  }
  Choice best{.cost = 1e300};
  for (const Index residues : {1, 2}) {
    const Index length = LaneTransform<Real>::good_length((period + residues - 1) / residues);
    const double cost = cost_of(residues, length, axis.data, axis.outputs);
    if (cost < best.cost) {
      best = {.residues = residues, .length = length, .block = std::max(axis.data, axis.outputs), .cost = cost};
    }
  }
  return best;
}

void set_period(GridAxis& axis, const Choice& choice) {
  axis.residues = choice.residues;
  axis.length = choice.length;
  axis.block = choice.block;
}

template <class Real>
Index sequence_length(const GridAxis& z, bool complex_data) {
  const Index period = least_period(z);
  return z.cyclic ? period : SequenceTransform<Real>::good_length(complex_data ? period : (period + 1) / 2);
}

/// Overlap-save along x: the blocks' transforms of all axes, whose overlap is transformed twice.
/// @param others  cost of the other axes for one row of x
template <class Real>
Choice in_blocks(const GridAxis& x, double others) {
  Choice best{.cost = 1e300};
  const Index longest = std::max(x.data, x.outputs);
  for (Index least = 16; least < longest; least *= 2) {
    const Index length = LaneTransform<Real>::good_length(least);
    const Index block = length - x.taps + 1;
    if (block < x.taps || block >= longest) {
      continue;
    }
    const double count = std::ceil(static_cast<double>(longest) / static_cast<double>(block));
    const double cost = count * (cost_of(1, length, length, block) + others * static_cast<double>(length));
    if (cost < best.cost) {
      best = {.residues = 1, .length = length, .block = block, .cost = cost};
    }
  }
  return best;
}

}  // namespace

template <class Real>
GridLayout grid_layout(const Geometry& geometry, bool complex_data) {
  GridLayout layout;
  layout.has_y = geometry.count == 3;
  const Axis& x = geometry.axes[layout.has_y ? 0 : 1];
  const Axis& z = geometry.axes[2];
  layout.x = grid_axis(x, is_smooth(x.data));
  layout.z = grid_axis(z, complex_data && z.data % lanes<Real> == 0 && is_smooth(z.data / lanes<Real>));
  layout.z.length = sequence_length<Real>(layout.z, complex_data) * (complex_data ? 1 : 2);
  layout.rows = layout.z.length / (complex_data ? 1 : 2) / lanes<Real>;

  double others = 2.0 * (std::log2(static_cast<double>(layout.rows * lanes<Real>)) + 2.0);  // of one row of x and y
  if (layout.has_y) {
    layout.y = grid_axis(geometry.axes[1], is_smooth(geometry.axes[1].data));
    const Choice y = whole_axis<Real>(layout.y);
    set_period(layout.y, y);
    others = (others * static_cast<double>(layout.y.extent()) + y.cost) / static_cast<double>(layout.y.period());
  }
  Choice best = whole_axis<Real>(layout.x);
  best.cost += others * static_cast<double>(std::max(layout.x.data, layout.x.outputs));
  if (!layout.x.cyclic) {
    const Choice blocks = in_blocks<Real>(layout.x, others);
    best = blocks.cost < best.cost ? blocks : best;
  }
  set_period(layout.x, best);

  // Odd pitches spread rows over the sets of the caches.
  layout.sheet_pitch = (layout.x.extent() * layout.y.extent()) | 1;
  layout.plane_pitch = layout.y.period() | 1;
  layout.together = std::clamp<Index>(1024 / layout.rows, 1, 8);
  const double columns = static_cast<double>(layout.rows * layout.y.period());
  layout.predicted_seconds = 6e-9 * columns * best.cost;
  return layout;
}

template GridLayout grid_layout<float>(const Geometry&, bool);
template GridLayout grid_layout<double>(const Geometry&, bool);

}  // namespace kindred::fftconv
