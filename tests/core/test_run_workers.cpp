// Worker processes: statuses, shared counters, forwarding of signals, and what happens when parent or worker dies.
#include <boost/test/unit_test.hpp>

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>
#include <ctime>

#include <numeric>

#include <kindred/core/base/error.hpp>
#include <kindred/core/run/run.hpp>

using namespace kindred;

namespace {

void sleep_seconds(double seconds) {
  const auto whole = static_cast<time_t>(seconds);
  const timespec time{whole, static_cast<long>((seconds - static_cast<double>(whole)) * 1e9)};
  ::nanosleep(&time, nullptr);
}

void no_poll() {}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_run_workers)

BOOST_AUTO_TEST_CASE(each_worker_returns_its_own_status) {
  const auto statuses = run_workers(
      4, [](int worker) { return 10 + worker; }, no_poll);
  const std::vector<int> expected{10, 11, 12, 13};
  BOOST_TEST(statuses == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_exception_in_a_worker_is_a_failure_of_that_worker_alone) {
  const auto statuses = run_workers(
      2,
      [](int worker) {
        if (worker == 0) {
          throw InputError("expected by this test");
        }
        return 0;
      },
      no_poll);
  BOOST_TEST(statuses[0] == static_cast<int>(ExitCode::failure));
  BOOST_TEST(statuses[1] == 0);
}

BOOST_AUTO_TEST_CASE(a_killed_worker_is_reported_by_its_signal) {
  const auto statuses = run_workers(
      2,
      [](int worker) {
        if (worker == 1) {
          ::raise(SIGKILL);
        }
        return 0;
      },
      no_poll);
  BOOST_TEST(statuses[0] == 0);
  BOOST_TEST(statuses[1] == 128 + SIGKILL);
}

BOOST_AUTO_TEST_CASE(workers_share_counters_without_losing_a_count) {
  constexpr int workers = 3;
  constexpr std::int64_t items = 3000;
  const SharedCounters counters;
  const auto statuses = run_workers(
      workers,
      [&](int) {
        while (counters->next.fetch_add(1) < items) {
          counters->done += 1;
        }
        return 0;
      },
      no_poll);
  BOOST_TEST(std::accumulate(statuses.begin(), statuses.end(), 0) == 0);
  BOOST_TEST(counters->done.load() == items);
  BOOST_TEST(counters->next.load() == items + workers);  // every worker asked once too often
}

BOOST_AUTO_TEST_CASE(the_parent_polls_while_workers_work) {
  int polls = 0;
  run_workers(
      1,
      [](int) {
        sleep_seconds(0.35);
        return 0;
      },
      [&] { ++polls; });
  BOOST_TEST(polls >= 2);  // at the start, and at the end whatever the machine's load
}

BOOST_AUTO_TEST_CASE(a_stop_signal_to_the_parent_reaches_every_worker) {
  const SharedCounters counters;
  const SignalScope signals;
  const auto statuses = run_workers(
      2,
      [&](int) {
        counters->done += 1;
        for (int i = 0; i < 1000 && SignalScope::received() == 0; ++i) {
          sleep_seconds(0.01);
        }
        return SignalScope::received() == SIGTERM ? 75 : 1;
      },
      [&] {
        if (counters->done.load() == 2 && SignalScope::received() == 0) {
          ::raise(SIGUSR1);
        }
      });
  BOOST_TEST(statuses[0] == 75);
  BOOST_TEST(statuses[1] == 75);
}

BOOST_AUTO_TEST_CASE(workers_end_when_their_parent_is_killed) {
  const SharedCounters counters;  // next: pid of the worker
  const pid_t parent = ::fork();
  if (parent == 0) {
    run_workers(
        1,
        [&](int) {
          counters->next = ::getpid();
          sleep_seconds(60);
          return 0;
        },
        no_poll);
    ::_exit(0);
  }
  for (int i = 0; i < 2000 && counters->next.load() == 0; ++i) {
    sleep_seconds(0.005);
  }
  BOOST_REQUIRE(counters->next.load() != 0);
  ::kill(parent, SIGKILL);
  ::waitpid(parent, nullptr, 0);
  const auto worker = static_cast<pid_t>(counters->next.load());
  bool gone = false;
  for (int i = 0; i < 1000 && !gone; ++i) {
    // The orphan may stay a zombie where nobody reaps it: its state in /proc tells.
    const std::string status = "/proc/" + std::to_string(worker) + "/stat";
    std::FILE* file = std::fopen(status.c_str(), "r");
    char state = 'Z';
    if (file != nullptr) {
      if (std::fscanf(file, "%*d (%*[^)]) %c", &state) != 1) {
        state = 'Z';
      }
      std::fclose(file);
    }
    gone = state == 'Z' || state == 'X';
    sleep_seconds(0.01);
  }
  BOOST_TEST(gone);
}

BOOST_AUTO_TEST_CASE(buffered_output_is_written_once) {
  std::FILE* file = std::tmpfile();
  std::fputs("once", file);
  run_workers(
      3, [](int) { return 0; }, no_poll);
  std::fflush(file);
  BOOST_TEST(std::ftell(file) == 4);
  std::fseek(file, 0, SEEK_END);
  BOOST_TEST(std::ftell(file) == 4);
  std::fclose(file);
}

BOOST_AUTO_TEST_SUITE_END()
