#include <algorithm>
#include <numeric>

#include <hdf5_hl.h>

#include <fcntl.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <kindred/core/hash/sha256.hpp>
#include <kindred/data/file.hpp>
#include <kindred/data/hdf5_objects.hpp>
#include <kindred/data/layout_text.hpp>
#include <kindred/data/record.hpp>
#include <kindred/data/shard.hpp>

namespace kindred::data {
namespace {

/// Writes one shard's metadata, part by part, into an open file.
class ShardCreation {
 public:
  ShardCreation(const DatasetLayout& layout, const DatasetPlan& plan, std::size_t number, hid_t file)
      : layout_(layout),
        plan_(plan),
        number_(number),
        shard_(plan.shards()[number]),
        rows_(static_cast<hsize_t>(shard_.rows)),
        file_(file) {}

  void create() {
    root_attributes();
    scales();
    fields();
    aliases();
    scalars();
    boundary_conditions();
    samples();
    statistics();
    design();
    provenance();
  }

 private:
  [[nodiscard]] hid_t real_type() const { return layout_.precision == Precision::f64 ? H5T_IEEE_F64LE : H5T_IEEE_F32LE; }
  [[nodiscard]] hsize_t axis_cells(std::size_t axis) const { return layout_.axes[axis].coordinates.size(); }

  void root_attributes() {
    set_attribute(file_, "dataset_name", layout_.name);
    set_attribute(file_, "grid_type", std::string("cartesian"));
    set_attribute(file_, "n_spatial_dims", static_cast<std::int64_t>(layout_.axes.size()));
    set_attribute(file_, "n_trajectories", static_cast<std::int64_t>(shard_.rows));
    // The Well wants every name listed here as a root attribute too, that is, constant over the file: none is.
    set_attribute(file_, "simulation_parameters", std::vector<std::string>{});
  }

  hdf5::Dataset coordinate(const std::string& name, const std::vector<double>& values, const std::string& unit,
                           const std::string& long_name, bool time) {
    auto scale = create_dataset(file_, name, real_type(), {values.size()}, Storage::filled, unit, long_name);
    KINDRED_HDF5(H5Dwrite(scale, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()));
    set_attribute(scale, "sample_varying", false);
    set_attribute(scale, "time_varying", time);
    KINDRED_HDF5(H5DSset_scale(scale, name.c_str()));
    return scale;
  }

  static hdf5::Dataset numbered_scale(hid_t parent, const std::string& name, hsize_t count, std::int64_t first,
                                      const std::string& long_name) {
    auto scale = create_dataset(parent, name, H5T_STD_I64LE, {count}, Storage::filled, "1", long_name);
    std::vector<std::int64_t> values(count);
    std::iota(values.begin(), values.end(), first);
    KINDRED_HDF5(H5Dwrite(scale, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()));
    KINDRED_HDF5(H5DSset_scale(scale, name.c_str()));
    return scale;
  }

  /// The dimension scales lie at the root, because netCDF looks for dimensions in a variable's group and above;
  /// The Well finds them in /dimensions.
  void scales() {
    sample_ = numbered_scale(file_, "sample", rows_, shard_.first_row, "row of the whole data set");
    std::vector<double> frames(static_cast<std::size_t>(layout_.steady_frames));
    std::iota(frames.begin(), frames.end(), 0.0);
    time_ = coordinate("time", frames, "1", "pseudo time of a steady solution", true);
    std::vector<std::string> names;
    for (const auto& axis : layout_.axes) {
      axes_.push_back(coordinate(axis.name, axis.coordinates, axis.unit, axis.name + " coordinate of the cell centre", false));
      names.push_back(axis.name);
    }
    if (std::any_of(layout_.fields.begin(), layout_.fields.end(), [](const FieldLayout& f) { return f.rank > 0; })) {
      component_ = numbered_scale(file_, "component", axes_.size(), 0, "component of a vector or tensor");
    }
    const auto dimensions = create_group(file_, "dimensions");
    set_attribute(dimensions, "spatial_dims", names);
    link(file_, "time", dimensions, "time");
    for (const auto& name : names) {
      link(file_, name, dimensions, name);
    }
  }

