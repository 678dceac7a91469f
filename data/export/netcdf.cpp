#include <hdf5_hl.h>

#include <map>

#include <fmt/format.h>

#include <kindred/core/hash/sha256.hpp>
#include <kindred/core/run/run.hpp>
#include <kindred/data/export/common.hpp>
#include <kindred/data/exporter.hpp>

namespace kindred::data {
namespace {

namespace fs = std::filesystem;

struct NetcdfParameters {
  int deflate = 0;

  static Schema<NetcdfParameters> schema() {
    return {parameter("deflate", &NetcdfParameters::deflate).range(0, 9).doc("compression level; 0 stores the fields as they are")};
  }
};

/// One netCDF-4 file of one split: dimension scales first, then variables attached to them.
class NetcdfFile {
 public:
  NetcdfFile(const PendingFile& pending, const DatasetReader& reader, const RowRange& rows, int deflate)
      : reader_(reader), layout_(reader.layout()), rows_(rows), deflate_(deflate), file_(create_hdf5(pending)) {
    write_global_attributes();
    write_scales();
    define_variables();
    write_rows();
  }

 private:
  struct Column {
    RowDataset dataset;
    std::function<double(Index row)> value;
  };

  void write_global_attributes() {
    hdf5::write_string_attribute(file_, "Conventions", "CF-1.8");
    hdf5::write_string_attribute(file_, "title", fmt::format("{}, split {}", layout_.name, rows_.split));
    hdf5::write_string_attribute(file_, "history", fmt::format("{} exported by kindred", utc_now()));
    hdf5::write_string_attribute(file_, "dataset_id", sha256(layout_.identity));
  }

  static void describe(hid_t dataset, const std::string& long_name, const std::string& unit) {
    if (!long_name.empty()) {
      hdf5::write_string_attribute(dataset, "long_name", long_name);
    }
    hdf5::write_string_attribute(dataset, "units", unit);
  }

  /// Coordinate variable `name` with integer values.
  void write_integer_scale(const std::string& name, const std::vector<std::int64_t>& values, const std::string& long_name) {
    const hsize_t n = values.size();
    const hdf5::Dataspace space(KINDRED_HDF5(H5Screate_simple(1, &n, nullptr)));
    hdf5::Dataset dataset(KINDRED_HDF5(H5Dcreate2(file_, name.c_str(), H5T_STD_I64LE, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT)));
    KINDRED_HDF5(H5Dwrite(dataset, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()));
    KINDRED_HDF5(H5DSset_scale(dataset, name.c_str()));
    describe(dataset, long_name, "1");
    scales_.emplace(name, std::move(dataset));
  }

  void write_scales() {
    std::vector<std::int64_t> samples;
    for (Index row = 0; row < rows_.count; ++row) {
      samples.push_back(reader_.record(rows_.first + row).index);
    }
    write_integer_scale("sample", samples, "global sample number");
    for (const AxisLayout& axis : layout_.axes) {
      hdf5::write_reals(file_, axis.name, {{static_cast<Index>(axis.coordinates.size())}, axis.coordinates});
      hdf5::Dataset dataset(KINDRED_HDF5(H5Dopen2(file_, axis.name.c_str(), H5P_DEFAULT)));
      KINDRED_HDF5(H5DSset_scale(dataset, axis.name.c_str()));
      describe(dataset, "cell centres", axis.unit);
      scales_.emplace(axis.name, std::move(dataset));
    }
    for (const FieldLayout& field : layout_.fields) {
      if (field.rank > 0 && !scales_.contains("component")) {
        std::vector<std::int64_t> components;
        for (std::size_t k = 0; k < layout_.axes.size(); ++k) {
          components.push_back(static_cast<std::int64_t>(k));
        }
        write_integer_scale("component", components, "component along this axis");
      }
    }
  }

  void attach(hid_t dataset, const std::vector<std::string>& dimensions) {
    for (std::size_t k = 0; k < dimensions.size(); ++k) {
      KINDRED_HDF5(H5DSattach_scale(dataset, scales_.at(dimensions[k]), static_cast<unsigned>(k)));
    }
  }

