#include <optional>

#include <fmt/format.h>

#include <kindred/data/export/common.hpp>
#include <kindred/data/exporter.hpp>

namespace kindred::data {
namespace {

namespace fs = std::filesystem;

struct PdebenchParameters {
  std::string solution;
  std::string coefficient;
  std::string split;
  std::optional<double> beta;

  static Schema<PdebenchParameters> schema() {
    return {parameter("solution", &PdebenchParameters::solution).doc("field stored as `tensor`; empty: the first scalar output"),
            parameter("coefficient", &PdebenchParameters::coefficient).doc("field stored as `nu`; empty: the first scalar input"),
            parameter("split", &PdebenchParameters::split).doc("rows of this split only; empty: all, in stored order"),
            parameter("beta", &PdebenchParameters::beta)
                .doc("the constant forcing, root attribute `beta`; absent: the value of the field `forcing` if that is constant, else no "
                     "attribute")};
  }
};

/// Value of a field that has the same value in every cell of every row written so far.
class ConstantValue {
 public:
  void add(std::span<const double> values) {
    for (const double value : values) {
      if (!seen_) {
        value_ = value;
      }
      seen_ = true;
      constant_ = constant_ && value == value_;
    }
  }
  [[nodiscard]] std::optional<double> value() const { return seen_ && constant_ ? std::optional(value_) : std::nullopt; }

 private:
  double value_ = 0.0;
  bool seen_ = false;
  bool constant_ = true;
};

class PdebenchExporter final : public Exporter {
 public:
  explicit PdebenchExporter(PdebenchParameters parameters) : parameters_(std::move(parameters)) {}

  std::vector<fs::path> write(const DatasetReader& reader, const fs::path& target, bool force) override {
    const DatasetLayout& layout = reader.layout();
    require_complete(reader);
    if (layout.axes.size() > 2) {
      throw InputError("PDEBench's single-file layout holds scalar fields on 1-D and 2-D grids; this data set is 3-D: use netcdf or npz");
    }
    const RowRange rows = select_rows(reader, parameters_.split);
    const FieldLayout& solution = choose_field(layout, parameters_.solution, true);
    const FieldLayout& coefficient = choose_field(layout, parameters_.coefficient, false);

    PendingFile pending(target / (rows.split.empty() ? layout.name + ".hdf5" : layout.name + "_" + rows.split + ".hdf5"), force);
    {
      const hdf5::File file = create_hdf5(pending);
      write_coordinates(file, layout);
      const std::optional<double> beta = write_rows(file, reader, rows, solution, coefficient);
      if (beta) {
        write_number_attribute(file, "beta", *beta);
      }
      hdf5::write_string_attribute(file, "source", layout.name);
    }
    std::vector<fs::path> files{pending.commit()};
    files.push_back(write_sidecar(reader, target, "pdebench", force, files,
                                  fmt::format("PDEBench single-file layout: tensor = {}, nu = {}", solution.name, coefficient.name)));
    return files;
  }

 private:
  static void write_coordinates(hid_t file, const DatasetLayout& layout) {
    hdf5::write_reals(file, "t-coordinate", {{1}, {0.0}});
    for (const AxisLayout& axis : layout.axes) {
      hdf5::write_reals(file, axis.name + "-coordinate", {{static_cast<Index>(axis.coordinates.size())}, axis.coordinates});
    }
  }

  /// tensor (B, 1, X[, Y]) and nu (B, X[, Y]), both float32. @returns the constant forcing, if there is one
  std::optional<double> write_rows(hid_t file, const DatasetReader& reader, const RowRange& rows, const FieldLayout& solution,
                                   const FieldLayout& coefficient) const {
    const DatasetLayout& layout = reader.layout();
    std::vector<Index> with_time = frame_shape(layout, solution);
    with_time.insert(with_time.begin(), 1);
    RowDataset tensor(file, "tensor", rows.count, with_time, Precision::f32);
    RowDataset nu(file, "nu", rows.count, frame_shape(layout, coefficient), Precision::f32);
    bool has_forcing = false;
    for (const FieldLayout& field : layout.fields) {
      has_forcing = has_forcing || field.name == "forcing";
    }
    ConstantValue forcing;
    for (Index row = 0; row < rows.count; ++row) {
      tensor.write(row, reader.field(rows.first + row, solution.name));
      nu.write(row, reader.field(rows.first + row, coefficient.name));
      if (has_forcing) {
        forcing.add(reader.field(rows.first + row, "forcing"));
      }
    }
    return parameters_.beta ? parameters_.beta : forcing.value();
  }

  PdebenchParameters parameters_;
};

const Registration pdebench =
    plugin<Exporter, PdebenchParameters>("pdebench")
        .summary("one .hdf5 file in PDEBench's single-file layout (1-D and 2-D)")
        .doc(
            "Writes `tensor` $(B, 1, X[, Y])$ with the solution and `nu` $(B, X[, Y])$ with the coefficient, both float32, "
            "`x-coordinate`, `y-coordinate`, `t-coordinate`, and the root attribute `beta` when the forcing is constant. The suffix is "
            "`.hdf5` "
            "because PDEBench's loaders take the layout from the file name's ending. The rows keep their stored order, which is a random "
            "permutation, so that the loaders' first or last 10 % is a fair test set.")
        .source("PDEBench (Takamoto et al. 2022), data loaders for scalar equations and 2-D Darcy flow")
        .example("kindred export out/darcy --to pdebench")
        .capabilities({"1d", "2d"})
        .factory([](const PdebenchParameters& p) { return std::make_unique<PdebenchExporter>(p); });

}  // namespace
}  // namespace kindred::data
