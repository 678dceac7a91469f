#include "points.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

#include <kindred/core/base/random.hpp>
#include <kindred/kernels/bessel/tables.hpp>

namespace bench {
namespace {

using kindred::Draws;

struct Range {
  double low;
  double high;
  bool logarithmic = false;

  [[nodiscard]] double at(double u) const {
    const double value = logarithmic ? std::exp(std::log(low) + u * std::log(high / low)) : low + u * (high - low);
    return std::clamp(value, low, high);
  }
};

PointSet random_set(const std::string& name, Range v, Range x, std::uint64_t seed, std::int64_t count) {
  PointSet set{name, {}};
  for (std::int64_t i = 0; i < count; ++i) {
    const Draws draws(seed, name, static_cast<std::uint64_t>(i));
    set.points.push_back({v.at(draws.uniform(0)), x.at(draws.uniform(1))});
  }
  return set;
}

double below(double y) { return std::nextafter(y, 0.0); }
double above(double y) { return std::nextafter(y, std::numeric_limits<double>::infinity()); }

}  // namespace

std::vector<PointSet> random_sets(std::uint64_t seed, std::int64_t count) {
  return {
      random_set("small", {0, 150}, {0, 150}, seed, count),
      random_set("large", {150, 1e4}, {150, 1e4}, seed, count),
      random_set("log", {1e-3, 1e4, true}, {1e-3, 1e4, true}, seed, count),
      random_set("wide", {1e-6, 1e6, true}, {1e-8, 1e6, true}, seed, count),
      random_set("core", {0, 16}, {0, 35}, seed, count),
      random_set("hix", {1e-3, 3e3, true}, {1e3, 1e6, true}, seed, count),
  };
}

PointSet smoke_points(std::uint64_t seed, std::int64_t count) {
  // Range::at would form the quotient 1e600.
  PointSet set{"smoke", {}};
  for (std::int64_t i = 0; i < count; ++i) {
    const Draws draws(seed, set.name, static_cast<std::uint64_t>(i));
    set.points.push_back({std::exp(690.0 * (2.0 * draws.uniform(0) - 1.0)), std::exp(690.0 * (2.0 * draws.uniform(1) - 1.0))});
  }
  return set;
}

PointSet switch_points(std::uint64_t seed) {
  const Draws draws(seed, "switches", 0);
  std::uint64_t draw = 0;
  PointSet set{"switches", {}};
  const auto add = [&](double v, double x) {
    for (const double w : {below(v), v, above(v)}) {
      for (const double y : {below(x), x, above(x)}) {
        set.points.push_back({w, y});
      }
    }
  };
  using namespace kindred::kernels::bessel;
  std::vector<double> radii = {
      tables::uniform_radius, 9.0, 11.5, 14.4, 18.0, 20.0, 24.0, 36.0, 64.0, 128.0, 256.0, 512.0, 1024.0, 1e5, 1e8};
  for (const double square : tables::uniform_edges) {
    radii.push_back(std::sqrt(square));
  }
  for (const double r : radii) {
    for (int i = 0; i < 12; ++i) {
      const double t = i == 0 ? 0.0 : i == 11 ? 1.0 - 1e-9 : draws.uniform(draw++);
      const double v = r * t;
      add(v, std::sqrt(r * r - v * v));
    }
  }
  for (int i = 0; i < 40; ++i) {  // p = 1/2
    const double v = 15.0 * std::pow(100.0, draws.uniform(draw++));
    add(v, v);
  }
  for (std::size_t i = 0; i < std::size(tables::series_reach); ++i) {
    for (int j = 0; j < 12; ++j) {
      const double v = 21.0 * draws.uniform(draw++);
      add(v, 2.0 * std::sqrt(tables::series_reach[i] + tables::series_slope[i] * v));
    }
  }
  for (const double x : {0x1p-1000, 0.5, 1.0, 1.5, 2.0, 4.0, 6.0, 8.0, 9.0, 12.0, 16.0, 20.0, 21.2, 0x1p500}) {
    for (int i = 0; i < 20; ++i) {
      add(22.0 * draws.uniform(draw++), x);
    }
  }
  for (int n = 0; n < 46; ++n) {
    for (const double high : {0.01, 1.5, 21.0}) {
      add(0.5 * n, high * draws.uniform(draw++));
    }
  }
  std::erase_if(set.points, [](const Point& p) { return !(p.v >= 0.0 && p.x > 0.0); });
  return set;
}

PointSet special_points() {
  std::vector<double> values = {5e-324, 1e-320, 2.3e-308, 1e-300, 1e-200,  1e-160, 1e-100, 1e-30, 1e-20, 1e-16, 1e-12,
                                1e-8,   1e-5,   1e-3,     0.01,   0.1,     0.25,   0.75,   1.25,  1.75,  21.0,  21.5,
                                22.0,   30.0,   50.0,     99.5,   1e3,     1e4,    1e6,    1e8,   1e10,  1e15,  1e16,
                                1e20,   1e50,   1e100,    1e150,  1.3e154, 1e155,  1e200,  1e290, 1e300};
  for (const double center : {0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 5.0, 7.5, 10.0, 15.0, 20.0}) {
    values.insert(values.end(), {below(center), center, above(center), center + 1e-9, center - 1e-5});
  }
  PointSet set{"special", {}};
  for (const double x : values) {
    set.points.push_back({0.0, x});
    for (const double v : values) {
      set.points.push_back({v, x});
    }
  }
  return set;
}

PointSet in_single_precision(const PointSet& set) {
  PointSet rounded{set.name + "-f32", {}};
  const double largest = std::numeric_limits<float>::max();
  for (const auto& [v, x] : set.points) {
    if (v < largest && x<largest&& static_cast<float>(x)> 0.0F) {
      rounded.points.push_back({static_cast<float>(v), static_cast<float>(x)});
    }
  }
  return rounded;
}

}  // namespace bench