  static void attach(hid_t dataset, const std::vector<hid_t>& scales) {
    for (std::size_t axis = 0; axis < scales.size(); ++axis) {
      KINDRED_HDF5(H5DSattach_scale(dataset, scales[axis], static_cast<unsigned>(axis)));
    }
  }

  void field(hid_t group, const FieldLayout& field) {
    std::vector<hsize_t> shape = {rows_};
    std::vector<hid_t> scales = {sample_};
    if (field.time_varying) {
      shape.push_back(static_cast<hsize_t>(layout_.steady_frames));
      scales.push_back(time_);
    }
    for (std::size_t axis = 0; axis < axes_.size(); ++axis) {
      if (field.varies_along[axis]) {
        shape.push_back(axis_cells(axis));
        scales.push_back(axes_[axis]);
      }
    }
    for (int i = 0; i < field.rank; ++i) {
      shape.push_back(axes_.size());
      scales.push_back(component_);
    }
    const auto dataset = create_dataset(group, field.name, real_type(), shape, Storage::bulk, field.unit, field.long_name);
    set_attribute(dataset, "sample_varying", true);
    set_attribute(dataset, "time_varying", field.time_varying);
    set_attribute(dataset, "dim_varying", field.varies_along);
    if (field.rank == 2) {
      set_attribute(dataset, "symmetric", false);
      set_attribute(dataset, "antisymmetric", false);
    }
    attach(dataset, scales);
  }

  void fields() {
    for (int rank = 0; rank < 3; ++rank) {
      const auto group = create_group(file_, fmt::format("t{}_fields", rank));
      std::vector<std::string> names;
      for (const auto& f : layout_.fields) {
        if (f.rank == rank) {
          field(group, f);
          names.push_back(f.name);
        }
      }
      set_attribute(group, "field_names", names);
    }
  }

  void root_link(const std::string& target, const std::string& name) {
    if (!hdf5::exists(file_, name)) {
      link(file_, target, file_, name);
    }
  }

  /// Names under which PDEBench looks for a scalar problem's solution and coefficient, and every field under its own name
  /// at the root, where xarray looks.
  void aliases() {
    const auto whole = [](const FieldLayout& f) {
      return std::find(f.varies_along.begin(), f.varies_along.end(), false) == f.varies_along.end();
    };
    const auto path = [](const FieldLayout& f) { return fmt::format("/t{}_fields/{}", f.rank, f.name); };
    for (const auto& f : layout_.fields) {
      root_link(path(f), f.name);
    }
    std::vector<const FieldLayout*> solutions;
    const FieldLayout* coefficient = nullptr;
    for (const auto& f : layout_.fields) {
      if (f.output && f.rank == 0 && f.time_varying && whole(f)) {
        solutions.push_back(&f);
      }
      if (f.name == "coefficient" && f.rank == 0 && !f.time_varying && whole(f)) {
        coefficient = &f;
      }
    }
    if (solutions.size() != 1 || hdf5::exists(file_, "tensor")) {
      return;
    }
    for (const auto& axis : layout_.axes) {
      root_link(axis.name, axis.name + "-coordinate");
    }
    if (layout_.steady_frames == 1) {
      root_link("time", "t-coordinate");
      link(file_, path(*solutions[0]), file_, "tensor");
    } else {
      last_frame_view(path(*solutions[0]));
    }
    if (coefficient != nullptr) {
      root_link(path(*coefficient), "nu");
    }
  }

