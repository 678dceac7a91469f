#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <random>

#include <fmt/format.h>

#include <kindred/core/hdf5/hdf5.hpp>
#include <kindred/data/shard_rows.hpp>

#include "../support/text.hpp"
#include "dataset_fixture.hpp"

using namespace kindred;
using namespace kindred::data;
using namespace kindred::data::testing;
using kindred::test::contains;

namespace {

/// Bytes of everything that does not depend on when and where a run took place: fields, parameters, indices.
std::string data_sections(const DatasetLayout& layout) {
  std::string all;
  for (std::size_t number = 0; number < DatasetPlan(layout).shards().size(); ++number) {
    const auto path = shard_path(layout, number);
    const ShardMap map = read_shard_header(path).map;
    const FileHandle file(path, O_RDONLY);
    std::vector<Column> columns = map.fields;
    columns.insert(columns.end(), map.checksums.begin(), map.checksums.end());
    columns.insert(columns.end(), map.scalars.begin(), map.scalars.end());
    columns.insert(columns.end(), {map.records[0], map.status});
    for (const auto& column : columns) {
      std::string bytes(static_cast<std::size_t>(map.rows * column.bytes), ' ');
      file.read_at(std::as_writable_bytes(std::span(bytes)), column.offset);
      all += bytes;
    }
  }
  return all;
}

void flip_byte(const std::filesystem::path& path, Index offset) {
  const FileHandle file(path, O_RDWR);
  std::byte value{};
  file.read_at(std::span(&value, 1), offset);
  value ^= std::byte{0x10};
  file.write_at(std::span(&value, 1), offset);
}

template <class Action>
std::string message_of(Action action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

/// A limit on file sizes stands in for a full disk: writes fail with EFBIG instead of ENOSPC.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &old_);
    ::signal(SIGXFSZ, SIG_IGN);
    rlimit limit = old_;
    limit.rlim_cur = bytes;
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() { ::setrlimit(RLIMIT_FSIZE, &old_); }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  rlimit old_{};
};

/// Runs `action` in a child process. @returns its process number
template <class Action>
pid_t in_child(Action action) {
  const pid_t child = ::fork();
  if (child == 0) {
    int code = 0;
    try {
      action();
    } catch (const std::exception&) {
      code = 1;
    }
    ::_exit(code);
  }
  return child;
}

int trials() {
  const char* text = std::getenv("KINDRED_CRASH_TRIALS");
  return text != nullptr ? std::atoi(text) : 20;
}

/// What every file of a killed run must satisfy.
void check_survivors(const DatasetLayout& layout) {
  const auto report = verify(layout.directory);
  for (const auto& damage : report.damage) {
    BOOST_ERROR(damage.file.string() << " row " << damage.row << ": " << damage.what);
  }
  BOOST_TEST(report.rows_checked + report.rows_unfinished == layout.count);
  const DatasetReader reader(layout.directory);
  for (const auto& shard : reader.shards()) {
    BOOST_TEST(H5Fis_hdf5(shard.path.c_str()) > 0);
    const auto file = hdf5::open_readonly(shard.path);
    BOOST_TEST(hdf5::shape(file, "/t0_fields/u")[0] == shard.rows);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_resume)

BOOST_AUTO_TEST_CASE(resumed_data_equal_uninterrupted_data) {
  const TemporaryDirectory whole;
  const TemporaryDirectory broken;
  const auto reference = darcy_layout(whole.path(), 50);
  const auto layout = darcy_layout(broken.path(), 50);
  BOOST_REQUIRE(fill(reference));
  for (int part = 0; part < 4; ++part) {
    auto writer = DatasetWriter::prepare(layout);
    const auto unfinished = writer.unfinished();
    BOOST_TEST(unfinished.size() == static_cast<std::size_t>(50 - 12 * part));
    for (std::size_t i = 0; i < 12; ++i) {
      write_sample(writer, unfinished[unfinished.size() - 1 - i]);
    }
  }
  BOOST_REQUIRE(fill(layout));
  BOOST_TEST((data_sections(layout) == data_sections(reference)));
}

BOOST_AUTO_TEST_CASE(shards_of_a_job_array_equal_one_run) {
  const TemporaryDirectory whole;
  const TemporaryDirectory split;
  auto reference = darcy_layout(whole.path(), 50);
  reference.minimum_shards = 2;
  auto layout = reference;
  layout.directory = split.path();
  BOOST_REQUIRE(fill(reference));
  const std::size_t shards = DatasetPlan(layout).shards().size();
  for (const std::size_t task : {0U, 1U}) {
    OpenOptions options;
    options.require_exclusive = false;
    for (std::size_t shard = task; shard < shards; shard += 2) {
      options.shards.push_back(shard);
    }
    BOOST_TEST(fill(layout, options) == (task == 1));
  }
  BOOST_TEST((data_sections(layout) == data_sections(reference)));
  BOOST_TEST(std::filesystem::exists(split.path() / "dataset.json"));
}

BOOST_AUTO_TEST_CASE(another_deck_is_refused_naming_the_keys) {
  const TemporaryDirectory directory;
  auto layout = darcy_layout(directory.path());
  write_first_sample(layout);
  layout.identity = "[problem]\ntype = \"darcy\"\n[sweep]\nseed = 8\n";
  layout.seed = 8;
  BOOST_CHECK_THROW(DatasetWriter::prepare(layout), InputError);
  const auto message = message_of([&] { DatasetWriter::prepare(layout); });
  BOOST_TEST(contains(message, "seed"), message);
  BOOST_TEST(contains(message, "7 -> 8"), message);
}

// What an unsuccessful first try leaves behind, shards without a finished row, does not stand in the way.
BOOST_AUTO_TEST_CASE(another_deck_replaces_shards_without_rows) {
  const TemporaryDirectory directory;
  auto layout = darcy_layout(directory.path());
  { auto writer = DatasetWriter::prepare(layout); }
  layout.identity = "[problem]\ntype = \"darcy\"\n[sweep]\nseed = 8\n";
  layout.seed = 8;
  OpenOptions task;
  task.require_exclusive = false;  // another task of a job array may be about to write them
  BOOST_CHECK_THROW(DatasetWriter::prepare(layout, task), InputError);
  BOOST_TEST(fill(layout));
  BOOST_TEST(verify(directory.path()).ok());
}

BOOST_AUTO_TEST_CASE(another_division_is_refused) {
  const TemporaryDirectory directory;
  auto layout = darcy_layout(directory.path());
  write_first_sample(layout);
  auto other = layout;
  other.minimum_shards = 2;
  BOOST_TEST(contains(message_of([&] { DatasetWriter::prepare(other); }), "--shard i/n"));
  other = layout;
  other.splits = {{"train", 20}};
  BOOST_TEST(contains(message_of([&] { DatasetWriter::prepare(other); }), "splits"));
  other = layout;
  other.shard_bytes = 3 * layout.row_bytes();
  BOOST_TEST(contains(message_of([&] { DatasetWriter::prepare(other); }), "shard_size"));
  other = layout;
  other.name = "poisson";
  BOOST_TEST(contains(message_of([&] { DatasetWriter::prepare(other); }), "name: \"darcy\" -> \"poisson\""));
  other = layout;
  other.shard_bytes *= 2;  // another aim, the same files
  BOOST_CHECK_NO_THROW(DatasetWriter::prepare(other));
}

BOOST_AUTO_TEST_CASE(second_generator_is_refused_naming_the_first) {
  const TemporaryDirectory directory;
  const auto layout = darcy_layout(directory.path());
  auto writer = DatasetWriter::prepare(layout);
  BOOST_CHECK_THROW(DatasetWriter::prepare(layout), InputError);
  BOOST_TEST(contains(message_of([&] { DatasetWriter::prepare(layout); }), fmt::format("process {}", ::getpid())));
  BOOST_CHECK_NO_THROW(DatasetWriter::attach(layout));
  OpenOptions task;
  task.require_exclusive = false;
  task.shards = {0};
  BOOST_CHECK_THROW(DatasetWriter::prepare(layout, task), InputError);
}

BOOST_AUTO_TEST_CASE(tasks_of_a_job_array_exclude_each_other_by_shard) {
  const TemporaryDirectory directory;
  const auto layout = darcy_layout(directory.path());
  OpenOptions first;
  first.require_exclusive = false;
  first.shards = {0, 2};
  OpenOptions second = first;
  second.shards = {1};
  const auto a = DatasetWriter::prepare(layout, first);
  const auto b = DatasetWriter::prepare(layout, second);
  second.shards = {1, 2};
  BOOST_CHECK_THROW(DatasetWriter::prepare(layout, second), InputError);
  BOOST_CHECK_THROW(DatasetWriter::prepare(layout), InputError);
}

BOOST_AUTO_TEST_CASE(running_and_failed_rows_are_done_again) {
  const TemporaryDirectory directory;
  const auto layout = darcy_layout(directory.path());
  {
    auto writer = DatasetWriter::prepare(layout);
    write_sample(writer, 1);
    writer.flush();
    const auto place = writer.plan().place(2);
    const auto path = shard_path(layout, place.shard, true);
    write_status(FileHandle(path, O_RDWR), read_shard_header(path).map, place.row, Status::failed);
  }
  auto writer = DatasetWriter::prepare(layout);
  BOOST_TEST((writer.status(2) == Status::todo));
  BOOST_TEST((writer.status(1) == Status::done));
  BOOST_TEST(writer.done() == 1);
}

BOOST_AUTO_TEST_CASE(damaged_byte_is_found_and_computed_again) {
  const TemporaryDirectory directory;
  const auto layout = darcy_layout(directory.path());
  {
    auto writer = DatasetWriter::prepare(layout);
    for (Index index = 0; index < 10; ++index) {
      write_sample(writer, index);
    }
  }
  const auto place = DatasetPlan(layout).place(5);
  const auto path = shard_path(layout, place.shard, true);
  flip_byte(path, read_shard_header(path).map.fields[1].at(place.row) + 17);
  const auto report = verify(directory.path());
  BOOST_REQUIRE_EQUAL(report.damage.size(), 1U);
  BOOST_TEST(report.damage[0].row == place.row);
  BOOST_TEST(contains(report.damage[0].what, "u: checksum"));
  OpenOptions check;
  check.verify = true;
  auto writer = DatasetWriter::prepare(layout, check);
  BOOST_TEST(writer.done() == 9);
  BOOST_TEST((writer.status(5) == Status::todo));
}

BOOST_AUTO_TEST_CASE(sealing_refuses_damaged_rows) {
  const TemporaryDirectory directory;
  const auto layout = darcy_layout(directory.path());
  auto writer = DatasetWriter::prepare(layout);
  for (const Index index : writer.unfinished()) {
    write_sample(writer, index);
  }
  writer.flush();
  const auto place = writer.plan().place(5);
  const auto path = shard_path(layout, place.shard, true);
  flip_byte(path, read_shard_header(path).map.scalars[0].at(place.row));
  BOOST_CHECK_THROW(writer.finish(), IoError);
  BOOST_TEST(writer.unfinished() == std::vector<Index>{5}, boost::test_tools::per_element());
  write_sample(writer, 5);
  BOOST_TEST(writer.finish());
}

BOOST_AUTO_TEST_CASE(damage_after_sealing_is_found) {
  const TemporaryDirectory directory;
  const auto layout = darcy_layout(directory.path());
  BOOST_REQUIRE(fill(layout));
  BOOST_REQUIRE(verify(directory.path()).ok());
  flip_byte(shard_path(layout, 0), read_shard_header(shard_path(layout, 0)).map.records[5].at(3));  // residual_norm: in no row's checksum
  const auto report = verify(directory.path());
  BOOST_REQUIRE_EQUAL(report.damage.size(), 1U);
  BOOST_TEST(contains(report.damage[0].what, "SHA-256"));
  std::filesystem::resize_file(shard_path(layout, 1), 5000);
  std::filesystem::remove(shard_path(layout, 2));
  BOOST_TEST(verify(directory.path()).damage.size() >= 3U);
}

BOOST_AUTO_TEST_CASE(foreign_files_give_clear_errors) {
  const TemporaryDirectory directory;
  BOOST_CHECK_THROW(DatasetReader(directory.path()), IoError);
  BOOST_CHECK_THROW(DatasetReader(directory.path() / "missing"), IoError);
  const auto text = directory.path() / "text.hdf5";
  std::ofstream(text) << "not HDF5\n";
  BOOST_CHECK_THROW(DatasetReader{text}, IoError);
  const auto foreign = directory.path() / "foreign.hdf5";
  {
    const hdf5::File file(H5Fcreate(foreign.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT));
    hdf5::write_reals(file, "u", {{2}, {1.0, 2.0}});
  }
  BOOST_TEST(contains(message_of([&] { DatasetReader{foreign}; }), "Kindred did not write it"));
  const auto layout = darcy_layout(directory.path());
  BOOST_REQUIRE(fill(layout));
  std::filesystem::resize_file(shard_path(layout, 0), std::filesystem::file_size(shard_path(layout, 0)) - 4096);
  BOOST_CHECK_THROW(DatasetReader{shard_path(layout, 0)}, IoError);
}

BOOST_AUTO_TEST_CASE(full_disk_at_creation) {
  const TemporaryDirectory directory;
  const auto layout = darcy_layout(directory.path(), 1000, 2, 64);  // 33 MB
  const pid_t child = in_child([&] {
    const FileSizeLimit limit(rlim_t{1} << 20);
    try {
      DatasetWriter::prepare(layout);
    } catch (const IoError&) {
      ::_exit(44);
    }
  });
  int status = 0;
  ::waitpid(child, &status, 0);
  BOOST_TEST((WIFEXITED(status) && WEXITSTATUS(status) == 44));
  BOOST_CHECK_NO_THROW(DatasetWriter::prepare(layout));
}

BOOST_AUTO_TEST_CASE(full_disk_while_writing) {
  const TemporaryDirectory directory;
  auto layout = darcy_layout(directory.path(), 20, 2, 128);
  layout.shuffle = false;
  layout.splits = {{"train", 20}};
  Index written = 0;
  {
    auto writer = DatasetWriter::prepare(layout);
    const auto path = shard_path(layout, 0, true);
    const ShardMap map = read_shard_header(path).map;
    // The tables lie behind the fields: the limit holds for the rows only.
    const auto attempt = [&] {
      const FileSizeLimit limit(static_cast<rlim_t>(std::max(map.fields[0].at(20), map.fields[1].at(20)) - map.fields[1].bytes - 100));
      for (; written < 20; ++written) {
        write_sample(writer, written);
      }
    };
    BOOST_CHECK_THROW(attempt(), IoError);
    BOOST_TEST((written > 10 && written < 20));
    BOOST_CHECK_NO_THROW(writer.flush());
  }
  BOOST_TEST(verify(directory.path()).ok());
  BOOST_TEST(DatasetWriter::prepare(layout).done() == written);
  BOOST_TEST(fill(layout));
}

BOOST_AUTO_TEST_CASE(killed_writers_lose_no_finished_row) {
  const TemporaryDirectory whole;
  const auto reference = darcy_layout(whole.path(), 90);
  BOOST_REQUIRE(fill(reference));
  const std::string expected = data_sections(reference);
  std::mt19937 random(20251121);
  Index finished = 0;
  for (int trial = 0; trial < trials(); ++trial) {
    const TemporaryDirectory directory;
    const auto layout = darcy_layout(directory.path(), 90);
    {
      const auto writer = DatasetWriter::prepare(layout);
      std::vector<pid_t> children;
      for (Index worker = 0; worker < 3; ++worker) {
        children.push_back(in_child([&] {
          auto own = DatasetWriter::attach(layout);
          for (Index index = worker; index < 90; index += 3) {
            write_sample(own, index);
            if (index % 4 == 0) {
              own.flush();
            }
          }
          own.flush();
        }));
      }
      ::usleep(std::uniform_int_distribution<useconds_t>(500, 40000)(random));
      for (const pid_t child : children) {
        ::kill(child, SIGKILL);
      }
      for (const pid_t child : children) {
        ::waitpid(child, nullptr, 0);
      }
    }
    check_survivors(layout);
    finished += DatasetWriter::prepare(layout).done();
    BOOST_REQUIRE(fill(layout));
    BOOST_REQUIRE((data_sections(layout) == expected));
  }
  BOOST_TEST_MESSAGE("rows finished before the kills: " << finished << " of " << 90 * trials());
}

BOOST_AUTO_TEST_CASE(killed_creation_is_harmless) {
  std::mt19937 random(5);
  for (int trial = 0; trial < trials(); ++trial) {
    const TemporaryDirectory directory;
    auto layout = darcy_layout(directory.path(), 90);
    layout.shard_bytes = 8 * layout.row_bytes();
    const pid_t child = in_child([&] { fill(layout); });
    ::usleep(std::uniform_int_distribution<useconds_t>(500, 60000)(random));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    BOOST_REQUIRE(fill(layout));
    BOOST_REQUIRE(verify(directory.path()).ok());
    for (const auto& entry : std::filesystem::recursive_directory_iterator(directory.path() / "data")) {
      BOOST_TEST((entry.is_directory() || entry.path().extension() == ".hdf5"), entry.path());
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
