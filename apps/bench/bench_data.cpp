// Row-writing throughput of DatasetWriter beside plain pwrite of the same bytes, in the same run.
//
//   bench_data [directory] [rows] [rounds]
//
// Rows are 64 KiB (128 × 128 in single precision). Four writers take turns; the medians over the rounds are compared:
//   pwrite         the rows at their permuted places in a file with reserved blocks, one fdatasync at the end
//   pwrite, sync   the same with an fdatasync every 256 MiB, as a data set commits
//   data set       DatasetWriter from double precision values: rounding, checksum, records, group commit
//   checksums      CRC-32C of every row and one status byte per row, alone
// Goals: data set ≥ 0.7 × pwrite; checksums and status < 5 % of the data set's time.

#include <fcntl.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <span>
#include <vector>

#include <fmt/format.h>

#include <kindred/data/checksum.hpp>
#include <kindred/data/file.hpp>
#include <kindred/data/writer.hpp>

namespace {

using namespace kindred;
using namespace kindred::data;

constexpr Index cells = 128;
constexpr Index row_bytes = cells * cells * 4;
constexpr Index rows_per_sync = (Index{256} << 20) / row_bytes;

double seconds(const std::function<void()>& action) {
  const auto start = std::chrono::steady_clock::now();
  action();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

DatasetLayout layout_for(const std::filesystem::path& directory, Index rows) {
  DatasetLayout layout;
  layout.name = "bench";
  layout.directory = directory;
  layout.count = rows;
  for (const char* name : {"x", "y"}) {
    layout.axes.push_back({name, std::vector<double>(static_cast<std::size_t>(cells)), "m"});
    for (Index i = 0; i < cells; ++i) {
      layout.axes.back().coordinates[static_cast<std::size_t>(i)] = static_cast<double>(i);
    }
  }
  FieldLayout field;
  field.name = "u";
  field.output = true;
  field.time_varying = true;
  field.varies_along = {true, true};
  layout.fields = {field};
  layout.splits = {{"train", rows}};
  layout.shard_bytes = Index{1} << 40;
  layout.identity = "bench";
  return layout;
}

class Bench {
 public:
  Bench(std::filesystem::path directory, Index rows)
      : directory_(std::move(directory)), rows_(rows), values_(cells * cells), bytes_(cells * cells) {
    for (std::size_t i = 0; i < values_.size(); ++i) {
      values_[i] = 1.0 / static_cast<double>(i + 1);
      bytes_[i] = static_cast<float>(values_[i]);
    }
  }

  double plain(bool sync_often) {
    const auto path = directory_ / "plain";
    const double time = seconds_of_plain(path, sync_often);
    std::filesystem::remove(path);
    return time;
  }

  double dataset() {
    const auto layout = layout_for(directory_ / "dataset", rows_);
    auto writer = DatasetWriter::prepare(layout);
    const std::vector<std::span<const double>> fields = {values_};
    const double time = seconds([&] {
      SampleRecord record;
      for (record.index = 0; record.index < rows_; ++record.index) {
        writer.write(record, fields, {});
      }
      writer.flush();
    });
    std::filesystem::remove_all(layout.directory);
    return time;
  }

  double checksums() {
    const auto path = directory_ / "status";
    const FileHandle file(path, O_RDWR | O_CREAT | O_TRUNC);
    const auto raw = std::as_bytes(std::span(bytes_));
    std::uint32_t all = 0;
    const double time = seconds([&] {
      for (Index row = 0; row < rows_; ++row) {
        all ^= crc32c(raw) + static_cast<std::uint32_t>(row);
        const std::byte done{2};
        file.write_at(std::span(&done, 1), permuted_row(row, rows_, 0));
      }
    });
    std::filesystem::remove(path);
    sink_ = all;
    return time;
  }

 private:
  double seconds_of_plain(const std::filesystem::path& path, bool sync_often) {
    const FileHandle file(path, O_RDWR | O_CREAT | O_TRUNC);
    file.reserve(0, rows_ * row_bytes);
    const auto raw = std::as_bytes(std::span(bytes_));
    return seconds([&] {
      for (Index row = 0; row < rows_; ++row) {
        file.write_at(raw, permuted_row(row, rows_, 0) * row_bytes);
        if (sync_often && (row + 1) % rows_per_sync == 0) {
          file.sync_data();
        }
      }
      file.sync_data();
    });
  }

  std::filesystem::path directory_;
  Index rows_;
  std::vector<double> values_;
  std::vector<float> bytes_;
  volatile std::uint32_t sink_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  const std::filesystem::path directory = argc > 1 ? argv[1] : "out/bench-data";
  const Index rows = argc > 2 ? std::atoll(argv[2]) : 16384;
  const int rounds = argc > 3 ? std::atoi(argv[3]) : 5;
  std::filesystem::create_directories(directory);
  Bench bench(directory, rows);
  std::vector<double> plain;
  std::vector<double> synced;
  std::vector<double> dataset;
  std::vector<double> checksums;
  for (int round = 0; round < rounds; ++round) {
    plain.push_back(bench.plain(false));
    synced.push_back(bench.plain(true));
    dataset.push_back(bench.dataset());
    checksums.push_back(bench.checksums());
  }
  const double megabytes = static_cast<double>(rows * row_bytes) / 1e6;
  const auto line = [&](const char* name, double time) { fmt::print("{:<22} {:8.3f} s {:9.0f} MB/s\n", name, time, megabytes / time); };
  line("pwrite", median(plain));
  line("pwrite, sync", median(synced));
  line("data set", median(dataset));
  line("checksums and status", median(checksums));
  fmt::print("data set / pwrite:       {:.2f}  (goal: at least 0.70)\n", median(plain) / median(dataset));
  fmt::print("data set / pwrite, sync: {:.2f}\n", median(synced) / median(dataset));
  fmt::print("checksums and status:    {:.1f} % of the data set's time  (goal: below 5 %)\n", 100.0 * median(checksums) / median(dataset));
  return 0;
}