  /// `tensor` as a virtual dataset of this same file that shows the last frame alone.
  void last_frame_view(const std::string& source) {
    std::vector<hsize_t> shape = {rows_, static_cast<hsize_t>(layout_.steady_frames)};
    for (std::size_t axis = 0; axis < axes_.size(); ++axis) {
      shape.push_back(axis_cells(axis));
    }
    const int rank = static_cast<int>(shape.size());
    const hdf5::Dataspace source_space(KINDRED_HDF5(H5Screate_simple(rank, shape.data(), nullptr)));
    std::vector<hsize_t> start(shape.size(), 0);
    start[1] = shape[1] - 1;
    shape[1] = 1;
    KINDRED_HDF5(H5Sselect_hyperslab(source_space, H5S_SELECT_SET, start.data(), nullptr, shape.data(), nullptr));
    const hdf5::Dataspace space(KINDRED_HDF5(H5Screate_simple(rank, shape.data(), nullptr)));
    const hdf5::PropertyList properties(KINDRED_HDF5(H5Pcreate(H5P_DATASET_CREATE)));
    KINDRED_HDF5(H5Pset_virtual(properties, space, ".", source.c_str(), source_space));
    KINDRED_HDF5(H5Pset_attr_creation_order(properties, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED));
    KINDRED_HDF5(H5Pset_obj_track_times(properties, false));
    const hdf5::Dataset view(KINDRED_HDF5(H5Dcreate2(file_, "tensor", real_type(), space, H5P_DEFAULT, properties, H5P_DEFAULT)));
    const auto frame =
        coordinate("t-coordinate", {static_cast<double>(layout_.steady_frames - 1)}, "1", "pseudo time of the solution", true);
    std::vector<hid_t> scales = {sample_, frame};
    scales.insert(scales.end(), axes_.begin(), axes_.end());
    attach(view, scales);
  }

  /// A column of the per-sample tables. @param second scale of the second axis, if it has one
  hdf5::Dataset column(hid_t group, const std::string& name, hid_t type, const std::string& unit, const std::string& long_name,
                       std::size_t extent = 1, hid_t second = -1) {
    std::vector<hsize_t> shape = {rows_};
    std::vector<hid_t> scales = {sample_};
    if (extent > 1) {
      shape.push_back(extent);
      scales.push_back(second);
    }
    auto dataset = create_dataset(group, name, type, shape, Storage::filled, unit, long_name);
    attach(dataset, scales);
    return dataset;
  }

  void scalars() {
    const auto group = create_group(file_, "scalars");
    std::vector<std::string> names;
    for (const auto& scalar : layout_.scalars) {
      const auto dataset = column(group, scalar.name, H5T_IEEE_F64LE, scalar.unit, scalar.long_name);
      set_attribute(dataset, "sample_varying", true);
      set_attribute(dataset, "time_varying", false);
      names.push_back(scalar.name);
    }
    set_attribute(group, "field_names", names);
  }

  /// One group per side, or per axis where both sides are alike. The Well knows three types; the kind says which it is.
  void boundary_conditions() {
    const auto group = create_group(file_, "boundary_conditions");
    for (const auto& side : layout_.boundary) {
      const auto same_axis = [&](const BoundaryLayout& other) { return other.axis == side.axis && other.high != side.high; };
      const auto opposite = std::find_if(layout_.boundary.begin(), layout_.boundary.end(), same_axis);
      const bool alike = opposite != layout_.boundary.end() && opposite->kind == side.kind && opposite->expression == side.expression;
      if (alike && side.high) {
        continue;  // described together with the low side
      }
      const bool same_kind = opposite != layout_.boundary.end() && opposite->kind == side.kind && !alike;
      boundary_condition(group, side, alike, side.axis + "_" + side.kind + (same_kind ? (side.high ? "_high" : "_low") : ""));
    }
  }

  void boundary_condition(hid_t parent, const BoundaryLayout& side, bool both, const std::string& name) {
    const auto axis = std::find_if(layout_.axes.begin(), layout_.axes.end(), [&](const AxisLayout& a) { return a.name == side.axis; });
    if (axis == layout_.axes.end()) {
      throw InputError("a boundary condition names the axis \"" + side.axis + "\", which the data set does not have");
    }
    std::vector<std::string> solved;
    for (const auto& f : layout_.fields) {
      if (f.output) {
        solved.push_back(f.name);
      }
    }
    const auto group = create_group(parent, name);
    set_attribute(group, "bc_type", well_boundary_type(side.kind));
    set_attribute(group, "bc_kind", side.kind);
    set_attribute(group, "bc_expression", side.expression);
    set_attribute(group, "associated_dims", std::vector<std::string>{side.axis});
    set_attribute(group, "associated_fields", solved);
    set_attribute(group, "sample_varying", false);
    set_attribute(group, "time_varying", false);
    std::vector<std::int8_t> mask(axis->coordinates.size(), 0);
    if (both || !side.high) {
      mask.front() = 1;
    }
    if (both || side.high) {
      mask.back() = 1;
    }
    const auto type = bool_type();
    const auto dataset = create_dataset(group, "mask", type, {mask.size()}, Storage::filled, "", "");
    KINDRED_HDF5(H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, mask.data()));
    attach(dataset, {axes_[static_cast<std::size_t>(axis - layout_.axes.begin())]});
  }

