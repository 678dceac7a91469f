#if defined(KINDRED_FFTW)

#include <stdlib.h>
#include <unistd.h>

#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <type_traits>

#include <kindred/kernels/fftconv/fftw_library.hpp>
#include <kindred/kernels/fftconv/fftw_planner.hpp>

namespace kindred::fftconv {
namespace {

namespace fs = std::filesystem;

/// Empty if there is no folder to keep it in.
fs::path cache_folder() {
  const auto variable = [](const char* name) {
    const char* const value = std::getenv(name);
    return fs::path(value == nullptr ? "" : value);
  };
  if (const fs::path cache = variable("XDG_CACHE_HOME"); cache.is_absolute()) {
    return cache / "kindred";
  }
  const fs::path home = variable("HOME");
  return home.is_absolute() ? home / ".cache" / "kindred" : fs::path();
}

std::string processor() {
  std::ifstream cpuinfo("/proc/cpuinfo");
  for (std::string line; std::getline(cpuinfo, line);) {
    if (line.starts_with("model name")) {
      return line.substr(line.find(':') + 1);
    }
  }
  return "unknown";
}

/// What was measured holds for one processor, FFTW, number of threads and precision.
template <class Real>
fs::path wisdom_file() {
  const fs::path folder = cache_folder();
  if (folder.empty()) {
    return {};
  }
  std::string key = processor() + '-' + FftwLibrary<Real>::version() + "-1-" + (std::is_same_v<Real, float> ? "single" : "double");
  std::string name = "fftw-wisdom";
  for (const char c : key) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.';
    if (plain || name.back() != '-') {
      name += plain ? c : '-';
    }
  }
  return folder / name;
}

std::string contents(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

template <class Real>
std::string exported_wisdom() {
  char* const text = FftwLibrary<Real>::export_wisdom();
  std::string wisdom(text == nullptr ? "" : text);
  std::free(text);
  return wisdom;
}

/// Whole or not at all, whoever else writes; a folder that cannot be written to is no error.
void replace(const fs::path& path, const std::string& text) {
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  std::string temporary = path.string() + ".XXXXXX";
  const int descriptor = ::mkstemp(temporary.data());
  if (descriptor < 0) {
    return;
  }
  const bool written = ::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  const bool closed = ::close(descriptor) == 0;
  if (written && closed) {
    fs::rename(temporary, path, error);
  }
  if (!written || !closed || error) {
    fs::remove(temporary, error);
  }
}

}  // namespace

template <class Real>
FftwPlanning<Real>::FftwPlanning(Effort effort) : lock_(fftw_planner_mutex()), effort_(effort), found_(exported_wisdom<Real>()) {
  FftwLibrary<Real>::forget_wisdom();
  if (effort_ != Effort::estimate) {
    stored_ = contents(wisdom_file<Real>());
    if (FftwLibrary<Real>::import_wisdom(stored_.c_str()) == 0) {
      stored_.clear();
    }
  }
}

template <class Real>
FftwPlanning<Real>::~FftwPlanning() {
  if (effort_ != Effort::estimate && exported_wisdom<Real>() != stored_) {
    if (const fs::path path = wisdom_file<Real>(); !path.empty()) {
      FftwLibrary<Real>::import_wisdom(contents(path).c_str());  // what another process has learnt meanwhile
      replace(path, exported_wisdom<Real>());
    }
  }
  FftwLibrary<Real>::forget_wisdom();
  FftwLibrary<Real>::import_wisdom(found_.c_str());
}

template <class Real>
unsigned FftwPlanning<Real>::flags() const {
  switch (effort_) {
    case Effort::estimate:
      return FFTW_ESTIMATE;
    case Effort::measure:
      return FFTW_MEASURE;
    case Effort::patient:
      return FFTW_PATIENT;
  }
  return FFTW_ESTIMATE;
}

template class FftwPlanning<float>;
template class FftwPlanning<double>;

}  // namespace kindred::fftconv

#endif
