#include <fcntl.h>

#include <algorithm>
#include <chrono>
#include <numeric>

#include <fmt/format.h>

#include <kindred/core/base/error.hpp>
#include <kindred/data/checksum.hpp>
#include <kindred/data/record.hpp>
#include <kindred/data/stored.hpp>
#include <kindred/data/writer_state.hpp>

// The way of a row to the disk: its data are written at once (or gathered first, if rows are small); checksum and record
// are kept until the group's commit, which writes them, syncs, and only then writes the status bytes. One sync a group is
// enough: a status byte can reach the disk only after the sync that covers all it vouches for.

namespace kindred::data {
namespace {

// A group is what the commit interval brings: what a power cut may cost. These limits bound memory and unwritten pages when rows
// come faster than that. (Small groups are slow: rows lie in permuted places, and a disk takes a few large writes much faster than
// many of one row.)
constexpr Index group_bytes = Index{256} << 20;
constexpr std::size_t group_rows = std::size_t{1} << 14;
constexpr std::size_t stage_bytes = std::size_t{4} << 20;
constexpr Index small_row_bytes = Index{64} << 10;
constexpr auto hint_interval = std::chrono::milliseconds(250);  ///< the disk works meanwhile, and the commit's sync waits less
constexpr std::size_t maximum_open_files = 256;

}  // namespace

void DatasetWriter::State::add(const SampleRecord& record, std::span<const std::span<const double>> fields,
                               std::span<const double> scalars) {
  if (fields.size() != layout.fields.size() || scalars.size() != layout.scalars.size()) {
    throw InputError(fmt::format("a sample of {} has {} fields and {} parameters, not {} and {}", layout.name, layout.fields.size(),
                                 layout.scalars.size(), fields.size(), scalars.size()));
  }
  const Placement place = plan.place(record.index);
  const OpenShard& shard = open(place.shard);
  if (shard.sealed) {
    throw InputError(fmt::format("sample {} is in {}, which is sealed", record.index, shard.file.path().string()));
  }
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (static_cast<Index>(fields[i].size()) != layout.row_values(layout.fields[i])) {
      throw InputError(fmt::format("field \"{}\" of a sample has {} values, not {}", layout.fields[i].name,
                                   layout.row_values(layout.fields[i]), fields[i].size()));
    }
  }
  if (shard.status(place.row) == Status::done) {
    throw InputError(fmt::format("sample {} is stored already", record.index));
  }
  const auto start = Clock::now();
  const std::size_t known_checksums = checksums_.size();
  const std::size_t known_bytes = staged_.size();
  try {
    for (std::size_t i = 0; i < fields.size(); ++i) {
      const auto [bytes, checksum] = to_stored(fields[i], layout.precision, rounded_);
      checksums_.push_back(checksum);
      if (stage_) {
        staged_.insert(staged_.end(), bytes.begin(), bytes.end());
      } else {
        shard.file.write_at(bytes, shard.map.fields[i].at(place.row));
      }
    }
  } catch (...) {
    checksums_.resize(known_checksums);
    staged_.resize(known_bytes);
    throw;
  }
  scalars_.insert(scalars_.end(), scalars.begin(), scalars.end());
  scalars_checksums_.push_back(crc32c(std::as_bytes(scalars)));
  pending_.push_back({place.shard, place.row, record});
  pending_.back().record.seconds_io = static_cast<float>(seconds_since(start));
  pending_bytes_ += layout.row_bytes();
  if (staged_.size() >= stage_bytes) {
    write_staged();
  }
  if (!stage_ && start - last_hint_ >= hint_interval) {
    shard.file.begin_sync();
    last_hint_ = start;
  }
}

/// Pending rows from `first` on, by shard and row.
std::vector<std::size_t> DatasetWriter::State::pending_order(std::size_t first) const {
  std::vector<std::size_t> order(pending_.size() - first);
  std::iota(order.begin(), order.end(), first);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::pair(pending_[a].shard, pending_[a].row) < std::pair(pending_[b].shard, pending_[b].row);
  });
  return order;
}

template <class Action>
void DatasetWriter::State::for_each_shard(std::span<const std::size_t> order, Action action) {
  for (std::size_t begin = 0, end = 0; begin < order.size(); begin = end) {
    const std::size_t shard = pending_[order[begin]].shard;
    while (end < order.size() && pending_[order[end]].shard == shard) {
      ++end;
    }
    action(shard, order.subspan(begin, end - begin));
  }
}

/// Writes one dataset's part of several rows, neighbours in one call.
void DatasetWriter::State::write_runs(const FileHandle& file, const Column& column, std::span<const std::size_t> order,
                                      const std::function<const std::byte*(std::size_t)>& bytes_of) {
  const auto bytes = static_cast<std::size_t>(column.bytes);
  for (std::size_t i = 0; i < order.size();) {
    const Index row = pending_[order[i]].row;
    gathered_.clear();
    Index next = row;
    do {
      const std::byte* source = bytes_of(order[i]);
      gathered_.insert(gathered_.end(), source, source + bytes);
      ++next;
      ++i;
    } while (i < order.size() && pending_[order[i]].row == next && column.stride == column.bytes && gathered_.size() < stage_bytes);
    file.write_at(gathered_, column.at(row));
  }
}