  void samples() {
    const auto group = create_group(file_, "samples");
    column(group, "status", H5T_STD_U8LE, "1", "0 to do, 1 running, 2 done, 3 failed");
    // netCDF readers refuse a variable of which some axes have a scale and some have not.
    const auto word = numbered_scale(group, "word", 2, 0, "word of a key");
    for (const auto& c : record_columns()) {
      const auto dataset = column(group, c.name, c.type(), c.unit, c.long_name, c.extent, word);
      if (std::string_view(c.name) == "index") {
        std::vector<std::int64_t> indices(rows_);
        for (std::size_t row = 0; row < indices.size(); ++row) {
          indices[row] = plan_.index_at(number_, static_cast<Index>(row));
        }
        KINDRED_HDF5(H5Dwrite(dataset, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, indices.data()));
      }
    }
    for (const auto& f : layout_.fields) {
      column(group, "crc32c_" + f.name, H5T_STD_U32LE, "1", "CRC-32C of the stored bytes of " + f.name);
    }
    if (!layout_.scalars.empty()) {
      column(group, "scalars_crc32c", H5T_STD_U32LE, "1", "CRC-32C of the row's parameters, in the order of /scalars");
    }
  }

  void statistics() {
    const auto group = create_group(file_, "statistics");
    set_attribute(group, "columns", std::vector<std::string>{"count", "mean", "variance", "minimum", "maximum"});
    for (const auto& f : layout_.fields) {
      create_dataset(group, f.name, H5T_IEEE_F64LE, {static_cast<hsize_t>(layout_.row_components(f)), statistics_numbers}, Storage::filled,
                     "", "statistics of " + f.name + " over this file, by component; zero until the file is sealed");
    }
  }

  /// What makes the points of the design again, and which of them each row is.
  void design() {
    if (layout_.design.as_table().empty()) {
      return;
    }
    const auto group = create_group(file_, "design");
    for (const Member& member : layout_.design.as_table()) {
      design_member(group, member.key, member.value);
    }
    if (!layout_.points) {
      return;
    }
    const auto points = column(group, "point", H5T_STD_U64LE, "1", "number of the point in its replicate");
    const auto replicates = column(group, "replicate", H5T_STD_I64LE, "1", "replicate, counted from the attribute of this name");
    std::vector<std::uint64_t> point(rows_);
    std::vector<std::int64_t> replicate(rows_);
    for (std::size_t row = 0; row < point.size(); ++row) {
      const Index sample = plan_.index_at(number_, static_cast<Index>(row));
      point[row] = layout_.points->point(sample);
      replicate[row] = layout_.points->replicate(sample);
    }
    KINDRED_HDF5(H5Dwrite(points, H5T_NATIVE_UINT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, point.data()));
    KINDRED_HDF5(H5Dwrite(replicates, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, replicate.data()));
    if (layout_.points->stored()) {
      design_words(group);
    }
  }

  /// A list becomes a text of one line each: attributes may not exceed 64 KiB, and there are as many lines as coordinates.
  static void design_member(hid_t group, const std::string& name, const Value& value) {
    if (value.is_array()) {
      std::string lines;
      for (const auto& text : value.as_array()) {
        lines += text.as_string() + "\n";
      }
      if (!lines.empty()) {
        create_text(group, name, lines);
      }
    } else if (value.is_string()) {
      set_attribute(group, name.c_str(), value.as_string());
    } else if (value.is_bool()) {
      set_attribute(group, name.c_str(), value.as_bool());
    } else {
      set_attribute(group, name.c_str(), value.as_integer());
    }
  }

