// The generation engine as a user runs it: the executable, real decks, signals and kills.
#include <signal.h>

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <cstring>
#include <map>
#include <random>
#include <set>
#include <thread>

#include <kindred/core/base/error.hpp>
#include <kindred/data/reader.hpp>

#include "../support/process.hpp"

using kindred::Index;
using kindred::data::DatasetReader;
using kindred::data::Status;
using kindred::test::ProcessResult;
using kindred::test::run;
using kindred::test::TemporaryFolder;
using kindred::test::write_text;

namespace {

const std::string executable = KINDRED_EXECUTABLE;

/// A family that solves in about a millisecond a sample, with a swept parameter, a random field, and random boundary data.
std::string deck(int count, const std::string& extra = {}) {
  return "version = 1\n"
         "[problem]\ntype = \"darcy\"\n[problem.coefficient]\ntype = \"lognormal\"\n"
         "[grid]\nn = [16, 12]\n"
         "[boundary]\nx_lo = { type = \"dirichlet\", value = { type = \"grf\", alpha = 2.0, tau = 3.0 } }\n"
         "[sweep]\nseed = 7\ncount = " +
         std::to_string(count) +
         "\n\"problem.coefficient.sigma\" = { uniform = [0.5, 1.5] }\n"
         "[output]\nname = \"family\"\nsplit = { train = 0.7, valid = 0.2, test = 0.1 }\n" +
         extra;
}

struct Row {
  std::vector<double> scalars;
  std::vector<std::vector<double>> fields;
  bool operator==(const Row&) const = default;
};

/// Every finished sample by its index; fields exactly as stored.
std::map<Index, Row> rows_of(const std::filesystem::path& directory) {
  const DatasetReader reader(directory);
  std::map<Index, Row> rows;
  for (Index r = 0; r < reader.rows(); ++r) {
    if (reader.status(r) != Status::done) {
      continue;
    }
    Row row{reader.scalars(r), {}};
    for (const auto& field : reader.layout().fields) {
      row.fields.push_back(reader.field(r, field.name));
    }
    BOOST_REQUIRE(rows.emplace(reader.record(r).index, std::move(row)).second);
  }
  return rows;
}

std::string generate(const TemporaryFolder& folder, const std::string& name, const std::string& arguments = {}) {
  return executable + " -q generate " + (folder / "deck.toml") + " output.dir=" + (folder / name) + " " + arguments;
}

/// Starts a command in a process group of its own, so that a signal reaches it and not the test.
pid_t start(const std::string& command) {
  const pid_t child = fork();
  if (child == 0) {
    setpgid(0, 0);
    const std::string wrapped = "exec " + command + " >/dev/null 2>&1 </dev/null";
    execl("/bin/sh", "sh", "-c", wrapped.c_str(), nullptr);
    _exit(127);
  }
  setpgid(child, child);
  return child;
}

int status_of(pid_t child) {
  int raw = 0;
  waitpid(child, &raw, 0);
  return WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw);
}

/// Whether a shard, finished or growing, is below the folder.
bool has_shards(const std::filesystem::path& folder) {
  std::error_code missing;
  for (std::filesystem::recursive_directory_iterator entry(folder, missing), end; !missing && entry != end; entry.increment(missing)) {
    const auto extension = entry->path().extension();
    if (extension == ".hdf5" || extension == ".part") {
      return true;
    }
  }
  return false;
}

/// Waits until the first row of a data set is finished, a minute at most. @returns the seconds that it took
double wait_for_rows(const std::filesystem::path& directory) {
  const auto start = std::chrono::steady_clock::now();
  const auto waited = [&] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(); };
  while (waited() < 60.0) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    try {
      if (has_shards(directory / "data") && !rows_of(directory).empty()) {
        break;
      }
    } catch (const kindred::IoError&) {
      continue;  // a shard is being put in place or sealed just now
    }
  }
  return waited();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_generate)

// Whoever solves a sample, its bytes are the same: random numbers are functions of (seed, stream, sample, draw), and with
// the guess `zero` each solve is a function of its system alone.
BOOST_AUTO_TEST_CASE(every_arrangement_of_workers_gives_the_same_rows) {
  const TemporaryFolder folder;
  write_text(folder / "deck.toml", deck(40));
  const auto alone = run(generate(folder, "j1", "-j 1"));
  BOOST_REQUIRE_MESSAGE(alone.status == 0, alone.err);
  const auto expected = rows_of(folder / "j1");
  BOOST_TEST(expected.size() == 40U);
  BOOST_TEST(run(generate(folder, "j2", "-j 2")).status == 0);
  BOOST_TEST((rows_of(folder / "j2") == expected));
  const auto mpi = run("mpiexec -n 3 --oversubscribe " + generate(folder, "mpi"));
  BOOST_TEST_REQUIRE(mpi.status == 0, mpi.err);
  BOOST_TEST((rows_of(folder / "mpi") == expected));
  BOOST_TEST(run(generate(folder, "array", "--shard 1/2")).status == 0);
  BOOST_TEST(run(generate(folder, "array", "--shard 0/2")).status == 0);
  BOOST_TEST((rows_of(folder / "array") == expected));
  BOOST_TEST(run(executable + " verify " + (folder / "array")).status == 0);
}

