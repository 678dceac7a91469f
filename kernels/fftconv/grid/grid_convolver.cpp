#include <kindred/kernels/fftconv/grid/grid_convolver.hpp>

#include <algorithm>
#include <tuple>
#include <vector>

#include <kindred/core/base/error.hpp>
#include <kindred/core/base/parallel.hpp>
#include <kindred/kernels/fftconv/grid/grid_spectrum.hpp>
#include <kindred/kernels/fftconv/inverse_dft.hpp>
#include <kindred/kernels/fftconv/scalar.hpp>

namespace kindred::fftconv {
namespace {

/// Calls work(slice, begin, end) for consecutive slices of [0, count), at most `threads`, each on a thread of its own.
template <class Work>
void in_slices(Index count, int threads, const Work& work) {
  const Index slices = std::clamp<Index>(threads, 1, std::max<Index>(count, 1));
  parallel(slices, 1, static_cast<int>(slices), [&](Index first, Index last) {
    for (Index slice = first; slice < last; ++slice) {
      work(slice, count * slice / slices, count * (slice + 1) / slices);
    }
  });
}

/// The windows in arrays that hold nothing else.
GridAxis::Windows inner(GridAxis::Windows windows) {
  windows.in.begin = windows.out.begin = 0;
  return windows;
}

template <class Value>
class GridConvolver final : public Convolver<Value> {
 public:
  using Scalar = Real<Value>;

  explicit GridConvolver(const Description& description);

  void set_kernel(std::span<const Value> taps, Index kernels) override;
  void set_spectrum(std::span<const std::complex<Scalar>> spectrum) override;
  void apply(std::span<const Value* const> in, Index first_kernel, Value* out, std::byte* workspace, int threads) const override {
    Value* const outs[] = {out};
    run({.adjoint = false, .in = in, .out = outs, .first_kernel = first_kernel}, reinterpret_cast<Scalar*>(workspace), threads);
  }
  void apply_adjoint(const Value* in, Index first_kernel, std::span<Value* const> out, std::byte* workspace, int threads) const override {
    const Value* const ins[] = {in};
    run({.adjoint = true, .in = ins, .out = out, .first_kernel = first_kernel}, reinterpret_cast<Scalar*>(workspace), threads);
  }
  [[nodiscard]] std::size_t workspace_bytes(int threads) const override;
  [[nodiscard]] Report describe() const override;

 private:
  static constexpr Index row_ = row_size<Scalar>;

  struct Task {
    bool adjoint;
    std::span<const Value* const> in;
    std::span<Value* const> out;
    Index first_kernel;
  };
  /// A block of the first axis and the whole others.
  struct Block {
    GridAxis::Windows x, y, z;
    Scalar* sheets;  ///< arrays × rows of z × sheet_pitch rows
  };
  struct Scratch {
    Scalar* planes;    ///< arrays × x.extent() × plane_pitch rows
    Scalar* rows;      ///< one column along x
    Scalar* sums;      ///< another
    Scalar* expanded;  ///< a table of a spectrum
    Scalar* pencils;   ///< layout_.together transformed pencils
  };

  void run(const Task& task, Scalar* workspace, int threads) const;
  void run_block(const Task& task, const Block& block, Scalar* scratch, int threads) const;
  void forward_pencils(const Task& task, const Block& block, Index begin, Index end, Scalar* group) const;
  void backward_pencils(const Task& task, const Block& block, Index begin, Index end, Scalar* group) const;
  void run_row(const Task& task, const Block& block, Index row, const Scratch& scratch) const;
  void run_columns(const Task& task, const Block& block, Index row, Scalar* first, const Scratch& scratch) const;
  template <class Table>
  void run_sum(const Task& task, const Block& block, const Table& table, Scalar* column, const Scratch& scratch) const;
  template <class Table>
  void run_each(const Task& task, const Block& block, const Table& table, Scalar* column, const Scratch& scratch) const;

  [[nodiscard]] Scratch scratch_at(Scalar* memory) const;
  [[nodiscard]] Index sheets_numbers() const { return inputs_ * layout_.sheet_rows() * row_; }
  [[nodiscard]] Index scratch_numbers() const;
  /// Bytes of the spectra of kernels without symmetries.
  [[nodiscard]] std::size_t greatest_spectrum() const {
    return static_cast<std::size_t>(kernels_ * layout_.rows * layout_.y.period() * layout_.x.period() * row_) * sizeof(Scalar);
  }
  [[nodiscard]] Index column_stride() const { return row_ * (layout_.has_y ? layout_.plane_pitch : 1); }
  /// From the column of one array to that of the next.
  [[nodiscard]] Index array_stride() const { return row_ * (layout_.has_y ? layout_.plane_rows() : layout_.sheet_rows()); }
  [[nodiscard]] Scalar* sheet(const Block& block, Index array, Index row) const {
    return block.sheets + (array * layout_.rows + row) * layout_.sheet_pitch * row_;
  }

