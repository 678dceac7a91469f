// Real linear convolutions of L numbers in a period of 2 L with a kernel's given spectrum: the engine (load, transform, multiply,
// transform back, store) beside FFTW's r2c, multiplication and c2r in place of zero-padded arrays, with measured plans, one thread:
//   bench_engine [--short] [--float | --double] [L …]
// Nanoseconds for each number of the data, medians of alternating repetitions, and their ratio.

#include <fftw3.h>

#include <algorithm>
#include <complex>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <vector>

#include <kindred/apps/bench/qmc/timing.hpp>
#include <kindred/kernels/fftconv/engine/kernels.hpp>
#include <kindred/kernels/fftconv/engine/sequence_transform.hpp>
#include <kindred/kernels/qmc/aligned.hpp>

using namespace kindred;
using namespace kindred::fftconv;
using qmc::LineVector;

namespace {

template <class Real>
struct Fftw;
template <>
struct Fftw<double> {
  using Complex = fftw_complex;
  using Plan = fftw_plan;
  static Plan forward(int n, double* x) { return fftw_plan_dft_r2c_1d(n, x, reinterpret_cast<Complex*>(x), FFTW_MEASURE); }
  static Plan backward(int n, double* x) { return fftw_plan_dft_c2r_1d(n, reinterpret_cast<Complex*>(x), x, FFTW_MEASURE); }
  static void execute(Plan plan) { fftw_execute(plan); }
  static void destroy(Plan plan) { fftw_destroy_plan(plan); }
};
template <>
struct Fftw<float> {
  using Complex = fftwf_complex;
  using Plan = fftwf_plan;
  static Plan forward(int n, float* x) { return fftwf_plan_dft_r2c_1d(n, x, reinterpret_cast<Complex*>(x), FFTW_MEASURE); }
  static Plan backward(int n, float* x) { return fftwf_plan_dft_c2r_1d(n, reinterpret_cast<Complex*>(x), x, FFTW_MEASURE); }
  static void execute(Plan plan) { fftwf_execute(plan); }
  static void destroy(Plan plan) { fftwf_destroy_plan(plan); }
};

/// By the widest vectors that the processor has, as FFTW's own loops.
#define KINDRED_BENCH_MULTIPLY(Real)                                                                                            \
  [[gnu::target_clones("avx512f", "avx2", "default")]] void multiply(Real* z, const std::complex<Real>* h, std::size_t count) { \
    for (std::size_t k = 0; k < count; ++k) {                                                                                   \
      const Real real = z[2 * k];                                                                                               \
      const Real imaginary = z[2 * k + 1];                                                                                      \
      z[2 * k] = real * h[k].real() - imaginary * h[k].imag();                                                                  \
      z[2 * k + 1] = real * h[k].imag() + imaginary * h[k].real();                                                              \
    }                                                                                                                           \
  }
KINDRED_BENCH_MULTIPLY(float)
KINDRED_BENCH_MULTIPLY(double)

template <class Real>
class Padded {
 public:
  explicit Padded(Index length)
      : length_(length),
        work_(static_cast<std::size_t>(2 * length + 2)),
        spectrum_(work_.size() / 2),
        forward_(Fftw<Real>::forward(static_cast<int>(2 * length), work_.data())),
        backward_(Fftw<Real>::backward(static_cast<int>(2 * length), work_.data())) {}
  ~Padded() {
    Fftw<Real>::destroy(forward_);
    Fftw<Real>::destroy(backward_);
  }
  Padded(const Padded&) = delete;
  Padded& operator=(const Padded&) = delete;

  void set_kernel(const LineVector<Real>& taps) {
    pad(taps.data());
    Fftw<Real>::execute(forward_);
    for (std::size_t k = 0; k < spectrum_.size(); ++k) {
      spectrum_[k] = std::complex<Real>(work_[2 * k], work_[2 * k + 1]) / static_cast<Real>(2 * length_);
    }
  }

  void convolve(const Real* in, Real* out) {
    pad(in);
    Fftw<Real>::execute(forward_);
    multiply(work_.data(), spectrum_.data(), spectrum_.size());
    Fftw<Real>::execute(backward_);
    std::copy(work_.begin(), work_.begin() + length_, out);
  }

