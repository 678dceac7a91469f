#pragma once

#include <kindred/kernels/fftconv/half/arrays.hpp>
#include <kindred/kernels/fftconv/half/planes.hpp>
#include <kindred/kernels/fftconv/half/shape.hpp>

// The convolution of a block in shared memory: y = Re/Im of F^-1 (H · F z), z_j = x_j + i x_{j+M}, with frequencies shifted by −1/4 (see
// engine/sequence_transform.hpp) and in digit order. Steps between which the warps of a transform wait for each other. One transform never
// reads what belongs to another.

namespace kindred::fftconv::half {

/// sum ← scale · sum · twiddle factors; digits(row) tells of a row of the 16 its k, and m of the factors' table.
struct Digits {
  int k;
  int m;
};
template <bool conjugate, class Warp, class RowDigits>
KINDRED_HOST_DEVICE void multiply_twiddles(const Warp& warp, ComplexSum<Warp>& sum, const Twiddles& twiddles, float scale,
                                           const RowDigits& digits) {
  warp.each([&](int lane) {
    KINDRED_UNROLL
    for (int h = 0; h < 2; ++h) {
      const Digits at = digits(sum_row(lane, 2 * h));
      Complex high = read(twiddles.high + static_cast<Index>(at.k) * twiddles.high_count + at.m);
      high = {scale * high.re, scale * high.im};
      KINDRED_UNROLL
      for (int j = 0; j < 2; ++j) {
        const auto low = read(reinterpret_cast<const ComplexPair*>(twiddles.low + 16 * at.k + sum_column(lane, 4 * j)));
        KINDRED_UNROLL
        for (int e = 0; e < 2; ++e) {
          const int i = 4 * j + 2 * h + e;
          const Complex x = product({sum.re(lane, i), sum.im(lane, i)}, product(high, low.number[e]), conjugate);
          sum.re(lane, i) = x.re;
          sum.im(lane, i) = x.im;
        }
      }
    }
  });
}

/// Where it is wanted.
template <int columns, class Warp>
KINDRED_HOST_DEVICE void multiply_scale(const Warp& warp, ComplexSum<Warp>& sum, float scale, Parts wanted) {
  warp.each([&](int lane) {
    KINDRED_UNROLL
    for (int i = 0; i < columns / 2; ++i) {
      sum.re(lane, i) = scale * sum.re(lane, i);
      if (wanted.sum_imaginary) {
        sum.im(lane, i) = scale * sum.im(lane, i);
      }
    }
  });
}

/// The innermost two digits of a block, 16 × columns numbers, in registers from the first product to the last. Block k_1 (the values of
/// the digits before, s their shift, r their number) has the frequencies k_1 + s + r (k_a + 16 k_b): the factors
/// exp(−2πi (k_1 + s) n / M), n = columns n_a + n_b, that the stage before would owe to them are in its matrices,
///   first  exp(−2πi n_a (k_a + (k_1 + s) / r) / 16),   last  exp(−2πi n_b (k_b + (k_1 + s) / (16 r)) / columns),
/// and what is left between the two is the same for all: exp(−2πi n_b k_a / (16 columns)).
template <class Format, int columns, class Warp>
struct Core {
  const Warp& warp;
  const CoreTables& tables;
  int block;

  /// @param spectrum  the block's: [columns / 8][lane]
  KINDRED_HOST_DEVICE ComplexSum<Warp> convolve(const ComplexFragment<Warp>& x, Parts known, float scale, const Quad* spectrum,
                                                bool conjugate, bool half_band) const {
    ComplexSum<Warp> sum;
    clear<8>(warp, sum.re);
    clear<8>(warp, sum.im);
    multiply<Format, columns, 16>(warp, sum, matrix(tables.first), x, {known.right_imaginary, true});
    multiply_factors<columns>(sum, tables.twiddles, scale);
    const auto left = rounded<Format, columns, false>(warp, sum);
    sum = half_band ? multiply_spectrum<8>(left, spectrum, conjugate) : multiply_spectrum<columns>(left, spectrum, conjugate);
    multiply_factors<16>(sum, tables.twiddles_back, 1.0F);
    const auto right = rounded<Format, 16, true>(warp, sum);
    clear<8>(warp, sum.re);
    clear<8>(warp, sum.im);
    multiply<Format, columns, 16>(warp, sum, matrix(tables.first_adjoint), right, {true, known.sum_imaginary});
    return sum;
  }

 private:
  KINDRED_HOST_DEVICE ComplexFragment<Warp> matrix(const Quad* table) const { return read_matrix(warp, table + 64 * block); }

