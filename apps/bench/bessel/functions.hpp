#pragma once

#include <array>

#include <kindred/kernels/bessel/log_bessel.hpp>

#include "reference.hpp"

namespace bench {

struct NamedFunction {
  const char* name;
  kindred::kernels::BesselFunction function;

  [[nodiscard]] std::size_t index() const { return static_cast<std::size_t>(function); }
  /// log_iv, log_kv and their scaled forms: the functions of two accuracies.
  [[nodiscard]] bool is_logarithm() const { return index() < 4; }
  [[nodiscard]] bool is_scaled() const { return index() == 2 || index() == 3; }
};

inline constexpr std::array<NamedFunction, function_count> functions = {{
    {"log_iv", kindred::kernels::BesselFunction::log_iv},
    {"log_kv", kindred::kernels::BesselFunction::log_kv},
    {"log_ive", kindred::kernels::BesselFunction::log_ive},
    {"log_kve", kindred::kernels::BesselFunction::log_kve},
    {"iv_ratio", kindred::kernels::BesselFunction::iv_ratio},
    {"kv_ratio", kindred::kernels::BesselFunction::kv_ratio},
    {"log_iv_dx", kindred::kernels::BesselFunction::log_iv_dx},
    {"log_iv_dv", kindred::kernels::BesselFunction::log_iv_dv},
    {"log_kv_dx", kindred::kernels::BesselFunction::log_kv_dx},
    {"log_kv_dv", kindred::kernels::BesselFunction::log_kv_dv},
}};

/// The scalar function, in double or float.
inline double scalar(kindred::kernels::BesselFunction f, double v, double x, kindred::kernels::Accuracy accuracy) {
  using namespace kindred::kernels;
  static constexpr std::array<double (*)(double, double, Accuracy), 4> logarithms = {log_iv, log_kv, log_ive, log_kve};
  static constexpr std::array<double (*)(double, double), 6> others = {iv_ratio, kv_ratio, log_iv_dx, log_iv_dv, log_kv_dx, log_kv_dv};
  const auto index = static_cast<std::size_t>(f);
  return index < 4 ? logarithms[index](v, x, accuracy) : others[index - 4](v, x);
}
inline float scalar(kindred::kernels::BesselFunction f, float v, float x, kindred::kernels::Accuracy /*one for all*/) {
  using namespace kindred::kernels;
  static constexpr std::array<float (*)(float, float), function_count> all = {log_iv,   log_kv,    log_ive,   log_kve,   iv_ratio,
                                                                              kv_ratio, log_iv_dx, log_iv_dv, log_kv_dx, log_kv_dv};
  return all[static_cast<std::size_t>(f)](v, x);
}

}  // namespace bench
