#pragma once

#include <kindred/kernels/fftconv/cuda/steps.hpp>

// Planes of a three-dimensional spectrum whose last axis alone has been transformed: groups of neighbouring wave numbers of that axis are
// taken out of all pencils, padded, convolved along the other two axes and put back where they were.

namespace kindred::fftconv::device {

/// Group of planes: [periods[0]][planes][periods[1]], so that the rows that have data come first and follow each other, and columns along
/// axis 0 are one batch of transforms. Pencils: [extents[0]][extents[1]][pitch].
struct PlaneGroup {
  Index periods[2] = {1, 1};
  Index planes = 1;
  WideDivisor by_planes;
  Index first = 0;  ///< wave number of plane 0
  Index waves = 1;  ///< of the last axis; planes beyond are zero
  Index pitch = 1;
};

/// A block moves a tile of `width` neighbouring pencils of `depth` planes, so that both sides are read and written in runs.
/// load(), a barrier, store().
template <class Real>
struct PlaneExchange {
  static constexpr int width = 32;
  static constexpr int depth = 8;
  static constexpr int threads = width * depth;
  static constexpr int shared = depth * (width + 1);  ///< numbers

  PlaneGroup group;
  Index extents[2] = {1, 1};
  Complex<Real>* pencils = nullptr;
  Complex<Real>* planes = nullptr;
  bool gather = true;  ///< from pencils to planes, with zeros around them; false: back, what is inside
  Index rows = 1;      ///< along axis 0
  PaddedRows tiling;   ///< of a row: tiles across and deep

  PlaneExchange(const PlaneGroup& group_, Index extent0, Index extent1, Complex<Real>* pencils_, Complex<Real>* planes_, bool gather_)
      : group(group_),
        extents{extent0, extent1},
        pencils(pencils_),
        planes(planes_),
        gather(gather_),
        rows(gather_ ? group_.periods[0] : extent0),
        tiling(((gather_ ? group_.periods[1] : extent1) + width - 1) / width, (group_.planes + depth - 1) / depth, 1, 1) {}

  struct Tile {
    Index i, j, plane;  ///< of its first pencil and plane
  };
  [[nodiscard]] KINDRED_HOST_DEVICE Index tiles() const { return tiling.of_slot() * rows; }
  [[nodiscard]] KINDRED_HOST_DEVICE Tile tile(Index number) const {
    const PaddedRows::Place at = tiling.place(number);
    return {at.slot, at.i * width, at.j * depth};
  }

  KINDRED_HOST_DEVICE void load(Index number, int thread, Complex<Real>* fast) const {
    const Tile at = tile(number);
    const int across = gather ? thread / depth : thread % width;
    const int deep = gather ? thread % depth : thread / width;
    const Complex<Real>* const from = gather ? pencil(at, across, deep) : plane(at, across, deep);
    fast[deep * (width + 1) + across] = from == nullptr ? Complex<Real>{0, 0} : *from;
  }
  KINDRED_HOST_DEVICE void store(Index number, int thread, const Complex<Real>* fast) const {
    const Tile at = tile(number);
    const int across = gather ? thread % width : thread / depth;
    const int deep = gather ? thread / width : thread % depth;
    Complex<Real>* const to = gather ? plane(at, across, deep) : pencil(at, across, deep);
    if (to != nullptr) {
      *to = fast[deep * (width + 1) + across];
    }
  }

 private:
  /// nullptr outside.
  [[nodiscard]] KINDRED_HOST_DEVICE Complex<Real>* pencil(const Tile& at, int across, int deep) const {
    const Index j = at.j + across;
    const Index wave = group.first + at.plane + deep;
    const bool inside = at.i < extents[0] && j < extents[1] && at.plane + deep < group.planes && wave < group.waves;
    return inside ? pencils + (at.i * extents[1] + j) * group.pitch + wave : nullptr;
  }
  [[nodiscard]] KINDRED_HOST_DEVICE Complex<Real>* plane(const Tile& at, int across, int deep) const {
    const Index j = at.j + across;
    const Index p = at.plane + deep;
    return j < group.periods[1] && p < group.planes ? planes + (at.i * group.planes + p) * group.periods[1] + j : nullptr;
  }
};

/// The product with the table, whose strides fit planes: rows of wave numbers of axis 1.
template <class Real, class Factor>
struct MultiplyPlanes {
  PlaneGroup group;
  Complex<Real>* planes = nullptr;
  Table<Factor> table;
  Index kernel = 0;
  bool conjugate = false;

