// Data sets of low-discrepancy designs as a user makes them: points that come back from what is stored, growth by a larger count through
// kills, and splits that are replicates.

#include <signal.h>

#include <map>
#include <set>
#include <thread>

#include <boost/test/unit_test.hpp>

#include <hdf5.h>

#include <kindred/core/base/error.hpp>
#include <kindred/core/deck/distribution.hpp>
#include <kindred/core/deck/toml_reader.hpp>
#include <kindred/data/reader.hpp>
#include <kindred/operators/designs/point_record.hpp>

#include "../support/process.hpp"
#include "../support/text.hpp"

using namespace kindred;
using data::DatasetReader;
using test::contains;
using test::run;
using test::TemporaryFolder;
using test::write_text;

namespace {

const std::string executable = KINDRED_EXECUTABLE;

std::string deck(int count, const std::string& design, const std::string& output = {}) {
  return "version = 1\n[problem]\ntype = \"darcy\"\n[problem.coefficient]\ntype = \"lognormal\"\n[grid]\nn = [12, 12]\n"
         "[sweep]\nseed = 7\ncount = " +
         std::to_string(count) + "\ndesign = " + design +
         "\n\"problem.coefficient.sigma\" = { uniform = [0.5, 1.5] }\n\"problem.coefficient.tau\" = { log_uniform = [2.0, 6.0] }\n"
         "[output]\nname = \"family\"\n" +
         output;
}

std::string generate(const TemporaryFolder& folder, const std::string& name, const std::string& arguments = {}) {
  return executable + " -q generate " + (folder / "deck.toml") + " output.dir=" + (folder / name) + " " + arguments;
}

struct Row {
  std::string split;
  std::vector<double> scalars;
  std::vector<double> coefficient;
  std::vector<double> solution;
  bool operator==(const Row&) const = default;
};

std::map<Index, Row> rows_of(const std::filesystem::path& directory) {
  const DatasetReader reader(directory);
  std::map<Index, Row> rows;
  for (Index r = 0; r < reader.rows(); ++r) {
    if (reader.status(r) == data::Status::done) {
      rows[reader.record(r).index] = {reader.split(r), reader.scalars(r), reader.field(r, "coefficient"), reader.field(r, "u")};
    }
  }
  return rows;
}

Value parsed(const std::string& toml) {
  Diagnostics diagnostics;
  const auto source = std::make_shared<Source>(Source{"record", toml});
  return read_toml(source, diagnostics).value();
}

/// The design as the data set stores it.
PointRecord stored_record(const std::filesystem::path& directory) {
  const DatasetReader reader(directory);
  return PointRecord::from_value(*parsed("design = " + reader.layout().provenance.at("design")).find("design"));
}

std::vector<std::uint64_t> column(const std::filesystem::path& file, const char* name, std::size_t size) {
  const hid_t handle = H5Fopen(file.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
  const hid_t dataset = H5Dopen2(handle, name, H5P_DEFAULT);
  std::vector<std::uint64_t> values(size);
  BOOST_REQUIRE(H5Dread(dataset, H5T_NATIVE_UINT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) >= 0);
  H5Dclose(dataset);
  H5Fclose(handle);
  return values;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_point_datasets)

BOOST_AUTO_TEST_CASE(the_points_come_back_from_what_is_stored) {
  const TemporaryFolder folder;
  for (const std::string design : {"{ type = \"sobol\", field_dimensions = 5, store_points = true, first = 64 }",
                                   "{ type = \"lattice\", field_dimensions = 5, store_points = true, order = \"gray\" }",
                                   "{ type = \"halton\", field_dimensions = 5, store_points = true, replicate = 3 }"}) {
    write_text(folder.path() / "deck.toml", deck(32, design, "shard_size = \"1 GiB\"\n"));
    std::filesystem::remove_all(folder.path() / "set");
    BOOST_REQUIRE(run(generate(folder, "set")).status == 0);
    const DatasetReader reader(folder.path() / "set");
    const PointRecord record = stored_record(folder.path() / "set");
    const qmc::Sampler sampler = record.sampler();
    const auto dimensions = static_cast<std::size_t>(record.dimensions());
    BOOST_REQUIRE(dimensions == 7U);
    BOOST_TEST(record.assigned[0] == "problem.coefficient.sigma");
    BOOST_TEST(record.assigned[2] == "problem.coefficient #1");
    Index row = 0;
    for (const auto& shard : reader.shards()) {
      const auto size = static_cast<std::size_t>(shard.rows);
      const auto points = column(shard.path, "design/point", size);
      const auto words = column(shard.path, "design/words", size * dimensions);
      for (std::size_t r = 0; r < size; ++r, ++row) {
        BOOST_TEST(points[r] == record.first_point + static_cast<std::uint64_t>(reader.record(row).index));
        for (std::size_t j = 0; j < dimensions; ++j) {
          BOOST_TEST(words[r * dimensions + j] == sampler.word(points[r], static_cast<int>(j), 0, record.point_order()));
        }
        // The swept values follow from the record's distributions.
        for (std::size_t axis = 0; axis < 2; ++axis) {
          Diagnostics diagnostics;
          const auto distribution = parse_distribution(*parsed("d = " + record.distributions[axis]).find("d"), diagnostics);
          const double u = qmc::to_double_centred(words[r * dimensions + axis]);
          BOOST_TEST(distribution->quantile(u).as_real() == reader.scalars(row)[axis]);
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_larger_count_goes_on_from_a_finished_data_set_whenever_it_is_killed) {
  const TemporaryFolder folder;
  for (const std::string design :
       {"{ type = \"sobol\", field_dimensions = 8 }", "{ type = \"sobol\", field_dimensions = 8, split_replicates = true }"}) {
    for (const char* name : {"set", "whole"}) {
      std::filesystem::remove_all(folder.path() / name);
    }
    write_text(folder.path() / "deck.toml", deck(128, design, "split = { train = 0.5, valid = 0.25, test = 0.25 }\n"));
    BOOST_REQUIRE(run(generate(folder, "set")).status == 0);
    const auto before = rows_of(folder.path() / "set");
    BOOST_TEST(before.size() == 128);

    write_text(folder.path() / "deck.toml", deck(512, design, "split = { train = 0.5, valid = 0.25, test = 0.25 }\n"));
    for (const int wait : {50, 150, 300, 500}) {
      const pid_t child = fork();
      if (child == 0) {
        setpgid(0, 0);
        execl("/bin/sh", "sh", "-c", ("exec " + generate(folder, "set", "run.commit_interval=0.02") + " >/dev/null 2>&1").c_str(), nullptr);
        _exit(127);
      }
      setpgid(child, child);
      std::this_thread::sleep_for(std::chrono::milliseconds(wait));
      kill(-child, SIGKILL);
      int status = 0;
      waitpid(child, &status, 0);
      for (const auto& [index, row] : before) {
        BOOST_TEST((rows_of(folder.path() / "set").at(index) == row));
        break;  // all of them at the end
      }
    }
    BOOST_TEST(run(generate(folder, "set")).status == 0);
    const auto after = rows_of(folder.path() / "set");
    BOOST_TEST(after.size() == 512);
    for (const auto& [index, row] : before) {
      BOOST_TEST((after.at(index) == row));
    }
    BOOST_TEST(run(executable + " --json verify " + (folder / "set")).status == 0);
    if (!contains(design, "split_replicates")) {
      // The samples are those of a data set made at once; their rows and splits are others.
      BOOST_TEST(run(generate(folder, "whole")).status == 0);
      auto whole = rows_of(folder.path() / "whole");
      for (const auto& [index, row] : after) {
        BOOST_TEST((whole.at(index).coefficient == row.coefficient));
        BOOST_TEST((whole.at(index).solution == row.solution));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(splits_that_are_replicates_are_balanced_each) {
  const TemporaryFolder folder;
  write_text(folder.path() / "deck.toml", deck(96, "{ type = \"sobol\", field_dimensions = 4, split_replicates = true }",
                                               "split = { train = 64, valid = 16, test = 16 }\n"));
  BOOST_REQUIRE(run(generate(folder, "set")).status == 0);
  std::map<std::string, std::set<Index>> cells;
  std::map<std::string, Index> rows;
  for (const auto& [index, row] : rows_of(folder.path() / "set")) {
    const auto n = row.split == "train" ? 64.0 : 16.0;
    cells[row.split].insert(static_cast<Index>((row.scalars[0] - 0.5) * n));  // sigma: uniform on (0.5, 1.5)
    ++rows[row.split];
  }
  for (const auto& [split, n] : rows) {
    BOOST_TEST(static_cast<Index>(cells[split].size()) == n, split);
  }
  BOOST_TEST(rows["train"] == 64);
}

BOOST_AUTO_TEST_CASE(designs_that_depend_on_the_count_do_not_grow) {
  const TemporaryFolder folder;
  write_text(folder.path() / "deck.toml", deck(8, "\"latin_hypercube\""));
  BOOST_REQUIRE(run(generate(folder, "set")).status == 0);
  write_text(folder.path() / "deck.toml", deck(16, "\"latin_hypercube\""));
  const auto result = run(generate(folder, "set"));
  BOOST_TEST(result.status == 2);
  BOOST_TEST(contains(result.err, "sweep.count: 8 -> 16"));
}

BOOST_AUTO_TEST_CASE(check_tells_balance_and_uneven_counts) {
  const TemporaryFolder folder;
  write_text(folder.path() / "deck.toml", deck(64, "\"sobol\""));
  const auto even = run(executable + " check " + (folder / "deck.toml"));
  BOOST_TEST(even.status == 0);
  BOOST_TEST(contains(even.out, "66 coordinates: 2 swept, 64 of random fields"));
  BOOST_TEST(contains(even.out, "t of pairs"));
  BOOST_TEST(contains(even.out, "wrap-around"));
  BOOST_TEST(!contains(even.err, "balanced for powers of two"));
  write_text(folder.path() / "deck.toml", deck(100, "\"sobol\""));
  BOOST_TEST(contains(run(executable + " check " + (folder / "deck.toml")).err, "64 and 128 are"));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_had_is_a_deck_error_with_its_place) {
  const TemporaryFolder folder;
  const auto refused = [&](int count, const std::string& design) {
    write_text(folder.path() / "deck.toml", deck(count, design));
    const auto result = run(executable + " check " + (folder / "deck.toml"));
    BOOST_TEST(result.status == 2);
    BOOST_TEST(contains(result.err, "deck.toml:"));
    return result.err;
  };
  BOOST_TEST(contains(refused(64, "{ type = \"lattice\", scramble = \"owen_hash\" }"), "shift"));
  BOOST_TEST(contains(refused(2000000, "\"lattice\""), "1048576 points"));
  BOOST_TEST(contains(refused(64, "{ type = \"sobol\", field_dimensions = 50000 }"), "field_dimensions"));
  BOOST_TEST(contains(refused(64, "{ type = \"halton\", field_dimensions = 2000 }"), "field_dimensions"));
  BOOST_TEST(contains(refused(64, "{ type = \"sobol\", scramble = \"none\", split_replicates = true }"), "same points"));
}

BOOST_AUTO_TEST_SUITE_END()
