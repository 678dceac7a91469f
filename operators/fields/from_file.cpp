#include <algorithm>
#include <mutex>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <kindred/core/hdf5/hdf5.hpp>
#include <kindred/operators/fields/random_field.hpp>

namespace kindred {
namespace {

struct FileParameters {
  std::string path;
  std::string dataset;
  bool per_sample = true;

  static Schema<FileParameters> schema() {
    return {
        parameter("path", &FileParameters::path).required().input_file().doc("HDF5 file; relative paths start at the current directory."),
        parameter("dataset", &FileParameters::dataset)
            .required()
            .doc("Data set in the file, such as `coefficient` or `t0_fields/coefficient`."),
        parameter("per_sample", &FileParameters::per_sample)
            .doc("true: the first axis is the sample's number, its shape is (count, nx, ny, …). false: one field of shape (nx, ny, …) for "
                 "all samples."),
    };
  }
};

std::string shape_text(const std::vector<Index>& shape) { return fmt::format("({})", fmt::join(shape, ", ")); }

/// Fields that somebody else computed. Opened for every draw: memory stays flat, and processes forked in between share nothing.
class FileField final : public RandomField {
 public:
  explicit FileField(FileParameters p) : parameters_(std::move(p)) {
    const std::scoped_lock lock(library());
    const auto file = hdf5::open_readonly(parameters_.path);
    if (!hdf5::exists(file, parameters_.dataset)) {
      throw InputError(fmt::format("{} has no data set \"{}\"", parameters_.path, parameters_.dataset));
    }
    shape_ = hdf5::shape(file, parameters_.dataset);
  }

  void require_drawable(const Grid& grid, Index count) const override {
    check_shape(grid);
    if (parameters_.per_sample && count > shape_.front()) {
      throw InputError(fmt::format("{}: data set \"{}\" has {} rows, sample {} needs {}: sweep over fewer samples", parameters_.path,
                                   parameters_.dataset, shape_.front(), count - 1, count));
    }
  }
  void draw(const Grid& grid, const Sample& sample, std::string_view /*stream*/, std::span<double> values) const override {
    require_drawable(grid, sample.index + 1);
    const std::scoped_lock lock(library());
    const auto file = hdf5::open_readonly(parameters_.path);
    const auto read =
        parameters_.per_sample ? hdf5::read_reals(file, parameters_.dataset, sample.index, 1) : hdf5::read_reals(file, parameters_.dataset);
    std::copy(read.values.begin(), read.values.end(), values.begin());
  }
  [[nodiscard]] bool deterministic() const override { return !parameters_.per_sample; }

 private:
  /// Debian's HDF5 is not thread-safe.
  static std::mutex& library() {
    static std::mutex mutex;
    return mutex;
  }

  void check_shape(const Grid& grid) const {
    std::vector<Index> wanted;
    if (parameters_.per_sample) {
      wanted.push_back(shape_.empty() ? 0 : shape_.front());
    }
    for (const auto& axis : grid.axes) {
      wanted.push_back(axis.cells);
    }
    if (wanted == shape_) {
      return;
    }
    std::vector<Index> cells(wanted.begin() + (parameters_.per_sample ? 1 : 0), wanted.end());
    const std::string expected = fmt::format("({}{})", parameters_.per_sample ? "count, " : "", fmt::join(cells, ", "));
    const std::string hint = parameters_.per_sample && cells == shape_ ? ": for one field for all samples set per_sample = false" : "";
    throw InputError(fmt::format("{}: data set \"{}\" has the shape {}, the grid needs {}{}", parameters_.path, parameters_.dataset,
                                 shape_text(shape_), expected, hint));
  }

  FileParameters parameters_;
  std::vector<Index> shape_;
};

const Registration from_file = plugin<RandomField, FileParameters>("from_file")
                                   .summary("Fields read from an HDF5 file, one row per sample or one for all")
                                   .doc(R"($$a_j(x_c) = \text{dataset}[j, c]$$

Row $j$ of the data set is the field of sample $j$, on exactly the deck's grid, in C order with x slowest: a data set that Kindred wrote
without shuffling its rows can be read back as it is. Rows are read one at a time, so memory does not grow with the file. A redrawn
sample reads the same row again.)")
                                   .source("-")
                                   .example(R"([problem]
type = "darcy"
coefficient = { type = "from_file", path = "permeability.h5", dataset = "coefficient" }
)")
                                   .capabilities({"1d", "2d", "3d"})
                                   .factory([](const FileParameters& p) { return std::make_unique<FileField>(p); });

}  // namespace
}  // namespace kindred
