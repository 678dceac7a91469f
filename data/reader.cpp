#include <kindred/data/reader.hpp>

#include <fcntl.h>

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include <kindred/core/base/error.hpp>
#include <kindred/data/extension.hpp>
#include <kindred/data/shard_files.hpp>
#include <kindred/data/shard_rows.hpp>
#include <kindred/data/summary.hpp>

namespace kindred::data {

struct DatasetReader::State {
  struct Shard {
    FileHandle file;
    ShardMap map;
    Index first = 0;  ///< row, counted over the shards at hand
  };
  struct Place {
    const Shard& shard;
    Index row = 0;
  };

  DatasetLayout layout;
  std::string layout_text;
  std::vector<ShardInfo> infos;
  std::vector<Shard> shards;
  Index rows = 0;

  void add(const std::filesystem::path& path);
  [[nodiscard]] std::size_t shard_of(Index row) const;
  [[nodiscard]] Place place(Index row) const {
    const Shard& shard = shards[shard_of(row)];
    return {shard, row - shard.first};
  }
};

void DatasetReader::State::add(const std::filesystem::path& path) {
  auto found = path;
  if (!std::filesystem::exists(found) && found.extension() == part_suffix) {
    found.replace_extension();  // sealed in the meantime
  }
  ShardHeader header = read_shard_header(found);
  const bool same = header.layout_text == layout_text && header.layout.identity == layout.identity;
  if (shards.empty() || (!same && header.layout.count > layout.count && not_first_parts_because(layout, header.layout).empty())) {
    layout = std::move(header.layout);
    layout_text = header.layout_text;
  } else if (!same && !(header.layout.count < layout.count && not_first_parts_because(header.layout, layout).empty())) {
    throw IoError(fmt::format("{} belongs to another data set than {}", found.string(), infos.front().path.string()));
  }
  Shard shard{FileHandle(found, O_RDONLY), std::move(header.map), rows};
  ShardInfo info;
  info.path = found;
  info.split = header.plan.split;
  info.rows = shard.map.rows;
  info.sealed = found.extension() != part_suffix;
  const auto statuses = read_statuses(shard.file, shard.map);
  info.done = std::count(statuses.begin(), statuses.end(), Status::done);
  info.failed = std::count(statuses.begin(), statuses.end(), Status::failed);
  rows += info.rows;
  infos.push_back(std::move(info));
  shards.push_back(std::move(shard));
}

std::size_t DatasetReader::State::shard_of(Index row) const {
  if (row < 0 || row >= rows) {
    throw InputError(fmt::format("row {} is not in [0, {})", row, rows));
  }
  const auto next = std::upper_bound(shards.begin(), shards.end(), row, [](Index r, const Shard& shard) { return r < shard.first; });
  return static_cast<std::size_t>(next - shards.begin()) - 1;
}

DatasetReader::DatasetReader(const std::filesystem::path& directory_or_file) : state_(std::make_unique<State>()) {
  for (const auto& path : find_shards(directory_or_file)) {
    state_->add(path);
  }
  if (std::filesystem::is_directory(directory_or_file)) {
    state_->layout.directory = directory_or_file;
  }
}

DatasetReader::DatasetReader(DatasetReader&&) noexcept = default;
DatasetReader::~DatasetReader() = default;

const DatasetLayout& DatasetReader::layout() const { return state_->layout; }
const std::vector<ShardInfo>& DatasetReader::shards() const { return state_->infos; }
Index DatasetReader::rows() const { return state_->rows; }

Status DatasetReader::status(Index row) const {
  const auto place = state_->place(row);
  return read_status(place.shard.file, place.shard.map, place.row);
}

SampleRecord DatasetReader::record(Index row) const {
  const auto place = state_->place(row);
  return read_record(place.shard.file, place.shard.map, place.row);
}

std::vector<double> DatasetReader::scalars(Index row) const {
  const auto place = state_->place(row);
  return read_scalars(place.shard.file, place.shard.map, place.row);
}

std::vector<double> DatasetReader::field(Index row, const std::string& name) const {
  const auto& fields = state_->layout.fields;
  const auto found = std::find_if(fields.begin(), fields.end(), [&](const FieldLayout& f) { return f.name == name; });
  if (found == fields.end()) {
    std::string names;
    for (const auto& f : fields) {
      names += (names.empty() ? "" : ", ") + f.name;
    }
    throw InputError(fmt::format("there is no field \"{}\"; there are: {}", name, names));
  }
  const auto place = state_->place(row);
  std::vector<std::byte> buffer;
  read_field(place.shard.file, place.shard.map, static_cast<std::size_t>(found - fields.begin()), place.row, buffer);
  return to_reals(buffer, state_->layout.precision);
}

const std::string& DatasetReader::split(Index row) const { return state_->infos[state_->shard_of(row)].split; }

std::map<std::string, FieldStatistics> dataset_statistics(const DatasetReader& reader, const std::string& split) {
  std::map<std::string, FieldStatistics> all;
  for (const auto& field : reader.layout().fields) {
    FieldStatistics& total = all[field.name];
    Index row = 0;
    for (const auto& shard : reader.shards()) {
      for (const Index end = row + shard.rows; row < end; ++row) {
        if ((split.empty() || shard.split == split) && reader.status(row) == Status::done) {
          total.merge(statistics(reader.field(row, field.name)));
        }
      }
    }
  }
  return all;
}

}  // namespace kindred::data
