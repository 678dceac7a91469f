#pragma once

#include <fftw3.h>

#include <algorithm>
#include <complex>
#include <vector>

#include <kindred/kernels/fftconv/fftw_convolver.hpp>
#include <kindred/kernels/qmc/aligned.hpp>

/// The rival of benchmarks: a linear convolution as one writes it down with FFTW, r2c and c2r in place of an array that is padded with
/// zeros to the least good length, with measured plans and the kernel's spectrum kept.
namespace kindred::bench {

template <class Real>
struct Fftw;

#define KINDRED_BENCH_FFTW(REAL, PREFIX)                                                                                         \
  template <>                                                                                                                    \
  struct Fftw<REAL> {                                                                                                            \
    using Complex = PREFIX##_complex;                                                                                            \
    using Plan = PREFIX##_plan;                                                                                                  \
    static Plan forward(int n, REAL* x) { return PREFIX##_plan_dft_r2c_1d(n, x, reinterpret_cast<Complex*>(x), FFTW_MEASURE); }  \
    static Plan backward(int n, REAL* x) { return PREFIX##_plan_dft_c2r_1d(n, reinterpret_cast<Complex*>(x), x, FFTW_MEASURE); } \
    static void forward(Plan plan, REAL* x) { PREFIX##_execute_dft_r2c(plan, x, reinterpret_cast<Complex*>(x)); }                \
    static void backward(Plan plan, REAL* x) { PREFIX##_execute_dft_c2r(plan, reinterpret_cast<Complex*>(x), x); }               \
    static void destroy(Plan plan) { PREFIX##_destroy_plan(plan); }                                                              \
    static void threads(int count) {                                                                                             \
      PREFIX##_init_threads();                                                                                                   \
      PREFIX##_plan_with_nthreads(count);                                                                                        \
    }                                                                                                                            \
    static bool load(const char* file) { return PREFIX##_import_wisdom_from_filename(file) != 0; }                               \
    static bool save(const char* file) { return PREFIX##_export_wisdom_to_filename(file) != 0; }                                 \
  };
KINDRED_BENCH_FFTW(double, fftw)
KINDRED_BENCH_FFTW(float, fftwf)
#undef KINDRED_BENCH_FFTW

template <class Real>
class PaddedFftw {
 public:
  using Buffer = qmc::LineVector<Real>;

  /// @param threads  of one transform
  PaddedFftw(Index data, Index kernel, int threads)
      : data_(data), outputs_(data + kernel - 1), period_(fftconv::fftw_good_length(outputs_)) {
    Buffer work = buffer();
    spectrum_.resize(work.size() / 2);
    Fftw<Real>::threads(threads);
    forward_ = Fftw<Real>::forward(static_cast<int>(period_), work.data());
    backward_ = Fftw<Real>::backward(static_cast<int>(period_), work.data());
  }
  ~PaddedFftw() {
    Fftw<Real>::destroy(forward_);
    Fftw<Real>::destroy(backward_);
  }
  PaddedFftw(const PaddedFftw&) = delete;
  PaddedFftw& operator=(const PaddedFftw&) = delete;

  [[nodiscard]] Buffer buffer() const { return Buffer(static_cast<std::size_t>(2 * (period_ / 2 + 1))); }

  void set_kernel(const std::vector<Real>& taps) {
    Buffer work = buffer();
    std::copy(taps.begin(), taps.end(), work.begin());
    Fftw<Real>::forward(forward_, work.data());
    for (std::size_t k = 0; k < spectrum_.size(); ++k) {
      spectrum_[k] = std::complex<Real>(work[2 * k], work[2 * k + 1]) / static_cast<Real>(period_);
    }
  }

  void convolve(const Real* in, Real* out, Buffer& work) const {
    std::copy(in, in + data_, work.begin());
    std::fill(work.begin() + data_, work.end(), Real(0));
    Fftw<Real>::forward(forward_, work.data());
    for (std::size_t k = 0; k < spectrum_.size(); ++k) {
      const Real real = work[2 * k];
      const Real imaginary = work[2 * k + 1];
      work[2 * k] = real * spectrum_[k].real() - imaginary * spectrum_[k].imag();
      work[2 * k + 1] = real * spectrum_[k].imag() + imaginary * spectrum_[k].real();
    }
    Fftw<Real>::backward(backward_, work.data());
    std::copy(work.begin(), work.begin() + outputs_, out);
  }

 private:
  Index data_;
  Index outputs_;
  Index period_;
  std::vector<std::complex<Real>> spectrum_;
  typename Fftw<Real>::Plan forward_ = nullptr;
  typename Fftw<Real>::Plan backward_ = nullptr;
};

}  // namespace kindred::bench
