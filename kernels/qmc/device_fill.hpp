#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <kindred/kernels/qmc/device_points.hpp>
#include <kindred/kernels/qmc/order.hpp>

// What the threads of a GPU do to fill an array: functions of a task's and a thread's number that use nothing of another thread, so that a
// processor can carry them out one after another.
//
// The points of nets are made in runs of 2^k blocks of 2^b points. Of a run's points start + 2^b t + a, a thread keeps the part of `a` and
// goes through the blocks in the sequence of the Gray code, each of which differs from the one before by one column. In natural order block
// gray_code(t) is t-th to be written; in Gray order the indices are Gray codes themselves, the blocks come one after another, and every
// step also changes digit b − 1 of the index.

namespace kindred::qmc::device {

constexpr int warp_size = 32;
constexpr int most_threads = 256;  // of a block

/// What is to be written. T: double, float, std::uint32_t, std::uint64_t.
template <class T>
struct Job {
  T* out = nullptr;
  std::uint64_t n0 = 0;
  std::uint64_t n1 = 0;
  int replicates = 1;
  int dimensions = 1;
  bool gray = false;
  /// The digit that to_double_centred and to_float_centred set; 0: none.
  std::uint64_t centre = 0;

  [[nodiscard]] KINDRED_HOST_DEVICE std::uint64_t index(std::uint64_t i) const { return gray ? gray_code(i) : i; }
  [[nodiscard]] KINDRED_HOST_DEVICE bool contains(std::uint64_t i) const { return i >= n0 && i < n1; }
  [[nodiscard]] KINDRED_HOST_DEVICE T number(std::uint64_t word) const {
    if constexpr (std::is_same_v<T, double>) {
      return to_double(word | centre);
    } else if constexpr (std::is_same_v<T, float>) {
      return to_float(word | centre);
    } else {
      return static_cast<T>(word >> (64U - 8U * sizeof(T)));
    }
  }
};

/// The job of Sampler::fill() with these arguments.
template <class T>
Job<T> job(const Sampler& sampler, T* out, std::uint64_t n0, std::uint64_t n1, const FillOptions& options) {
  constexpr std::uint64_t centre = std::is_same_v<T, double> ? 1ULL << 11U : std::is_same_v<T, float> ? 1ULL << 40U : 0;
  return {
      out, n0, n1, sampler.replicates(), sampler.dimensions(), options.order == Order::gray, options.centred ? centre : 0,
  };
}

KINDRED_HOST_DEVICE inline int trailing_zeros(std::uint32_t x) {
#if defined(__CUDA_ARCH__)
  return __ffs(static_cast<int>(x)) - 1;
#else
  return std::countr_zero(x);
#endif
}

/// Goes through the blocks of a run and gives the words of this thread's points.
/// @param emit  (first index of a block, word_of), word_of(k) the word of the thread's point number k of the block
template <class Coordinate, class T, int count>
struct Run {
  const Coordinate& coordinate;
  const Job<T>& job;
  std::uint64_t start;
  int block_bits;
  int run_bits;                 // log₂ of the points of the run
  std::uint32_t (&own)[count];  // this thread's points of a block

  template <class Emit>
  KINDRED_HOST_DEVICE void operator()(const Emit& emit) const {
    const std::uint32_t blocks = 1U << static_cast<unsigned>(run_bits - block_bits);
    const auto first_of = [&](std::uint32_t t) {
      return start + (static_cast<std::uint64_t>(job.gray ? t : t ^ (t >> 1U)) << static_cast<unsigned>(block_bits));
    };
    if constexpr (requires { typename Coordinate::State; }) {
      using State = typename Coordinate::State;
      State low[count];
      for (int k = 0; k < count; ++k) {
        low[k] = coordinate.matrix.combination(job.index(own[k]));
      }
      State base = coordinate.start(job.index(start));
      const State every_step = job.gray && block_bits > 0 ? coordinate.matrix.column(block_bits - 1) : 0;
      const State first_column = coordinate.matrix.column(block_bits) ^ every_step;
      for (std::uint32_t t = 0; t < blocks; t += 2) {
        emit(first_of(t), [&](int k) { return coordinate.finish(base ^ low[k]); });
        if (t + 1 < blocks) {
          base ^= first_column;
          emit(first_of(t + 1), [&](int k) { return coordinate.finish(base ^ low[k]); });
          base ^= coordinate.matrix.column(block_bits + trailing_zeros(t + 2)) ^ every_step;
        }
      }
    } else {
      for (std::uint32_t t = 0; t < blocks; ++t) {
        const std::uint64_t first = first_of(t);
        emit(first, [&](int k) { return coordinate.word(job.index(first + own[k])); });
      }
    }
  }
};

/// Runs of 8 to 64 blocks, as long as leaves work for so many threads: the longer a run, the less its start weighs. No bit depends on it.
template <class Fill>
void set_run_length(Fill& fill, std::uint64_t threads) {
  const int block_bits = fill.run_bits;  // of one block
  fill.run_bits = block_bits + 6;
  while (fill.run_bits > block_bits + 3 && fill.tasks() * static_cast<std::uint64_t>(fill.threads()) < threads) {
    --fill.run_bits;
  }
}

/// Dimension-major: a warp takes a run of one coordinate, and of its blocks every lane 16 bytes.
template <class Points, class T>
struct FillColumns {
  static constexpr int lane_numbers = 16 / sizeof(T);
  static constexpr int block_bits = sizeof(T) == 8 ? 6 : 7;
  static constexpr std::uint64_t block_points = std::uint64_t{1} << block_bits;

  Points points;
  Job<T> job;
  int run_bits = block_bits;  // log₂ of the points of a task, from block_bits on

