#include <kindred/core/run/run.hpp>

#include <unistd.h>

#include <spdlog/sinks/ansicolor_sink.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/spdlog.h>

#include <kindred/core/base/error.hpp>

namespace kindred {

void configure_logging(int verbosity, const std::string& file, bool color) {
  const auto level = verbosity < 0    ? spdlog::level::err
                     : verbosity == 0 ? spdlog::level::info
                     : verbosity == 1 ? spdlog::level::debug
                                      : spdlog::level::trace;
  auto terminal = std::make_shared<spdlog::sinks::ansicolor_stderr_sink_mt>(color ? spdlog::color_mode::always : spdlog::color_mode::never);
  // On a terminal a log line first wipes the live progress line, which is drawn again below it.
  const std::string wipe = ::isatty(STDERR_FILENO) != 0 ? "\r\033[K" : "";
  terminal->set_pattern(wipe + (verbosity >= 2 ? "%H:%M:%S.%e [%P] %^%l%$: %v" : "%^%l%$: %v"));
  terminal->set_level(level);
  std::vector<spdlog::sink_ptr> sinks{terminal};
  if (!file.empty()) {
    try {
      auto log = std::make_shared<spdlog::sinks::basic_file_sink_mt>(file);  // opened for appending: workers share it
      log->set_pattern("%Y-%m-%dT%H:%M:%S.%e [%P] %l: %v");
      log->set_level(std::min(level, spdlog::level::info));
      sinks.push_back(std::move(log));
    } catch (const spdlog::spdlog_ex& error) {
      throw IoError(std::string("cannot write the log file: ") + error.what());
    }
  }
  auto logger = std::make_shared<spdlog::logger>("kindred", sinks.begin(), sinks.end());
  logger->set_level(spdlog::level::trace);
  logger->flush_on(spdlog::level::info);
  spdlog::set_default_logger(std::move(logger));
}

}  // namespace kindred
