#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include <kindred/kernels/bessel/log_bessel.hpp>

/// What the tests of the log-Bessel functions share. With L the value and eps = 2^-53, the bounds are those of log_bessel.hpp.
namespace bessel_test {

using kindred::kernels::Accuracy;
using kindred::kernels::BesselFunction;
using Wide = long double;

inline constexpr Wide eps = 0x1p-53L;
inline constexpr double infinity = std::numeric_limits<double>::infinity();
inline constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

inline double below(double y) { return std::nextafter(y, -infinity); }
inline double above(double y) { return std::nextafter(y, infinity); }

/// R + v asinh(v/x): a relative perturbation δ of both arguments moves log I and log K by about δ times this.
inline Wide growth(Wide v, Wide x) { return std::hypot(v, x) + (v > 0 ? v * std::asinh(v / x) : 0); }
/// The condition scale C of a logarithm of value `log`.
inline Wide condition(double v, double x, Wide log) { return std::abs(log) + growth(v, x); }

inline constexpr std::array<BesselFunction, 10> all_functions = {
    BesselFunction::log_iv,   BesselFunction::log_kv,    BesselFunction::log_ive,   BesselFunction::log_kve,   BesselFunction::iv_ratio,
    BesselFunction::kv_ratio, BesselFunction::log_iv_dx, BesselFunction::log_iv_dv, BesselFunction::log_kv_dx, BesselFunction::log_kv_dv};
inline constexpr std::array<const char*, 10> names = {"log_iv",   "log_kv",    "log_ive",   "log_kve",   "iv_ratio",
                                                      "kv_ratio", "log_iv_dx", "log_iv_dv", "log_kv_dx", "log_kv_dv"};
inline const char* name(BesselFunction f) { return names[static_cast<std::size_t>(f)]; }

inline double scalar(BesselFunction f, double v, double x, Accuracy accuracy = Accuracy::fast) {
  using namespace kindred::kernels;
  static constexpr std::array<double (*)(double, double, Accuracy), 4> logarithms = {log_iv, log_kv, log_ive, log_kve};
  static constexpr std::array<double (*)(double, double), 6> others = {iv_ratio, kv_ratio, log_iv_dx, log_iv_dv, log_kv_dx, log_kv_dv};
  const auto index = static_cast<std::size_t>(f);
  return index < logarithms.size() ? logarithms[index](v, x, accuracy) : others[index - logarithms.size()](v, x);
}
inline float scalar(BesselFunction f, float v, float x, Accuracy /*one for all*/ = Accuracy::fast) {
  using namespace kindred::kernels;
  static constexpr std::array<float (*)(float, float), 10> all = {log_iv,   log_kv,    log_ive,   log_kve,   iv_ratio,
                                                                  kv_ratio, log_iv_dx, log_iv_dv, log_kv_dx, log_kv_dv};
  return all[static_cast<std::size_t>(f)](v, x);
}

template <typename Real>
std::vector<Real> array(BesselFunction f, const std::vector<Real>& v, const std::vector<Real>& x,
                        const kindred::kernels::BesselOptions& options = {}) {
  std::vector<Real> out(std::max(v.size(), x.size()));
  kindred::kernels::evaluate(f, std::span<const Real>(v), std::span<const Real>(x), std::span<Real>(out), options);
  return out;
}

}  // namespace bessel_test
