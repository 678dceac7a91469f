// Ratios and derivatives on the GPU: the regions of slope_method.hpp and their kernels.

#include <tuple>
#include <type_traits>

#define KINDRED_BESSEL_TARGET cuda
#include <kindred/kernels/bessel/slope_method.hpp>
#include <kindred/kernels/bessel/tiles.cuh>

namespace kindred::kernels::bessel {
inline namespace KINDRED_BESSEL_TARGET {
namespace {

/// What a function of negative order is in one of positive order.
struct PositiveOrder {
  bool defined;
  double order;
  bool reciprocal;
};

/// K_{-v} = K_v, I_{-n} = I_n. The ratio of K at orders in [-1/2, 0) has a formula of its own.
template <Slope f>
__device__ PositiveOrder positive_order(double v) {
  if (!(v < 0.0)) {
    return {true, v, false};
  }
  const bool defined = of_k(f) || (f != Slope::log_iv_dv && is_finite(v) && floor(v) == v);
  constexpr bool is_ratio = f == Slope::iv_ratio || f == Slope::kv_ratio;
  return {defined, is_ratio ? -1.0 - v : -v, is_ratio};
}

template <Slope f>
__device__ bool has_own_formula(double v) {
  return f == Slope::kv_ratio && v < 0.0 && v >= -0.5;
}

template <Slope f>
__device__ double with_sign_of_order(const PositiveOrder& at, double v, double value) {
  const double signed_value = f == Slope::log_kv_dv && v < 0.0 ? -value : value;
  return at.reciprocal ? 1.0 / signed_value : signed_value;
}

template <Slope f>
__device__ __noinline__ double device_special_slope(double v, double x) {
  if (v != v || !(x >= 0.0) || (!is_finite(v) && !is_finite(x))) {
    return not_a_number;
  }
  if (has_own_formula<f>(v)) {
    return ratio_of_k_at_negative_order(v, x);
  }
  const PositiveOrder at = positive_order<f>(v);
  return at.defined ? with_sign_of_order<f>(at, v, edge_slope<f>(at.order, x)) : not_a_number;
}

/// Terms of the expansion in the regions from 1 on, and levels of the fraction in those from slope_small_key on.
constexpr int expansion_terms[] = {tables::uniform_terms, 10, 7};
constexpr int levels[] = {12, 20, fraction_levels};

template <int Interval>
using Start =
    std::tuple_element_t<Interval,
                         std::tuple<TemmeStart, TableStart<tables::k_0, tables::k_mean_0>, TableStart<tables::k_1, tables::k_mean_1>,
                                    TableStart<tables::k_2, tables::k_mean_2>, TableStart<tables::k_3, tables::k_mean_3>>>;

/// A region's kernel, as a call: the functions are long and their registers their own.
template <Slope f, int Region>
__device__ __noinline__ double slope_in_region(double v, double x) {
  constexpr int small = Region - slope_small_key;
  if constexpr (Region < 4) {
    return slope_from_expansion<f, expansion_terms[Region - 1]>(v, x);
  } else if constexpr (Region == 4) {
    return f == Slope::log_iv_dv ? order_slope_of_i_near_zero<tables::uniform_terms>(v, x) : not_a_number;
  } else if constexpr (f == Slope::iv_ratio || f == Slope::log_iv_dx) {
    return slope_from_fraction<f, levels[small]>(v, x);
  } else if constexpr (f == Slope::kv_ratio || f == Slope::log_kv_dx) {
    return by_recurrence<FromPair<f, Start<small>>>(v, x);
  } else if constexpr (f == Slope::log_iv_dv && small == 0) {
    return order_slope_of_i_series(v, x);
  } else {
    return by_recurrence<FromOrders<f, small == 0>>(v, x);
  }
}

template <class Value, Slope f>
struct DeviceSlope {
  using Real = Value;
  static constexpr int keys = SlopeFunction<f>::keys;
  static constexpr int region_keys = f == Slope::iv_ratio || f == Slope::log_iv_dx ? 1 : k_steps;
  static constexpr int regions = slope_small_key + (keys - slope_small_key) / region_keys;

  __device__ static int region(int key) { return key < slope_small_key ? key : slope_small_key + (key - slope_small_key) / region_keys; }
  __device__ static int first_key(int region) {
    return region < slope_small_key ? region : slope_small_key + (region - slope_small_key) * region_keys;
  }

  __device__ static int key(Real v, Real x) {
    const PositiveOrder at = positive_order<f>(v);
    return at.defined && !has_own_formula<f>(v) ? slope_key<f>(at.order, x) : 0;
  }

  __device__ static void values(int region, const Real (&v)[lane_elements], const Real (&x)[lane_elements], Real (&y)[lane_elements]) {
#pragma unroll
    for (int i = 0; i < lane_elements; ++i) {
      y[i] = static_cast<Real>(region == 0 ? device_special_slope<f>(v[i], x[i]) : regular_value(region, v[i], x[i]));
    }
  }

 private:
  __device__ static double regular_value(int region, double v, double x) {
    const PositiveOrder at = positive_order<f>(v);
    double value = 0.0;
    with_index<1, regions>(region, [&](auto which) { value = slope_in_region<f, which>(at.order, x); });
    return with_sign_of_order<f>(at, v, value);
  }
};

template <class Real>
void launch_slope(BesselFunction f, const DeviceArrays<Real>& arrays, cudaStream_t stream) {
  switch (f) {
    case BesselFunction::iv_ratio:
      return launch<DeviceSlope<Real, Slope::iv_ratio>>(arrays, stream);
    case BesselFunction::kv_ratio:
      return launch<DeviceSlope<Real, Slope::kv_ratio>>(arrays, stream);
    case BesselFunction::log_iv_dx:
      return launch<DeviceSlope<Real, Slope::log_iv_dx>>(arrays, stream);
    case BesselFunction::log_iv_dv:
      return launch<DeviceSlope<Real, Slope::log_iv_dv>>(arrays, stream);
    case BesselFunction::log_kv_dx:
      return launch<DeviceSlope<Real, Slope::log_kv_dx>>(arrays, stream);
    default:
      return launch<DeviceSlope<Real, Slope::log_kv_dv>>(arrays, stream);
  }
}

}  // namespace
}  // namespace KINDRED_BESSEL_TARGET

void launch_ratio(BesselFunction f, const DeviceArrays<double>& arrays, cudaStream_t stream) { launch_slope(f, arrays, stream); }
void launch_ratio(BesselFunction f, const DeviceArrays<float>& arrays, cudaStream_t stream) { launch_slope(f, arrays, stream); }

}  // namespace kindred::kernels::bessel
