#include <kindred/kernels/fftconv/grid/grid_layout.hpp>

#include <algorithm>
#include <array>
#include <bit>

namespace kindred::fftconv {
namespace {

/// Radices of LaneTransform and what a row costs in a pass of each, there and back.
struct Radix {
  Index prime;
  double nanoseconds;
};
constexpr std::array<Radix, 4> radices = {{{2, 1.25}, {3, 2.7}, {5, 4.2}, {7, 4.8}}};

// Nanoseconds for a row of 128 bytes, measured on an AMD EPYC of 2023 with AVX-512.
constexpr double row_in_and_out = 7.0;       ///< of a column: outermost steps and multiplication
constexpr double pencil_row = 6.0;           ///< of a pencil, one way: first pass of SequenceTransform
constexpr double pencil_pass = 0.6;          ///< part of a Radix' cost that the other passes of a pencil take, one way
constexpr double pencil = 60.0;              ///< of a pencil itself, one way
constexpr double near = 1.0, far = 6.0;      ///< of a row moved within the second-level cache, and beyond it
constexpr double near_bytes = 768.0 * 1024;  ///< what this cache holds

constexpr double row_bytes = 128.0;

double touch(double rows) { return rows * row_bytes <= near_bytes ? near : far; }

/// Cost of all passes of a transform there and back, for each row; nothing for other lengths than LaneTransform's.
double passes(Index length) {
  double sum = 0.0;
  for (const Radix& radix : radices) {
    for (; length % radix.prime == 0; length /= radix.prime) {
      sum += radix.nanoseconds;
    }
  }
  return sum;
}

bool is_smooth(Index length) {
  for (const Radix& radix : radices) {
    while (length % radix.prime == 0) {
      length /= radix.prime;
    }
  }
  return length == 1;
}

/// The length from `least` whose transform costs least.
Index cheapest_length(Index least) {
  const auto end = static_cast<Index>(std::bit_ceil(static_cast<std::uint64_t>(least)));
  Index best = end;
  const auto cost = [](Index length) { return static_cast<double>(length) * (row_in_and_out + passes(length)); };
  for (Index a = 1; a < end; a *= 3) {
    for (Index b = a; b < end; b *= 5) {
      for (Index c = b; c < end; c *= 7) {
        const auto twos = static_cast<Index>(std::bit_ceil(static_cast<std::uint64_t>((least + c - 1) / c)));
        best = cost(twos * c) < cost(best) ? twos * c : best;
      }
    }
  }
  return best;
}

/// One period for the whole axis: two residues where each holds all data.
void set_whole(GridAxis& axis) {
  const Index least = least_period(axis);
  const Index longest = std::max(axis.data, axis.outputs);
  const Index period = axis.cyclic ? least : cheapest_length(least);
  axis.residues = !axis.cyclic && period % 2 == 0 && period / 2 >= longest ? 2 : 1;
  axis.length = period / axis.residues;
  axis.block = longest;
}

/// Nanoseconds of a block of the layout's x axis, and so many blocks.
double cost(const GridLayout& layout) {
  const auto rows = static_cast<double>(layout.rows);
  const auto in = static_cast<double>(layout.x.extent());
  const auto out = static_cast<double>(std::min(layout.x.block, layout.x.outputs));
  const auto in_y = static_cast<double>(layout.y.data);
  const auto out_y = static_cast<double>(layout.y.outputs);
  const auto columns = static_cast<double>(layout.y.period());
  const auto period = static_cast<double>(layout.x.period());
  const double sheets = touch(rows * in * in_y);
  const double plane = layout.has_y ? touch(in * columns) : sheets;

  const double z = (in * in_y + out * out_y) * (pencil + rows * (pencil_row + pencil_pass * passes(layout.rows) + sheets));
  const double y = (in + out) * columns * (0.5 * (row_in_and_out + passes(layout.y.period())) + plane) + (in * in_y + out * out_y) * sheets;
  const double x = columns * (period * (row_in_and_out + passes(layout.x.period())) + (in + out) * plane);
  return static_cast<double>(layout.x.blocks(false)) * (z + rows * (x + (layout.has_y ? y : 0.0)));
}

/// Overlap-save along x where it costs less: blocks share what their transforms overlap by.
void set_x(GridLayout& layout) {
  set_whole(layout.x);
  layout.predicted_seconds = 1e-9 * cost(layout);
  GridLayout blocks = layout;
  blocks.x.residues = 1;
  for (Index half = 8; !layout.x.cyclic && half < layout.x.period(); half *= 2) {
    for (const Index length : {2 * half, 3 * half}) {
      blocks.x.length = length;
      blocks.x.block = length - layout.x.taps + 1;
      if (blocks.x.block >= layout.x.taps && blocks.x.block < std::min(layout.x.data, layout.x.outputs)) {
        blocks.predicted_seconds = 1e-9 * cost(blocks);
        if (blocks.predicted_seconds < layout.predicted_seconds) {
          layout = blocks;
        }
      }
    }
  }
}

/// A place of every frequency's row that two passes by the data and two by the sheets, if these are large, move.
double bytes_moved(const GridLayout& layout, double number_bytes) {
  const auto in = static_cast<double>(layout.x.data * layout.y.data);
  const auto out = static_cast<double>(layout.x.outputs * layout.y.outputs);
  const auto sheet_rows = static_cast<double>(layout.sheet_rows());
  const double sheets = sheet_rows * row_bytes <= near_bytes ? 0.0 : 2.0 * static_cast<double>(layout.rows) * row_bytes * (in + out);
  return number_bytes * (in * static_cast<double>(layout.z.data) + out * static_cast<double>(layout.z.outputs)) + sheets;
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
  const Index numbers_in_row = lanes<Real> * (complex_data ? 1 : 2);
  const Index least = (least_period(layout.z) + numbers_in_row - 1) / numbers_in_row;
  layout.rows = layout.z.cyclic ? least : cheapest_length(least);
  layout.z.length = layout.rows * numbers_in_row;
  if (layout.has_y) {
    layout.y = grid_axis(geometry.axes[1], is_smooth(geometry.axes[1].data));
    set_whole(layout.y);
  }
  set_x(layout);

  // Odd pitches spread rows over the sets of the caches.
  layout.sheet_pitch = (layout.x.extent() * layout.y.extent()) | 1;
  layout.plane_pitch = layout.y.period() | 1;
  layout.together = std::clamp<Index>(1024 / layout.rows, 1, 8);
  layout.predicted_bytes = bytes_moved(layout, static_cast<double>(sizeof(Real) * (complex_data ? 2 : 1)));
  return layout;
}

template GridLayout grid_layout<float>(const Geometry&, bool);
template GridLayout grid_layout<double>(const Geometry&, bool);

}  // namespace kindred::fftconv
