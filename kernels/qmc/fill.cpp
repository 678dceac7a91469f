#include <kindred/kernels/qmc/fill.hpp>

#include <algorithm>
#include <bit>
#include <concepts>
#include <cstring>
#include <vector>

#include <kindred/core/base/parallel.hpp>

namespace kindred::qmc {
namespace {

constexpr std::size_t buffer_bytes = 4096;  // pieces that streaming stores leave from: within the first-level cache

/// Numbers of consecutive places, written piece by piece: straight to memory, or past the caches in whole lines. What cannot be generated
/// where it belongs, because lines do not begin there, passes through two buffers in turn: a piece leaves only after the next has been
/// generated, as reading it back at once would wait for all stores before it, and these for the memory.
class Output {
 public:
  /// @param number index of the first number in the whole output
  Output(const FillJob& job, const BlockKernels& kernels, bool streaming, std::size_t number)
      : kernels_(kernels),
        to_(static_cast<unsigned char*>(job.out) + number * format_bytes(job.format)),
        bytes_(format_bytes(job.format)),
        format_(job.format),
        streaming_(streaming) {
    if (streaming_) {
      foreign_ = reinterpret_cast<std::uintptr_t>(to_) % line_bytes;
      carried_ = foreign_;
      to_ -= foreign_;
    }
  }

  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;
  ~Output() {
    const std::size_t whole = release();
    if (carried_ > foreign_) {
      std::memcpy(to_ + foreign_, pending_ + whole + foreign_, carried_ - foreign_);
    }
  }

  /// @param count at most piece(). @param write  (Format, void* to): writes so many numbers
  template <class Write>
  void put(std::size_t count, const Write& write) {
    const bool direct = carried_ == 0 && pending_bytes_ == 0 && format_ == Format::f64 && count * bytes_ % line_bytes == 0;
    if (!streaming_ || direct) {
      write(streaming_ ? Format::f64_streamed : format_, static_cast<void*>(to_));
      to_ += count * bytes_;
      return;
    }
    unsigned char* const next = buffers_[turn_] + line_bytes;  // the kernels write whole lines of their own
    turn_ = 1 - turn_;
    write(format_, static_cast<void*>(next));
    const std::size_t whole = release();
    std::memcpy(next - carried_, pending_ + whole, carried_);
    pending_ = next - carried_;
    pending_bytes_ = carried_ + count * bytes_;
    carried_ = pending_bytes_ % line_bytes;
  }

  [[nodiscard]] std::size_t piece() const { return streaming_ ? buffer_bytes / bytes_ : ~std::size_t{0}; }

 private:
  /// Sends the whole lines of the pending bytes off. @returns how many bytes that were
  std::size_t release() {
    const std::size_t whole = pending_bytes_ / line_bytes * line_bytes;
    std::size_t sent = 0;
    if (foreign_ > 0 && whole > 0) {  // the first line is not ours from its start
      std::memcpy(to_ + foreign_, pending_ + foreign_, line_bytes - foreign_);
      sent = line_bytes;
      foreign_ = 0;
    }
    kernels_.stream_lines(to_ + sent, pending_ + sent, whole - sent);
    to_ += whole;
    pending_bytes_ = 0;
    return whole;
  }