  void design_words(hid_t group) {
    const auto dimensions = static_cast<std::size_t>(layout_.points->dimensions());
    const auto scale = numbered_scale(group, "coordinate", dimensions, 0, "coordinate of the points");
    const auto dataset = create_dataset(group, "words", H5T_STD_U64LE, {rows_, dimensions}, Storage::filled, "1",
                                        "coordinates of the row's point: words over 2^64");
    attach(dataset, {sample_, scale});
    std::vector<std::uint64_t> words;
    words.reserve(rows_ * dimensions);
    for (Index row = 0; row < shard_.rows; ++row) {
      const Index sample = plan_.index_at(number_, row);
      for (std::size_t j = 0; j < dimensions; ++j) {
        words.push_back(layout_.points->word(sample, static_cast<int>(j)));
      }
    }
    KINDRED_HDF5(H5Dwrite(dataset, H5T_NATIVE_UINT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, words.data()));
  }

  void provenance() {
    const auto group = create_group(file_, "provenance");
    set_attribute(group, "format", std::string("kindred dataset"));
    set_attribute(group, "format_version", format_version);
    create_text(group, "identity", layout_.identity);
    create_text(group, "dataset_id", sha256(layout_.identity));
    create_text(group, "card", layout_.card);
    create_text(group, "layout", layout_text(layout_));
    const nlohmann::ordered_json place = {
        {"file", shard_.file},           {"split", shard_.split}, {"number", number_}, {"shards", plan_.shards().size()},
        {"first_row", shard_.first_row}, {"rows", shard_.rows}};
    create_text(group, "plan", place.dump());
    create_reserved_text(group, "finished", finished_bytes);
    create_reserved_text(group, "rejected", rejected_bytes);
    create_dataset(group, "sealed", H5T_STD_U8LE, {}, Storage::filled, "", "1 when the file is complete and verified");
    for (const auto& [name, text] : layout_.provenance) {
      if (!hdf5::exists(group, name)) {  // the format's own names come first
        create_text(group, name, text);
      }
    }
  }

  const DatasetLayout& layout_;
  const DatasetPlan& plan_;
  std::size_t number_;
  const ShardPlan& shard_;
  hsize_t rows_;
  hid_t file_;
  hdf5::Dataset sample_;
  hdf5::Dataset time_;
  hdf5::Dataset component_;
  std::vector<hdf5::Dataset> axes_;
};

void create_hdf5_file(const DatasetLayout& layout, const DatasetPlan& plan, std::size_t number, const std::filesystem::path& path) {
  const hdf5::PropertyList creation(KINDRED_HDF5(H5Pcreate(H5P_FILE_CREATE)));
  KINDRED_HDF5(H5Pset_link_creation_order(creation, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED));
  KINDRED_HDF5(H5Pset_attr_creation_order(creation, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED));
  const hdf5::PropertyList access(KINDRED_HDF5(H5Pcreate(H5P_FILE_ACCESS)));
  // The oldest format that can say it all: a newer one leaves files that refuse to open after a crash.
  KINDRED_HDF5(H5Pset_libver_bounds(access, H5F_LIBVER_EARLIEST, H5F_LIBVER_LATEST));
  // Larger objects begin on a page of their own, so that rows do not straddle more pages than they must.
  KINDRED_HDF5(H5Pset_alignment(access, 4096, 4096));
  KINDRED_HDF5(H5Pset_file_locking(access, false, true));  // the data set has its own lock
  const hdf5::File file(KINDRED_HDF5(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, creation, access)));
  ShardCreation(layout, plan, number, file).create();
  KINDRED_HDF5(H5Fflush(file, H5F_SCOPE_LOCAL));
}

}  // namespace

void create_shard(const DatasetLayout& layout, const DatasetPlan& plan, std::size_t number, const std::filesystem::path& path) {
  try {
    create_hdf5_file(layout, plan, number, path);
  } catch (const IoError& error) {
    throw IoError("cannot create " + path.string() + ": is the disk full, or the directory not writable?\n" + error.what());
  }
  const ShardMap map = read_shard_header(path).map;
  const FileHandle file(path, O_RDWR);
  for (const auto& column : map.fields) {
    if (column.stride == column.bytes) {  // a first frame that is never written must stay a hole
      file.reserve(column.offset, map.rows * column.stride);
    }
  }
  file.sync();
}

}  // namespace kindred::data
