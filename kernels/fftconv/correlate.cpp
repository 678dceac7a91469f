#include <kindred/kernels/fftconv/correlate.hpp>

#include <algorithm>
#include <cstring>

#include <kindred/kernels/multiversion.hpp>

namespace kindred::fftconv {
namespace {

constexpr Index chunk = 64;  // products of one partial sum

/// `width` neighbouring numbers.
template <class Real, int width>
struct Pack {
  typedef Real type __attribute__((vector_size(width * sizeof(Real))));
};
template <class Real>
struct Pack<Real, 1> {
  using type = Real;
};

/// Places 0 … width · count − 1 of out. parts = 2: complex numbers, interleaved; the sums with real and with imaginary parts of the taps
/// are kept apart until the end, so that no product needs its factors shuffled.
template <class Real, int parts, int width, int count>
[[gnu::always_inline]] inline void correlate_block(const Real* x, const Real* taps, Index taps_count, Real* out, bool add) {
  using Vector = typename Pack<Real, width>::type;
  Vector total[parts][count] = {};
  for (Index begin = 0; begin < taps_count; begin += chunk) {
    const Index end = std::min(begin + chunk, taps_count);
    Vector sum[parts][count] = {};
    for (Index k = begin; k < end; ++k) {
      for (int b = 0; b < count; ++b) {
        Vector v;
        std::memcpy(&v, x + k * parts + b * width, sizeof(v));
        for (int p = 0; p < parts; ++p) {
          sum[p][b] += v * taps[k * parts + p];
        }
      }
    }
    for (int p = 0; p < parts; ++p) {
      for (int b = 0; b < count; ++b) {
        total[p][b] += sum[p][b];
      }
    }
  }
  Real numbers[parts][count * width];
  std::memcpy(numbers, total, sizeof(numbers));
  for (int i = 0; i < count * width; i += parts) {
    if constexpr (parts == 1) {
      out[i] = add ? out[i] + numbers[0][i] : numbers[0][i];
    } else {
      const Real re = numbers[0][i] - numbers[1][i + 1];
      const Real im = numbers[0][i + 1] + numbers[1][i];
      out[i] = add ? out[i] + re : re;
      out[i + 1] = add ? out[i + 1] + im : im;
    }
  }
}

/// The last places again, from the one that a whole block fits behind: only those that are missing are given.
template <class Real, int parts, int width>
[[gnu::always_inline]] inline void correlate_tail(const Real* x, const Real* taps, Index taps_count, Real* out, Index missing, bool add) {
  Real numbers[width];
  correlate_block<Real, parts, width, 1>(x + missing - width, taps, taps_count, numbers, false);
  for (Index i = 0; i < missing; ++i) {
    const Real number = numbers[width - missing + i];
    out[i] = add ? out[i] + number : number;
  }
}

template <class Real, int parts>
[[gnu::always_inline]] inline void correlate_all(const Real* x, const Real* taps, Index taps_count, Real* out, Index numbers, bool add) {
  constexpr int width = 64 / sizeof(Real);
  constexpr int wide = 4 / parts;
  Index i = 0;
  for (; i + wide * width <= numbers; i += wide * width) {
    correlate_block<Real, parts, width, wide>(x + i, taps, taps_count, out + i, add);
  }
  if (wide > 2 && i + 2 * width <= numbers) {
    correlate_block<Real, parts, width, 2>(x + i, taps, taps_count, out + i, add);
    i += 2 * width;
  }
  for (; i + width <= numbers; i += width) {
    correlate_block<Real, parts, width, 1>(x + i, taps, taps_count, out + i, add);
  }
  if (i < numbers && numbers >= width) {
    correlate_tail<Real, parts, width>(x + i, taps, taps_count, out + i, numbers - i, add);
    return;
  }
  for (; i < numbers; i += parts) {
    correlate_block<Real, parts, 1, parts>(x + i, taps, taps_count, out + i, add);
  }
}

KINDRED_MULTIVERSION void correlate_real(const float* x, const float* taps, Index count, float* out, Index outputs, bool add) {
  correlate_all<float, 1>(x, taps, count, out, outputs, add);
}
KINDRED_MULTIVERSION void correlate_real(const double* x, const double* taps, Index count, double* out, Index outputs, bool add) {
  correlate_all<double, 1>(x, taps, count, out, outputs, add);
}
KINDRED_MULTIVERSION void correlate_complex(const float* x, const float* taps, Index count, float* out, Index outputs, bool add) {
  correlate_all<float, 2>(x, taps, count, out, 2 * outputs, add);
}
KINDRED_MULTIVERSION void correlate_complex(const double* x, const double* taps, Index count, double* out, Index outputs, bool add) {
  correlate_all<double, 2>(x, taps, count, out, 2 * outputs, add);
}

template <class Real>
const Real* reals(const std::complex<Real>* values) {
  return reinterpret_cast<const Real*>(values);
}

}  // namespace

void correlate(const float* x, const float* taps, Index count, float* out, Index outputs, bool add) {
  correlate_real(x, taps, count, out, outputs, add);
}
void correlate(const double* x, const double* taps, Index count, double* out, Index outputs, bool add) {
  correlate_real(x, taps, count, out, outputs, add);
}
void correlate(const std::complex<float>* x, const std::complex<float>* taps, Index count, std::complex<float>* out, Index outputs,
               bool add) {
  correlate_complex(reals(x), reals(taps), count, reinterpret_cast<float*>(out), outputs, add);
}
void correlate(const std::complex<double>* x, const std::complex<double>* taps, Index count, std::complex<double>* out, Index outputs,
               bool add) {
  correlate_complex(reals(x), reals(taps), count, reinterpret_cast<double*>(out), outputs, add);
}

}  // namespace kindred::fftconv
