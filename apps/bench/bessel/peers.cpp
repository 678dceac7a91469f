// bench_log_bessel FOLDER [--sets NAMES] [--peers yes|no] [--functions NAMES]: speed and errors of the log-Bessel functions and of their
//   peers at the points in FOLDER, one thread, one line of CSV a routine. peers.py calls it repeatedly and makes the tables.
// bench_log_bessel --points FOLDER [--seed S] [--count N]: writes the random sets without reference values.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <exception>
#include <filesystem>
#include <limits>
#include <map>

#include <kindred/core/base/error.hpp>

#include "peers.hpp"
#include "points.hpp"

namespace {

using bench::ReferenceTable;
using bench::Routine;

/// Median processor time of one call in seconds, of calls that together take a while. On a shared machine wall time would favour what is
/// short enough to run between two interruptions.
template <typename Call>
double seconds_of(const Call& call) {
  constexpr double enough = 0.03;
  std::vector<double> seconds;
  double total = 0.0;
  while (total < enough) {
    const std::clock_t start = std::clock();
    call();
    seconds.push_back(static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC);
    total += seconds.back();
  }
  const auto middle = seconds.begin() + static_cast<std::ptrdiff_t>(seconds.size() / 2);
  std::nth_element(seconds.begin(), middle, seconds.end());
  return *middle;
}

template <typename Real>
void measure(const std::string& set, const Routine& routine, ReferenceTable table,
             const std::function<void(std::span<const Real>, std::span<const Real>, std::span<Real>)>& evaluate) {
  if (routine.sorted) {
    std::sort(table.begin(), table.end(), [](const auto& a, const auto& b) { return std::hypot(a.v, a.x) < std::hypot(b.v, b.x); });
  }
  std::vector<Real> v;
  std::vector<Real> x;
  for (const auto& row : table) {
    v.push_back(static_cast<Real>(row.v));
    x.push_back(static_cast<Real>(row.x));
  }
  std::vector<Real> y(table.size());
  evaluate(v, x, y);
  std::size_t failing = 0;
  double absolute = 0.0;
  double relative = 0.0;
  for (std::size_t i = 0; i < table.size(); ++i) {
    const auto truth = table[i].values[routine.function.index()];
    if (!std::isfinite(y[i])) {
      ++failing;
    } else if (std::isnan(truth.hi)) {
      absolute = relative = std::numeric_limits<double>::quiet_NaN();
    } else {
      const auto error = static_cast<double>(std::abs((static_cast<long double>(y[i]) - truth.hi) - truth.lo));
      absolute = std::max(absolute, error);
      relative = std::max(relative, error / std::abs(truth.hi));
    }
  }
  if (failing == table.size()) {
    absolute = relative = std::numeric_limits<double>::quiet_NaN();
  }
  const double seconds = seconds_of([&] { evaluate(v, x, y); });
  std::printf("%s,%s,\"%s\",%.5g,%.5g,%.3g,%.3g\n", set.c_str(), routine.function.name, routine.name.c_str(),
              1e-6 * static_cast<double>(table.size()) / seconds, 100.0 * static_cast<double>(failing) / static_cast<double>(table.size()),
              relative, absolute);
  std::fflush(stdout);
}

struct Options {
  std::filesystem::path folder;
  std::map<std::string, std::string> values = {{"--sets", "small,large,log,wide,core,hix"},
                                               {"--peers", "yes"},
                                               {"--functions", "log_iv,log_kv"},
                                               {"--seed", "1"},
                                               {"--count", "20000"}};
  bool write_points = false;

  Options(int argc, char** argv) {
    int next = 1;
    if (argc > 1 && std::string(argv[1]) == "--points") {
      write_points = true;
      next = 2;
    }
    if (argc <= next || (argc - next) % 2 == 0) {
      throw kindred::InputError(
          "usage: bench_log_bessel FOLDER [--sets NAMES] [--peers yes|no] [--functions NAMES] | "
          "bench_log_bessel --points FOLDER [--seed S] [--count N]");
    }
    folder = argv[next];
    for (int i = next + 1; i < argc; i += 2) {
      if (!values.contains(argv[i])) {
        throw kindred::InputError(std::string("bench_log_bessel: unknown option ") + argv[i]);
      }
      values[argv[i]] = argv[i + 1];
    }
  }
  /// Whether the comma-separated list holds the name.
  [[nodiscard]] bool names(const std::string& option, const std::string& name) const {
    return ("," + values.at(option) + ",").find("," + name + ",") != std::string::npos;
  }
};

void write_points(const Options& options) {
  std::filesystem::create_directories(options.folder);
  const double unknown = std::numeric_limits<double>::quiet_NaN();
  for (const auto& set : bench::random_sets(std::stoull(options.values.at("--seed")), std::stoll(options.values.at("--count")))) {
    for (const auto& points : {set, bench::in_single_precision(set)}) {
      ReferenceTable table;
      for (const auto& [v, x] : points.points) {
        auto& row = table.emplace_back(bench::ReferenceRow{v, x, {}});
        row.values.fill({unknown, unknown});
      }
      bench::write_reference(options.folder / (points.name + ".f64"), table);
    }
  }
}

void run(const Options& options) {
  auto routines = bench::own_routines();
  if (options.values.at("--peers") == "yes") {
    const auto peers = bench::peer_routines();
    routines.insert(routines.end(), peers.begin(), peers.end());
  }
  std::erase_if(routines, [&](const Routine& routine) { return !options.names("--functions", routine.function.name); });
  for (const auto& set : bench::random_sets(0, 0)) {
    if (!options.names("--sets", set.name)) {
      continue;
    }
    const auto in_double = bench::read_reference(options.folder / (set.name + ".f64"));
    const auto in_float = bench::read_reference(options.folder / (set.name + "-f32.f64"));
    for (const auto& routine : routines) {
      if (routine.in_double) {
        measure<double>(set.name, routine, in_double, routine.in_double);
      } else {
        measure<float>(set.name, routine, in_float, routine.in_float);
      }
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const Options options(argc, argv);
    options.write_points ? write_points(options) : run(options);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  }
  return 0;
}
