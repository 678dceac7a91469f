#pragma once

#include <cstdio>
#include <span>
#include <string>
#include <utility>

#include <fmt/format.h>

namespace kindred::app {

/// gnuplot as a child process that reads commands and binary data from a pipe.
class Gnuplot {
 public:
  /// @throws InputError if gnuplot is not on the PATH
  Gnuplot();
  ~Gnuplot();
  Gnuplot(const Gnuplot&) = delete;
  Gnuplot& operator=(const Gnuplot&) = delete;

  template <class... Args>
  void command(fmt::format_string<Args...> format, Args&&... args) {
    const std::string line = fmt::format(format, std::forward<Args>(args)...) + '\n';
    std::fwrite(line.data(), 1, line.size(), pipe_);
  }
  void data(std::span<const double> values) { std::fwrite(values.data(), sizeof(double), values.size(), pipe_); }

  /// Waits for gnuplot to end. @throws IoError if it failed
  void finish();

 private:
  std::FILE* pipe_ = nullptr;
  void (*previous_)(int) = nullptr;
};

/// A gnuplot string whose characters all stand for themselves.
std::string quoted(const std::string& text);

}  // namespace kindred::app