  Geometry geometry_;
  Index inputs_;
  Index kernels_;
  int threads_;
  GridLayout layout_;
  GridTransforms<Scalar> transforms_;
  GridSpectrum<Value> spectrum_;
};

template <class Value>
GridConvolver<Value>::GridConvolver(const Description& description)
    : geometry_(geometry_of(description)),
      inputs_(description.inputs),
      kernels_(description.inputs * (description.kernel_per_array ? description.batch : 1)),
      threads_(description.threads == 0 ? available_cores() : description.threads),
      layout_(grid_layout<Scalar>(geometry_, is_complex<Value>)),
      transforms_{
          .z = SequenceTransform<Scalar>(is_complex<Value> ? layout_.z.length : layout_.z.length / 2, is_complex<Value> ? 0.0 : -0.25),
          .y = ResidueTransform<Scalar>(layout_.y.residues, layout_.y.length),
          .x = ResidueTransform<Scalar>(layout_.x.residues, layout_.x.length)} {}

template <class Value>
void GridConvolver<Value>::set_kernel(std::span<const Value> taps, Index kernels) {
  std::vector<std::vector<Value>> relevant;
  for (Index j = 0; j < kernels; ++j) {
    relevant.push_back(relevant_taps(geometry_, taps.data() + j * product(geometry_.kernel)));
  }
  spectrum_ = {};  // before the memory of the next is taken
  spectrum_ = GridSpectrum<Value>(layout_, transforms_, relevant, threads_);
}

template <class Value>
void GridConvolver<Value>::set_spectrum(std::span<const std::complex<Scalar>> spectrum) {
  GridLayout whole = layout_;
  std::vector<Index> extents;
  for (GridAxis* const axis : {&whole.x, &whole.y, &whole.z}) {
    axis->given = axis->data;
    if (axis != &whole.y || whole.has_y) {
      extents.push_back(axis->data);
    }
  }
  std::vector<Value> kernel = kernel_of_spectrum<Value>(spectrum, extents);
  impose(symmetry_of_spectrum<Value>(whole, spectrum), whole, kernel);
  spectrum_ = {};
  spectrum_ = GridSpectrum<Value>(whole, transforms_, std::array{std::move(kernel)}, threads_);
}

template <class Value>
Index GridConvolver<Value>::scratch_numbers() const {
  return row_ * (inputs_ * layout_.plane_rows() + 3 * layout_.x.period() + layout_.together * layout_.rows);
}

template <class Value>
auto GridConvolver<Value>::scratch_at(Scalar* memory) const -> Scratch {
  const Index column = layout_.x.period() * row_;
  Scalar* const rows = memory + inputs_ * layout_.plane_rows() * row_;
  return {.planes = memory, .rows = rows, .sums = rows + column, .expanded = rows + 2 * column, .pencils = rows + 3 * column};
}

template <class Value>
std::size_t GridConvolver<Value>::workspace_bytes(int threads) const {
  const Index each = scratch_numbers() + (layout_.in_blocks() ? sheets_numbers() : 0);
  return static_cast<std::size_t>(std::max(threads, 1) * each + (layout_.in_blocks() ? 0 : sheets_numbers())) * sizeof(Scalar);
}

template <class Value>
void GridConvolver<Value>::run(const Task& task, Scalar* workspace, int threads) const {
  const auto block = [&](Index number, Scalar* sheets) -> Block {
    return {.x = layout_.x.windows(number, task.adjoint),
            .y = layout_.y.windows(0, task.adjoint),
            .z = layout_.z.windows(0, task.adjoint),
            .sheets = sheets};
  };
  if (!layout_.in_blocks()) {
    run_block(task, block(0, workspace), workspace + sheets_numbers(), threads);
    return;
  }
  in_slices(layout_.x.blocks(task.adjoint), threads, [&](Index slice, Index begin, Index end) {
    Scalar* const own = workspace + slice * (sheets_numbers() + scratch_numbers());
    for (Index number = begin; number < end; ++number) {
      run_block(task, block(number, own), own + sheets_numbers(), 1);
    }
  });
}

template <class Value>
void GridConvolver<Value>::run_block(const Task& task, const Block& block, Scalar* scratch, int threads) const {
  const Index inputs = static_cast<Index>(task.in.size()) * block.x.in.count * block.y.in.count;
  in_slices(inputs, threads, [&](Index slice, Index begin, Index end) {
    forward_pencils(task, block, begin, end, scratch_at(scratch + slice * scratch_numbers()).pencils);
  });
  in_slices(layout_.rows, threads, [&](Index slice, Index begin, Index end) {
    for (Index row = begin; row < end; ++row) {
      run_row(task, block, row, scratch_at(scratch + slice * scratch_numbers()));
    }
  });
  const Index outputs = static_cast<Index>(task.out.size()) * block.x.out.count * block.y.out.count;
  in_slices(outputs, threads, [&](Index slice, Index begin, Index end) {
    backward_pencils(task, block, begin, end, scratch_at(scratch + slice * scratch_numbers()).pencils);
  });
}

/// Pencil i of those of a block, array · x · y.
struct Pencil {
  Index array, x, y;

