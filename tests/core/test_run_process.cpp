// Deadlines, time stamps, provenance, logging.
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <thread>

#include <nlohmann/json.hpp>

#include <kindred/core/base/error.hpp>
#include <kindred/core/run/run.hpp>

#include "../support/process.hpp"

using namespace kindred;

namespace {

/// Sets SLURM_JOB_END_TIME to so many seconds from now for its life.
class SlurmEnd {
 public:
  explicit SlurmEnd(const std::string& text) { ::setenv("SLURM_JOB_END_TIME", text.c_str(), 1); }
  explicit SlurmEnd(double seconds_from_now)
      : SlurmEnd(std::to_string(static_cast<long long>(std::time(nullptr)) + static_cast<long long>(seconds_from_now))) {}
  ~SlurmEnd() { ::unsetenv("SLURM_JOB_END_TIME"); }
  SlurmEnd(const SlurmEnd&) = delete;
  SlurmEnd& operator=(const SlurmEnd&) = delete;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(test_run_process)

BOOST_AUTO_TEST_CASE(without_limits_a_deadline_never_passes) { BOOST_TEST(!Deadline(0.0, 20.0).passed()); }

BOOST_AUTO_TEST_CASE(a_time_limit_passes) {
  const Deadline deadline(0.02, 20.0);
  std::this_thread::sleep_for(std::chrono::milliseconds(30));
  BOOST_TEST(deadline.passed());
  BOOST_TEST(!Deadline(1000.0, 20.0).passed());
}

BOOST_AUTO_TEST_CASE(a_slurm_job_ends_the_grace_time_early) {
  const SlurmEnd end(100.0);
  BOOST_TEST(!Deadline(0.0, 20.0).passed());
  BOOST_TEST(Deadline(0.0, 102.0).passed());  // two seconds beyond: the clock's whole seconds do not matter
}

BOOST_AUTO_TEST_CASE(the_earlier_of_two_limits_counts) {
  const SlurmEnd end(-10.0);
  BOOST_TEST(Deadline(1000.0, 0.0).passed());
}

BOOST_AUTO_TEST_CASE(a_slurm_time_that_is_no_number_is_ignored) {
  const SlurmEnd end(std::string("soon"));
  BOOST_TEST(!Deadline(0.0, 0.0).passed());
}

BOOST_AUTO_TEST_CASE(time_stamps_are_iso_8601_in_utc) {
  const std::time_t before = std::time(nullptr);
  const std::string text = utc_now();
  BOOST_TEST(std::regex_match(text, std::regex(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)")));
  std::tm parts{};
  BOOST_REQUIRE(::strptime(text.c_str(), "%Y-%m-%dT%H:%M:%SZ", &parts) != nullptr);
  const std::time_t read_back = ::timegm(&parts);
  BOOST_TEST(read_back >= before);
  BOOST_TEST(read_back <= std::time(nullptr));
}

BOOST_AUTO_TEST_CASE(provenance_names_everything_that_made_the_data) {
  const auto facts = provenance({"kindred", "generate", "my deck.toml", "a='b'"});
  for (const char* key :
       {"version", "git_commit", "git_dirty", "compiler", "build_type", "libraries", "host", "cpu", "started", "command_line"}) {
    BOOST_TEST_CONTEXT(key) {
      BOOST_REQUIRE(facts.count(key) == 1);
      BOOST_TEST(!facts.at(key).empty());
    }
  }
  const auto libraries = nlohmann::json::parse(facts.at("libraries"));
  for (const char* library : {"HDF5", "PETSc", "MPI"}) {
    BOOST_TEST(libraries.contains(library));
  }
}

BOOST_AUTO_TEST_CASE(the_recorded_command_line_is_what_a_shell_would_run) {
  const std::vector<std::string> words{"printf", "%s\\n", "plain", "two words", "it's", "", "$HOME", "grid.n=[8,8]"};
  const auto result = test::run(provenance(words).at("command_line"));
  BOOST_TEST(result.status == 0);
  BOOST_TEST(result.out == "plain\ntwo words\nit's\n\n$HOME\ngrid.n=[8,8]\n");
}

BOOST_AUTO_TEST_CASE(a_log_file_that_cannot_be_written_is_an_io_error) {
  BOOST_CHECK_THROW(configure_logging(0, "/proc/no-such-folder/kindred.log", false), IoError);
}

BOOST_AUTO_TEST_SUITE_END()
