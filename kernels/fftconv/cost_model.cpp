#include <kindred/kernels/fftconv/cost_model.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <complex>
#include <type_traits>

#include <kindred/kernels/fftconv/engine/lane_transform.hpp>

namespace kindred::fftconv {
namespace {

/// Nanoseconds for a complex number, at lengths 2^3, 2^4, … 2^20.
template <class Real>
constexpr double nanoseconds[18] = {35.4, 17.4, 8.7, 3.7, 2.8, 2.5, 2.5, 2.6, 2.7, 2.9, 3.1, 3.4, 3.7, 4.2, 5.0, 6.0, 7.5, 9.0};
template <>
constexpr double nanoseconds<float>[18] = {110.0, 55.0, 26.6, 8.6, 4.0, 1.85, 1.5, 1.5, 1.5, 1.6, 1.7, 1.9, 2.1, 2.3, 2.5, 2.8, 3.5, 4.3};

/// Of other lengths than powers of 2: longer by this part of the time.
double radix_share(Index length, Index lanes) {
  const Index rows = length / lanes;
  double share = 0.0;
  for (const Index prime : {3, 5, 7}) {
    for (Index rest = rows; rest % prime == 0; rest /= prime) {
      share += 0.055;
    }
  }
  // The first pass takes lanes² numbers at a time.
  return rows % lanes == 0 ? share : share + 0.08 + 0.7 * static_cast<double>(lanes * lanes) / static_cast<double>(length);
}

template <class Real>
double transform_nanoseconds(Index length) {
  constexpr int first = 3;
  constexpr int last = first + 17;
  const double power = std::clamp(std::log2(static_cast<double>(length)), static_cast<double>(first), static_cast<double>(last) - 1e-9);
  const auto below = static_cast<int>(power);
  const double part = power - below;
  const double* const table = nanoseconds<Real>;
  const double each = (1.0 - part) * table[below - first] + part * table[below - first + 1];
  return static_cast<double>(length) * each * (1.0 + radix_share(length, lanes<Real>));
}

/// Nanoseconds of a product, of an output beside its products, and of an array's edges.
struct Products {
  double product;
  double output;
  double edges;
};
template <class Value>
constexpr Products products = {0.069, 0.07, 60.0};
template <>
constexpr Products products<float> = {0.038, 0.06, 60.0};
template <>
constexpr Products products<std::complex<float>> = {0.127, 0.1, 60.0};
template <>
constexpr Products products<std::complex<double>> = {0.255, 0.2, 60.0};

template <class Real>
double passes_seconds(Index length, Index residues) {
  const double phases = residues == 1 ? 1.0 : 1.15;  // of the parts that are added up
  return 1e-9 * phases * static_cast<double>(residues) * transform_nanoseconds<Real>(length / residues);
}

}  // namespace

template <class Real>
double transform_seconds(Index length, Index residues) {
  constexpr double call = 1.5e-7;  // of an array whatever its length
  return passes_seconds<Real>(length, residues) + call;
}

template <class Real>
double block_seconds(Index length) {
  constexpr double share = 1.1;     // of the other half of the period, and of data that are not in a near cache
  constexpr double seconds = 1e-7;  // of a block whatever its length
  return share * passes_seconds<Real>(length, 1) + seconds;
}

template <class Real>
double fftw_seconds(Index numbers) {
  const auto count = static_cast<double>(numbers);
  return (sizeof(Real) == sizeof(float) ? 0.5e-9 : 0.8e-9) * count * std::log2(count + 1.0);
}

template <class Value>
double direct_seconds(const Geometry& geometry) {
  const auto outputs = static_cast<double>(product(geometry.outputs()));
  const auto taps = static_cast<double>(product(geometry.taps()));
  const Products& ns = products<Value>;
  const auto& [a, b, c] = geometry.axes;
  const auto rows = static_cast<double>(a.outputs * b.outputs) * static_cast<double>(a.taps * b.taps);
  return 1e-9 * (ns.edges * rows + ns.output * outputs + ns.product * outputs * taps);
}

template double transform_seconds<float>(Index, Index);
template double transform_seconds<double>(Index, Index);
template double block_seconds<float>(Index);
template double block_seconds<double>(Index);
template double fftw_seconds<float>(Index);
template double fftw_seconds<double>(Index);
template double direct_seconds<float>(const Geometry&);
template double direct_seconds<double>(const Geometry&);
template double direct_seconds<std::complex<float>>(const Geometry&);
template double direct_seconds<std::complex<double>>(const Geometry&);

}  // namespace kindred::fftconv
