#pragma once

#include <kindred/kernels/fftconv/cuda/arrays.hpp>
#include <kindred/kernels/qmc/unroll.hpp>

// What is done to padded arrays and their spectra between the transforms. A step is a number of rows times a number of columns, which the
// threads of a grid take in any sequence: line(row) for what belongs to a row, and line(row)(column) for one number, that no other touches.

namespace kindred::fftconv::device {

/// Caller's arrays into padded ones.
template <class Number>
struct Pad {
  Source<Number> source;
  PaddedRows padded;
  Index slots = 1;
  Number* to = nullptr;

  struct Line {
    typename Source<Number>::Row from;
    Number* to;
    KINDRED_HOST_DEVICE void operator()(Index i) const { to[i] = from(i); }
  };
  [[nodiscard]] KINDRED_HOST_DEVICE Index rows() const { return slots * padded.of_slot(); }
  [[nodiscard]] KINDRED_HOST_DEVICE Index columns() const { return padded.columns; }
  [[nodiscard]] KINDRED_HOST_DEVICE Line line(Index row) const {
    const PaddedRows::Place at = padded.place(row);
    return {source.row(at.slot, at.i, at.j), to + row * padded.pitch};
  }
};

/// Padded arrays into the caller's. Slot s of the target is slot s · slot_step of the padded ones.
template <class Number>
struct Crop {
  const Number* from = nullptr;
  PaddedRows padded;
  Index slot_step = 1;
  Target<Number> target;
  PaddedRows inner;  ///< rows of the target

  Crop(const Number* from_, const PaddedRows& padded_, Index slot_step_, const Target<Number>& target_)
      : from(from_),
        padded(padded_),
        slot_step(slot_step_),
        target(target_),
        inner(target_.places.extents[0], target_.places.extents[1], target_.places.extents[2], target_.places.extents[2]) {}

  struct Line {
    const Number* from;
    typename Target<Number>::Row to;
    KINDRED_HOST_DEVICE void operator()(Index i) const { to(i, from[i]); }
  };
  [[nodiscard]] KINDRED_HOST_DEVICE Index rows() const { return target.places.count * target.places.inputs * inner.of_slot(); }
  [[nodiscard]] KINDRED_HOST_DEVICE Index columns() const { return inner.columns; }
  [[nodiscard]] KINDRED_HOST_DEVICE Line line(Index row) const {
    const PaddedRows::Place at = inner.place(row);
    return {from + ((at.slot * slot_step * padded.rows[0] + at.i) * padded.rows[1] + at.j) * padded.pitch, target.row(at.slot, at.i, at.j)};
  }
};

/// Kernels for the circular convolution of the padded period: tap k at (k − first) modulo the period along every axis, so that output n
/// comes at n. Taps that meet are added. `padded` may be the first rows alone.
template <class Number>
struct PlaceTaps {
  const Number* taps = nullptr;
  Index extents[3] = {1, 1, 1};
  Index first[3] = {0, 0, 0};  ///< below the period
  Index periods[3] = {1, 1, 1};
  Index kernels = 1;
  PaddedRows padded;
  Index slots = 1;
  Number* to = nullptr;

  struct Line {
    const PlaceTaps& step;
    PaddedRows::Place at;
    Number* to;
    KINDRED_HOST_DEVICE static Index wrapped(Index k, Index period) { return k < period ? k : k - period; }
    KINDRED_HOST_DEVICE void operator()(Index column) const {
      Number sum{};
      if (at.slot < step.kernels) {
        const Index(&periods)[3] = step.periods;
        for (Index i = wrapped(at.i + step.first[0], periods[0]); i < step.extents[0]; i += periods[0]) {
          for (Index j = wrapped(at.j + step.first[1], periods[1]); j < step.extents[1]; j += periods[1]) {
            for (Index k = wrapped(column + step.first[2], periods[2]); k < step.extents[2]; k += periods[2]) {
              sum = sum + step.taps[((at.slot * step.extents[0] + i) * step.extents[1] + j) * step.extents[2] + k];
            }
          }
        }
      }
      to[column] = sum;
    }
  };
  [[nodiscard]] KINDRED_HOST_DEVICE Index rows() const { return slots * padded.of_slot(); }
  [[nodiscard]] KINDRED_HOST_DEVICE Index columns() const { return padded.columns; }
  [[nodiscard]] KINDRED_HOST_DEVICE Line line(Index row) const { return {*this, padded.place(row), to + row * padded.pitch}; }
};

/// The transforms of kernels, divided by the number of places of a period. Of kernels that are even along every axis only wave numbers up
/// to half the period are kept, and of real ones among these only real parts.
struct TableShape {
  Index period[3] = {1, 1, 1};
  Index extents[3] = {1, 1, 1};
  Index strides[3] = {0, 0, 1};
  Index of_kernel = 1;  ///< numbers from one kernel to the next
  PaddedRows rows;      ///< of all kernels
  bool folded = false;
  bool per_array = false;
  Index inputs = 1;

  [[nodiscard]] KINDRED_HOST_DEVICE Index fold(int axis, Index k) const { return folded && 2 * k > period[axis] ? period[axis] - k : k; }
  [[nodiscard]] KINDRED_HOST_DEVICE Index kernel(Index array, Index input) const { return per_array ? array * inputs + input : input; }
};

/// Factor: Complex<Real>, or Real for even real kernels.
template <class Factor>
struct Table {
  const Factor* values = nullptr;
  TableShape shape;