  void define_variables() {
    for (const FieldLayout& field : layout_.fields) {
      std::vector<std::string> dimensions{"sample"};
      for (std::size_t axis = 0; axis < layout_.axes.size(); ++axis) {
        if (field.varies_along[axis]) {
          dimensions.push_back(layout_.axes[axis].name);
        }
      }
      dimensions.insert(dimensions.end(), static_cast<std::size_t>(field.rank), "component");
      RowDataset dataset(file_, field.name, rows_.count, frame_shape(layout_, field), layout_.precision, deflate_);
      describe(dataset.id(), field.long_name, field.unit);
      hdf5::write_string_attribute(dataset.id(), "role", field.output ? "output" : "input");
      attach(dataset.id(), dimensions);
      fields_.emplace_back(field.name, std::move(dataset));
    }
    for (std::size_t k = 0; k < layout_.scalars.size(); ++k) {
      const ScalarLayout& scalar = layout_.scalars[k];
      add_column(scalar.name, scalar.long_name, scalar.unit, [this, k](Index row) { return reader_.scalars(row)[k]; });
    }
    add_column("residual_relative", "true relative residual of the solution", "1",
               [this](Index row) { return reader_.record(row).residual_relative; });
    add_column("iterations", "solver iterations", "1", [this](Index row) { return static_cast<double>(reader_.record(row).iterations); });
  }

  void add_column(const std::string& name, const std::string& long_name, const std::string& unit, std::function<double(Index)> value) {
    // A parameter may carry the name of an axis or of a field; HDF5 links are unique.
    const std::string unique = hdf5::exists(file_, name) ? "parameter_" + name : name;
    RowDataset dataset(file_, unique, rows_.count, {}, Precision::f64);
    describe(dataset.id(), long_name, unit);
    attach(dataset.id(), {"sample"});
    columns_.push_back({std::move(dataset), std::move(value)});
  }

  void write_rows() {
    for (Index row = 0; row < rows_.count; ++row) {
      for (auto& [name, dataset] : fields_) {
        dataset.write(row, reader_.field(rows_.first + row, name));
      }
      for (Column& column : columns_) {
        const double value = column.value(rows_.first + row);
        column.dataset.write(row, std::span<const double>(&value, 1));
      }
    }
  }

  const DatasetReader& reader_;
  const DatasetLayout& layout_;
  RowRange rows_;
  int deflate_;
  hdf5::File file_;
  std::map<std::string, hdf5::Dataset> scales_;
  std::vector<std::pair<std::string, RowDataset>> fields_;
  std::vector<Column> columns_;
};

class NetcdfExporter final : public Exporter {
 public:
  explicit NetcdfExporter(NetcdfParameters parameters) : parameters_(parameters) {}

  std::vector<fs::path> write(const DatasetReader& reader, const fs::path& target, bool force) override {
    require_complete(reader);
    std::vector<fs::path> files;
    for (const RowRange& rows : split_ranges(reader)) {
      PendingFile pending(target / fmt::format("{}_{}.nc", reader.layout().name, rows.split), force);
      { const NetcdfFile file(pending, reader, rows, parameters_.deflate); }
      files.push_back(pending.commit());
    }
    files.push_back(write_sidecar(reader, target, "netcdf", force, files, "netCDF-4, CF attributes, dimensions sample and the axes"));
    return files;
  }

 private:
  NetcdfParameters parameters_;
};

const Registration netcdf = plugin<Exporter, NetcdfParameters>("netcdf")
                                .summary("one netCDF-4 file per split, with named dimensions, units and coordinates")
                                .doc(
                                    "Writes `<name>_<split>.nc`: dimensions `sample`, `x`[, `y`[, `z`]], one variable per field (last "
                                    "frame), one per parameter, and "
                                    "the solver's true relative residual and iterations. The files are HDF5 with dimension scales, which "
                                    "the netCDF-4 library reads.")
                                .source("netCDF-4 file format specification; CF conventions 1.8")
                                .example("kindred export out/darcy --to netcdf")
                                .aliases({"nc"})
                                .capabilities({"1d", "2d", "3d"})
                                .factory([](const NetcdfParameters& p) { return std::make_unique<NetcdfExporter>(p); });

}  // namespace
}  // namespace kindred::data
