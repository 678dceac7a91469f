// bench_log_bessel_accuracy FOLDER [--csv FILE]: errors of the log-Bessel functions against the reference values in FOLDER, and whether
// they keep the bounds stated in log_bessel.hpp. Exits with 1 if not.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include <kindred/core/base/error.hpp>

#include "functions.hpp"

namespace {

using bench::NamedFunction;
using bench::ReferenceRow;
using bench::ReferenceTable;
using bench::TwoDoubles;
using kindred::kernels::Accuracy;
using Wide = long double;

constexpr Wide eps = 0x1p-53L;

struct Mode {
  const char* name;
  Accuracy accuracy;
  bool single_precision;
  bool whole_array;
};

constexpr Mode modes[] = {
    {"fast", Accuracy::fast, false, true},
    {"accurate", Accuracy::accurate, false, true},
    {"float", Accuracy::fast, true, true},
    {"scalar fast", Accuracy::fast, false, false},
    {"scalar acc.", Accuracy::accurate, false, false},
    {"scalar float", Accuracy::fast, true, false},
};

/// What an error is divided by.
struct Scales {
  Wide condition;  ///< C = |L| + R + v asinh(v/x); for the scaled forms with R - x in the place of R where R >= 21.2
  Wide one;        ///< max(1, |L|)
  Wide value;      ///< |L|
};

Scales scales(const NamedFunction& f, const ReferenceRow& row) {
  const Wide v = row.v;
  const Wide x = row.x;
  const Wide size = std::abs(static_cast<Wide>(row.values[f.index()].hi));
  const Wide r = std::hypot(v, x);
  const Wide growth = f.is_scaled() && r >= 21.2L ? v * (v / (r + x)) : r;
  return {size + growth + (v > 0 ? v * std::asinh(v / x) : 0), std::max(Wide(1), size), size};
}

/// The bound on the error at this point.
Wide bound(const NamedFunction& f, const Mode& mode, const ReferenceRow& row, const Scales& s) {
  using kindred::kernels::BesselFunction;
  if (mode.single_precision) {
    return 6.2e-8L * (f.is_logarithm() ? s.one : s.value);
  }
  switch (f.function) {
    case BesselFunction::iv_ratio:
      return 4 * eps * s.value;
    case BesselFunction::kv_ratio:
    case BesselFunction::log_iv_dx:
    case BesselFunction::log_kv_dx:
      return 2e-15L * s.value;
    case BesselFunction::log_iv_dv: {
      // K/I = exp(-2x + …), which remains for v -> 0, loses 2x eps to rounding.
      const bool remains = row.v < 1.0 && row.x >= 21.2;
      const Wide rest = remains ? std::exp(static_cast<Wide>(row.values[1].hi) - row.values[0].hi) : 0;
      return 1e-14L * s.value + 2 * eps * row.x * rest;
    }
    case BesselFunction::log_kv_dv:
      return 1e-14L * s.value;
    default:
      return 4 * eps * (mode.accuracy == Accuracy::fast ? s.condition : s.one);
  }
}

struct Worst {
  Wide value = 0;
  double v = 0;
  double x = 0;
  double got = 0;
  TwoDoubles expected{};
};

/// Maximum and 99th percentile.
struct Statistic {
  std::vector<Wide> samples;

