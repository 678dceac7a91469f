#pragma once

#include <cstdint>

#include <kindred/kernels/bessel/target.hpp>

// How a function is put together from its regions, for engine.hpp. A function is a class with
//   key(v, x)   branch-free, 0 <= key < keys: elements are sorted by it,
//   regions     an array of Region, each for the keys from its `first_key` to the next region's.
// logarithm.hpp has those of log I and log K.

namespace kindred::kernels::bessel {
inline namespace KINDRED_BESSEL_TARGET {

/// Arrays given to a region's `map` are multiples of this long.
inline constexpr int lanes = 8;

struct Region {
  int first_key;
  double (*value)(double v, double x);
  void (*map)(const double* v, const double* x, double* out, int count);  ///< elements in the order of their keys
};

/// `out` is neither v nor x.
template <double (*value)(double, double)>
void map_each(const double* v, const double* x, double* out, int count) {
  KINDRED_BESSEL_VECTORISE
  for (int i = 0; i < (count & -lanes); ++i) {
    out[i] = value(v[i], x[i]);
  }
}

template <double (*value)(double, double)>
constexpr Region region(int first_key) {
  return {first_key, value, map_each<value>};
}

/// What the engine needs to know of a function.
struct Method {
  void (*classify)(const double* v, const double* x, std::uint8_t* keys, int count);
  const Region* regions;
  int region_count;
  int keys;
};

template <class Function>
void classify(const double* v, const double* x, std::uint8_t* keys, int count) {
  KINDRED_BESSEL_VECTORISE
  for (int i = 0; i < count; ++i) {
    keys[i] = static_cast<std::uint8_t>(Function::key(v[i], x[i]));
  }
}

template <class Function>
inline constexpr Method method_of = {classify<Function>, Function::regions, sizeof(Function::regions) / sizeof(Region), Function::keys};

/// The value of a function for one pair of arguments: the same operations, hence the same bits as in an array.
template <class Function>
double evaluate_one(double v, double x) {
  const int key = Function::key(v, x);
  int region = 0;
  while (region + 1 < static_cast<int>(sizeof(Function::regions) / sizeof(Region)) && Function::regions[region + 1].first_key <= key) {
    ++region;
  }
  return Function::regions[region].value(v, x);
}

}  // namespace KINDRED_BESSEL_TARGET
}  // namespace kindred::kernels::bessel
