#include <kindred/apps/verbs/analysis/gnuplot_process.hpp>

#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <string_view>

#include <kindred/core/base/error.hpp>

namespace kindred::app {
namespace {

bool installed() {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path != nullptr ? path : "");
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (access((std::filesystem::path(folder) / "gnuplot").c_str(), X_OK) == 0) {
      return true;
    }
  }
  return false;
}

}  // namespace

Gnuplot::Gnuplot() {
  if (!installed()) {
    throw InputError("pictures need gnuplot, which is not on the PATH: install the package gnuplot-nox");
  }
  pipe_ = popen("gnuplot -d", "w");
  if (pipe_ == nullptr) {
    throw IoError("cannot start gnuplot");
  }
  previous_ = std::signal(SIGPIPE, SIG_IGN);  // if gnuplot ends early, its exit status says so
}

Gnuplot::~Gnuplot() {
  if (pipe_ != nullptr) {
    pclose(pipe_);
  }
  std::signal(SIGPIPE, previous_);
}

void Gnuplot::finish() {
  const int status = pclose(std::exchange(pipe_, nullptr));
  if (status != 0) {
    throw IoError(fmt::format("gnuplot ended with status {}; its message stands above", status));
  }
}

std::string quoted(const std::string& text) {
  std::string result = "'";
  for (const char c : text) {
    if (c == '\'') {
      result += "''";
    } else if (c == '\n') {
      result += ' ';
    } else {
      if (std::string_view("_^{}@&~\\").find(c) != std::string_view::npos) {
        result += '\\';
      }
      result += c;
    }
  }
  return result + "'";
}

}  // namespace kindred::app