  /// sum ← scale · sum · factors. @param factors  [4][lane]
  template <int numbers>
  KINDRED_HOST_DEVICE void multiply_factors(ComplexSum<Warp>& sum, const Complex* factors, float scale) const {
    const auto* pairs = reinterpret_cast<const ComplexPair*>(factors);
    warp.each([&](int lane) {
      KINDRED_UNROLL
      for (int i = 0; i < numbers / 2; i += 2) {
        const ComplexPair pair = read_again(pairs + 16 * i + lane);
        KINDRED_UNROLL
        for (int e = 0; e < 2; ++e) {
          const Complex x = product({scale * sum.re(lane, i + e), scale * sum.im(lane, i + e)}, pair.number[e]);
          sum.re(lane, i + e) = x.re;
          sum.im(lane, i + e) = x.im;
        }
      }
    });
  }

  /// The last digit there and back, of whose values the first `band` are kept.
  template <int band>
  KINDRED_HOST_DEVICE ComplexSum<Warp> multiply_spectrum(const ComplexFragment<Warp>& left, const Quad* spectrum, bool conjugate) const {
    ComplexSum<Warp> sum;
    clear<8>(warp, sum.re);
    clear<8>(warp, sum.im);
    multiply<Format, band, columns>(warp, sum, left, matrix(tables.last));
    warp.each([&](int lane) {
      KINDRED_UNROLL
      for (int j = 0; j < band / 8; ++j) {
        const Quad h = read(spectrum + 32 * j + lane);
        KINDRED_UNROLL
        for (int e = 0; e < 4; ++e) {
          const int i = 4 * j + e;
          const Complex value = {low_value<Fp16>(h.word[e]), high_value<Fp16>(h.word[e])};
          const Complex x = product({sum.re(lane, i), sum.im(lane, i)}, value, conjugate);
          sum.re(lane, i) = x.re;
          sum.im(lane, i) = x.im;
        }
      }
    });
    const auto right = rounded<Format, band, true>(warp, sum);
    clear<8>(warp, sum.re);
    clear<8>(warp, sum.im);
    multiply<Format, 16, band>(warp, sum, matrix(tables.last_adjoint), right);
    return sum;
  }
};

/// The convolution of 2^log_length complex numbers.
template <class Format_, int log_length>
struct Fused {
  using Format = Format_;
  static constexpr FusedShape shape = {log_length};
  static constexpr int length = 1 << log_length;
  static constexpr int columns = shape.columns();
  static constexpr bool staged = shape.staged();
  static constexpr int warps = shape.warps();
  static constexpr int steps = staged ? 5 : 3;
  /// Thread blocks of a multiprocessor, which leave 80 registers to a thread, or 128.
  static constexpr int resident = shape.tiles() == 1 ? 6 : 16 / warps;
  using Numbers = Planes<shape.log_columns()>;

  /// A transform: one block of one array, in its part of shared memory.
  struct Place {
    Index array;
    Index block;
    Numbers planes;
    std::uint32_t* largest;  ///< one for each warp
  };

  /// Of a transform.
  static constexpr std::size_t shared_bytes = 4 * static_cast<std::size_t>(Numbers::numbers(shape.rows())) + 32;

  /// Transform number `item` in the memory at `shared`, aligned to 16 bytes.
  KINDRED_HOST_DEVICE static Place place(const FusedJob& job, Index item, std::uint16_t* shared) {
    constexpr int plane = Numbers::numbers(shape.rows());
    const Index array = item / job.arrays.blocks;
    return {array, item - array * job.arrays.blocks, {shared, shared + plane}, reinterpret_cast<std::uint32_t*>(shared + 2 * plane)};
  }

  KINDRED_HOST_DEVICE static bool left_out(const FusedJob& job, const Place& at) {
    return job.spectrum_per_block && !job.kept(static_cast<int>(at.block));
  }

  /// The share of warp `part`.
  template <int step, class Warp>
  KINDRED_HOST_DEVICE static void carry_out(const Warp& warp, const FusedJob& job, const Place& at, int part) {
    if constexpr (step == 0) {
      load(warp, job, at, part);
    } else if constexpr (step == steps - 1) {
      store(warp, job, at, part);
    } else if constexpr (step == steps / 2) {
      middle(warp, job, at, part);
    } else if constexpr (step == 1) {
      forward(warp, job, at, part);
    } else {
      backward(warp, job, at, part);
    }
  }

 private:
  /// Whether a block has numbers in the second half of its period, or such are wanted of it.
  KINDRED_HOST_DEVICE static bool has_imaginary(const FusedJob& job, const Place& at) {
    return job.arrays.start + at.block * job.arrays.hop + length < job.arrays.in_length;
  }
  KINDRED_HOST_DEVICE static int wanted(const FusedJob& job, const Place& at) {
    const Index left = job.arrays.out_length - at.block * job.arrays.hop;
    return static_cast<int>(left < job.arrays.hop ? left : job.arrays.hop);
  }
  KINDRED_HOST_DEVICE static bool wants_imaginary(const FusedJob& job, const Place& at) {
    return job.arrays.from + wanted(job, at) > length;
  }