  static Pencil at(Index i, Index count_x, Index count_y) { return {i / (count_x * count_y), i / count_y % count_x, i % count_y}; }
};

/// Calls group(i, count) for pencils begin … end − 1, at most `together` at a time, that lie side by side in a sheet of rows `extent_y`
/// long.
template <class Group>
void for_groups(Index begin, Index end, Index together, Index count_x, Index count_y, Index extent_y, const Group& group) {
  const Index line = count_y == extent_y ? count_x * count_y : count_y;
  for (Index i = begin; i < end;) {
    const Index count = std::min({together, end - i, line - i % line});
    group(i, count);
    i += count;
  }
}

template <class Value>
void GridConvolver<Value>::forward_pencils(const Task& task, const Block& block, Index begin, Index end, Scalar* group) const {
  const auto& [in_x, in_y, in_z] = std::tie(block.x.in, block.y.in, block.z.in);
  const Index extent_y = task.adjoint ? layout_.y.outputs : layout_.y.data;
  const Index extent_z = task.adjoint ? layout_.z.outputs : layout_.z.data;
  const Index stride = layout_.rows * row_;
  for_groups(begin, end, layout_.together, in_x.count, in_y.count, layout_.y.extent(), [&](Index first, Index count) {
    for (Index k = 0; k < count; ++k) {
      const auto [array, x, y] = Pencil::at(first + k, in_x.count, in_y.count);
      const Value* const in =
          task.in[static_cast<std::size_t>(array)] + ((in_x.begin + x) * extent_y + in_y.begin + y) * extent_z + in_z.begin;
      transforms_.z.forward(in, {.offset = in_z.place, .length = in_z.count}, group + k * stride);
    }
    const auto [array, x, y] = Pencil::at(first, in_x.count, in_y.count);
    for (Index row = 0; row < layout_.rows; ++row) {
      copy_rows({.in = group + row * row_,
                 .in_stride = stride,
                 .out = sheet(block, array, row) + (x * layout_.y.extent() + y) * row_,
                 .out_stride = row_,
                 .count = count});
    }
  });
}

template <class Value>
void GridConvolver<Value>::backward_pencils(const Task& task, const Block& block, Index begin, Index end, Scalar* group) const {
  const auto& [out_x, out_y, out_z] = std::tie(block.x.out, block.y.out, block.z.out);
  const Index extent_y = task.adjoint ? layout_.y.data : layout_.y.outputs;
  const Index extent_z = task.adjoint ? layout_.z.data : layout_.z.outputs;
  const Index stride = layout_.rows * row_;
  for_groups(begin, end, layout_.together, out_x.count, out_y.count, layout_.y.extent(), [&](Index first, Index count) {
    const auto [array, x, y] = Pencil::at(first, out_x.count, out_y.count);
    for (Index row = 0; row < layout_.rows; ++row) {
      copy_rows({.in = sheet(block, array, row) + (x * layout_.y.extent() + y) * row_,
                 .in_stride = row_,
                 .out = group + row * row_,
                 .out_stride = stride,
                 .count = count});
    }
    for (Index k = 0; k < count; ++k) {
      const auto [j, a, b] = Pencil::at(first + k, out_x.count, out_y.count);
      Value* const out = task.out[static_cast<std::size_t>(j)] + ((out_x.begin + a) * extent_y + out_y.begin + b) * extent_z + out_z.begin;
      transforms_.z.backward(group + k * stride, {.offset = out_z.place, .length = out_z.count}, out);
    }
  });
}

template <class Value>
void GridConvolver<Value>::run_row(const Task& task, const Block& block, Index row, const Scratch& scratch) const {
  if (!layout_.has_y) {
    run_columns(task, block, row, sheet(block, 0, row), scratch);
    return;
  }
  const Index line = layout_.y.extent() * row_;
  const auto plane = [&](Index array, Index x) { return scratch.planes + (array * layout_.plane_rows() + x * layout_.plane_pitch) * row_; };
  for (Index array = 0; array < static_cast<Index>(task.in.size()); ++array) {
    for (Index x = 0; x < block.x.in.count; ++x) {
      transforms_.y.forward(sheet(block, array, row) + x * line, row_, inner(block.y).in, plane(array, x));
    }
  }
  run_columns(task, block, row, scratch.planes, scratch);
  for (Index array = 0; array < static_cast<Index>(task.out.size()); ++array) {
    for (Index x = 0; x < block.x.out.count; ++x) {
      transforms_.y.backward(plane(array, x), inner(block.y).out, sheet(block, array, row) + x * line, row_);
    }
  }
}

/// All columns along x of one row of z.
template <class Value>
void GridConvolver<Value>::run_columns(const Task& task, const Block& block, Index row, Scalar* first, const Scratch& scratch) const {
  for (Index t = 0; t < spectrum_.tables(); ++t) {
    const auto table = [&](Index j) { return spectrum_.table(task.first_kernel + j, row, t, scratch.expanded); };
    if (inputs_ > 1) {
      for (const Index column : spectrum_.columns(t)) {
        task.adjoint ? run_each(task, block, table, first + column * row_, scratch)
                     : run_sum(task, block, table, first + column * row_, scratch);
      }
      continue;
    }
    const Scalar* const only = table(0);
    for (const Index column : spectrum_.columns(t)) {
      Scalar* const at = first + column * row_;
      transforms_.x.convolve({.in = at, .out = at, .stride = column_stride(), .windows = inner(block.x)}, only, spectrum_.form(),
                             task.adjoint, scratch.rows);
    }
  }
}

/// The sum of the convolutions of a column of each input.
template <class Value>
template <class Table>
void GridConvolver<Value>::run_sum(const Task& task, const Block& block, const Table& table, Scalar* column, const Scratch& scratch) const {
  const auto [in, out] = inner(block.x);
  for (Index j = 0; j < inputs_; ++j) {
    Scalar* const rows = j == 0 ? scratch.sums : scratch.rows;
    transforms_.x.forward(column + j * array_stride(), column_stride(), in, rows);
    transforms_.x.multiply(rows, table(j), spectrum_.form(), task.adjoint, j == 0 ? nullptr : scratch.sums);
  }
  transforms_.x.backward(scratch.sums, out, column, column_stride());
}

/// The convolution of one column with every kernel.
template <class Value>
template <class Table>
void GridConvolver<Value>::run_each(const Task& task, const Block& block, const Table& table, Scalar* column,
                                    const Scratch& scratch) const {
  const auto [in, out] = inner(block.x);
  transforms_.x.forward(column, column_stride(), in, scratch.sums);
  for (Index j = 0; j < inputs_; ++j) {
    std::copy_n(scratch.sums, layout_.x.period() * row_, scratch.rows);
    transforms_.x.multiply(scratch.rows, table(j), spectrum_.form(), task.adjoint);
    transforms_.x.backward(scratch.rows, out, column + j * array_stride(), column_stride());
  }
}

template <class Value>
Report GridConvolver<Value>::describe() const {
  Report report;
  report.padded = layout_.has_y ? std::vector{layout_.x.period(), layout_.y.period(), layout_.z.period()}
                                : std::vector{layout_.x.period(), layout_.z.period()};
  report.workspace_bytes = workspace_bytes(1);
  report.spectrum_bytes = spectrum_.empty() ? greatest_spectrum() : spectrum_.bytes();
  report.predicted_bytes = layout_.predicted_bytes;
  report.predicted_seconds = layout_.predicted_seconds;
  return report;
}

}  // namespace

bool grid_can(const Description& description) { return description.data.size() == 2 || description.data.size() == 3; }

template <class Value>
std::unique_ptr<Convolver<Value>> make_grid_convolver(const Description& description) {
  if (!grid_can(description)) {
    throw InputError("Convolution over a grid: data has " + std::to_string(description.data.size()) + " axis: give two or three");
  }
  return std::make_unique<GridConvolver<Value>>(description);
}

template std::unique_ptr<Convolver<float>> make_grid_convolver(const Description&);
template std::unique_ptr<Convolver<double>> make_grid_convolver(const Description&);
template std::unique_ptr<Convolver<std::complex<float>>> make_grid_convolver(const Description&);
template std::unique_ptr<Convolver<std::complex<double>>> make_grid_convolver(const Description&);

}  // namespace kindred::fftconv
