// Signals as a run meets them. Everything that may end a process happens in a forked child.
#include <boost/test/unit_test.hpp>

#include <sys/wait.h>
#include <unistd.h>
#include <csignal>
#include <ctime>

#include <functional>

#include <kindred/core/run/run.hpp>

using kindred::SignalScope;

namespace {

/// Exit status of a child that runs `body`, or 128 + the signal that ended it.
int status_of_child(const std::function<int()>& body) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::_exit(body());
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_run_signals)

BOOST_AUTO_TEST_CASE(no_signal_means_zero) {
  const SignalScope scope;
  BOOST_TEST(SignalScope::received() == 0);
}

BOOST_AUTO_TEST_CASE(every_stop_signal_sets_the_flag_and_lets_the_process_go_on) {
  for (const int signal : {SIGINT, SIGTERM, SIGUSR1, SIGXCPU}) {
    const int status = status_of_child([signal] {
      const SignalScope scope;
      ::raise(signal);
      return SignalScope::received() == signal ? 7 : 1;
    });
    BOOST_TEST(status == 7, "signal " << signal);
  }
}

BOOST_AUTO_TEST_CASE(the_first_signal_is_the_one_remembered) {
  const int status = status_of_child([] {
    const SignalScope scope;
    ::raise(SIGTERM);
    ::raise(SIGUSR1);
    return SignalScope::received() == SIGTERM ? 0 : 1;
  });
  BOOST_TEST(status == 0);
}

BOOST_AUTO_TEST_CASE(a_second_interrupt_ends_the_process_with_130) {
  const int status = status_of_child([] {
    const SignalScope scope;
    ::raise(SIGINT);
    ::raise(SIGINT);
    return 0;
  });
  BOOST_TEST(status == 130);
}

BOOST_AUTO_TEST_CASE(an_interrupt_after_a_terminate_is_still_the_first_interrupt) {
  // A worker on a terminal gets the user's interrupt and its parent's terminate: together they must not end it.
  const int status = status_of_child([] {
    const SignalScope scope;
    ::raise(SIGTERM);
    ::raise(SIGINT);
    return 5;
  });
  BOOST_TEST(status == 5);
}

BOOST_AUTO_TEST_CASE(work_that_outlasts_the_grace_is_dropped_with_75) {
  const int status = status_of_child([] {
    const SignalScope scope(1);
    ::raise(SIGTERM);
    const timespec long_time{60, 0};
    ::nanosleep(&long_time, nullptr);  // the alarm's handler does not return
    return 0;
  });
  BOOST_TEST(status == 75);
}

BOOST_AUTO_TEST_CASE(without_a_signal_the_grace_does_not_count) {
  const int status = status_of_child([] {
    const SignalScope scope(1);
    return ::alarm(0) == 0 ? 0 : 1;  // no alarm was pending
  });
  BOOST_TEST(status == 0);
}

BOOST_AUTO_TEST_CASE(the_scope_puts_the_old_handlers_back) {
  const int status = status_of_child([] {
    { const SignalScope scope(20); }
    ::raise(SIGTERM);
    return 0;
  });
  BOOST_TEST(status == 128 + SIGTERM);
}

BOOST_AUTO_TEST_CASE(a_signal_is_forgotten_with_its_scope) {
  const int status = status_of_child([] {
    {
      const SignalScope scope;
      ::raise(SIGTERM);
    }
    return SignalScope::received();
  });
  BOOST_TEST(status == 0);
}

BOOST_AUTO_TEST_CASE(leaving_the_scope_cancels_the_alarm) {
  const int status = status_of_child([] {
    {
      const SignalScope scope(20);
      ::raise(SIGTERM);
    }
    return ::alarm(0) == 0 ? 0 : 1;
  });
  BOOST_TEST(status == 0);
}

BOOST_AUTO_TEST_SUITE_END()
