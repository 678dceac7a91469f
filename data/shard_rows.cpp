#include <kindred/data/shard_rows.hpp>

#include <cstring>

#include <fmt/format.h>

#include <kindred/data/checksum.hpp>
#include <kindred/data/record.hpp>

namespace kindred::data {
namespace {

template <class T>
T read_value(const FileHandle& file, Index offset) {
  T value{};
  file.read_at(std::as_writable_bytes(std::span(&value, 1)), offset);
  return value;
}

std::string compare(std::uint32_t stored, std::uint32_t computed, const std::string& what) {
  return stored == computed ? std::string() : fmt::format("{}: checksum {:08x}, but {:08x} was stored", what, computed, stored);
}

}  // namespace

std::filesystem::path with_suffix(std::filesystem::path path, const char* suffix) { return path += suffix; }

Status read_status(const FileHandle& file, const ShardMap& map, Index row) {
  return static_cast<Status>(read_value<std::uint8_t>(file, map.status.at(row)));
}

std::vector<Status> read_statuses(const FileHandle& file, const ShardMap& map) {
  std::vector<Status> statuses(static_cast<std::size_t>(map.rows));
  file.read_at(std::as_writable_bytes(std::span(statuses)), map.status.offset);
  return statuses;
}

void write_status(const FileHandle& file, const ShardMap& map, Index row, Status status) {
  file.write_at(std::as_bytes(std::span(&status, 1)), map.status.at(row));
}

SampleRecord read_record(const FileHandle& file, const ShardMap& map, Index row) {
  SampleRecord record;
  const auto columns = record_columns();
  std::byte buffer[16];
  for (std::size_t i = 0; i < columns.size(); ++i) {
    file.read_at(std::span(buffer).first(columns[i].bytes), map.records[i].at(row));
    unpack(columns[i], buffer, record);
  }
  return record;
}

std::vector<double> read_scalars(const FileHandle& file, const ShardMap& map, Index row) {
  std::vector<double> values;
  values.reserve(map.scalars.size());
  for (const auto& column : map.scalars) {
    values.push_back(read_value<double>(file, column.at(row)));
  }
  return values;
}

void read_field(const FileHandle& file, const ShardMap& map, std::size_t field, Index row, std::vector<std::byte>& buffer) {
  buffer.resize(static_cast<std::size_t>(map.fields[field].bytes));
  file.read_at(buffer, map.fields[field].at(row));
}

std::vector<double> to_reals(std::span<const std::byte> bytes, Precision precision) {
  if (precision == Precision::f64) {
    std::vector<double> values(bytes.size() / sizeof(double));
    std::memcpy(values.data(), bytes.data(), values.size() * sizeof(double));
    return values;
  }
  std::vector<float> stored(bytes.size() / sizeof(float));
  std::memcpy(stored.data(), bytes.data(), stored.size() * sizeof(float));
  return {stored.begin(), stored.end()};
}

std::string field_damage(const FileHandle& file, const ShardMap& map, const DatasetLayout& layout, std::size_t field, Index row,
                         std::span<const std::byte> bytes) {
  return compare(read_value<std::uint32_t>(file, map.checksums[field].at(row)), crc32c(bytes), layout.fields[field].name);
}

std::string scalars_damage(const FileHandle& file, const ShardMap& map, Index row) {
  if (map.scalars.empty()) {
    return {};
  }
  const auto values = read_scalars(file, map, row);
  return compare(read_value<std::uint32_t>(file, map.scalars_checksum.at(row)), crc32c(std::as_bytes(std::span(values))), "parameters");
}

std::string row_damage(const FileHandle& file, const ShardMap& map, const DatasetLayout& layout, Index row) {
  std::string damage = scalars_damage(file, map, row);
  std::vector<std::byte> buffer;
  for (std::size_t field = 0; damage.empty() && field < map.fields.size(); ++field) {
    read_field(file, map, field, row, buffer);
    damage = field_damage(file, map, layout, field, row, buffer);
  }
  return damage;
}

}  // namespace kindred::data