// Shard files of equal layout are equal byte for byte where the data lies.
BOOST_AUTO_TEST_CASE(solver_kinds_do_not_change_coefficients) {
  const TemporaryFolder folder;
  write_text(folder / "deck.toml", deck(6));
  BOOST_REQUIRE(run(generate(folder, "direct", "solver.type=direct")).status == 0);
  BOOST_REQUIRE(run(generate(folder, "krylov", "solver.type=petsc solver.rtol=1e-11")).status == 0);
  const auto direct = rows_of(folder / "direct");
  const auto krylov = rows_of(folder / "krylov");
  BOOST_REQUIRE(direct.size() == krylov.size());
  for (const auto& [index, row] : direct) {
    const auto& other = krylov.at(index);
    BOOST_TEST(row.scalars == other.scalars);
    BOOST_TEST(row.fields.front() == other.fields.front());
    for (std::size_t i = 0; i < row.fields.back().size(); ++i) {
      // relative residual 1e-11 times a condition number below 1e4, plus two roundings to single precision
      BOOST_TEST(std::abs(row.fields.back()[i] - other.fields.back()[i]) < 1e-6 * (1.0 + std::abs(row.fields.back()[i])));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_finished_run_is_left_alone) {
  const TemporaryFolder folder;
  write_text(folder / "deck.toml", deck(5));
  BOOST_REQUIRE(run(generate(folder, "data")).status == 0);
  const auto shard = folder.path() / "data/data/train/family-00000-of-00001.hdf5";
  const auto before = std::filesystem::last_write_time(shard);
  const auto again = run(generate(folder, "data"));
  BOOST_TEST(again.status == 0);
  BOOST_TEST((std::filesystem::last_write_time(shard) == before));
}

BOOST_AUTO_TEST_CASE(a_changed_deck_is_refused_naming_the_key) {
  const TemporaryFolder folder;
  write_text(folder / "deck.toml", deck(400));
  BOOST_REQUIRE(run(generate(folder, "data")).status == 0);
  const auto changed = run(generate(folder, "data", "problem.coefficient.alpha=2.5"));
  BOOST_TEST(changed.status == 2);
  BOOST_TEST(changed.err.find("problem.coefficient.alpha") != std::string::npos, changed.err);
  const auto seed = run(generate(folder, "data", "sweep.seed=8"));
  BOOST_TEST(seed.status == 2);
  BOOST_TEST(seed.err.find("sweep.seed") != std::string::npos, seed.err);
}

// The shards that a run leaves behind of which every sample failed must not stand in the way of the corrected deck.
BOOST_AUTO_TEST_CASE(a_deck_of_which_every_sample_failed_can_be_corrected) {
  const TemporaryFolder folder;
  write_text(folder / "deck.toml", deck(6, "[run]\nmax_failure_rate = 0.0\n"));
  const auto failed =
      run(generate(folder, "data", "solver={type=\\\"petsc\\\",ksp_type=\\\"cg\\\",pc_type=\\\"none\\\",max_iterations=1}"));
  BOOST_TEST(failed.status == 3, failed.err);
  const auto corrected = run(generate(folder, "data"));
  BOOST_TEST(corrected.status == 0, corrected.err);
  BOOST_TEST(rows_of(folder / "data").size() == 6U);
  BOOST_TEST(run(executable + " verify " + (folder / "data")).status == 0);
}

// A table or a file of fields that changed under a started run would be mixed with the old one in one data set.
BOOST_AUTO_TEST_CASE(a_changed_input_file_is_refused) {
  const TemporaryFolder folder;
  write_text(folder / "deck.toml",
             "version = 1\n[problem]\ntype = \"darcy\"\ncoefficient = { type = \"lognormal\" }\n[grid]\nn = [16, 16]\n[sweep]\nseed = 1\n"
             "design = { type = \"csv\", file = \"" +
                 (folder / "points.csv") + "\" }\n");
  write_text(folder / "points.csv", "problem.coefficient.tau\n3.0\n4.0\n");
  BOOST_TEST(run(generate(folder, "data")).status == 0);
  write_text(folder / "points.csv", "problem.coefficient.tau\n3.0\n5.0\n");
  const auto changed = run(generate(folder, "data"));
  BOOST_TEST(changed.status == 2);
  BOOST_TEST(changed.err.find("sweep.design.file_sha256") != std::string::npos, changed.err);
}

BOOST_AUTO_TEST_CASE(a_damaged_finished_file_is_found_and_can_be_made_anew) {
  const TemporaryFolder folder;
  write_text(folder / "deck.toml", deck(6));
  BOOST_REQUIRE(run(generate(folder, "data")).status == 0);
  const auto expected = rows_of(folder / "data");
  const auto shard = folder.path() / "data/data/train/family-00000-of-00001.hdf5";
  {
    std::fstream file(shard, std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(static_cast<std::streamoff>(std::filesystem::file_size(shard)) - 64);  // the last field lies at the end
    file.write("damaged!", 8);
  }
  const auto damaged = run(generate(folder, "data", "--verify"));
  BOOST_TEST(damaged.status == 4);
  BOOST_TEST(damaged.err.find(shard.filename().string()) != std::string::npos, damaged.err);
  std::filesystem::remove(shard);
  BOOST_TEST(run(generate(folder, "data")).status == 0);
  BOOST_TEST((rows_of(folder / "data") == expected));
  const auto verified = run(executable + " verify " + (folder / "data"));
  BOOST_TEST(verified.status == 0, verified.out + verified.err);
}

BOOST_AUTO_TEST_CASE(values_beyond_single_precision_are_failures) {
  const TemporaryFolder folder;
  write_text(folder / "deck.toml", deck(4));
  const auto single = run(generate(folder, "single", "problem.forcing=1e300"));
  BOOST_TEST(single.status == 3);
  BOOST_TEST(single.err.find("precision = \"f64\"") != std::string::npos, single.err);
  BOOST_TEST(run(generate(folder, "double", "problem.forcing=1e300 output.precision=f64")).status == 0);
}

BOOST_AUTO_TEST_CASE(sigterm_ends_with_75_and_the_same_command_goes_on) {
  const TemporaryFolder folder;
  write_text(folder / "deck.toml", deck(3000, "[run]\ncommit_interval = 0.02\n"));
  for (const char* workers : {"-j 1", "-j 2"}) {
    const std::string name = std::string("data") + workers[3];
    const pid_t child = start(generate(folder, name, std::string(workers) + " grid.n=[64,64]"));  // many seconds of work
    wait_for_rows(folder.path() / name);
    kill(child, SIGTERM);
    const auto asked = std::chrono::steady_clock::now();
    BOOST_TEST(status_of(child) == 75);
    BOOST_TEST((std::chrono::steady_clock::now() - asked < std::chrono::seconds(20)));  // the default grace time
    const DatasetReader reader(folder / name);
    Index done = 0;
    for (const auto& shard : reader.shards()) {
      done += shard.done;
    }
    BOOST_TEST(done > 0);
    BOOST_TEST(done < 3000);
  }
}

// Kills a run of three workers, parent and all, at random times; whatever is marked done must be sound, and the resumed
// data set equal to one that was never interrupted.
BOOST_AUTO_TEST_CASE(killed_runs_lose_nothing) {
  const char* wish = std::getenv("KINDRED_CRASH_TRIALS");  // NOLINT(concurrency-mt-unsafe)
  const int trials = wish != nullptr ? std::atoi(wish) : 8;
  const TemporaryFolder folder;
  write_text(folder / "deck.toml", deck(1500));
  BOOST_REQUIRE(run(generate(folder, "whole", "-j 1")).status == 0);
  const auto expected = rows_of(folder / "whole");
  std::mt19937 engine(20240601);
  // Start-up takes as long as it takes, under a sanitizer for instance: kills fall before the first row is finished and after.
  const pid_t first = start(generate(folder, "killed", "-j 3 run.commit_interval=0.02"));
  const double until_rows = wait_for_rows(folder.path() / "killed");
  kill(-first, SIGKILL);
  status_of(first);
  std::uniform_real_distribution<double> delay(0.3 * until_rows, 2.0 * until_rows + 0.3);
  int interrupted = 0;
  std::size_t survivors = 0;  // rows marked done in data sets that were cut short
  int trial = 0;
  for (; interrupted < trials && trial < 10 * trials; ++trial) {
    const pid_t child = start(generate(folder, "killed", "-j 3 run.commit_interval=0.02"));
    std::this_thread::sleep_for(std::chrono::duration<double>(delay(engine)));
    kill(-child, SIGKILL);  // the whole group: parent and workers
    interrupted += status_of(child) == 128 + SIGKILL ? 1 : 0;
    if (has_shards(folder.path() / "killed/data")) {  // else it was killed before the first shard was in place
      const auto verified = run(executable + " --json verify " + (folder / "killed"));
      BOOST_TEST((verified.status == 0), verified.out + verified.err);
      const auto rows = rows_of(folder / "killed");
      survivors += rows.size() < expected.size() ? rows.size() : 0;
      for (const auto& [index, row] : rows) {
        BOOST_TEST_REQUIRE((row == expected.at(index)), "sample " << index << " differs in trial " << trial);
      }
    }
    if (trial % 4 == 3) {  // every fourth time let it finish, compare, and start afresh
      BOOST_TEST(run(generate(folder, "killed", "-j 3")).status == 0);
      BOOST_TEST((rows_of(folder / "killed") == expected));
      std::filesystem::remove_all(folder.path() / "killed");
    }
  }
  BOOST_TEST(interrupted == trials);
  BOOST_TEST(survivors > 0U);
  BOOST_TEST_MESSAGE(trial << " runs, " << interrupted << " killed before their end, " << survivors << " finished rows compared in them");
}

// A file-size limit stands for a full disk: write() fails in the middle of the run.
BOOST_AUTO_TEST_CASE(a_full_disk_ends_with_4_and_is_resumable) {
  const TemporaryFolder folder;
  write_text(folder / "deck.toml", deck(200));
  const auto full = run("ulimit -f 64; trap '' XFSZ; " + generate(folder, "data"));
  BOOST_TEST(full.status == 4, full.err);
  const auto resumed = run(generate(folder, "data"));
  BOOST_TEST(resumed.status == 0, resumed.err);
  BOOST_TEST(rows_of(folder / "data").size() == 200U);
}

// Redraws are recorded and capped: a Gaussian coefficient is negative somewhere in about every draw.
BOOST_AUTO_TEST_CASE(too_many_failures_end_with_3) {
  const TemporaryFolder folder;
  write_text(folder / "deck.toml",
             "version = 1\n[problem]\ntype = \"darcy\"\ncoefficient = { type = \"grf\", alpha = 2.0, tau = 3.0, mean = 1e-3 }\n[grid]\nn = "
             "[16, 16]\n[sweep]\ncount = 50\n");
  const auto failed = run(generate(folder, "data"));
  BOOST_TEST(failed.status == 3, failed.err);
  BOOST_TEST(failed.err.find("max_failure_rate") != std::string::npos, failed.err);
}

BOOST_AUTO_TEST_CASE(unread_petsc_options_are_errors) {
  const TemporaryFolder folder;
  write_text(folder / "deck.toml", deck(3, "[solver]\ntype = \"petsc\"\n[solver.petsc]\npc_hypre_boomeramg_strong_treshold = 0.5\n"));
  const auto refused = run(generate(folder, "data"));
  BOOST_TEST(refused.status == 2);
  BOOST_TEST(refused.err.find("pc_hypre_boomeramg_strong_treshold") != std::string::npos, refused.err);
  BOOST_TEST(run(generate(folder, "data2", "--allow-unused-petsc")).status == 0);
}

// The same seed at twice the resolution: block averages of the fine coefficient approach the coarse one (the functions are
// the same; cell averages differ from centre values by O(h^2)), and so do the solutions.
BOOST_AUTO_TEST_CASE(twice_the_resolution_is_the_same_function) {
  const TemporaryFolder folder;
  write_text(folder / "deck.toml",
             "version = 1\n[problem]\ntype = \"darcy\"\ncoefficient = { type = \"lognormal\", alpha = 3.0, tau = 3.0, modes = 6 }\n"
             "[grid]\nn = [32, 32]\n[sweep]\nseed = 3\ncount = 4\n[output]\nprecision = \"f64\"\n");
  BOOST_REQUIRE(run(generate(folder, "coarse")).status == 0);
  BOOST_REQUIRE(run(generate(folder, "fine", "grid.n=[64,64]")).status == 0);
  const auto coarse = rows_of(folder / "coarse");
  const auto fine = rows_of(folder / "fine");
  for (const auto& [index, row] : coarse) {
    for (std::size_t f = 0; f < row.fields.size(); ++f) {
      double difference = 0.0;
      double norm = 0.0;
      for (std::size_t i = 0; i < 32; ++i) {
        for (std::size_t j = 0; j < 32; ++j) {
          const auto& values = fine.at(index).fields[f];
          const double average = 0.25 * (values[(2 * i) * 64 + 2 * j] + values[(2 * i) * 64 + 2 * j + 1] +
                                         values[(2 * i + 1) * 64 + 2 * j] + values[(2 * i + 1) * 64 + 2 * j + 1]);
          const double value = row.fields[f][i * 32 + j];
          difference += (average - value) * (average - value);
          norm += value * value;
        }
      }
      BOOST_TEST(std::sqrt(difference / norm) < 0.02);  // h^2/24 |second derivative|: modes below 6 on 32 cells give about 0.01
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
