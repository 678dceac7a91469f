// bessel_reference: reference values of the log-Bessel functions in ball arithmetic, for the accuracy report, the benchmarks and the tests.
//   bessel_reference FOLDER [--seed S] [--count N]     one file a set of points, and one more (-f32) for arguments in single precision
//   bessel_reference --table FILE                      the table in tests/kernels

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

#include <kindred/core/base/error.hpp>
#include <kindred/core/base/random.hpp>

#include "arb_reference.hpp"
#include "points.hpp"

namespace {

using bench::PointSet;

/// Neighbouring doubles about the zeros of log I_v and log K_v.
PointSet zero_points(std::uint64_t seed, int count) {
  PointSet set{"zeros", {}};
  for (int i = 0; i < count; ++i) {
    const kindred::Draws draws(seed, set.name, static_cast<std::uint64_t>(i));
    const double v = 0.01 * std::exp(std::log(1e8) * draws.uniform(0));
    for (double x : {bench::zero_of_log_i(v), bench::zero_of_log_k(v)}) {
      for (int step = 0; step < 4; ++step, x = std::nextafter(x, 0.0)) {
        set.points.push_back({v, x});
      }
      set.points.push_back({v, x * 1.0001});
    }
  }
  return set;
}

bench::ReferenceTable table_of(const PointSet& set) {
  bench::ReferenceTable table;
  table.reserve(set.points.size());
  for (const auto& [v, x] : set.points) {
    table.push_back(bench::arb_reference(v, x));
  }
  return table;
}

void write_files(const std::filesystem::path& folder, std::uint64_t seed, std::int64_t count) {
  std::filesystem::create_directories(folder);
  auto sets = bench::random_sets(seed, count);
  sets.push_back(bench::switch_points(seed));
  sets.push_back(bench::special_points());
  sets.push_back(bench::smoke_points(seed, std::min<std::int64_t>(count, 2000)));
  sets.push_back(zero_points(seed, 200));
  for (const auto& set : sets) {
    for (const auto& points : {set, bench::in_single_precision(set)}) {
      bench::write_reference(folder / (points.name + ".f64"), table_of(points));
      std::printf("%-14s %zu points\n", points.name.c_str(), points.points.size());
      std::fflush(stdout);
    }
  }
}

/// 24 bits of a double: what a test needs of `lo`.
double shortened(double lo) {
  int exponent = 0;
  const double mantissa = std::frexp(lo, &exponent);
  return std::ldexp(std::round(std::ldexp(mantissa, 24)), exponent - 24);
}

void write_table(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "w");
  if (file == nullptr) {
    throw kindred::IoError(path + ": cannot be written");
  }
  std::fputs(
      "#pragma once\n\n"
      "/// Written by bessel_reference (apps/bench/bessel), in ball arithmetic: do not edit. Values are unevaluated sums hi + lo, good to "
      "76 bits.\n\n"
      "namespace bessel_reference {\n\n"
      "struct Value {\n  double hi;\n  double lo;\n};\n\n"
      "/// Ratios are those of the orders v + 1 and v; derivatives of the logarithms are by v.\n"
      "struct Row {\n  double v;\n  double x;\n  Value log_i;\n  Value log_k;\n  Value ratio_i;\n  Value ratio_k;\n"
      "  Value log_i_dv;\n  Value log_k_dv;\n};\n\n// clang-format off\ninline constexpr Row table[] = {\n",
      file);
  auto sets = bench::random_sets(20240610, 150);
  auto zeros = zero_points(20240610, 10);
  sets.push_back(zeros);
  for (const auto& set : sets) {
    std::fprintf(file, "  // %s\n", set.name.c_str());
    for (const auto& [v, x] : set.points) {
      const auto row = bench::arb_reference(v, x);
      std::fprintf(file, "  {%a, %a", v, x);
      for (const std::size_t f : {0, 1, 4, 5, 7, 9}) {
        std::fprintf(file, ", {%a, %a}", row.values[f].hi, shortened(row.values[f].lo));
      }
      std::fputs("},\n", file);
    }
  }
  std::fputs("};\n// clang-format on\n\n}  // namespace bessel_reference\n", file);
  std::fclose(file);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    if (arguments.size() == 2 && arguments[0] == "--table") {
      write_table(arguments[1]);
      return 0;
    }
    std::uint64_t seed = 1;
    std::int64_t count = 20000;
    for (std::size_t i = 1; i + 1 < arguments.size(); i += 2) {
      if (arguments[i] == "--seed") {
        seed = std::stoull(arguments[i + 1]);
      } else if (arguments[i] == "--count") {
        count = std::stoll(arguments[i + 1]);
      } else {
        throw kindred::InputError("unknown option " + arguments[i]);
      }
    }
    if (arguments.empty() || arguments.size() % 2 == 0) {
      throw kindred::InputError("usage: bessel_reference FOLDER [--seed S] [--count N] | bessel_reference --table FILE");
    }
    write_files(arguments[0], seed, count);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bessel_reference: %s\n", error.what());
    return 2;
  }
  return 0;
}