void DatasetWriter::State::write_staged() {
  const auto row_bytes = static_cast<std::size_t>(layout.row_bytes());
  if (!staged_.empty()) {
    for_each_shard(pending_order(first_staged_), [&](std::size_t number, std::span<const std::size_t> order) {
      const OpenShard& shard = open(number);
      std::size_t within_row = 0;
      for (const auto& column : shard.map.fields) {
        write_runs(shard.file, column, order, [&](std::size_t i) { return staged_.data() + (i - first_staged_) * row_bytes + within_row; });
        within_row += static_cast<std::size_t>(column.bytes);
      }
    });
  }
  staged_.clear();
  first_staged_ = pending_.size();
}

void DatasetWriter::State::write_record(OpenShard& shard, std::size_t pending) {
  const Index row = pending_[pending].row;
  const auto columns = record_columns();
  const auto* record = reinterpret_cast<const std::byte*>(&pending_[pending].record);  // NOLINT
  for (std::size_t c = 0; c < columns.size(); ++c) {
    shard.set(shard.map.records[c], row, record + columns[c].offset);
  }
  for (std::size_t f = 0; f < shard.map.checksums.size(); ++f) {
    shard.set(shard.map.checksums[f], row, &checksums_[pending * layout.fields.size() + f]);
  }
  for (std::size_t s = 0; s < shard.map.scalars.size(); ++s) {
    shard.set(shard.map.scalars[s], row, &scalars_[pending * layout.scalars.size() + s]);
  }
  if (!shard.map.scalars.empty()) {
    shard.set(shard.map.scalars_checksum, row, &scalars_checksums_[pending]);
  }
}

Status OpenShard::status(Index row) const {
  Status status{};
  tables.read(file, &status, sizeof(status), map.status.at(row));
  return status;
}

bool DatasetWriter::State::commit_is_due() const {
  return Clock::now() - last_commit_ >= commit_interval_ || pending_bytes_ >= group_bytes || pending_.size() >= group_rows;
}

void DatasetWriter::State::commit() {
  if (!pending_.empty()) {
    try {
      write_staged();
      const auto order = pending_order(0);
      for_each_shard(order, [&](std::size_t number, std::span<const std::size_t> rows) {
        OpenShard& shard = open(number);
        for (const std::size_t pending : rows) {
          write_record(shard, pending);
        }
        shard.file.sync_data();
        shard.unsynced_status = false;
      });
      constexpr auto done = Status::done;
      for_each_shard(order, [&](std::size_t number, std::span<const std::size_t> rows) {
        OpenShard& shard = open(number);
        for (const std::size_t pending : rows) {
          shard.set(shard.map.status, pending_[pending].row, &done);
        }
        shard.unsynced_status = true;
        shard.tables.release();
      });
    } catch (...) {
      // After a failed write or sync the kernel may have dropped the pages: these rows have to be computed again.
      forget_pending();
      throw;
    }
    forget_pending();
  }
  last_commit_ = Clock::now();
}

void DatasetWriter::State::forget_pending() {
  pending_.clear();
  checksums_.clear();
  scalars_.clear();
  scalars_checksums_.clear();
  staged_.clear();
  first_staged_ = 0;
  pending_bytes_ = 0;
}

void DatasetWriter::State::sync_statuses() {
  for (auto& shard : shards_) {
    if (shard.file && shard.unsynced_status) {
      shard.file.sync_data();
      shard.unsynced_status = false;
    }
  }
}

/// Data sets of many shards must not run into the limit of open files. Data written but not yet synced are safe: a sync
/// through a descriptor opened later covers the whole file.
void DatasetWriter::State::close_all() {
  sync_statuses();
  for (auto& shard : shards_) {
    shard = OpenShard{};
  }
  open_files_ = 0;
}

OpenShard& DatasetWriter::State::open(std::size_t number) {
  OpenShard& shard = shards_[number];
  if (shard.file) {
    return shard;
  }
  if (open_files_ >= maximum_open_files) {
    close_all();
  }
  const bool sealed = std::filesystem::exists(sealed_path(number));
  const auto path = sealed ? sealed_path(number) : part_path(number);
  shard.map = read_shard_header(path).map;
  shard.file = FileHandle(path, sealed ? O_RDONLY : O_RDWR);
  shard.sealed = sealed;
  if (!sealed) {
    shard.tables = FileWindow(shard.file, shard.map.tables, shard.map.tables_end - shard.map.tables);
  }
  ++open_files_;
  return shard;
}

DatasetWriter::State::State(const DatasetLayout& layout, const OpenOptions& options)
    : layout(layout),
      plan(layout),
      at_hand(options.shards),
      shards_(plan.shards().size()),
      stage_(layout.row_bytes() < small_row_bytes),
      commit_interval_(options.commit_interval) {
  if (at_hand.empty()) {
    at_hand.resize(shards_.size());
    std::iota(at_hand.begin(), at_hand.end(), std::size_t{0});
  }
  std::sort(at_hand.begin(), at_hand.end());
  if (at_hand.back() >= shards_.size()) {
    throw InputError(fmt::format("there is no shard {}: the data set has {}", at_hand.back(), shards_.size()));
  }
}

}  // namespace kindred::data
