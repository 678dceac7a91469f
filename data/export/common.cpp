#include <algorithm>
#include <fstream>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <kindred/core/hash/sha256.hpp>
#include <kindred/core/run/run.hpp>
#include <kindred/data/export/common.hpp>

namespace kindred::data {

namespace fs = std::filesystem;

std::vector<RowRange> split_ranges(const DatasetReader& reader) {
  std::vector<RowRange> ranges;
  Index row = 0;
  for (const ShardInfo& shard : reader.shards()) {
    if (ranges.empty() || ranges.back().split != shard.split) {
      ranges.push_back({shard.split, row, 0});
    }
    ranges.back().count += shard.rows;
    row += shard.rows;
  }
  return ranges;
}

RowRange select_rows(const DatasetReader& reader, const std::string& split) {
  if (split.empty()) {
    return {"", 0, reader.rows()};
  }
  std::vector<std::string> names;
  for (const RowRange& range : split_ranges(reader)) {
    if (range.split == split) {
      return range;
    }
    names.push_back(range.split);
  }
  throw InputError(
      fmt::format("the data set \"{}\" has no split \"{}\"; its splits are {}", reader.layout().name, split, fmt::join(names, ", ")));
}

void require_complete(const DatasetReader& reader) {
  Index done = 0;
  for (const ShardInfo& shard : reader.shards()) {
    done += shard.done;
  }
  if (done < reader.rows()) {
    throw InputError(
        fmt::format("the data set \"{}\" is not complete ({} of {} samples done): finish it with `kindred generate`, then export it",
                    reader.layout().name, done, reader.rows()));
  }
  if (reader.rows() == 0) {
    throw InputError(fmt::format("the data set \"{}\" has no samples", reader.layout().name));
  }
}

bool is_scalar_on_grid(const DatasetLayout& layout, const FieldLayout& field) {
  return field.rank == 0 && field.varies_along.size() == layout.axes.size() &&
         std::all_of(field.varies_along.begin(), field.varies_along.end(), [](bool varies) { return varies; });
}

const FieldLayout& choose_field(const DatasetLayout& layout, const std::string& name, bool output) {
  std::vector<std::string> names;
  for (const FieldLayout& field : layout.fields) {
    if (name.empty() ? field.output == output && is_scalar_on_grid(layout, field) : field.name == name) {
      if (!is_scalar_on_grid(layout, field)) {
        throw InputError(fmt::format("field \"{}\" is not a scalar on the whole grid, which this format needs", name));
      }
      return field;
    }
    names.push_back(field.name);
  }
  throw InputError(
      name.empty() ? fmt::format("the data set \"{}\" has no scalar {} field on the whole grid; its fields are {}", layout.name,
                                 output ? "output" : "input", fmt::join(names, ", "))
                   : fmt::format("the data set \"{}\" has no field \"{}\"; its fields are {}", layout.name, name, fmt::join(names, ", ")));
}

std::vector<Index> frame_shape(const DatasetLayout& layout, const FieldLayout& field) {
  std::vector<Index> shape;
  for (std::size_t axis = 0; axis < layout.axes.size(); ++axis) {
    if (field.varies_along[axis]) {
      shape.push_back(static_cast<Index>(layout.axes[axis].coordinates.size()));
    }
  }
  shape.insert(shape.end(), static_cast<std::size_t>(field.rank), static_cast<Index>(layout.axes.size()));
  return shape;
}

namespace {

void require_new(const fs::path& path, bool force) {
  const fs::file_status status = fs::status(path);
  if (fs::exists(status) && !fs::is_regular_file(status)) {
    throw InputError(fmt::format("{} is {}, which no file may replace: give another name", path.string(),
                                 fs::is_directory(status) ? "a folder" : "no ordinary file"));
  }
  if (!force && fs::exists(status)) {
    throw InputError(fmt::format("{} exists already: give another name, or --force to replace it", path.string()));
  }
}

/// Where a symbolic link leads to, whether there is something or not: the link stays.
fs::path followed(fs::path path) {
  constexpr int most_links = 40;  // as Linux
  for (int links = 0; links < most_links && fs::is_symlink(fs::symlink_status(path)); ++links) {
    const fs::path target = fs::read_symlink(path);
    path = target.is_absolute() ? target : path.parent_path() / target;
  }
  return path;
}

fs::path checked_partial(const fs::path& path, bool force) {
  if (path.empty()) {
    throw InputError("the output file has an empty name: give it one");
  }
  require_new(path, force);
  return fs::path(path) += ".part";
}

}  // namespace

PendingFile::PendingFile(fs::path path, bool force)
    : path_(followed(std::move(path))), partial_(checked_partial(path_, force), OwnedFile::Lock::open_file, path_) {
  require_new(path_, force);  // another run may have finished it meanwhile
}

fs::path PendingFile::commit() {
  partial_.rename(path_);
  return path_;
}

hdf5::File create_hdf5(const PendingFile& file) {
  const hdf5::PropertyList creation(KINDRED_HDF5(H5Pcreate(H5P_FILE_CREATE)));
  KINDRED_HDF5(H5Pset_link_creation_order(creation, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED));
  KINDRED_HDF5(H5Pset_attr_creation_order(creation, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED));
  const hdf5::PropertyList access(KINDRED_HDF5(H5Pcreate(H5P_FILE_ACCESS)));
  KINDRED_HDF5(H5Pset_file_locking(access, false, true));  // the pending file has its own lock
  return hdf5::File(KINDRED_HDF5(H5Fcreate(file.partial().c_str(), H5F_ACC_TRUNC, creation, access)));
}

RowDataset::RowDataset(hid_t location, const std::string& name, Index rows, const std::vector<Index>& row_shape, Precision precision,
                       int deflate)
    : row_shape_(row_shape.begin(), row_shape.end()) {
  std::vector<hsize_t> shape{static_cast<hsize_t>(rows)};
  shape.insert(shape.end(), row_shape_.begin(), row_shape_.end());
  const hdf5::Dataspace space(KINDRED_HDF5(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr)));
  const hdf5::PropertyList creation(KINDRED_HDF5(H5Pcreate(H5P_DATASET_CREATE)));
  KINDRED_HDF5(H5Pset_attr_creation_order(creation, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED));
  KINDRED_HDF5(H5Pset_fill_time(creation, H5D_FILL_TIME_NEVER));
  if (deflate > 0) {
    shape[0] = row_shape_.empty() ? shape[0] : 1;
    KINDRED_HDF5(H5Pset_chunk(creation, static_cast<int>(shape.size()), shape.data()));
    KINDRED_HDF5(H5Pset_shuffle(creation));
    KINDRED_HDF5(H5Pset_deflate(creation, static_cast<unsigned>(deflate)));
  }
  const hid_t type = precision == Precision::f32 ? H5T_IEEE_F32LE : H5T_IEEE_F64LE;
  dataset_ = hdf5::Dataset(KINDRED_HDF5(H5Dcreate2(location, name.c_str(), type, space, H5P_DEFAULT, creation, H5P_DEFAULT)));
}

