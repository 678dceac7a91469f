#include <kindred/kernels/qmc/transforms/periodization.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <string>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/multiversion.hpp>

namespace kindred::qmc {
namespace {

constexpr std::array<std::string_view, 7> names{"none", "baker", "c0", "c1", "c1sin", "c2sin", "c3sin"};

/// By recursion, so that no loop over coefficients is left inside the one over numbers, which is to be vectorised.
template <const auto& Coefficients, std::size_t K = 0>
[[gnu::always_inline]] inline double horner(double x) {
  if constexpr (K + 1 == Coefficients.size()) {
    return Coefficients[K];
  } else {
    return Coefficients[K] + x * horner<Coefficients, K + 1>(x);
  }
}

/// Taylor coefficients (−1)^k factor(k) (a π)^n / n!, n = 2 k + first, for k = from, from + 1, …; of a series in x².
template <std::size_t N, class Factor>
constexpr std::array<double, N> taylor(int first, int from, long double a, Factor factor) {
  std::array<double, N> coefficients{};
  for (std::size_t i = 0; i < N; ++i) {
    const int k = from + static_cast<int>(i);
    long double term = k % 2 == 0 ? 1.0L : -1.0L;
    for (int n = 1; n <= 2 * k + first; ++n) {
      term *= a * std::numbers::pi_v<long double> / n;
    }
    coefficients[i] = static_cast<double>(factor(k) * term);
  }
  return coefficients;
}

constexpr long double power_of_4(int k) { return static_cast<long double>(std::uint64_t{1} << static_cast<unsigned>(2 * k)); }

// Truncated where the next term is below 1e-18 of the sum for all x in [0, 1/2].
constexpr auto sine = taylor<11>(1, 0, 1.0L, [](int) { return 1.0L; });                                      // sin(πx)/x
constexpr auto versine = taylor<11>(0, 1, 1.0L, [](int) { return -1.0L; });                                  // (1 − cos(πx))/x²
constexpr auto cubic = taylor<14>(1, 1, 2.0L, [](int) { return -0.5L / std::numbers::pi_v<long double>; });  // (x − sin(2πx)/(2π))/x³
constexpr auto quintic = taylor<20>(1, 2, 2.0L, [](int k) { return (power_of_4(k) - 4.0L) / (6.0L * std::numbers::pi_v<long double>); });

/// ψ and ψ' on [0, 1/2]; ψ(1 − x) = 1 − ψ(x). Written so that ψ has no cancellation near 0.
struct Pair {
  double psi;
  double derivative;
};

struct C0 {
  [[gnu::always_inline]] static Pair at(double x) { return {x * x * (3.0 - 2.0 * x), 6.0 * x * (1.0 - x)}; }
};

struct C1 {
  [[gnu::always_inline]] static Pair at(double x) {
    const double parabola = x * (1.0 - x);
    return {x * x * x * (10.0 + x * (6.0 * x - 15.0)), 30.0 * parabola * parabola};
  }
};

struct C1Sin {
  [[gnu::always_inline]] static Pair at(double x) {
    const double square = x * x;
    const double s = x * horner<sine>(square);
    return {square * x * horner<cubic>(square), 2.0 * s * s};
  }
};

struct C2Sin {
  /// ψ = (2 − 3 c + c³)/4 = v² (3 − v)/4, c = cos(πx) = 1 − v.
  [[gnu::always_inline]] static Pair at(double x) {
    const double square = x * x;
    const double s = x * horner<sine>(square);
    const double v = square * horner<versine>(square);
    return {0.25 * v * v * (3.0 - v), 0.75 * std::numbers::pi * s * s * s};
  }
};

struct C3Sin {
  [[gnu::always_inline]] static Pair at(double x) {
    const double square = x * x;
    const double s = x * horner<sine>(square);
    return {square * square * x * horner<quintic>(square), (8.0 / 3.0) * (s * s) * (s * s)};
  }
};

double product(const double* factors, std::size_t count) {
  double value = 1.0;
  for (std::size_t k = 0; k < count; ++k) {
    value *= factors[k];
  }
  return value;
}

[[gnu::always_inline]] inline double inside(double psi) { return std::min(std::max(psi, 0x1p-53), 1.0 - 0x1p-53); }

template <class Map>
[[gnu::always_inline]] inline void map(double* points, std::size_t count, double* derivatives) {
  for (std::size_t k = 0; k < count; ++k) {
    const double x = points[k];
    const Pair pair = Map::at(std::min(x, 1.0 - x));
    points[k] = inside(x > 0.5 ? 1.0 - pair.psi : pair.psi);
    derivatives[k] = pair.derivative;
  }
}

KINDRED_MULTIVERSION void map_c0(double* points, std::size_t count, double* derivatives) { map<C0>(points, count, derivatives); }
KINDRED_MULTIVERSION void map_c1(double* points, std::size_t count, double* derivatives) { map<C1>(points, count, derivatives); }
KINDRED_MULTIVERSION void map_c1sin(double* points, std::size_t count, double* derivatives) { map<C1Sin>(points, count, derivatives); }
KINDRED_MULTIVERSION void map_c2sin(double* points, std::size_t count, double* derivatives) { map<C2Sin>(points, count, derivatives); }
KINDRED_MULTIVERSION void map_c3sin(double* points, std::size_t count, double* derivatives) { map<C3Sin>(points, count, derivatives); }

KINDRED_MULTIVERSION void map_baker(double* points, std::size_t count) {
  for (std::size_t k = 0; k < count; ++k) {
    points[k] = inside(2.0 * std::min(points[k], 1.0 - points[k]));
  }
}

using MapFunction = void (*)(double* points, std::size_t count, double* derivatives);

MapFunction map_of(Periodization periodization) {
  switch (periodization) {
    case Periodization::c0:
      return map_c0;
    case Periodization::c1:
      return map_c1;
    case Periodization::c1sin:
      return map_c1sin;
    case Periodization::c2sin:
      return map_c2sin;
    case Periodization::c3sin:
      return map_c3sin;
    default:
      return nullptr;
  }
}

}  // namespace

std::string_view name_of(Periodization periodization) { return names.at(static_cast<std::size_t>(periodization)); }

Periodization periodization_from_name(std::string_view name) {
  const auto* const found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) {
    throw InputError("no periodization is called \"" + std::string(name) + "\": use none, baker, c0, c1, c1sin, c2sin or c3sin");
  }
  return static_cast<Periodization>(found - names.begin());
}