  struct Line {
    const MultiplyPlanes& step;
    Complex<Real>* row;
    const Factor* factors;
    KINDRED_HOST_DEVICE void operator()(Index k) const {
      const TableShape& shape = step.table.shape;
      const Factor factor = factors[shape.fold(1, k) * shape.strides[1]];
      row[k] = row[k] * (step.conjugate ? device::conjugate(factor) : factor);
    }
  };
  [[nodiscard]] KINDRED_HOST_DEVICE Index rows() const { return group.periods[0] * group.planes; }
  [[nodiscard]] KINDRED_HOST_DEVICE Index columns() const { return group.periods[1]; }
  [[nodiscard]] KINDRED_HOST_DEVICE Line line(Index row) const {
    const Index k0 = quotient(row, group.by_planes);
    const Index beyond = group.first + row - k0 * group.planes;
    const Index wave = beyond < group.waves ? beyond : group.waves - 1;  // planes beyond are zero: any factor will do
    return {*this, planes + row * group.periods[1], table.row(k0, 0) + kernel * table.shape.of_kernel + table.column(wave)};
  }
};

/// Planes of an array that is even along axes 0 and 1, from pencils of places up to half the periods.
template <class Real>
struct UnfoldPlanes {
  PlaneGroup group;
  const Complex<Real>* pencils = nullptr;  ///< [periods[0] / 2 + 1][periods[1] / 2 + 1][pitch]
  Complex<Real>* planes = nullptr;

  struct Line {
    const Complex<Real>* from;  ///< nullptr: a plane beyond
    Complex<Real>* to;
    Index period;
    Index pitch;
    KINDRED_HOST_DEVICE void operator()(Index j) const {
      to[j] = from == nullptr ? Complex<Real>{0, 0} : from[(2 * j > period ? period - j : j) * pitch];
    }
  };
  [[nodiscard]] KINDRED_HOST_DEVICE Index rows() const { return group.periods[0] * group.planes; }
  [[nodiscard]] KINDRED_HOST_DEVICE Index columns() const { return group.periods[1]; }
  [[nodiscard]] KINDRED_HOST_DEVICE Line line(Index row) const {
    const Index i = quotient(row, group.by_planes);
    const Index wave = group.first + row - i * group.planes;
    const Index folded = 2 * i > group.periods[0] ? group.periods[0] - i : i;
    const Complex<Real>* const from = pencils + folded * (group.periods[1] / 2 + 1) * group.pitch + wave;
    return {wave < group.waves ? from : nullptr, planes + row * group.periods[1], group.periods[1], group.pitch};
  }
};

/// Transformed planes of a kernel into a folded table.
template <class Real, class Factor>
struct TakePlanes {
  PlaneGroup group;
  const Complex<Real>* planes = nullptr;
  Real scale = 1;
  TableShape shape;
  Factor* to = nullptr;

  struct Line {
    const Complex<Real>* from;
    Factor* to;  ///< nullptr: a plane beyond
    Index stride;
    Real scale;
    KINDRED_HOST_DEVICE void operator()(Index k) const {
      if (to != nullptr) {
        to[k * stride] = factor_of<Factor>(from[k], scale);
      }
    }
  };
  [[nodiscard]] KINDRED_HOST_DEVICE Index rows() const { return shape.extents[0] * group.planes; }
  [[nodiscard]] KINDRED_HOST_DEVICE Index columns() const { return shape.extents[1]; }
  [[nodiscard]] KINDRED_HOST_DEVICE Line line(Index row) const {
    const Index k0 = quotient(row, group.by_planes);
    const Index wave = group.first + row - k0 * group.planes;
    Factor* const at = to + k0 * shape.strides[0] + wave * shape.strides[2];
    return {planes + row * group.periods[1], wave < shape.extents[2] ? at : nullptr, shape.strides[1], scale};
  }
};

}  // namespace kindred::fftconv::device
