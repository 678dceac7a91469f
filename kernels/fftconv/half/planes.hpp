#pragma once

#include <kindred/core/base/types.hpp>
#include <kindred/kernels/fftconv/half/fragments.hpp>

namespace kindred::fftconv::half {

/// The real and the imaginary parts of rows × 2^log_columns complex numbers in shared memory. Rows begin 16 bytes further than dense ones
/// would, and among 16 groups of 8 numbers the last 8 have neighbours exchanged: the 8 rows that ldmatrix reads at once lie in different
/// banks, whether they are a row apart (digits that a stage transforms) or 16 numbers (those of the innermost 256).
template <int log_columns>
struct Planes {
  static constexpr int columns = 1 << log_columns;

  std::uint16_t* re;
  std::uint16_t* im;

  KINDRED_HOST_DEVICE static constexpr int numbers(int rows) { return rows * (columns + 8); }
  KINDRED_HOST_DEVICE static constexpr int place(int row, int column) { return row * (columns + 8) + (column ^ ((column >> 3) & 8)); }
  /// Of the numbers as they follow each other.
  KINDRED_HOST_DEVICE static constexpr int place(int index) { return place(index >> log_columns, index & (columns - 1)); }
};

/// A 16 × columns matrix as a right factor; place(row, column) of its numbers, of which 8 from a multiple of 8 lie together.
template <int columns, class Warp, int log_columns, class Place>
KINDRED_HOST_DEVICE ComplexFragment<Warp> load_right(const Warp& warp, const Planes<log_columns>& from, Parts parts, const Place& place) {
  ComplexFragment<Warp> x;
  const auto row = [&](int lane) { return place(lane & 15, 8 * (lane >> 4)); };
  warp.template load_transposed<columns>(x.re, from.re, row);
  if (parts.right_imaginary) {
    warp.template load_transposed<columns>(x.im, from.im, row);
  }
  return x;
}

/// Rounds and stores a sum.
template <class Format, int columns, class Warp, int log_columns, class Place>
KINDRED_HOST_DEVICE void store_sum(const Warp& warp, const ComplexSum<Warp>& sum, const Planes<log_columns>& to, Parts parts,
                                   const Place& place) {
  warp.each([&](int lane) {
    KINDRED_UNROLL
    for (int i = 0; i < columns / 2; i += 2) {
      const int at = place(sum_row(lane, i), sum_column(lane, i));
      *reinterpret_cast<std::uint32_t*>(to.re + at) = Format::round(sum.re(lane, i), sum.re(lane, i + 1));
      if (parts.sum_imaginary) {
        *reinterpret_cast<std::uint32_t*>(to.im + at) = Format::round(sum.im(lane, i), sum.im(lane, i + 1));
      }
    }
  });
}

/// One stage: the first digit of 16 · tiles rows, in place. Warp `part` of `parts` takes every parts-th group of 16 columns as a whole, so
/// nobody else reads what it writes. The matrix is multiplied from the left; `finish(sum, row tile, group)` works on the fp32 sums before
/// they are rounded (twiddle factors, scale).
/// @param matrix  [row tile][column tile][re, im][lane]
template <class Format, int tiles, class Warp, int log_columns, class Finish>
KINDRED_HOST_DEVICE void transform_rows(const Warp& warp, const Planes<log_columns>& data, const Quad* matrix, int part, int parts,
                                        Parts known, const Finish& finish) {
  for (int group = part; group < data.columns / 16; group += parts) {
    const auto place = [&](int tile) {
      return [&data, first = 16 * tile, column = 16 * group](int i, int j) { return data.place(first + i, column + j); };
    };
    ComplexFragment<Warp> x[tiles];
    KINDRED_UNROLL
    for (int k = 0; k < tiles; ++k) {
      x[k] = load_right<16>(warp, data, known, place(k));
    }
    warp.sync();
    KINDRED_UNROLL_BY(tiles <= 2 ? tiles : 1)
    for (int i = 0; i < tiles; ++i) {
      ComplexSum<Warp> sum;
      clear<8>(warp, sum.re);
      clear<8>(warp, sum.im);
      KINDRED_UNROLL
      for (int k = 0; k < tiles; ++k) {
        multiply<Format, 16, 16>(warp, sum, read_matrix(warp, matrix + (i * tiles + k) * 64), x[k], known);
      }
      finish(sum, i, group);
      store_sum<Format, 16>(warp, sum, data, known, place(i));
    }
  }
}

}  // namespace kindred::fftconv::half
