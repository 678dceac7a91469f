#include <cmath>
#include <exception>
#include <limits>

#ifdef KINDRED_PEER_BOOST
#include <boost/math/special_functions/bessel.hpp>
#endif
#ifdef KINDRED_PEER_GSL
#include <gsl/gsl_errno.h>
#include <gsl/gsl_sf_bessel.h>
#endif

#include "peers.hpp"
#include "seven_branch.hpp"

namespace bench {
namespace {

using kindred::kernels::Accuracy;
using kindred::kernels::BesselOptions;

template <typename Real>
auto whole_array(kindred::kernels::BesselFunction f, Accuracy accuracy) {
  return [f, accuracy](std::span<const Real> v, std::span<const Real> x, std::span<Real> out) {
    kindred::kernels::evaluate(f, v, x, out, BesselOptions{accuracy, 1});
  };
}

/// A loop over a function of two numbers. What throws has failed.
template <typename Function>
auto one_by_one(Function function) {
  return [function](std::span<const double> v, std::span<const double> x, std::span<double> out) {
    for (std::size_t i = 0; i < out.size(); ++i) {
      try {
        out[i] = function(v[i], x[i]);
      } catch (const std::exception&) {
        out[i] = std::numeric_limits<double>::quiet_NaN();
      }
    }
  };
}

}  // namespace

std::vector<Routine> own_routines() {
  std::vector<Routine> routines;
  for (const auto& f : functions) {
    for (const bool sorted : {false, true}) {
      const std::string suffix = sorted ? ", sorted" : "";
      routines.push_back({f, "fast" + suffix, whole_array<double>(f.function, Accuracy::fast), {}, sorted});
      if (f.is_logarithm()) {
        routines.push_back({f, "accurate" + suffix, whole_array<double>(f.function, Accuracy::accurate), {}, sorted});
      }
      routines.push_back({f, "float" + suffix, {}, whole_array<float>(f.function, Accuracy::fast), sorted});
    }
    routines.push_back({f, "fast, scalar", one_by_one([f](double v, double x) { return scalar(f.function, v, x, Accuracy::fast); }), {}});
    if (f.is_logarithm()) {
      routines.push_back(
          {f, "accurate, scalar", one_by_one([f](double v, double x) { return scalar(f.function, v, x, Accuracy::accurate); }), {}});
    }
  }
  return routines;
}

std::vector<Routine> peer_routines() {
  std::vector<Routine> routines;
  const auto add_i = [&](const char* name, auto function) { routines.push_back({functions[0], name, one_by_one(function), {}}); };
  const auto add_k = [&](const char* name, auto function) { routines.push_back({functions[1], name, one_by_one(function), {}}); };
  add_i("seven branches", [](double v, double x) { return seven_branch::log_i(v, x); });
  add_k("seven branches", [](double v, double x) { return seven_branch::log_k(v, x); });
#ifdef KINDRED_PEER_BOOST
  using namespace boost::math::policies;
  using Quiet = policy<overflow_error<ignore_error>, underflow_error<ignore_error>, evaluation_error<ignore_error>,
                       domain_error<ignore_error>, pole_error<ignore_error>, promote_double<false>>;
  add_i("Boost log(cyl_bessel_i)", [](double v, double x) { return std::log(boost::math::cyl_bessel_i(v, x, Quiet())); });
  add_k("Boost log(cyl_bessel_k)", [](double v, double x) { return std::log(boost::math::cyl_bessel_k(v, x, Quiet())); });
#endif
#ifdef KINDRED_PEER_GSL
  gsl_set_error_handler_off();
  add_i("GSL log(Inu_scaled) + x", [](double v, double x) {
    gsl_sf_result y;
    gsl_sf_bessel_Inu_scaled_e(v, x, &y);
    return std::log(y.val) + x;
  });
  add_k("GSL log(Knu_scaled) - x", [](double v, double x) {
    gsl_sf_result y;
    gsl_sf_bessel_Knu_scaled_e(v, x, &y);
    return std::log(y.val) - x;
  });
  add_k("GSL lnKnu", [](double v, double x) {
    gsl_sf_result y;
    gsl_sf_bessel_lnKnu_e(v, x, &y);
    return y.val;
  });
#endif
#ifdef __cpp_lib_math_special_functions
  add_i("std log(cyl_bessel_i)", [](double v, double x) { return std::log(std::cyl_bessel_i(v, x)); });
  add_k("std log(cyl_bessel_k)", [](double v, double x) { return std::log(std::cyl_bessel_k(v, x)); });
#endif
  return routines;
}

}  // namespace bench
