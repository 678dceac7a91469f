#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include <kindred/kernels/qmc/device_points.hpp>
#include <kindred/kernels/qmc/order.hpp>
#include <kindred/kernels/qmc/unroll.hpp>

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

/// A run of points of one coordinate, and which of every block's points are this thread's.
template <class Coordinate, class T, int count>
struct Run {
  const Coordinate& coordinate;
  const Job<T>& job;
  std::uint64_t start;
  int block_bits;
  int run_bits;  // log₂ of the points of the run
  std::uint32_t (&own)[count];

  /// Whether all points are wanted.
  [[nodiscard]] KINDRED_HOST_DEVICE bool is_whole() const {
    return start >= job.n0 && job.n1 - start >= std::uint64_t{1} << static_cast<unsigned>(run_bits);
  }

  /// Goes through the blocks.
  /// @param emit  (number of a block's first point in the run, word_of), word_of(k) the word of the thread's point k of the block
  template <class Emit>
  KINDRED_HOST_DEVICE void operator()(const Emit& emit) const {
    const std::uint32_t blocks = 1U << static_cast<unsigned>(run_bits - block_bits);
    const std::uint32_t code = job.gray ? 0U : ~0U;
    const auto first_of = [&](std::uint32_t t) { return (t ^ ((t >> 1U) & code)) << static_cast<unsigned>(block_bits); };
    if constexpr (requires { typename Coordinate::State; }) {
      using State = typename Coordinate::State;
      State low[count];
      KINDRED_UNROLL
      for (int k = 0; k < count; ++k) {
        low[k] = coordinate.matrix.combination(job.index(own[k]));
      }
      State base = coordinate.start(job.index(start));
      const State every_step = job.gray && block_bits > 0 ? coordinate.matrix.column(block_bits - 1) : 0;
      const State first_step = coordinate.matrix.column(block_bits) ^ every_step;
      const auto word_of = [&](int k) { return coordinate.finish(base ^ low[k]); };
      for (std::uint32_t t = 0; t < blocks; t += 2) {
        emit(first_of(t), word_of);
        if (t + 1 < blocks) {
          base ^= first_step;
          emit(first_of(t + 1), word_of);
          base ^= coordinate.matrix.column(block_bits + trailing_zeros(t + 2)) ^ every_step;
        }
      }
    } else {
      for (std::uint32_t t = 0; t < blocks; ++t) {
        const std::uint32_t first = first_of(t);
        emit(first, [&](int k) { return coordinate.word(job.index(start + first + own[k])); });
      }
    }
  }
};

