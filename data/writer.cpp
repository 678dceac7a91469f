#include <kindred/data/writer.hpp>

#include <fcntl.h>

#include <algorithm>

#include <fmt/format.h>

#include <kindred/core/base/error.hpp>
#include <kindred/data/summary.hpp>
#include <kindred/data/writer_state.hpp>

namespace kindred::data {

DatasetWriter::DatasetWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
DatasetWriter::DatasetWriter(DatasetWriter&&) noexcept = default;
DatasetWriter& DatasetWriter::operator=(DatasetWriter&&) noexcept = default;

DatasetWriter::~DatasetWriter() {
  if (state_) {
    try {
      flush();
    } catch (const std::exception&) {
      // The rows stay unfinished and will be computed again; flush() is there for callers who want to know.
    }
  }
}

DatasetWriter DatasetWriter::prepare(const DatasetLayout& layout, const OpenOptions& options) {
  auto state = std::make_unique<State>(layout, options);
  std::error_code error;
  std::filesystem::create_directories(layout.directory, error);
  if (error) {
    throw IoError(fmt::format("cannot create {}: {}", layout.directory.string(), error.message()));
  }
  state->lock = DatasetLock(layout.directory, options.require_exclusive ? std::vector<std::size_t>{} : state->at_hand);
  state->refuse_other_data(options.require_exclusive);
  state->create_missing();
  state->resume(options.verify);
  return DatasetWriter(std::move(state));
}

DatasetWriter DatasetWriter::attach(const DatasetLayout& layout, const OpenOptions& options) {
  return DatasetWriter(std::make_unique<State>(layout, options));
}

const DatasetLayout& DatasetWriter::layout() const { return state_->layout; }
const DatasetPlan& DatasetWriter::plan() const { return state_->plan; }

Status DatasetWriter::status(Index index) const {
  const Placement placement = state_->plan.place(index);
  const OpenShard& shard = state_->open(placement.shard);
  return shard.sealed ? Status::done : read_status(shard.file, shard.map, placement.row);
}

std::vector<Index> DatasetWriter::unfinished() const {
  std::vector<Index> indices;
  for (const auto number : state_->at_hand) {
    const OpenShard& shard = state_->open(number);
    if (shard.sealed) {
      continue;
    }
    const auto statuses = read_statuses(shard.file, shard.map);
    for (std::size_t row = 0; row < statuses.size(); ++row) {
      if (statuses[row] != Status::done) {
        indices.push_back(state_->plan.index_at(number, static_cast<Index>(row)));
      }
    }
  }
  std::sort(indices.begin(), indices.end());
  return indices;
}

Index DatasetWriter::done() const {
  Index rows = 0;
  for (const auto number : state_->at_hand) {
    rows += state_->plan.shards()[number].rows;
  }
  return rows - static_cast<Index>(unfinished().size());
}

void DatasetWriter::write(const SampleRecord& record, std::span<const std::span<const double>> fields, std::span<const double> scalars) {
  state_->add(record, fields, scalars);
  if (state_->commit_is_due()) {
    state_->commit();
  }
}

void DatasetWriter::reject(const Rejection& rejection) {
  const std::string line = rejection_line(rejection) + "\n";
  const FileHandle file(state_->rejection_path(), O_WRONLY | O_CREAT | O_APPEND);
  file.write_at(std::as_bytes(std::span(line)), 0);  // on Linux, O_APPEND wins over the offset
}

void DatasetWriter::flush() {
  state_->commit();
  state_->sync_statuses();
}

bool DatasetWriter::finish() {
  flush();
  std::vector<std::string> damage;
  for (const auto number : state_->at_hand) {
    const auto found = state_->seal(number);
    damage.insert(damage.end(), found.begin(), found.end());
  }
  if (!damage.empty()) {
    throw IoError(
        fmt::format("{} of the rows written cannot be read back as they were ({}); check the disk, then run the same command again "
                    "to compute them anew",
                    damage.size(), damage.front()));
  }
  if (!state_->complete()) {
    return false;
  }
  write_summary(state_->layout, state_->plan);
  return true;
}

}  // namespace kindred::data
