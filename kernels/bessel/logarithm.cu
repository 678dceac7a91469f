// log I and log K on the GPU: the regions of logarithm.hpp and their kernels, hence the bits of a CPU with fused multiply-adds.

#include <type_traits>

#define KINDRED_BESSEL_TARGET cuda
#include <kindred/kernels/bessel/logarithm_keys.cuh>
#include <kindred/kernels/bessel/tiles.cuh>

namespace kindred::kernels::bessel {
inline namespace KINDRED_BESSEL_TARGET {
namespace {

/// What log_special wants of other arguments: log I for x < 2^-900, v < smallest_scaled_order.
template <Kind kind, Accuracy accuracy>
struct RegularArguments {
  __device__ double operator()(double v, double x) const {
    constexpr int terms = tables::series_terms[0];
    if constexpr (kind == Kind::k) {
      return not_a_number;
    } else if constexpr (accuracy == Accuracy::fast) {
      return log_i_series<terms, Scaling::none>(v, x);
    } else {
      return log_i_series_accurate<terms, Scaling::none>(v, x);
    }
  }
};

/// A call, for arguments that are rare and need much code.
template <Kind kind, Scaling scaling, Accuracy accuracy>
__device__ __noinline__ double special_logarithm(double v, double x) {
  constexpr RegularArguments<kind, accuracy> regular;
  return is_even<kind>(v) ? log_special<kind, scaling>(fabs(v), x, regular, regular) : not_a_number;
}

// What differs between regions of one kind is kept small, and the rest is shared: a kernel has to fit the instruction caches.

using Values = double[lane_elements];

template <Kind kind, int Index, const auto& First, const auto&... Others>
__device__ double expansion_in(const UniformArguments& at) {
  if constexpr (Index == 0) {
    return expansion<kind, First>(at);
  } else {
    return expansion_in<kind, Index - 1, Others...>(at);
  }
}

template <Kind kind, int Patch>
__device__ double expansion_in_patch(const UniformArguments& at) {
  using namespace tables;
  if constexpr (kind == Kind::i) {
    return expansion_in<kind, Patch, uniform_i_0_low, uniform_i_0_high, uniform_i_1_low, uniform_i_1_high, uniform_i_2_low,
                        uniform_i_2_high, uniform_i_3_low, uniform_i_3_high, uniform_i_4_low, uniform_i_4_high, uniform_i_5>(at);
  } else {
    return expansion_in<kind, Patch, uniform_k_0_low, uniform_k_0_high, uniform_k_1_low, uniform_k_1_high, uniform_k_2_low,
                        uniform_k_2_high, uniform_k_3_low, uniform_k_3_high, uniform_k_4_low, uniform_k_4_high, uniform_k_5>(at);
  }
}

/// Σ s^k ℓ_k(p), k = First..Terms, times s^(1 - First).
template <int Terms, int First = 1>
__device__ float single_expansion(float s, float p) {
  if constexpr (First > Terms) {
    return 0.0F;
  } else {
    float sum = 0.0F;
#pragma unroll
    for (int j = First; j >= 0; --j) {
      sum = fmaf(sum, p, static_cast<float>(tables::uniform[First][j]));
    }
    return (sum + single_expansion<Terms, First + 1>(s, p)) * s;
  }
}

/// G is small: in single precision, six terms leave 1e-9 and its rounding 4e-10.
template <Kind kind>
__device__ double single_expansion_at(const UniformArguments& at) {
  const auto s = static_cast<float>(at.s);
  return single_expansion<6>(kind == Kind::i ? s : -s, static_cast<float>(at.p));
}

template <class Real, Kind kind, Scaling scaling, Accuracy accuracy>
__device__ void uniform_logarithms(int patch, const Values& v, const Values& x, Values& y) {
  UniformArguments at[lane_elements];
  double g[lane_elements];
#pragma unroll
  for (int i = 0; i < lane_elements; ++i) {
    at[i] = uniform_arguments(v[i], x[i]);
  }
  if constexpr (sizeof(Real) == sizeof(float)) {
#pragma unroll
    for (int i = 0; i < lane_elements; ++i) {
      g[i] = single_expansion_at<kind>(at[i]);
    }
  } else {
    with_index<0, small_key - uniform_key>(patch, [&](auto which) {
#pragma unroll
      for (int i = 0; i < lane_elements; ++i) {
        g[i] = expansion_in_patch<kind, which>(at[i]);
      }
    });
  }
#pragma unroll
  for (int i = 0; i < lane_elements; ++i) {
    if constexpr (accuracy == Accuracy::fast) {
      y[i] = log_uniform<kind, scaling>(v[i], x[i], at[i], g[i]);
    } else {
      y[i] = log_uniform_accurate<kind, scaling>(v[i], x[i], at[i], g[i]);
    }
  }
}

constexpr int series_count = 8;

/// Terms of the series with this index, or none of the one before the first.
constexpr int terms_of_series(int index) { return index < 0 ? 0 : tables::series_terms[index]; }

/// The fractions of the series with this index, down to the terms of series End: longer ones run through the terms of shorter ones.
template <int End, int Index = series_count - 1>
__device__ void sum_fractions(int index, const Values& v, const Values& z, Fraction (&sums)[lane_elements]) {
  if constexpr (Index >= End) {
    constexpr int terms = terms_of_series(Index);
    if (index >= Index) {
#pragma unroll
      for (int i = 0; i < lane_elements; ++i) {
        sums[i].denominator = index == Index ? fraction_scale(terms) : sums[i].denominator;
        sums[i] = series_from<terms_of_series(Index - 1) + 1, terms>(v[i], z[i], sums[i]);
      }
    }
    sum_fractions<End, Index - 1>(index, v, z, sums);
  }
}

template <int Index>
__device__ void sum_compensated(int index, const Values& v, const Pair (&z)[lane_elements], FractionPair (&sums)[lane_elements]) {
  if constexpr (Index >= 0) {
    constexpr int terms = terms_of_series(Index);
    if (index >= Index) {
#pragma unroll
      for (int i = 0; i < lane_elements; ++i) {
        sums[i].denominator.high = index == Index ? fraction_scale(terms) : sums[i].denominator.high;
        sums[i] = compensated_series_from<terms_of_series(Index - 1) + 1, terms>(v[i], z[i], sums[i]);
      }
    }
    sum_compensated<Index - 1>(index, v, z, sums);
  }
}

template <Scaling scaling>
__device__ void series_logarithms(int index, const Values& v, const Values& x, Values& y) {
  Values z;
  Fraction sums[lane_elements];
#pragma unroll
  for (int i = 0; i < lane_elements; ++i) {
    z[i] = 0x1p-11 * x[i] * x[i];
    sums[i] = {0.0, 1.0};
  }
  sum_fractions<0>(index, v, z, sums);
#pragma unroll
  for (int i = 0; i < lane_elements; ++i) {
    y[i] = log_i_series<scaling>(v[i], x[i], sums[i]);
  }
}

template <Scaling scaling>
__device__ void accurate_series_logarithms(int index, const Values& v, const Values& x, Values& y) {
  constexpr int compensated = 2;
  static_assert(terms_of_series(compensated) == compensated_terms);
  Pair z[lane_elements];
  Values z_high;
  Fraction sums[lane_elements];
  FractionPair pairs[lane_elements];
#pragma unroll
  for (int i = 0; i < lane_elements; ++i) {
    z[i] = scaled_square(x[i]);
    z_high[i] = z[i].high;
    sums[i] = {0.0, 1.0};
  }
  sum_fractions<compensated + 1>(index, v, z_high, sums);
#pragma unroll
  for (int i = 0; i < lane_elements; ++i) {
    pairs[i] = {{sums[i].sum, 0.0}, {sums[i].denominator, 0.0}};
  }
  sum_compensated<compensated>(index, v, z, pairs);
#pragma unroll
  for (int i = 0; i < lane_elements; ++i) {
    y[i] = log_i_series_accurate<scaling>(v[i], x[i], pairs[i]);
  }
}

/// A call, with the registers to itself.
template <const auto& Table>
__device__ __noinline__ double2 bivariate_pair(double a0, double a1, double b0, double b1) {
  return {bivariate<Table>(a0, b0), bivariate<Table>(a1, b1)};
}

/// log K from the tables for x in an interval, counted from 1.
template <Scaling scaling, Accuracy accuracy>
__device__ void table_logarithms(int interval, const Values& v, const Values& x, Values& y) {
  static_assert(lane_elements == 2);
  using namespace tables;
  using Fast = TableStart<k_0, k_mean_0>;  // combine, step and finish are the same for all tables
  using Accurate = AccurateTableStart<k_0, k_mean_0>;
  using Start = std::conditional_t<accuracy == Accuracy::fast, Fast, Accurate>;
  SplitOrder at[lane_elements];
  Values inverse;
  Values square;
  double last = 0.0;
#pragma unroll
  for (int i = 0; i < lane_elements; ++i) {
    at[i] = split_order(v[i]);
    last = fmax(last, at[i].steps);
    inverse[i] = divide(1.0, x[i]);
    square[i] = at[i].order * at[i].order;
  }
  double2 here;
  double2 mean;
  switch (interval) {
    case 1:
      here = bivariate_pair<k_half>(inverse[0], inverse[1], square[0], square[1]);
      mean = bivariate_pair<k_mean_half>(inverse[0], inverse[1], square[0], square[1]);
      break;
    case 2:
      here = bivariate_pair<k_0>(inverse[0], inverse[1], square[0], square[1]);
      mean = bivariate_pair<k_mean_0>(inverse[0], inverse[1], square[0], square[1]);
      break;
    case 3:
      here = bivariate_pair<k_1>(inverse[0], inverse[1], square[0], square[1]);
      mean = bivariate_pair<k_mean_1>(inverse[0], inverse[1], square[0], square[1]);
      break;
    case 4:
      here = bivariate_pair<k_2>(inverse[0], inverse[1], square[0], square[1]);
      mean = bivariate_pair<k_mean_2>(inverse[0], inverse[1], square[0], square[1]);
      break;
    default:
      here = bivariate_pair<k_3>(inverse[0], inverse[1], square[0], square[1]);
      mean = bivariate_pair<k_mean_3>(inverse[0], inverse[1], square[0], square[1]);
  }
  PairOfK k[lane_elements] = {Start::combine(at[0].order, x[0], inverse[0], here.x, mean.x),
                              Start::combine(at[1].order, x[1], inverse[1], here.y, mean.y)};
#pragma unroll 1
  for (double j = 1.0; j <= last; j += 1.0) {
#pragma unroll
    for (int i = 0; i < lane_elements; ++i) {
      const Pair following = Start::step(k[i], at[i].order + j, x[i]);
      const bool active = j <= at[i].steps;
      k[i].here = {active ? k[i].next.high : k[i].here.high, active ? k[i].next.low : k[i].here.low};
      k[i].next = following;  // of no more use to an element that has taken its steps
    }
  }
#pragma unroll
  for (int i = 0; i < lane_elements; ++i) {
    y[i] = Start::template finish<scaling>(k[i], v[i], x[i]);
  }
}

/// A call: two of them interleaved do not fit the registers.
template <Scaling scaling>
__device__ __noinline__ double temme_logarithm(double v, double x) {
  const SplitOrder at = split_order(v);
  PairOfK k = TemmeStart::start(at.order, x);
#pragma unroll 1
  for (double j = 1.0; j <= at.steps; j += 1.0) {
    k = {k.next, TemmeStart::step(k, at.order + j, x), k.common};
  }
  return TemmeStart::finish<scaling>(k, v, x);
}

template <Scaling scaling, Accuracy accuracy>
__device__ void recurrence_logarithms(int interval, const Values& v, const Values& x, Values& y) {
  if (interval > 0) {
    table_logarithms<scaling, accuracy>(interval, v, x, y);
    return;
  }
#pragma unroll
  for (int i = 0; i < lane_elements; ++i) {
    y[i] = temme_logarithm<scaling>(v[i], x[i]);
  }
}

template <class Value, Kind kind, Scaling scaling, Accuracy accuracy>
struct DeviceLogarithm {
  using Real = Value;
  static constexpr int keys = Logarithm<kind, scaling, accuracy>::keys;
  static constexpr int region_keys = kind == Kind::i ? 1 : k_steps;
  static constexpr int small_regions = (keys - small_key) / region_keys;
  static constexpr int regions = small_key + small_regions;
  static_assert(small_regions == (kind == Kind::i ? series_count : 6));

  __device__ static int region(int key) { return key < small_key ? key : small_key + (key - small_key) / region_keys; }
  __device__ static int first_key(int region) { return region < small_key ? region : small_key + (region - small_key) * region_keys; }
  __device__ static int key(Real v, Real x) { return device_key<Real, kind>(v, x); }

  __device__ static void values(int region, const Real (&v)[lane_elements], const Real (&x)[lane_elements], Real (&y)[lane_elements]) {
    if (region == special_key) {
      special_values(v, x, y);
      return;
    }
    Values order;
    Values argument;
    Values value;
    bool tiny[lane_elements];
#pragma unroll
    for (int i = 0; i < lane_elements; ++i) {
      order[i] = fabs(static_cast<double>(v[i]));
      argument[i] = x[i];
      tiny[i] = sizeof(Real) > sizeof(float) && reaches<upper_word(smallest_argument)>(argument[i]) == 0;
      argument[i] = tiny[i] ? tiny_scale * argument[i] : argument[i];
    }
    if (region < small_key) {
      uniform_logarithms<Real, kind, scaling, accuracy>(region - uniform_key, order, argument, value);
    } else if constexpr (kind == Kind::i) {
      if constexpr (accuracy == Accuracy::fast) {
        series_logarithms<scaling>(region - small_key, order, argument, value);
      } else {
        accurate_series_logarithms<scaling>(region - small_key, order, argument, value);
      }
    } else {
      recurrence_logarithms<scaling, accuracy>(region - small_key, order, argument, value);
    }
#pragma unroll
    for (int i = 0; i < lane_elements; ++i) {
      constexpr double shift = (kind == Kind::i ? -100.0 : 100.0) * log_two;
      y[i] = static_cast<Real>(tiny[i] ? mul_add(shift, order[i], value[i]) : value[i]);
    }
  }

 private:
  __device__ static void special_values(const Real (&v)[lane_elements], const Real (&x)[lane_elements], Real (&y)[lane_elements]) {
#pragma unroll
    for (int i = 0; i < lane_elements; ++i) {
      y[i] = static_cast<Real>(special_logarithm<kind, scaling, accuracy>(v[i], x[i]));
    }
  }
};

template <Accuracy accuracy, class Real>
void launch_logarithm_of(BesselFunction f, const DeviceArrays<Real>& arrays, cudaStream_t stream) {
  switch (f) {
    case BesselFunction::log_iv:
      return launch<DeviceLogarithm<Real, Kind::i, Scaling::none, accuracy>>(arrays, stream);
    case BesselFunction::log_kv:
      return launch<DeviceLogarithm<Real, Kind::k, Scaling::none, accuracy>>(arrays, stream);
    case BesselFunction::log_ive:
      return launch<DeviceLogarithm<Real, Kind::i, Scaling::exponential, accuracy>>(arrays, stream);
    default:
      return launch<DeviceLogarithm<Real, Kind::k, Scaling::exponential, accuracy>>(arrays, stream);
  }
}

}  // namespace
}  // namespace KINDRED_BESSEL_TARGET

void launch_logarithm(BesselFunction f, Accuracy accuracy, const DeviceArrays<double>& arrays, cudaStream_t stream) {
  if (accuracy == Accuracy::fast) {
    launch_logarithm_of<Accuracy::fast>(f, arrays, stream);
  } else {
    launch_logarithm_of<Accuracy::accurate>(f, arrays, stream);
  }
}

void launch_logarithm(BesselFunction f, const DeviceArrays<float>& arrays, cudaStream_t stream) {
  launch_logarithm_of<Accuracy::fast>(f, arrays, stream);
}

}  // namespace kindred::kernels::bessel