  [[nodiscard]] double max() const {
    return samples.empty() ? 0.0 : static_cast<double>(*std::max_element(samples.begin(), samples.end()));
  }
  [[nodiscard]] double p99() {
    if (samples.empty()) {
      return 0.0;
    }
    const auto at = samples.begin() + static_cast<std::ptrdiff_t>((samples.size() - 1) * 99 / 100);
    std::nth_element(samples.begin(), at, samples.end());
    return static_cast<double>(*at);
  }
};

struct Report {
  Statistic over_condition;
  Statistic over_one;
  Statistic relative;
  Statistic absolute;
  std::int64_t failing = 0;  ///< not finite, or not the infinity that the truth rounds to
  Worst of_bound;
};

std::vector<double> evaluate(const NamedFunction& f, const Mode& mode, const ReferenceTable& table) {
  const auto run = [&]<typename Real>(Real) {
    std::vector<Real> v(table.size());
    std::vector<Real> x(table.size());
    std::vector<Real> y(table.size());
    for (std::size_t i = 0; i < table.size(); ++i) {
      v[i] = static_cast<Real>(table[i].v);
      x[i] = static_cast<Real>(table[i].x);
    }
    if (mode.whole_array) {
      kindred::kernels::evaluate(f.function, std::span<const Real>(v), std::span<const Real>(x), std::span<Real>(y), {mode.accuracy, 1});
    } else {
      for (std::size_t i = 0; i < table.size(); ++i) {
        y[i] = bench::scalar(f.function, v[i], x[i], mode.accuracy);
      }
    }
    return std::vector<double>(y.begin(), y.end());
  };
  return mode.single_precision ? run(float{}) : run(double{});
}

Report compare(const NamedFunction& f, const Mode& mode, const ReferenceTable& table) {
  const auto got = evaluate(f, mode, table);
  const double largest = mode.single_precision ? std::numeric_limits<float>::max() : std::numeric_limits<double>::max();
  const Wide unit = mode.single_precision ? 0x1p-24L : eps;
  // Subnormal results, made of subnormal arguments, may be off by a few of their units, whatever their relative bound.
  const Wide spacing =
      4 * (mode.single_precision ? Wide(std::numeric_limits<float>::denorm_min()) : Wide(std::numeric_limits<double>::denorm_min()));
  Report report;
  for (std::size_t i = 0; i < table.size(); ++i) {
    const auto& row = table[i];
    const TwoDoubles truth = row.values[f.index()];
    if (!(std::abs(got[i]) <= largest) || !(std::abs(truth.hi) <= largest)) {
      const bool overflows = std::abs(truth.hi) > largest * (1 - 2 * static_cast<double>(unit));
      report.failing += overflows && std::isinf(got[i]) && std::signbit(got[i]) == std::signbit(truth.hi) ? 0 : 1;
      if (!overflows && report.of_bound.value < std::numeric_limits<Wide>::infinity()) {
        report.of_bound = {std::numeric_limits<Wide>::infinity(), row.v, row.x, got[i], truth};
      }
      continue;
    }
    const Wide error = std::abs((static_cast<Wide>(got[i]) - truth.hi) - truth.lo);
    const Scales s = scales(f, row);
    report.over_condition.samples.push_back(error / (unit * s.condition));
    report.over_one.samples.push_back(error / (unit * s.one));
    report.relative.samples.push_back(s.value > 0 ? error / s.value : Wide(error > 0));
    report.absolute.samples.push_back(error);
    const Wide of_bound = error / (bound(f, mode, row, s) + spacing);
    if (of_bound > report.of_bound.value) {
      report.of_bound = {of_bound, row.v, row.x, got[i], truth};
    }
  }
  return report;
}

void print(std::FILE* csv, const std::string& set, const NamedFunction& f, const Mode& mode, std::size_t count, Report report) {
  const double share = 100.0 * static_cast<double>(report.failing) / static_cast<double>(count);
  const auto& worst = report.of_bound;
  std::printf("%-13s%-11s%-13s%8.3g%8.3g %8.3g%8.3g %8.2g%8.2g %8.2g%8.2g %7.3g %8.3g%s\n", set.c_str(), f.name, mode.name,
              report.over_condition.p99(), report.over_condition.max(), report.over_one.p99(), report.over_one.max(), report.relative.p99(),
              report.relative.max(), report.absolute.p99(), report.absolute.max(), share, static_cast<double>(worst.value),
              worst.value > 1 ? "  BROKEN" : "");
  if (worst.value > 1) {
    std::printf("    v = %.17g (%a), x = %.17g (%a): got %.17g, expected %.17g %+.3g\n", worst.v, worst.v, worst.x, worst.x, worst.got,
                worst.expected.hi, worst.expected.lo);
  }
  if (csv != nullptr) {
    std::fprintf(csv, "%s,%s,%s,%zu,%g,%g,%g,%g,%g,%g,%g,%g,%g,%g,%.17g,%.17g\n", set.c_str(), f.name, mode.name, count,
                 report.over_condition.p99(), report.over_condition.max(), report.over_one.p99(), report.over_one.max(),
                 report.relative.p99(), report.relative.max(), report.absolute.p99(), report.absolute.max(), share,
                 static_cast<double>(worst.value), worst.v, worst.x);
  }
}

int run(const std::filesystem::path& folder, const char* csv_path) {
  std::FILE* csv = csv_path != nullptr ? std::fopen(csv_path, "w") : nullptr;
  if (csv_path != nullptr && csv == nullptr) {
    throw kindred::IoError(std::string(csv_path) + ": cannot be written");
  }
  if (csv != nullptr) {
    std::fputs("set,function,mode,points,c_p99,c_max,one_p99,one_max,rel_p99,rel_max,abs_p99,abs_max,failing_percent,of_bound,v,x\n", csv);
  }
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".f64") {
      files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  std::puts(
      "errors: p99 and max of |err|/(u C), |err|/(u max(1,|L|)), relative, absolute, u = 2^-53 or 2^-24; % not finite; max of |err|/bound");
  int broken = 0;
  for (const auto& f : bench::functions) {
    for (const auto& file : files) {
      const auto table = bench::read_reference(file);
      const std::string set = file.stem().string();
      for (const auto& mode : modes) {
        const bool of_this_precision = set.ends_with("-f32") == mode.single_precision;
        if (of_this_precision && (f.is_logarithm() || mode.accuracy == Accuracy::fast)) {
          const auto report = compare(f, mode, table);
          broken += report.of_bound.value > 1 || report.failing > 0 ? 1 : 0;
          print(csv, set, f, mode, table.size(), report);
        }
      }
    }
  }
  if (csv != nullptr) {
    std::fclose(csv);
  }
  std::printf("%d lines break a bound\n", broken);
  return broken > 0 ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const bool with_csv = argc == 4 && std::string(argv[2]) == "--csv";
    if (argc != 2 && !with_csv) {
      throw kindred::InputError("usage: bench_log_bessel_accuracy FOLDER [--csv FILE]");
    }
    return run(argv[1], with_csv ? argv[3] : nullptr);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_log_bessel_accuracy: %s\n", error.what());
    return 2;
  }
}
