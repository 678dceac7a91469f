#include <algorithm>
#include <ranges>

#include <fmt/format.h>

#include <kindred/data/export/common.hpp>
#include <kindred/data/exporter.hpp>

namespace kindred::data {
namespace {

namespace fs = std::filesystem;

struct FnoMatParameters {
  std::string coefficient;
  std::string solution;
  std::string coefficient_key = "coeff";
  std::string solution_key = "sol";

  static Schema<FnoMatParameters> schema() {
    return {parameter("coefficient", &FnoMatParameters::coefficient).doc("input field; empty: the first scalar input"),
            parameter("solution", &FnoMatParameters::solution).doc("output field; empty: the first scalar output"),
            parameter("coefficient_key", &FnoMatParameters::coefficient_key).doc("name of the input array (`a` in the Burgers files)"),
            parameter("solution_key", &FnoMatParameters::solution_key).doc("name of the output array (`u` in the Burgers files)")};
  }
};

/// A dataset of shape (N_d, …, N_1, B): the reversed axes that a reader of MATLAB files turns back into (B, N_1, …, N_d).
/// The sample axis is the fastest, so rows are gathered into blocks, each of which is one chunk of the file.
class ReversedDataset {
 public:
  ReversedDataset(hid_t file, const std::string& name, Index rows, const std::vector<Index>& row_shape, Precision precision) : rows_(rows) {
    std::vector<hsize_t> shape(row_shape.rbegin(), row_shape.rend());
    for (const hsize_t n : shape) {
      values_ *= static_cast<Index>(n);
    }
    constexpr Index kBlockBytes = Index{1} << 18;
    block_rows_ = std::clamp<Index>(kBlockBytes / (values_ * static_cast<Index>(sizeof(double))), 1, rows);
    chunk_ = shape;
    chunk_.push_back(static_cast<hsize_t>(block_rows_));
    shape.push_back(static_cast<hsize_t>(rows));
    const hdf5::Dataspace space(KINDRED_HDF5(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr)));
    const hdf5::PropertyList creation(KINDRED_HDF5(H5Pcreate(H5P_DATASET_CREATE)));
    KINDRED_HDF5(H5Pset_chunk(creation, static_cast<int>(chunk_.size()), chunk_.data()));
    const hid_t type = precision == Precision::f32 ? H5T_IEEE_F32LE : H5T_IEEE_F64LE;
    dataset_ = hdf5::Dataset(KINDRED_HDF5(H5Dcreate2(file, name.c_str(), type, space, H5P_DEFAULT, creation, H5P_DEFAULT)));
    // Reversing the axes of a row is numbering its values in the order of the last axis first.
    order_.resize(static_cast<std::size_t>(values_));
    for (Index i = 0; i < values_; ++i) {
      Index rest = i;
      Index reversed = 0;
      Index stride = values_;
      for (const Index n : row_shape | std::views::reverse) {
        stride /= n;
        reversed += rest % n * stride;
        rest /= n;
      }
      order_[static_cast<std::size_t>(i)] = reversed;
    }
  }

  /// Rows must come in order.
  void append(std::span<const double> values) {
    block_.emplace_back(values.begin(), values.end());
    if (static_cast<Index>(block_.size()) == block_rows_ || first_ + static_cast<Index>(block_.size()) == rows_) {
      write_block();
    }
  }

 private:
  void write_block() {
    const std::size_t count = block_.size();
    std::vector<double> buffer(count * static_cast<std::size_t>(values_));
    for (std::size_t b = 0; b < count; ++b) {
      for (std::size_t i = 0; i < block_[b].size(); ++i) {
        buffer[static_cast<std::size_t>(order_[i]) * count + b] = block_[b][i];
      }
    }
    std::vector<hsize_t> start(chunk_.size(), 0);
    std::vector<hsize_t> extent = chunk_;
    start.back() = static_cast<hsize_t>(first_);
    extent.back() = count;
    const hdf5::Dataspace space(KINDRED_HDF5(H5Dget_space(dataset_)));
    KINDRED_HDF5(H5Sselect_hyperslab(space, H5S_SELECT_SET, start.data(), nullptr, extent.data(), nullptr));
    const hdf5::Dataspace memory(KINDRED_HDF5(H5Screate_simple(static_cast<int>(extent.size()), extent.data(), nullptr)));
    KINDRED_HDF5(H5Dwrite(dataset_, H5T_NATIVE_DOUBLE, memory, space, H5P_DEFAULT, buffer.data()));
    first_ += static_cast<Index>(count);
    block_.clear();
  }

  hdf5::Dataset dataset_;
  Index rows_;
  Index values_ = 1;
  Index block_rows_ = 1;
  Index first_ = 0;
  std::vector<hsize_t> chunk_;
  std::vector<Index> order_;
  std::vector<std::vector<double>> block_;
};

class FnoMatExporter final : public Exporter {
 public:
  explicit FnoMatExporter(FnoMatParameters parameters) : parameters_(std::move(parameters)) {}

  std::vector<fs::path> write(const DatasetReader& reader, const fs::path& target, bool force) override {
    const DatasetLayout& layout = reader.layout();
    require_complete(reader);
    const FieldLayout& coefficient = choose_field(layout, parameters_.coefficient, false);
    const FieldLayout& solution = choose_field(layout, parameters_.solution, true);
    std::vector<fs::path> files;
    for (const RowRange& rows : split_ranges(reader)) {
      PendingFile pending(target / fmt::format("{}_{}.mat", layout.name, rows.split), force);
      {
        const hdf5::File file = create_hdf5(pending);
        ReversedDataset coeff(file, parameters_.coefficient_key, rows.count, frame_shape(layout, coefficient), layout.precision);
        ReversedDataset sol(file, parameters_.solution_key, rows.count, frame_shape(layout, solution), layout.precision);
        for (Index row = rows.first; row < rows.first + rows.count; ++row) {
          coeff.append(reader.field(row, coefficient.name));
          sol.append(reader.field(row, solution.name));
        }
      }
      files.push_back(pending.commit());
    }
    files.push_back(write_sidecar(reader, target, "fno-mat", force, files,
                                  fmt::format("HDF5 with reversed axes: {} = {}, {} = {}", parameters_.coefficient_key, coefficient.name,
                                              parameters_.solution_key, solution.name)));
    return files;
  }

 private:
  FnoMatParameters parameters_;
};

const Registration fno_mat =
    plugin<Exporter, FnoMatParameters>("fno-mat")
        .summary("one .mat file per split, for the MatReader of the Fourier neural operator scripts")
        .doc(
            "Writes `<name>_<split>.mat`, an HDF5 file whose arrays have reversed axes $(N_d, \\dots, N_1, B)$. Such readers try SciPy, "
            "then open the file with h5py and reverse the axes, which gives $(B, N_1, \\dots, N_d)$. The keys are those of the Darcy "
            "files: "
            "`coeff` and `sol`.")
        .source("Li et al. 2021, Fourier neural operator for parametric partial differential equations; its Darcy and Burgers data files")
        .example("kindred export out/darcy --to fno-mat")
        .aliases({"mat"})
        .capabilities({"1d", "2d", "3d"})
        .factory([](const FnoMatParameters& p) { return std::make_unique<FnoMatExporter>(p); });

}  // namespace
}  // namespace kindred::data
