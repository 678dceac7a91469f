#include <kindred/core/run/progress.hpp>

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include <kindred/core/run/run.hpp>

namespace kindred {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

void RateEstimate::add(double events, double seconds) {
  const double keep = std::exp(-seconds / memory_);
  events_ = events_ * keep + events;
  seconds_ = seconds_ * keep + seconds;
}

double RateEstimate::per_second() const { return seconds_ > 0.0 ? events_ / seconds_ : 0.0; }

std::string duration_text(double seconds) {
  const auto whole = static_cast<std::int64_t>(std::llround(std::max(seconds, 0.0)));
  if (whole < 60) {
    return fmt::format("{}s", whole);
  }
  if (whole < 3600) {
    return fmt::format("{}m{:02}s", whole / 60, whole % 60);
  }
  if (whole < 86400) {
    return fmt::format("{}h{:02}m", whole / 3600, whole % 3600 / 60);
  }
  return fmt::format("{}d{:02}h", whole / 86400, whole % 86400 / 3600);
}

namespace {

/// Three significant figures below 100, whole numbers above.
std::string short_number(double value) { return value < 99.95 ? fmt::format("{:.3g}", value) : fmt::format("{:.0f}", value); }

std::string bar_text(double fraction) {
  constexpr int width = 20;
  const int filled = std::clamp(static_cast<int>(fraction * width), 0, width);
  return fmt::format("[{}{}] ", std::string(static_cast<std::size_t>(filled), '#'),
                     std::string(static_cast<std::size_t>(width - filled), '.'));
}

}  // namespace

std::string progress_line(const ProgressFacts& facts, bool bar) {
  const double fraction = facts.total > 0 ? static_cast<double>(facts.done) / static_cast<double>(facts.total) : 1.0;
  std::string line = bar ? bar_text(fraction) : "";
  // Rounded down: 100 % is shown only when all is done.
  line += fmt::format("{}/{} {}%", facts.done, facts.total, static_cast<int>(100.0 * fraction));
  if (facts.rate > 0.0) {
    line += fmt::format(" {}/s", short_number(facts.rate));
  }
  if (facts.bytes_per_second > 0.0) {
    line += fmt::format(" {} MB/s", short_number(facts.bytes_per_second / 1e6));
  }
  if (facts.rate > 0.0 && facts.done < facts.total) {
    line += " ETA " + duration_text(static_cast<double>(facts.total - facts.done) / facts.rate);
  }
  if (facts.failures > 0) {
    line += fmt::format(" fail {}", facts.failures);
  }
  if (facts.mean_iterations > 0.0) {
    line += fmt::format(" iter {:.1f}", facts.mean_iterations);
  }
  return line;
}

struct Progress::State {
  Index total = 0;
  Index already_done = 0;
  bool quiet = false;
  std::string noun;
  bool terminal = false;
  Clock::time_point start = Clock::now();
  Clock::time_point last_draw = start;
  Clock::time_point last_measured = start;
  Index measured_done = 0;
  std::int64_t measured_bytes = 0;
  RateEstimate samples;
  RateEstimate bytes;

  void measure(const Counters& counters) {
    const auto now = Clock::now();
    const double seconds = std::chrono::duration<double>(now - last_measured).count();
    const Index done = counters.done.load();
    const std::int64_t written = counters.bytes.load();
    samples.add(static_cast<double>(done - measured_done), seconds);
    bytes.add(static_cast<double>(written - measured_bytes), seconds);
    last_measured = now;
    measured_done = done;
    measured_bytes = written;
  }

  [[nodiscard]] ProgressFacts facts(const Counters& counters) const {
    ProgressFacts facts;
    const Index done = counters.done.load();
    facts.total = total;
    facts.done = already_done + done;
    facts.rate = samples.per_second();
    facts.bytes_per_second = bytes.per_second();
    facts.failures = counters.failures.load();
    facts.mean_iterations = done > 0 ? static_cast<double>(counters.iterations.load()) / static_cast<double>(done) : 0.0;
    return facts;
  }
};

namespace {

/// Columns of the terminal on stderr, so that the live line never wraps.
std::size_t terminal_columns() {
  winsize size{};
  return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1 ? size.ws_col - 1U : 79U;
}

}  // namespace

Progress::Progress(Index total, Index already_done, bool quiet, std::string noun) : state_(std::make_unique<State>()) {
  state_->total = total;
  state_->already_done = already_done;
  state_->quiet = quiet;
  state_->noun = std::move(noun);
  state_->terminal = ::isatty(STDERR_FILENO) != 0;
}

Progress::~Progress() = default;

void Progress::set_total(Index total) { state_->total = total; }

void Progress::update(const Counters& counters) {
  State& state = *state_;
  const auto now = Clock::now();
  if (state.quiet || now - state.last_draw < (state.terminal ? Clock::duration(100ms) : Clock::duration(30s))) {
    return;
  }
  state.last_draw = now;
  state.measure(counters);
  const std::string line = progress_line(state.facts(counters), state.terminal);
  if (state.terminal) {
    fmt::print(stderr, "\r\033[K{}", line.substr(0, terminal_columns()));
  } else {
    fmt::print(stderr, "{}\n", line);
  }
  std::fflush(stderr);
}

void Progress::finish(const Counters& counters) {
  State& state = *state_;
  if (state.quiet) {
    return;
  }
  // The final line gives means over the whole run.
  const double seconds = std::chrono::duration<double>(Clock::now() - state.start).count();
  ProgressFacts facts = state.facts(counters);
  facts.rate = seconds > 0.0 ? static_cast<double>(counters.done.load()) / seconds : 0.0;
  facts.bytes_per_second = seconds > 0.0 ? static_cast<double>(counters.bytes.load()) / seconds : 0.0;
  const Index total = facts.total;
  facts.total = facts.done;  // no ETA: nothing is under way any more
  std::string line = progress_line(facts, false);
  line.replace(0, line.find('%') + 1, fmt::format("{} of {} {} in {}", facts.done, total, state.noun, duration_text(seconds)));
  fmt::print(stderr, "{}{}\n", state.terminal ? "\r\033[K" : "", line);
  std::fflush(stderr);
}

}  // namespace kindred
