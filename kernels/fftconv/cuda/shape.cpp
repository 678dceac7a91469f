#include <kindred/kernels/fftconv/cuda/shape.hpp>

#include <algorithm>
#include <limits>
#include <type_traits>

#include <kindred/kernels/fftconv/cuda/planes.hpp>

namespace kindred::fftconv::device {
namespace {

constexpr Index most_numbers = (Index{1} << 31U) - 1;  // callbacks count in 31 bits

Index parts(Index total, Index most) { return (total + most - 1) / most; }

}  // namespace

Index smooth_length(Index least, bool even) {
  Index best = std::numeric_limits<Index>::max();
  for (Index seven = 1;; seven *= 7) {
    for (Index five = seven;; five *= 5) {
      for (Index three = five;; three *= 3) {
        Index length = even ? 2 * three : three;
        while (length < least) {
          length *= 2;
        }
        best = std::min(best, length);
        if (three >= least) {
          break;
        }
      }
      if (five >= least) {
        break;
      }
    }
    if (seven >= least) {
      return best;
    }
  }
}

PaddedShape padded_shape(const Description& d, bool real, bool single) {
  require(d);
  PaddedShape shape;
  shape.geometry = geometry_of(d);
  shape.in = layout_of(d.in, "in", d.data, d.batch, d.inputs);
  shape.out = layout_of(d.out, "out", output_extents(d), d.batch, 1);
  shape.batch = d.batch;
  shape.inputs = d.inputs;
  shape.per_array = d.kernel_per_array;
  shape.real = real;
  shape.single = single;
  shape.periodic = d.mode == Mode::periodic;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const Index least = least_period(shape.geometry.axes[axis]);
    const bool even = real && axis == 2 && least > 1;  // transforms of real numbers are those of half as many complex ones
    shape.period[axis] = shape.periodic ? least : smooth_length(least, even);
  }
  shape.waves = real ? shape.period[2] / 2 + 1 : shape.period[2];
  shape.pitch = real ? 2 * shape.waves : shape.waves;
  return shape;
}

TableShape PaddedShape::table(bool folded, bool planes) const {
  TableShape table;
  table.folded = folded;
  table.per_array = per_array;
  table.inputs = inputs;
  for (int axis = 0; axis < 3; ++axis) {
    table.period[axis] = period[static_cast<std::size_t>(axis)];
    table.extents[axis] = folded ? table.period[axis] / 2 + 1 : table.period[axis];
  }
  table.extents[2] = std::min(table.extents[2], waves);
  const Index plane = table.extents[0] * table.extents[1];
  table.strides[0] = table.extents[1] * (planes ? 1 : table.extents[2]);
  table.strides[1] = planes ? 1 : table.extents[2];
  table.strides[2] = planes ? plane : 1;
  table.of_kernel = plane * table.extents[2];
  table.rows = PaddedRows(table.extents[0], table.extents[1], table.extents[2], table.extents[2]);
  return table;
}

Index arrays_of_chunk(const PaddedShape& shape, std::size_t padded_bytes) {
  const auto room = static_cast<Index>(padded_bytes / shape.slot_bytes()) / shape.slots_of_array();
  const Index numbers = 2 * shape.slot() * shape.inputs;
  const Index most = std::max<Index>(1, std::min({room, most_numbers / numbers, shape.batch}));
  return parts(shape.batch, parts(shape.batch, most));
}

Index planes_of_group(const PaddedShape& shape, std::size_t bytes) {
  constexpr Index depth = PlaneExchange<double>::depth;
  const std::size_t plane = shape.slot_bytes() / static_cast<std::size_t>(shape.waves);
  const Index most = std::max<Index>(1, static_cast<Index>(bytes / plane) / depth) * depth;
  const Index even = parts(shape.waves, parts(shape.waves, most));
  return parts(even, depth) * depth;
}

double predicted_bytes_of_arrays(const PaddedShape& shape, bool callbacks, std::size_t table_bytes, Index chunks) {
  const auto number = static_cast<double>(shape.number_bytes());
  const double data = number * static_cast<double>(product(shape.geometry.data()));
  const double output = number * static_cast<double>(product(shape.geometry.outputs()));
  const auto padded = static_cast<double>(shape.slot_bytes());
  const auto inputs = static_cast<double>(shape.inputs);
  const double there = inputs * (data + padded + (callbacks ? 0.0 : 2.0 * padded));  // pad; transform
  const double product_ = callbacks ? inputs * padded : (inputs + 1.0) * padded;
  const double back = callbacks ? output : 2.0 * padded + 2.0 * output;  // transform; crop
  return static_cast<double>(shape.batch) * (there + product_ + back) + static_cast<double>(chunks) * static_cast<double>(table_bytes);
}

double predicted_bytes_of_planes(const PaddedShape& shape, bool callbacks, std::size_t table_bytes) {
  const auto number = static_cast<double>(shape.number_bytes());
  const auto pencil = static_cast<double>(shape.waves) * (shape.single ? 8.0 : 16.0);
  const auto& axes = shape.geometry.axes;
  const double there = pencil * static_cast<double>(axes[0].data * axes[1].data);
  const double back = pencil * static_cast<double>(axes[0].outputs * axes[1].outputs);
  const double data = number * static_cast<double>(product(shape.geometry.data()));
  const double output = number * static_cast<double>(product(shape.geometry.outputs()));
  const double transforms = data + there + back + output + (callbacks ? 0.0 : 2.0 * there + back + output);
  return static_cast<double>(shape.batch) * (transforms + there + back + static_cast<double>(table_bytes));
}

}  // namespace kindred::fftconv::device