/// Runs of 16 to 64 blocks, as long as leaves work for so many threads: the longer a run, the less its start weighs. No bit depends on it.
template <class Fill>
void set_run_length(Fill& fill, std::uint64_t threads) {
  const int block_bits = fill.run_bits;  // of one block
  fill.run_bits = block_bits + 6;
  while (fill.run_bits > block_bits + 4 && fill.tasks() * static_cast<std::uint64_t>(fill.threads()) < threads) {
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

  /// In one piece, which compilers make several of; to a multiple of 16 bytes.
  KINDRED_HOST_DEVICE static void store(T* to, const T (&numbers)[lane_numbers]) {
#if defined(__CUDA_ARCH__)
    if constexpr (sizeof(T) == 8) {
      const auto bits = [&](int k) { return __builtin_bit_cast(std::uint64_t, numbers[k]); };
      asm volatile("st.global.v2.u64 [%0], {%1, %2};" ::"l"(to), "l"(bits(0)), "l"(bits(1)) : "memory");
    } else {
      const auto bits = [&](int k) { return __builtin_bit_cast(std::uint32_t, numbers[k]); };
      asm volatile("st.global.v4.u32 [%0], {%1, %2, %3, %4};" ::"l"(to), "r"(bits(0)), "r"(bits(1)), "r"(bits(2)), "r"(bits(3)) : "memory");
    }
#else
    std::memcpy(to, numbers, sizeof(numbers));
#endif
  }
  [[nodiscard]] KINDRED_HOST_DEVICE static constexpr int threads() { return warp_size; }
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
    const bool aligned = (reinterpret_cast<std::uintptr_t>(job.out) + offset * sizeof(T)) % 16 == 0;
    std::uint32_t own[lane_numbers];
    KINDRED_UNROLL
    for (int k = 0; k < lane_numbers; ++k) {
      own[k] = static_cast<std::uint32_t>(aligned ? lane_numbers * lane + k : lane + warp_size * k);
    }
    const auto d = static_cast<std::uint64_t>(job.dimensions);
    const auto coordinate = points.coordinate(static_cast<int>(column / d), static_cast<int>(column % d));
    using Coordinate = std::remove_const_t<decltype(coordinate)>;
    const Run<Coordinate, T, lane_numbers> run{coordinate, job, start, block_bits, run_bits, own};
    T* const to = job.out + static_cast<std::ptrdiff_t>(offset + start);
    if (aligned && run.is_whole()) {
      run([&](std::uint32_t first, const auto& word_of) {
        T numbers[lane_numbers];
        KINDRED_UNROLL
        for (int k = 0; k < lane_numbers; ++k) {
          numbers[k] = job.number(word_of(k));
        }
        store(to + first + own[0], numbers);
      });
    } else {
      run([&](std::uint32_t first, const auto& word_of) {
        KINDRED_UNROLL
        for (int k = 0; k < lane_numbers; ++k) {
          if (job.contains(start + first + own[k])) {
            to[first + own[k]] = job.number(word_of(k));
          }
        }
      });
    }
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
  [[nodiscard]] KINDRED_HOST_DEVICE int threads() const {
    return ((width << static_cast<unsigned>(row_bits)) + warp_size - 1) / warp_size * warp_size;
  }
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
    // Number i of this dimension is out[(offset + i) d + dimension], modulo 2^64.
    const auto d = static_cast<std::uint32_t>(job.dimensions);
    const std::uint64_t offset = static_cast<std::uint64_t>(replicate) * (job.n1 - job.n0) - job.n0;
    T* const to = job.out + static_cast<std::ptrdiff_t>((offset + start + own[0]) * d + static_cast<std::uint32_t>(dimension));
    const auto coordinate = points.coordinate(replicate, dimension);
    using Coordinate = std::remove_const_t<decltype(coordinate)>;
    const Run<Coordinate, T, 1> run{coordinate, job, start, row_bits, run_bits, own};
    const auto put = [&](std::uint32_t first, const auto& word_of) { to[std::uint64_t{first} * d] = job.number(word_of(0)); };
    if (run.is_whole()) {
      run(put);
    } else {
      run([&](std::uint32_t first, const auto& word_of) {
        if (job.contains(start + first + own[0])) {
          put(first, word_of);
        }
      });
    }
  }
};

/// A grid for a fill: blocks of one task, or of one for every warp.
struct Grid {
  unsigned blocks;
  unsigned threads;  // of a block
};

template <class Fill>
Grid grid_of(const Fill& fill, std::uint64_t most_blocks) {
  const int tasks = most_threads / fill.threads();
  const std::uint64_t wanted = (fill.tasks() - 1) / static_cast<std::uint64_t>(tasks) + 1;
  return {static_cast<unsigned>(std::min(wanted, most_blocks)), static_cast<unsigned>(tasks * fill.threads())};
}

/// What one thread of a grid does: as many tasks as the grid leaves it.
template <class Fill>
KINDRED_HOST_DEVICE void take_part(const Fill& fill, const Grid& grid, unsigned block, unsigned thread) {
  const auto of_task = static_cast<unsigned>(fill.threads());
  const unsigned at_once = grid.threads / of_task;
  for (std::uint64_t task = std::uint64_t{block} * at_once + thread / of_task; task < fill.tasks();
       task += std::uint64_t{grid.blocks} * at_once) {
    fill(task, static_cast<int>(thread % of_task));
  }
}

}  // namespace kindred::qmc::device
