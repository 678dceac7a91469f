#pragma once

#include <array>
#include <span>
#include <vector>

#include <kindred/kernels/fftconv/description.hpp>

namespace kindred::fftconv {

/// Where the numbers of a batch of arrays lie, counted from the lowest one.
struct Layout {
  std::array<Index, 3> extents = {1, 1, 1};
  std::array<Index, 3> strides = {0, 0, 1};
  Index batch = 0;
  Index input = 0;
  Index origin = 0;        ///< of element 0 of array 0: what negative strides reach lies before it
  Index reach = 1;         ///< numbers from the lowest to the highest
  bool contiguous = true;  ///< every array is dense, in C order
  bool disjoint = true;    ///< no two elements share a place, as far as can be told from strides that nest

  [[nodiscard]] Index array(Index b, Index j) const { return origin + b * batch + j * input; }
  [[nodiscard]] Index numbers() const { return extents[0] * extents[1] * extents[2]; }
};

/// @throws InputError if the strides are of the wrong number or reach further than 2^62
Layout layout_of(const Strides& strides, const char* name, const std::vector<Index>& extents, Index batch, Index inputs);

}  // namespace kindred::fftconv