  [[nodiscard]] KINDRED_HOST_DEVICE const Factor* row(Index k0, Index k1) const {
    return values + shape.fold(0, k0) * shape.strides[0] + shape.fold(1, k1) * shape.strides[1];
  }
  [[nodiscard]] KINDRED_HOST_DEVICE Index column(Index k2) const { return shape.fold(2, k2) * shape.strides[2]; }
};

/// What a table keeps of a number of a spectrum.
template <class Factor, class Real>
KINDRED_HOST_DEVICE Factor factor_of(Complex<Real> value, Real scale) {
  if constexpr (sizeof(Factor) == sizeof(Real)) {
    return value.re * scale;
  } else {
    return value * scale;
  }
}

/// Spectra of placed kernels into a table.
template <class Real, class Factor>
struct TakeTable {
  const Complex<Real>* spectra = nullptr;
  Index spectrum[3] = {1, 1, 1};  ///< extents
  Index kernels = 1;
  Real scale = 1;
  TableShape shape;
  Factor* to = nullptr;

  struct Line {
    const Complex<Real>* from;
    Factor* to;
    Index stride;
    Real scale;
    KINDRED_HOST_DEVICE void operator()(Index k) const { to[k * stride] = factor_of<Factor>(from[k], scale); }
  };
  [[nodiscard]] KINDRED_HOST_DEVICE Index rows() const { return kernels * shape.rows.of_slot(); }
  [[nodiscard]] KINDRED_HOST_DEVICE Index columns() const { return shape.extents[2]; }
  [[nodiscard]] KINDRED_HOST_DEVICE Line line(Index row) const {
    const PaddedRows::Place at = shape.rows.place(row);
    return {spectra + ((at.slot * spectrum[0] + at.i) * spectrum[1] + at.j) * spectrum[2],
            to + at.slot * shape.of_kernel + at.i * shape.strides[0] + at.j * shape.strides[1], shape.strides[2], scale};
  }
};

/// Which spectra make which: y_{b,o} = Σ_{t < terms} T_{kernel(b, o + t)} x_{b,t}, for all arrays b and outputs o < outputs. One of `terms`
/// and `outputs` is 1: a sum over inputs, or the adjoint's several outputs.
struct ProductShape {
  PaddedRows spectrum;
  Index arrays = 1;       ///< that have data; what is beyond them is left alone
  Index first_array = 0;  ///< in the batch, for kernels of their own
  Index terms = 1;
  Index outputs = 1;
  WideDivisor by_outputs;
  bool conjugate = false;

  [[nodiscard]] KINDRED_HOST_DEVICE Index numbers() const { return spectrum.of_slot() * spectrum.columns; }
};

/// A thread reads a factor once for a tile of arrays.
template <class Real, class Factor>
struct Multiply {
  static constexpr int tile = 8;
  const Complex<Real>* from = nullptr;  ///< [arrays][terms][spectrum]
  Complex<Real>* to = nullptr;          ///< [arrays][outputs · out_step][spectrum]; may be `from` where one term makes one output, or with
  Index out_step = 1;                   ///< out_step = terms
  ProductShape shape;
  Table<Factor> table;

  struct Line {
    const Multiply& step;
    Index array;
    Index output;
    Index offset;           ///< of the row in its spectrum
    const Factor* factors;  ///< row of kernel 0

    KINDRED_HOST_DEVICE void operator()(Index k) const {
      const ProductShape& shape = step.shape;
      const Index numbers = shape.numbers();
      const Complex<Real>* const from = step.from + array * shape.terms * numbers + offset + k;
      const Factor* const at = factors + step.table.column(k);
      const Index count = shape.arrays - array;
      Complex<Real> sums[tile] = {};
      for (Index t = 0; t < shape.terms; ++t) {
        Factor factor = at[step.table.shape.kernel(shape.first_array + array, output + t) * step.table.shape.of_kernel];
        KINDRED_UNROLL
        for (int b = 0; b < tile; ++b) {
          if (b < count) {
            if (b > 0 && step.table.shape.per_array) {
              factor = at[step.table.shape.kernel(shape.first_array + array + b, output + t) * step.table.shape.of_kernel];
            }
            sums[b] = sums[b] + from[(b * shape.terms + t) * numbers] * (shape.conjugate ? device::conjugate(factor) : factor);
          }
        }
      }
      Complex<Real>* const to = step.to + (array * shape.outputs + output) * step.out_step * numbers + offset + k;
      KINDRED_UNROLL
      for (int b = 0; b < tile; ++b) {
        if (b < count) {
          to[b * shape.outputs * step.out_step * numbers] = sums[b];
        }
      }
    }
  };
  [[nodiscard]] KINDRED_HOST_DEVICE Index rows() const {
    return (shape.arrays + tile - 1) / tile * shape.outputs * shape.spectrum.of_slot();
  }
  [[nodiscard]] KINDRED_HOST_DEVICE Index columns() const { return shape.spectrum.columns; }
  [[nodiscard]] KINDRED_HOST_DEVICE Line line(Index row) const {
    const PaddedRows::Place at = shape.spectrum.place(row);
    const Index group = quotient(at.slot, shape.by_outputs);
    return {*this, group * tile, at.slot - group * shape.outputs, (at.i * shape.spectrum.rows[1] + at.j) * shape.spectrum.columns,
            table.row(at.i, at.j)};
  }
};

}  // namespace kindred::fftconv::device
