#include <kindred/core/run/run.hpp>

#include <signal.h>
#include <unistd.h>

#include <array>

#include <kindred/core/run/signal_state.hpp>

namespace kindred {
namespace {

constexpr std::array stop_signals = {SIGINT, SIGTERM, SIGUSR1, SIGXCPU};

std::atomic<int> received_signal{0};
std::atomic<int> interrupts{0};
std::atomic<unsigned> grace{0};
static_assert(std::atomic<int>::is_always_lock_free && std::atomic<unsigned>::is_always_lock_free, "used in signal handlers");

std::array<struct sigaction, stop_signals.size() + 1> previous_actions{};

/// Only async-signal-safe calls: atomics, alarm, _exit.
void on_stop_signal(int signal) {
  if (signal == SIGINT && interrupts.fetch_add(1) > 0) {
    ::_exit(128 + SIGINT);
  }
  int none = 0;
  if (received_signal.compare_exchange_strong(none, signal) && grace.load() > 0) {
    ::alarm(grace.load());
  }
}

void on_alarm(int /*signal*/) { ::_exit(static_cast<int>(ExitCode::interrupted)); }

void install(int signal, void (*handler)(int), struct sigaction& previous) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;  // a write that a signal interrupts goes on: rows are finished, not torn
  sigemptyset(&action.sa_mask);
  ::sigaction(signal, &action, &previous);
}

}  // namespace

SignalScope::SignalScope(unsigned grace_seconds) {
  received_signal = 0;
  interrupts = 0;
  grace = grace_seconds;
  for (std::size_t i = 0; i < stop_signals.size(); ++i) {
    install(stop_signals[i], on_stop_signal, previous_actions[i]);
  }
  install(SIGALRM, on_alarm, previous_actions.back());
}

SignalScope::~SignalScope() {
  ::alarm(0);
  received_signal = 0;  // what runs later has not been asked to stop
  for (std::size_t i = 0; i < stop_signals.size(); ++i) {
    ::sigaction(stop_signals[i], &previous_actions[i], nullptr);
  }
  ::sigaction(SIGALRM, &previous_actions.back(), nullptr);
}

int SignalScope::received() { return received_signal.load(); }

namespace detail {

void extend_grace(unsigned extra_seconds) {
  if (received_signal.load() != 0 && grace.load() > 0) {
    ::alarm(grace.load() + extra_seconds);
  }
}

}  // namespace detail
}  // namespace kindred