  alignas(line_bytes) unsigned char buffers_[2][line_bytes + buffer_bytes];
  const BlockKernels& kernels_;
  const unsigned char* pending_ = buffers_[1];
  unsigned char* to_;        // where the pending bytes belong
  std::size_t foreign_ = 0;  // bytes of its first line that are not ours
  std::size_t carried_ = 0;  // pending bytes beyond the last whole line: they begin the next buffer
  std::size_t pending_bytes_ = 0;
  std::size_t bytes_;
  Format format_;
  int turn_ = 0;
  bool streaming_;
};

/// Part of the points of part of the columns (dimension-major: replicate and dimension, row-major: replicate): `first` … `last` of
/// n0 … n1 of `column`.
struct Part {
  std::size_t column;
  std::uint64_t first;
  std::uint64_t last;
};

/// Cuts the work into parts for every thread, at multiples of `grain` points, and carries them out.
/// @param work  (const Part&)
template <class Work>
void run_parts(const FillJob& job, std::size_t columns, std::uint64_t grain, const Work& work) {
  const std::uint64_t begin = job.n0 / grain;
  const std::uint64_t grains = (job.n1 - 1) / grain - begin + 1;  // of a column
  const int threads = job.options.threads > 0 ? job.options.threads : available_cores();
  parallel(static_cast<Index>(columns * grains), 1, threads, [&](Index from, Index to) {
    auto at = static_cast<std::uint64_t>(from);
    const auto end = static_cast<std::uint64_t>(to);
    while (at < end) {
      const std::uint64_t column = at / grains;
      const std::uint64_t next = std::min(end, (column + 1) * grains);
      work(Part{static_cast<std::size_t>(column), std::max(job.n0, (begin + at % grains) * grain),
                std::min(job.n1 - 1, (begin + (next - 1) % grains) * grain + (grain - 1)) + 1});
      at = next;
    }
    stream_fence();
  });
}

template <class Points>
void fill_dimension_major(const Points& points, const FillJob& job, const BlockKernels& kernels, bool streaming) {
  const auto d = static_cast<std::size_t>(job.dimensions);
  run_parts(job, static_cast<std::size_t>(job.replicates) * d, 4096, [&](const Part& part) {
    auto column =
        points.column(static_cast<int>(part.column / d), static_cast<int>(part.column % d), job.options.order, part.last - part.first);
    Output output(job, kernels, streaming, part.column * (job.n1 - job.n0) + (part.first - job.n0));
    const std::uint64_t piece = output.piece();
    for (std::uint64_t i = part.first; i < part.last;) {
      const auto count = static_cast<std::size_t>(std::min(part.last - i, piece - i % piece));
      output.put(count, [&](Format format, void* to) { column.write(kernels, format, to, i, count); });
      i += count;
    }
  });
}

template <class Points>
concept HasRows = requires {
  typename Points::Rows;
};
template <class Points>
concept HasLongRows = requires {
  typename Points::LongRows;
};

constexpr std::size_t table_words = 1024;  // low tables of rows: within the first-level cache

/// Rows in blocks of 2^bits, whose low tables are small.
template <HasRows Points>
void fill_rows(const Points& points, const FillJob& job, const BlockKernels& kernels, bool streaming) {
  const auto d = static_cast<std::size_t>(job.dimensions);
  const int most = static_cast<int>(std::bit_width(job.n1 - job.n0)) - 1;
  const int bits = std::clamp(static_cast<int>(std::bit_width(table_words / d)) - 1, 0, std::min(most, 8));
  const std::uint64_t rows = std::uint64_t{1} << static_cast<unsigned>(bits);
  run_parts(job, static_cast<std::size_t>(job.replicates), 16 * rows, [&](const Part& part) {
    typename Points::Rows tables(points, static_cast<int>(part.column), job.options.order, bits, (part.last - 1) / rows, kernels);
    std::uint64_t block = part.first / rows;
    tables.seek(block);
    Output output(job, kernels, streaming, (part.column * (job.n1 - job.n0) + (part.first - job.n0)) * d);
    for (std::uint64_t i = part.first; i < part.last;) {
      const std::uint64_t end = std::min(part.last - 1, block * rows + (rows - 1)) + 1;
      if (end < part.last) {
        tables.next(block + 1);  // ahead of this block's stores, behind which reading it back would wait
      }
      const std::size_t before = static_cast<std::size_t>(i - block * rows) * d;
      const std::size_t numbers = static_cast<std::size_t>(end - i) * d;
      const std::size_t piece = std::min(output.piece(), numbers);
      for (std::size_t k = 0; k < numbers; k += piece) {
        const std::size_t count = std::min(piece, numbers - k);
        output.put(count, [&](Format format, void* to) { tables.write(format, to, block, before + k, k % d, count); });
      }
      i = end;
      ++block;
    }
  });
}

template <HasLongRows Points>
void fill_long_rows(const Points& points, const FillJob& job, const BlockKernels& kernels, bool streaming) {
  const auto d = static_cast<std::size_t>(job.dimensions);
  run_parts(job, static_cast<std::size_t>(job.replicates), 1, [&](const Part& part) {
    typename Points::LongRows tables(points, static_cast<int>(part.column), job.options.order, part.first, part.last - 1, kernels);
    Output output(job, kernels, streaming, (part.column * (job.n1 - job.n0) + (part.first - job.n0)) * d);
    const std::size_t piece = std::min(output.piece(), d);
    for (std::uint64_t row = part.first; row < part.last; ++row) {
      for (std::size_t j = 0; j < d; j += piece) {
        const std::size_t count = std::min(piece, d - j);
        output.put(count, [&](Format format, void* to) { tables.write(format, to, row, j, count); });
      }
    }
  });
}

/// to[p d + j] = from[j pitch + p], j < columns, p < points.
template <class Word>
void transpose(Word* to, std::size_t d, const Word* from, std::size_t pitch, std::size_t columns, std::size_t points) {
  for (std::size_t p = 0; p < points; ++p) {
    for (std::size_t j = 0; j < columns; ++j) {
      to[p * d + j] = from[j * pitch + p];
    }
  }
}

/// Some columns at a time, turned.
template <class Points>
void fill_turned(const Points& points, const FillJob& job, const BlockKernels& kernels, bool streaming) {
  const auto d = static_cast<std::size_t>(job.dimensions);
  const std::size_t width = std::min(d, static_cast<std::size_t>(Points::columns_at_once));
  const bool whole_rows = width == d;
  const std::size_t bytes = format_bytes(job.format);
  // Tiles of points: what put() takes, or half the second-level cache's usual size where columns are dear.
  const std::uint64_t tile = whole_rows ? std::bit_floor(buffer_bytes / (bytes * d)) : 4096;
  run_parts(job, static_cast<std::size_t>(job.replicates), std::max<std::uint64_t>(4096, tile), [&](const Part& part) {
    std::vector<unsigned char> tile_columns(width * tile * bytes);
    const std::size_t first_number = (part.column * (job.n1 - job.n0) + (part.first - job.n0)) * d;
    Output output(job, kernels, streaming && whole_rows, first_number);
    for (std::size_t j0 = 0; j0 < d; j0 += width) {
      const std::size_t columns = std::min(width, d - j0);
      std::vector<typename Points::Column> column;
      column.reserve(columns);
      for (std::size_t j = 0; j < columns; ++j) {
        column.push_back(points.column(static_cast<int>(part.column), static_cast<int>(j0 + j), job.options.order, part.last - part.first));
      }
      for (std::uint64_t i = part.first; i < part.last;) {
        const auto count = static_cast<std::size_t>(std::min(part.last - i, tile - i % tile));
        for (std::size_t j = 0; j < columns; ++j) {
          column[j].write(kernels, job.format, tile_columns.data() + j * tile * bytes, i, count);
        }
        const auto turn = [&](Format /*format*/, void* to) {
          if (bytes == 8) {
            transpose(static_cast<std::uint64_t*>(to), d, reinterpret_cast<const std::uint64_t*>(tile_columns.data()), tile, columns,
                      count);
          } else {
            transpose(static_cast<std::uint32_t*>(to), d, reinterpret_cast<const std::uint32_t*>(tile_columns.data()), tile, columns,
                      count);
          }
        };
        if (whole_rows) {
          output.put(count * d, turn);
        } else {
          turn(job.format, static_cast<unsigned char*>(job.out) + (first_number + (i - part.first) * d + j0) * bytes);
        }
        i += count;
      }
    }
  });
}

template <class Points>
void fill_row_major(const Points& points, const FillJob& job, const BlockKernels& kernels, bool streaming) {
  if constexpr (HasLongRows<Points>) {
    if (2 * static_cast<std::size_t>(job.dimensions) > table_words) {
      fill_long_rows(points, job, kernels, streaming);
      return;
    }
  }
  if constexpr (HasRows<Points>) {
    if (points.has_rows()) {
      fill_rows(points, job, kernels, streaming);
      return;
    }
  }
  fill_turned(points, job, kernels, streaming);
}

}  // namespace

void fill(const PreparedPoints& points, const FillJob& job, const BlockKernels& kernels) {
  if (job.n0 == job.n1) {
    return;
  }
  const std::uint64_t numbers = (job.n1 - job.n0) * static_cast<std::uint64_t>(job.dimensions) * static_cast<std::uint64_t>(job.replicates);
  const bool streaming = job.options.stores == Stores::streaming ||
                         (job.options.stores == Stores::automatic && numbers * format_bytes(job.format) > last_level_cache());
  std::visit(
      [&]<class Points>(const Points& prepared) {
        if (job.options.layout == Layout::dimension_major) {
          fill_dimension_major(prepared, job, kernels, streaming);
        } else {
          fill_row_major(prepared, job, kernels, streaming);
        }
      },
      points);
}

}  // namespace kindred::qmc