void periodize(Periodization periodization, std::span<double> points, int dimensions, std::span<double> weights) {
  if (dimensions < 1 || points.size() != weights.size() * static_cast<std::size_t>(dimensions)) {
    throw InputError("periodize was given " + std::to_string(points.size()) + " coordinates and room for " +
                     std::to_string(weights.size()) + " weights of points in " + std::to_string(dimensions) +
                     " dimensions: pass weights × dimensions coordinates");
  }
  std::fill(weights.begin(), weights.end(), 1.0);
  if (periodization == Periodization::baker) {
    map_baker(points.data(), points.size());
  }
  const MapFunction map = map_of(periodization);
  if (map == nullptr) {
    return;
  }
  // Tiles are whole points, or parts of a single one.
  constexpr std::size_t tile = 512;
  std::array<double, tile> derivatives;  // NOLINT(cppcoreguidelines-pro-type-member-init): filled below
  const auto d = static_cast<std::size_t>(dimensions);
  const std::size_t width = std::min(d, tile);
  const std::size_t step = d < tile ? tile / d * d : tile;
  for (std::size_t point = 0, part = 0; point < weights.size();) {
    double* const first = points.data() + point * d + part;
    const std::size_t size = std::min(step, d < tile ? (weights.size() - point) * d : d - part);
    map(first, size, derivatives.data());
    for (std::size_t k = 0; k < size; k += width) {
      weights[point + k / width] *= product(derivatives.data() + k, std::min(width, size - k));
    }
    part += size;
    point += part / d;
    part %= d;
  }
}

}  // namespace kindred::qmc
