#pragma once

#include <kindred/kernels/fftconv/half/fused.hpp>

// The first digit of transforms that are longer than shared memory: through memory, 64 columns at a time, before and after the fused
// kernel has convolved the rows that it leaves. Rows that hold no data are not read, those that are not wanted are not written, and
// values of the digit that a sparse band leaves out are neither.

namespace kindred::fftconv::half {

/// The greatest word of those that thread `thread` of `threads` looks at.
template <class Format>
KINDRED_HOST_DEVICE std::uint32_t greatest_of(const OuterJob& job, Index array, Index thread, Index threads) {
  const Source<Format> source(job.arrays, array);
  std::uint32_t most = 0;
  for (Index i = 8 * thread; i < source.length; i += 8 * threads) {
    most = largest(most, source(i));
  }
  return most;
}

template <class Format_, int tiles_>
struct Outer {
  using Format = Format_;
  static constexpr int tiles = tiles_;
  static constexpr int rows = 16 * tiles;
  static constexpr int log_rows = tiles == 1 ? 4 : tiles == 2 ? 5 : tiles == 4 ? 6 : 7;
  static constexpr int log_width = 6;  ///< of columns that a thread block takes
  static constexpr int warps = 4;      ///< of a thread block, one for 16 columns
  static constexpr int threads = 32 * warps;
  static constexpr int steps = 3;
  static_assert(1 << log_rows == rows && 16 * warps == 1 << log_width);

  struct Place {
    Index array;
    int column;  ///< the first
    Planes<log_width> planes;
  };

  static constexpr std::size_t shared_bytes() { return 4 * static_cast<std::size_t>(Planes<log_width>::numbers(rows)); }

  KINDRED_HOST_DEVICE static Index items(const OuterJob& job) { return job.arrays.batch << (job.log_columns - log_width); }

  KINDRED_HOST_DEVICE static Place place(const OuterJob& job, Index item, std::uint16_t* shared) {
    const int log_tiles = job.log_columns - log_width;
    const auto tile = static_cast<int>(item & ((Index{1} << log_tiles) - 1));
    return {item >> log_tiles, tile << log_width, {shared, shared + Planes<log_width>::numbers(rows)}};
  }

  template <int step, bool back, class Warp>
  KINDRED_HOST_DEVICE static void carry_out(const Warp& warp, const OuterJob& job, const Place& at, int part) {
    const int log_length = job.log_columns + log_rows;
    const float scale = scale_of<Format>(job.largest[at.array], log_length);
    if constexpr (step == 0) {
      warp.each([&](int lane) { back ? load_workspace(job, at, 32 * part + lane) : load(job, at, 32 * part + lane); });
    } else if constexpr (step == 2) {
      warp.each([&](int lane) { back ? store(job, at, 32 * part + lane) : store_workspace(job, at, 32 * part + lane); });
    } else if constexpr (back) {
      const float unscaled = result_scale(scale, job.alpha, job.scales[at.array % job.kernels]);
      const Parts known = {true, job.arrays.out_length > length(job)};
      transform_rows<Format, tiles>(warp, at.planes, job.stage.backward, part, warps, known,
                                    [&](ComplexSum<Warp>& sum, int, int) { multiply_scale<16>(warp, sum, unscaled, known); });
    } else {
      transform_rows<Format, tiles>(warp, at.planes, job.stage.forward, part, warps, {job.arrays.in_length > length(job), true},
                                    [&](ComplexSum<Warp>& sum, int tile, int group) {
                                      multiply_twiddles<false>(warp, sum, job.twiddles, scale, [&](int row) {
                                        return Digits{16 * tile + row, (at.column >> 4) + group};
                                      });
                                    });
    }
  }

 private:
  KINDRED_HOST_DEVICE static Index length(const OuterJob& job) { return Index{1} << (job.log_columns + log_rows); }

  /// f(plane, row, column of the tile), which are 8 numbers, for those that thread `thread` sees to.
  template <class F>
  KINDRED_HOST_DEVICE static void for_quads(int planes, int thread, const F& f) {
    KINDRED_UNROLL_BY(4)
    for (int q = thread; q < planes * rows * 8; q += threads) {
      f(q / (8 * rows), (q / 8) % rows, 8 * (q % 8));
    }
  }
  KINDRED_HOST_DEVICE static Quad* shared_quad(const Place& at, int plane, int row, int column) {
    return reinterpret_cast<Quad*>((plane == 0 ? at.planes.re : at.planes.im) + at.planes.place(row, column));
  }
  KINDRED_HOST_DEVICE static Quad* workspace_quad(const OuterJob& job, const Place& at, int plane, int row, int column) {
    const Index line = (at.array * rows + row) * 2 + plane;
    return reinterpret_cast<Quad*>(job.workspace + (line << job.log_columns) + at.column + column);
  }
  /// Number of the array that a row of the tile begins with.
  KINDRED_HOST_DEVICE static Index first(const OuterJob& job, const Place& at, int plane, int row) {
    return plane * length(job) + (static_cast<Index>(row) << job.log_columns) + at.column;
  }

  KINDRED_HOST_DEVICE static void load(const OuterJob& job, const Place& at, int thread) {
    const Source<Format> source(job.arrays, at.array);
    for_quads(job.arrays.in_length > length(job) ? 2 : 1, thread,
              [&](int plane, int row, int column) { *shared_quad(at, plane, row, column) = source(first(job, at, plane, row) + column); });
  }
  KINDRED_HOST_DEVICE static void store_workspace(const OuterJob& job, const Place& at, int thread) {
    for_quads(2, thread, [&](int plane, int row, int column) {
      if (job.kept(row)) {
        *workspace_quad(job, at, plane, row, column) = *shared_quad(at, plane, row, column);
      }
    });
  }
  KINDRED_HOST_DEVICE static void load_workspace(const OuterJob& job, const Place& at, int thread) {
    for_quads(2, thread, [&](int plane, int row, int column) {
      *shared_quad(at, plane, row, column) = job.kept(row) ? *workspace_quad(job, at, plane, row, column) : Quad{};
    });
  }
  KINDRED_HOST_DEVICE static void store(const OuterJob& job, const Place& at, int thread) {
    const Target<Format> target(job.arrays, at.array);
    for (int line = thread / 8; line < 2 * rows; line += threads / 8) {
      const int plane = line / rows;
      const int row = line % rows;
      const Index begin = first(job, at, plane, row);
      const Index left = target.length - begin;
      target.write(begin, static_cast<int>(left < 1 << log_width ? left : 1 << log_width), thread % 8, 8,
                   [&](int j) { return *shared_quad(at, plane, row, j); });
    }
  }
};

}  // namespace kindred::fftconv::half