  FillColumns(const Points& set, const Job<T>& what) : points(set), job(what) {}

  struct alignas(16) Vector {
    T numbers[lane_numbers];
  };

  [[nodiscard]] static constexpr int threads() { return warp_size; }
  [[nodiscard]] KINDRED_HOST_DEVICE std::uint64_t runs() const {
    return ((job.n1 - 1) >> static_cast<unsigned>(run_bits)) - (job.n0 >> static_cast<unsigned>(run_bits)) + 1;
  }
  [[nodiscard]] KINDRED_HOST_DEVICE std::uint64_t tasks() const {
    return runs() * static_cast<std::uint64_t>(job.dimensions) * static_cast<std::uint64_t>(job.replicates);
  }

  KINDRED_HOST_DEVICE void operator()(std::uint64_t task, int lane) const {
    const std::uint64_t column = task / runs();
    const std::uint64_t start = ((job.n0 >> static_cast<unsigned>(run_bits)) + task % runs()) << static_cast<unsigned>(run_bits);
    // Number i of the column is out[offset + i], modulo 2^64.
    const std::uint64_t offset = column * (job.n1 - job.n0) - job.n0;
    const bool aligned = (reinterpret_cast<std::uintptr_t>(job.out) + offset * sizeof(T)) % sizeof(Vector) == 0;
    std::uint32_t own[lane_numbers];
    for (int k = 0; k < lane_numbers; ++k) {
      own[k] = static_cast<std::uint32_t>(aligned ? lane_numbers * lane + k : lane + warp_size * k);
    }
    const auto d = static_cast<std::uint64_t>(job.dimensions);
    const auto coordinate = points.coordinate(static_cast<int>(column / d), static_cast<int>(column % d));
    using Coordinate = std::remove_const_t<decltype(coordinate)>;
    const Run<Coordinate, T, lane_numbers> run{coordinate, job, start, block_bits, run_bits, own};
    run([&](std::uint64_t first, const auto& word_of) {
      if (aligned && first >= job.n0 && first < job.n1 && job.n1 - first >= block_points) {
        Vector vector;
        for (int k = 0; k < lane_numbers; ++k) {
          vector.numbers[k] = job.number(word_of(k));
        }
        *reinterpret_cast<Vector*>(job.out + (offset + first + own[0])) = vector;
        return;
      }
      for (int k = 0; k < lane_numbers; ++k) {
        if (job.contains(first + own[k])) {
          job.out[offset + first + own[k]] = job.number(word_of(k));
        }
      }
    });
  }
};

/// Row-major: neighbouring threads take neighbouring dimensions of `rows` points, and write them at once, block after block of a run.
template <class Points, class T>
struct FillRows {
  Points points;
  Job<T> job;
  int width = 1;  // dimensions of a tile
  int tiles = 1;
  int row_bits = 0;  // log₂ of the points that are written at once
  int run_bits = 0;  // log₂ of the points of a task, from row_bits on

  FillRows(const Points& set, const Job<T>& what) : points(set), job(what) {
    const int d = job.dimensions;
    tiles = (d + most_threads - 1) / most_threads;
    width = tiles == 1 ? d : ((d + tiles - 1) / tiles + warp_size - 1) / warp_size * warp_size;
    tiles = (d + width - 1) / width;
    row_bits = std::bit_width(static_cast<unsigned>(most_threads / width)) - 1;
    run_bits = row_bits;
  }

  /// Threads of a block, which does one task.
  [[nodiscard]] int threads() const { return ((width << static_cast<unsigned>(row_bits)) + warp_size - 1) / warp_size * warp_size; }
  [[nodiscard]] KINDRED_HOST_DEVICE std::uint64_t runs() const {
    return ((job.n1 - 1) >> static_cast<unsigned>(run_bits)) - (job.n0 >> static_cast<unsigned>(run_bits)) + 1;
  }
  [[nodiscard]] KINDRED_HOST_DEVICE std::uint64_t tasks() const {
    return runs() * static_cast<std::uint64_t>(tiles) * static_cast<std::uint64_t>(job.replicates);
  }

  KINDRED_HOST_DEVICE void operator()(std::uint64_t task, int thread) const {
    const auto tile = static_cast<int>(task % static_cast<std::uint64_t>(tiles));
    const std::uint64_t rest = task / static_cast<std::uint64_t>(tiles);
    const auto replicate = static_cast<int>(rest / runs());
    const std::uint64_t start = ((job.n0 >> static_cast<unsigned>(run_bits)) + rest % runs()) << static_cast<unsigned>(run_bits);
    const int dimension = tile * width + thread % width;
    std::uint32_t own[1] = {static_cast<std::uint32_t>(thread / width)};
    if (dimension >= job.dimensions || own[0] >> static_cast<unsigned>(row_bits) != 0) {
      return;
    }
    // Number i of this dimension is column[(offset + i) d], modulo 2^64.
    T* const column = job.out + dimension;
    const auto d = static_cast<std::uint64_t>(job.dimensions);
    const std::uint64_t offset = static_cast<std::uint64_t>(replicate) * (job.n1 - job.n0) - job.n0;
    const auto coordinate = points.coordinate(replicate, dimension);
    using Coordinate = std::remove_const_t<decltype(coordinate)>;
    const Run<Coordinate, T, 1> run{coordinate, job, start, row_bits, run_bits, own};
    run([&](std::uint64_t first, const auto& word_of) {
      if (job.contains(first + own[0])) {
        column[(offset + first + own[0]) * d] = job.number(word_of(0));
      }
    });
  }
};

}  // namespace kindred::qmc::device
