#pragma once

#include <cstdint>
#include <string>
#include <vector>

/// The arguments at which the log-Bessel functions are measured. All sets are functions of a seed.
namespace bench {

struct Point {
  double v;
  double x;
};

struct PointSet {
  std::string name;
  std::vector<Point> points;
};

/// Random sets, `count` points each: small, large, log, wide, core, hix.
std::vector<PointSet> random_sets(std::uint64_t seed, std::int64_t count);

/// Both neighbours of every value at which an implementation may change its method: R = sqrt(v² + x²), x, and half-integer v.
PointSet switch_points(std::uint64_t seed);

/// Products of integers, half-integers and their neighbours, tiny, subnormal and huge values.
PointSet special_points();

/// Log-uniform over [1e-300, 1e300]².
PointSet smoke_points(std::uint64_t seed, std::int64_t count);

/// The set rounded to single precision, without the points that then vanish or overflow.
PointSet in_single_precision(const PointSet& set);

}  // namespace bench