 private:
  void pad(const Real* in) {
    std::copy(in, in + length_, work_.begin());
    std::fill(work_.begin() + length_, work_.end(), Real(0));
  }

  Index length_;
  LineVector<Real> work_;
  LineVector<std::complex<Real>> spectrum_;
  typename Fftw<Real>::Plan forward_;
  typename Fftw<Real>::Plan backward_;
};

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
  return values[values.size() / 2];
}

template <class Real>
void compare(Index length, double seconds) {
  LineVector<Real> in(static_cast<std::size_t>(length));
  LineVector<Real> taps(in.size());
  for (std::size_t i = 0; i < in.size(); ++i) {
    in[i] = static_cast<Real>(0.5 - static_cast<double>(i * 7919 % 1009) / 1009.0);
    taps[i] = static_cast<Real>(0.5 - static_cast<double>(i * 104729 % 997) / 997.0);
  }
  Padded<Real> padded(length);
  padded.set_kernel(taps);
  LineVector<Real> expected(in.size());

  const SequenceTransform<Real> transform(SequenceTransform<Real>::good_length(length), -0.25);
  LineVector<Real> rows(static_cast<std::size_t>(transform.row_numbers()));
  LineVector<Real> spectrum(rows.size());
  transform.forward(taps.data(), {0, length}, spectrum.data());
  LineVector<Real> out(in.size());

  const auto ours = [&] {
    transform.convolve(in.data(), {0, length}, spectrum.data(), false, false, out.data(), {0, length}, rows.data());
  };
  const auto theirs = [&] { padded.convolve(in.data(), expected.data()); };
  ours();
  theirs();
  double difference = 0.0;
  double size = 0.0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    difference += std::norm(static_cast<double>(out[i]) - static_cast<double>(expected[i]));
    size += std::norm(static_cast<double>(expected[i]));
  }
  const double once = bench::shortest(3, theirs);
  const int count = std::max(1, static_cast<int>(2e-4 / once));
  const int repetitions = std::max(5, static_cast<int>(seconds / (2.0 * count * once)));
  std::vector<double> times[2];
  for (int k = 0; k < repetitions; ++k) {
    times[0].push_back(bench::seconds_of([&] {
      for (int i = 0; i < count; ++i) {
        ours();
      }
    }));
    times[1].push_back(bench::seconds_of([&] {
      for (int i = 0; i < count; ++i) {
        theirs();
      }
    }));
  }
  const double scale = 1e9 / (static_cast<double>(count) * static_cast<double>(length));
  std::printf("%8ld %9ld %10.2f %10.2f %8.2f %12.1e\n", static_cast<long>(length), static_cast<long>(transform.length()),
              scale * median(times[0]), scale * median(times[1]), median(times[1]) / median(times[0]), std::sqrt(difference / size));
  std::fflush(stdout);
}

template <class Real>
void table(const char* name, bool quick, const std::vector<Index>& lengths) {
  std::printf("%s, %s\n%8s %9s %10s %10s %8s %12s\n", name, engine_kernels<Real>().instruction_set, "L", "period/2", "ours, ns", "FFTW, ns",
              "ratio", "difference");
  for (const Index length : lengths) {
    compare<Real>(length, quick ? 0.1 : 0.5);
  }
  for (Index power = 128; lengths.empty() && power <= (1 << 20); power *= 2) {
    compare<Real>(power, quick ? 0.1 : 0.5);
    if (quick && (power & 0x55555) == 0) {
      continue;
    }
    for (const Index odd : {5, 6, 7}) {
      if (const Index length = power / 4 * odd; length < (1 << 20) && (!quick || odd == 6)) {
        compare<Real>(length, quick ? 0.1 : 0.5);
      }
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<Index> lengths;
  bool quick = false;
  bool single = true;
  bool twice = true;
  for (int k = 1; k < argc; ++k) {
    const std::string_view option = argv[k];
    if (option.find_first_not_of("0123456789") == option.npos) {
      lengths.push_back(std::atoll(argv[k]));
    }
    quick = quick || option == "--short";
    single = single && option != "--double";
    twice = twice && option != "--float";
  }
  if (twice) {
    table<double>("double", quick, lengths);
  }
  if (single) {
    table<float>("float", quick, lengths);
  }
}