  KINDRED_HOST_DEVICE static float scale(const Place& at) {
    std::uint32_t most = 0;
    KINDRED_UNROLL
    for (int i = 0; i < warps; ++i) {
      most = at.largest[i] > most ? at.largest[i] : most;
    }
    return scale_of<Format>(most, log_length);
  }
  /// What results are multiplied by.
  KINDRED_HOST_DEVICE static float unscale(const FusedJob& job, const Place& at) {
    return result_scale(scale(at), job.alpha, job.scales == nullptr ? 1.0F : job.scales[at.array % job.kernels]);
  }

  template <class Warp>
  KINDRED_HOST_DEVICE static void load(const Warp& warp, const FusedJob& job, const Place& at, int part) {
    const Source<Format> source(job.arrays, at.array);
    const Index first = job.arrays.start + at.block * job.arrays.hop;
    const int count = has_imaginary(job, at) ? 2 * length : length;
    typename Warp::template Registers<std::uint32_t, 1> most;
    warp.each([&](int lane) {
      most(lane, 0) = 0;
      KINDRED_UNROLL_BY(4)
      for (int j = 8 * (32 * part + lane); j < count; j += 256 * warps) {
        const Quad numbers = source(first + j);
        most(lane, 0) = largest(most(lane, 0), numbers);
        *reinterpret_cast<Quad*>((j < length ? at.planes.re : at.planes.im) + at.planes.place(j & (length - 1))) = numbers;
      }
    });
    const std::uint32_t greatest = warp.largest(most);
    warp.each([&](int lane) {
      if (lane == 0) {
        at.largest[part] = greatest;
      }
    });
  }

  template <class Warp>
  KINDRED_HOST_DEVICE static void forward(const Warp& warp, const FusedJob& job, const Place& at, int part) {
    const float scaled = scale(at);
    transform_rows<Format, shape.tiles()>(warp, at.planes, job.stage.forward, part, warps, {has_imaginary(job, at), true},
                                          [&](ComplexSum<Warp>& sum, int, int) { multiply_scale<16>(warp, sum, scaled, {}); });
  }

  template <class Warp>
  KINDRED_HOST_DEVICE static void middle(const Warp& warp, const FusedJob& job, const Place& at, int part) {
    const Parts known = staged ? Parts{} : Parts{has_imaginary(job, at), wants_imaginary(job, at)};
    const float scaled = staged ? 1.0F : scale(at);
    constexpr int count = length / (16 * columns);
    const Index spectrum =
        at.array % job.kernels * (job.spectrum_per_block ? job.arrays.blocks : 1) + (job.spectrum_per_block ? at.block : 0);
    for (int block = part; block < count; block += warps) {
      const auto place = [&](int i, int j) { return at.planes.place(16 * columns * block + columns * i + j); };
      ComplexSum<Warp> sum;
      if (staged && !job.spectrum_per_block && !job.kept(block)) {
        clear<8>(warp, sum.re);
        clear<8>(warp, sum.im);
      } else {
        const auto x = load_right<columns>(warp, at.planes, known, place);
        const Core<Format, columns, Warp> core{warp, job.core, block};
        sum = core.convolve(x, known, scaled, job.spectra + (spectrum * count + block) * 4 * columns, job.conjugate, job.half_band);
        if constexpr (!staged) {
          multiply_scale<columns>(warp, sum, unscale(job, at), known);
        }
      }
      warp.sync();
      store_sum<Format, columns>(warp, sum, at.planes, known, place);
    }
  }

  template <class Warp>
  KINDRED_HOST_DEVICE static void backward(const Warp& warp, const FusedJob& job, const Place& at, int part) {
    const float unscaled = unscale(job, at);
    const Parts known = {true, wants_imaginary(job, at)};
    transform_rows<Format, shape.tiles()>(
        warp, at.planes, job.stage.backward, part, warps, known, [&](ComplexSum<Warp>& sum, int tile, int group) {
          if (job.spectrum_per_block) {
            multiply_twiddles<true>(warp, sum, job.outer, unscaled, [&](int row) {
              return Digits{static_cast<int>(at.block), (16 * tile + row) * (Numbers::columns / 16) + group};
            });
          } else {
            multiply_scale<16>(warp, sum, unscaled, known);
          }
        });
  }

  template <class Warp>
  KINDRED_HOST_DEVICE static void store(const Warp& warp, const FusedJob& job, const Place& at, int part) {
    const Target<Format> target(job.arrays, at.array);
    const auto from = static_cast<int>(job.arrays.from);
    const auto quad = [&](int j) {
      const int local = from + j;
      return *reinterpret_cast<const Quad*>((local < length ? at.planes.re : at.planes.im) + at.planes.place(local & (length - 1)));
    };
    warp.each([&](int lane) { target.write(at.block * job.arrays.hop, wanted(job, at), 32 * part + lane, 32 * warps, quad); });
  }
};

}  // namespace kindred::fftconv::half
