#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include <kindred/kernels/fftconv/axis.hpp>
#include <kindred/kernels/fftconv/cuda/steps.hpp>
#include <kindred/kernels/fftconv/layout.hpp>

namespace kindred::fftconv::device {

/// The least 2^a 3^b 5^c 7^d from `least`; even: with a > 0. O(log⁴ least).
Index smooth_length(Index least, bool even);

/// A batch of transforms in the memory of padded arrays: `axes` axes, the last ones of `extents`. Real ones are in place, rows padded to
/// whole complex numbers.
struct Transform {
  int axes = 1;
  std::array<Index, 3> extents = {1, 1, 1};
  Index batch = 1;
  Index distance = 1;  ///< from one to the next, in complex numbers
  Index stride = 1;    ///< within one axis, complex ones alone
  bool real = false;
  bool single = false;  ///< precision
  bool inverse = false;

  auto operator<=>(const Transform&) const = default;
};

/// A convolution over padded arrays.
struct PaddedShape {
  Geometry geometry;
  Layout in;
  Layout out;
  Index batch = 1;
  Index inputs = 1;
  bool per_array = false;
  bool real = true;
  bool single = false;
  bool periodic = false;
  std::array<Index, 3> period = {1, 1, 1};
  Index waves = 1;  ///< numbers of the last axis of a spectrum
  Index pitch = 1;  ///< numbers from one padded row to the next

  /// Complex numbers of a padded array.
  [[nodiscard]] Index slot() const { return period[0] * period[1] * waves; }
  [[nodiscard]] std::size_t number_bytes() const { return (real ? 1U : 2U) * (single ? 4U : 8U); }
  [[nodiscard]] std::size_t slot_bytes() const { return static_cast<std::size_t>(slot()) * (single ? 8U : 16U); }
  [[nodiscard]] Index kernels() const { return per_array ? batch * inputs : inputs; }
  /// Slots of workspace for an array: all inputs, and for the adjoint of several of them the data's spectrum besides.
  [[nodiscard]] Index slots_of_array() const { return inputs > 1 ? inputs + 1 : 1; }
  [[nodiscard]] PaddedRows padded_rows() const { return {period[0], period[1], period[2], pitch}; }
  [[nodiscard]] PaddedRows spectrum_rows() const { return {period[0], period[1], waves, waves}; }
  [[nodiscard]] Transform transform(Index batch_, Index distance, bool inverse) const {
    return {geometry.count, period, batch_, distance, 1, real, single, inverse};
  }
  /// @param planes  kernels' last axis is to be the slowest
  [[nodiscard]] TableShape table(bool folded, bool planes) const;
};

/// @throws InputError as require()
PaddedShape padded_shape(const Description& description, bool real, bool single);

/// Arrays of a chunk: as many as `padded_bytes` hold and 2^31 numbers allow, at least one; chunks of equal size.
Index arrays_of_chunk(const PaddedShape& shape, std::size_t padded_bytes);

/// Planes of a group: a buffer of at most `bytes`, in multiples of PlaneExchange::depth; groups of equal size.
Index planes_of_group(const PaddedShape& shape, std::size_t bytes);

/// Whether all kernels are even along each axis by itself, h_{first + p} = h_{first − p} modulo the period: their transforms are real if
/// they are, and half the wave numbers give the others.
/// @param taps  kernels, each as relevant_taps()
template <class Value>
bool is_even(const PaddedShape& shape, const std::vector<Value>& taps) {
  const std::array<Index, 3> extents = shape.geometry.taps();
  Index inner = product(extents);
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const Index count = extents[axis];
    const Index period = shape.period[axis];
    if (count > period) {
      return false;
    }
    inner /= count;
    for (auto line = taps.begin(); line != taps.end(); line += count * inner) {
      for (Index k = 0; k < count; ++k) {
        const Index mirrored = ((2 * shape.geometry.axes[axis].first - k) % period + period) % period;
        const auto from = line + k * inner;
        const bool even = mirrored < count ? std::equal(from, from + inner, line + mirrored * inner)
                                           : std::all_of(from, from + inner, [](const Value& tap) { return tap == Value(0); });
        if (!even) {
          return false;
        }
      }
    }
  }
  return true;
}

/// The taps that take part of all kernels.
template <class Value>
std::vector<Value> all_relevant_taps(const PaddedShape& shape, std::span<const Value> taps) {
  std::vector<Value> all;
  const auto numbers = static_cast<std::size_t>(product(shape.geometry.kernel));
  for (std::size_t kernel = 0; kernel < taps.size() / numbers; ++kernel) {
    const std::vector<Value> relevant = relevant_taps(shape.geometry, taps.data() + kernel * numbers);
    all.insert(all.end(), relevant.begin(), relevant.end());
  }
  return all;
}

/// Bytes of device memory read and written by one application, tables once for each chunk.
double predicted_bytes_of_arrays(const PaddedShape& shape, bool callbacks, std::size_t table_bytes, Index chunks);
double predicted_bytes_of_planes(const PaddedShape& shape, bool callbacks, std::size_t table_bytes);

}  // namespace kindred::fftconv::device