void RowDataset::write(Index row, std::span<const double> values) {
  std::vector<hsize_t> start(row_shape_.size() + 1, 0);
  std::vector<hsize_t> count{1};
  start[0] = static_cast<hsize_t>(row);
  count.insert(count.end(), row_shape_.begin(), row_shape_.end());
  const hdf5::Dataspace file_space(KINDRED_HDF5(H5Dget_space(dataset_)));
  KINDRED_HDF5(H5Sselect_hyperslab(file_space, H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr));
  const hdf5::Dataspace memory_space(KINDRED_HDF5(H5Screate_simple(static_cast<int>(count.size()), count.data(), nullptr)));
  KINDRED_HDF5(H5Dwrite(dataset_, H5T_NATIVE_DOUBLE, memory_space, file_space, H5P_DEFAULT, values.data()));
}

void write_number_attribute(hid_t object, const std::string& name, double value) {
  const hdf5::Dataspace space(KINDRED_HDF5(H5Screate(H5S_SCALAR)));
  const hdf5::Attribute attribute(KINDRED_HDF5(H5Acreate2(object, name.c_str(), H5T_IEEE_F64LE, space, H5P_DEFAULT, H5P_DEFAULT)));
  KINDRED_HDF5(H5Awrite(attribute, H5T_NATIVE_DOUBLE, &value));
}

std::string escape_markup(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

fs::path write_sidecar(const DatasetReader& reader, const fs::path& target, const std::string& format, bool force,
                       const std::vector<fs::path>& files, const std::string& contents) {
  const DatasetLayout& layout = reader.layout();
  nlohmann::ordered_json json;
  json["format"] = format;
  json["contents"] = contents;
  json["created"] = utc_now();
  for (const fs::path& file : files) {
    json["files"].push_back(file.filename().string());
  }
  json["source"]["name"] = layout.name;
  json["source"]["directory"] =
      fs::absolute(layout.directory.empty() ? reader.shards().front().path.parent_path() : layout.directory).lexically_normal().string();
  json["source"]["dataset_id"] = sha256(layout.identity);
  json["source"]["seed"] = layout.seed;
  for (const RowRange& range : split_ranges(reader)) {
    json["source"]["splits"][range.split] = range.count;
  }
  for (const FieldLayout& field : layout.fields) {
    json["fields"].push_back({{"name", field.name},
                              {"long_name", field.long_name},
                              {"units", field.unit},
                              {"role", field.output ? "output" : "input"},
                              {"shape", frame_shape(layout, field)}});
  }
  for (const ScalarLayout& scalar : layout.scalars) {
    json["parameters"].push_back({{"name", scalar.name}, {"units", scalar.unit}, {"long_name", scalar.long_name}});
  }
  json["provenance"] = layout.provenance;
  json["provenance"]["identity"] = layout.identity;

  PendingFile file(target / fmt::format("{}.{}.json", layout.name, format), force);
  {
    std::ofstream out(file.partial());
    out << json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << '\n';
    if (!out.flush()) {
      throw IoError(fmt::format("cannot write {}", file.partial().string()));
    }
  }
  return file.commit();
}

}  // namespace kindred::data
