#pragma once

#include <cstdint>

#include <kindred/kernels/fftconv/cuda/divisor.hpp>
#include <kindred/kernels/fftconv/cuda/element.hpp>
#include <kindred/kernels/fftconv/layout.hpp>

namespace kindred::fftconv::device {

/// Places of the numbers of the caller's arrays, as Layout; arrays `first` … `first + count − 1` of the batch.
struct Places {
  Index extents[3] = {1, 1, 1};
  Index strides[3] = {0, 0, 1};
  Index batch = 0;
  Index input = 0;
  Index origin = 0;
  Index inputs = 1;
  WideDivisor by_inputs;
  Index count = 1;

  Places() = default;
  Places(const Layout& layout, Index inputs_, Index first, Index count_)
      : batch(layout.batch), input(layout.input), origin(layout.array(first, 0)), inputs(inputs_), by_inputs(inputs_), count(count_) {
    for (int axis = 0; axis < 3; ++axis) {
      extents[axis] = layout.extents[static_cast<std::size_t>(axis)];
      strides[axis] = layout.strides[static_cast<std::size_t>(axis)];
    }
  }

  /// Whether row (i, j) of a slot, which is array · inputs + input, has numbers.
  [[nodiscard]] KINDRED_HOST_DEVICE bool has_row(Index slot, Index i, Index j) const {
    return slot < count * inputs && i < extents[0] && j < extents[1];
  }
  [[nodiscard]] KINDRED_HOST_DEVICE Index row(Index slot, Index i, Index j) const {
    const Index array = inputs == 1 ? slot : quotient(slot, by_inputs);
    return origin + array * batch + (slot - array * inputs) * input + i * strides[0] + j * strides[1];
  }
};

/// What is read: numbers of arrays times those of a gate, zeros around them.
template <class Number>
struct Source {
  const Number* data = nullptr;
  const Number* gate = nullptr;
  Places places;

  struct Row {
    const Number* data;
    const Number* gate;
    Index stride;
    Index length;

    KINDRED_HOST_DEVICE Number operator()(Index i) const {
      if (i >= length) {
        return Number{};
      }
      const Number value = data[i * stride];
      return gate == nullptr ? value : value * gate[i * stride];
    }
  };
  [[nodiscard]] KINDRED_HOST_DEVICE Row row(Index slot, Index i, Index j) const {
    if (!places.has_row(slot, i, j)) {
      return {nullptr, nullptr, 0, 0};
    }
    const Index at = places.row(slot, i, j);
    return {data + at, gate == nullptr ? nullptr : gate + at, places.strides[2], places.extents[2]};
  }
};

/// What is written: out ← alpha · gate · value + beta · out, inside the arrays.
template <class Number>
struct Target {
  Number* data = nullptr;
  const Number* gate = nullptr;
  Number alpha{};
  Number beta{};
  Places places;

  struct Row {
    Number* data;
    const Number* gate;
    Number alpha;
    Number beta;
    Index stride;
    Index length;

    KINDRED_HOST_DEVICE void operator()(Index i, Number value) const {
      if (i >= length) {
        return;
      }
      Number& to = data[i * stride];
      Number result = alpha * (gate == nullptr ? value : value * gate[i * stride]);
      if (!is_zero(beta)) {
        result = result + beta * to;
      }
      to = result;
    }
  };
  [[nodiscard]] KINDRED_HOST_DEVICE Row row(Index slot, Index i, Index j) const {
    if (!places.has_row(slot, i, j)) {
      return {nullptr, nullptr, alpha, beta, 0, 0};
    }
    const Index at = places.row(slot, i, j);
    return {data + at, gate == nullptr ? nullptr : gate + at, alpha, beta, places.strides[2], places.extents[2]};
  }
};

/// Rows of padded arrays, one slot after another: [slots][rows[0]][rows[1]][pitch].
struct PaddedRows {
  Index rows[2] = {1, 1};
  Index columns = 1;  ///< of a row, those that matter
  Index pitch = 1;    ///< numbers from one row to the next
  WideDivisor by_rows[2];

  PaddedRows() = default;
  PaddedRows(Index rows0, Index rows1, Index columns_, Index pitch_)
      : rows{rows0, rows1}, columns(columns_), pitch(pitch_), by_rows{WideDivisor(rows0), WideDivisor(rows1)} {}

  struct Place {
    Index slot, i, j;
  };
  [[nodiscard]] KINDRED_HOST_DEVICE Place place(Index row) const {
    const Index ij = quotient(row, by_rows[1]);
    const Index slot = quotient(ij, by_rows[0]);
    return {slot, ij - slot * rows[0], row - ij * rows[1]};
  }
  [[nodiscard]] KINDRED_HOST_DEVICE Index of_slot() const { return rows[0] * rows[1]; }
};

}  // namespace kindred::fftconv::device
