#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <kindred/core/hdf5/hdf5.hpp>
#include <kindred/data/file.hpp>
#include <kindred/data/layout_text.hpp>
#include <kindred/data/record.hpp>
#include <kindred/data/shard.hpp>

namespace kindred::data {
namespace {

std::string field_path(const FieldLayout& field) { return fmt::format("t{}_fields/{}", field.rank, field.name); }

/// Finds datasets' places in an open file and checks that they are what the layout says.
class MapReader {
 public:
  MapReader(hid_t file, Index rows) : file_(file), rows_(rows) {}

  /// @param bytes of one row's part that is used; it is the last of a row's `frames` equal parts
  Column column(const std::string& path, Index bytes, Index frames = 1) {
    const Index stride = bytes * frames;
    return {offset(path, rows_ * stride) + (frames - 1) * bytes, stride, bytes};
  }

  Index offset(const std::string& path, Index bytes) {
    const hdf5::Dataset dataset(KINDRED_HDF5(H5Dopen2(file_, path.c_str(), H5P_DEFAULT)));
    const haddr_t address = H5Dget_offset(dataset);
    if (address == HADDR_UNDEF || H5Dget_storage_size(dataset) != static_cast<hsize_t>(bytes)) {
      throw IoError(fmt::format("/{} is not stored in {} contiguous bytes", path, bytes));
    }
    end = std::max(end, static_cast<Index>(address) + bytes);
    return static_cast<Index>(address);
  }

  Index end = 0;

 private:
  hid_t file_;
  Index rows_;
};

void find_tables(ShardMap& map) {
  std::vector<Column> tables = map.records;
  tables.insert(tables.end(), map.checksums.begin(), map.checksums.end());
  tables.insert(tables.end(), map.scalars.begin(), map.scalars.end());
  tables.push_back(map.status);
  if (!map.scalars.empty()) {
    tables.push_back(map.scalars_checksum);
  }
  map.tables = map.status.offset;
  for (const auto& column : tables) {
    map.tables = std::min(map.tables, column.offset);
    map.tables_end = std::max(map.tables_end, column.at(map.rows));
  }
}

ShardMap read_map(hid_t file, const DatasetLayout& layout, Index rows) {
  MapReader reader(file, rows);
  ShardMap map;
  map.rows = rows;
  for (const auto& field : layout.fields) {
    map.fields.push_back(reader.column(field_path(field), layout.row_bytes(field), field.time_varying ? layout.steady_frames : 1));
    map.checksums.push_back(reader.column("samples/crc32c_" + field.name, 4));
    const Index components = layout.row_components(field);
    map.statistics.push_back(
        reader.offset("statistics/" + field.name, components * static_cast<Index>(statistics_numbers * sizeof(double))));
  }
  for (const auto& scalar : layout.scalars) {
    map.scalars.push_back(reader.column("scalars/" + scalar.name, 8));
  }
  if (!layout.scalars.empty()) {
    map.scalars_checksum = reader.column("samples/scalars_crc32c", 4);
  }
  for (const auto& column : record_columns()) {
    map.records.push_back(reader.column(std::string("samples/") + column.name, static_cast<Index>(column.bytes)));
  }
  map.status = reader.column("samples/status", 1);
  map.sealed = reader.offset("provenance/sealed", 1);
  map.finished = reader.offset("provenance/finished", static_cast<Index>(finished_bytes));
  map.rejected = reader.offset("provenance/rejected", static_cast<Index>(rejected_bytes));
  map.end = reader.end;
  find_tables(map);
  return map;
}

constexpr std::array own_names{"identity", "dataset_id", "card", "layout", "plan", "finished", "rejected", "sealed"};

/// Texts of /provenance that are not part of the format itself.
std::map<std::string, std::string> read_provenance(hid_t group) {
  std::map<std::string, std::string> texts;
  hsize_t position = 0;
  std::vector<std::string> names;
  const auto collect = [](hid_t, const char* name, const H5L_info_t*, void* data) -> herr_t {
    static_cast<std::vector<std::string>*>(data)->emplace_back(name);
    return 0;
  };
  KINDRED_HDF5(H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, &position, collect, &names));
  for (const auto& name : names) {
    if (std::find(own_names.begin(), own_names.end(), name) == own_names.end()) {
      texts[name] = hdf5::read_string_dataset(group, name);
    }
  }
  return texts;
}

std::int64_t stored_version(hid_t file) {
  if (!hdf5::exists(file, "provenance")) {
    throw IoError("it has no group /provenance: Kindred did not write it");
  }
  const hdf5::Group group(KINDRED_HDF5(H5Gopen2(file, "provenance", H5P_DEFAULT)));
  if (H5Aexists(group, "format_version") <= 0) {
    throw IoError("/provenance has no format_version: Kindred did not write it");
  }
  const hdf5::Attribute attribute(KINDRED_HDF5(H5Aopen(group, "format_version", H5P_DEFAULT)));
  std::int64_t version = 0;
  KINDRED_HDF5(H5Aread(attribute, H5T_NATIVE_INT64, &version));
  return version;
}

ShardHeader read_open_file(hid_t file) {
  if (const auto version = stored_version(file); version != format_version) {
    throw IoError(fmt::format("its format is version {}, this program reads version {}", version, format_version));
  }
  const hdf5::Group group(KINDRED_HDF5(H5Gopen2(file, "provenance", H5P_DEFAULT)));
  ShardHeader header;
  header.layout_text = hdf5::read_string_dataset(group, "layout");
  header.layout = parse_layout(header.layout_text);
  header.layout.identity = hdf5::read_string_dataset(group, "identity");
  header.layout.card = hdf5::read_string_dataset(group, "card");
  header.layout.provenance = read_provenance(group);
  const auto place = nlohmann::json::parse(hdf5::read_string_dataset(group, "plan"));
  header.plan = {place.at("split"), place.at("file"), place.at("first_row"), place.at("rows")};
  header.number = place.at("number");
  header.shards = place.at("shards");
  header.map = read_map(file, header.layout, header.plan.rows);
  return header;
}

}  // namespace

ShardHeader read_shard_header(const std::filesystem::path& path) {
  const hdf5::File file = hdf5::open_readonly(path);
  ShardHeader header;
  try {
    header = read_open_file(file);
  } catch (const std::exception& error) {
    throw IoError(fmt::format("{} is damaged or no Kindred shard: {}", path.string(), error.what()));
  }
  std::error_code ignored;
  if (const auto size = static_cast<Index>(std::filesystem::file_size(path, ignored)); size < header.map.end) {
    throw IoError(fmt::format("{} is truncated: it has {} bytes of {}", path.string(), size, header.map.end));
  }
  return header;
}

}  // namespace kindred::data
