// Measures what the cost model of convolutions (kernels/fftconv/cost_model.cpp) holds as constants, on one core, and prints them:
// nanoseconds for a complex number of a transform there and back, by length; for a product of the direct sum.

#include <algorithm>
#include <cstdio>
#include <functional>
#include <vector>

#include <kindred/apps/bench/qmc/timing.hpp>
#include <kindred/kernels/fftconv/correlate.hpp>
#include <kindred/kernels/fftconv/engine/sequence_transform.hpp>
#include <kindred/kernels/qmc/aligned.hpp>

using namespace kindred;
using namespace kindred::fftconv;

namespace {

/// Median of many runs of 0.2 ms.
double seconds_of(const std::function<void()>& run) {
  run();
  const int inner = std::max(1, static_cast<int>(2e-4 / bench::shortest(3, run)));
  std::vector<double> times;
  for (int k = 0; k < 41; ++k) {
    times.push_back(bench::seconds_of([&] {
                      for (int i = 0; i < inner; ++i) {
                        run();
                      }
                    }) /
                    inner);
  }
  std::nth_element(times.begin(), times.begin() + 20, times.end());
  return times[20];
}

template <class Real>
void transforms(const char* type) {
  std::printf("%s: length, nanoseconds for a complex number: padded data in half of the period, all of it, complex data\n", type);
  for (Index power = lanes<Real>; power <= 1 << 20; power *= 2) {
    for (const Index eighths : {8, 9, 10, 12, 14}) {
      const Index length = power * eighths / 8;
      if (SequenceTransform<Real>::good_length(length) != length) {
        continue;
      }
      const SequenceTransform<Real> transform(length, -0.25, 1);
      qmc::LineVector<Real> in(static_cast<std::size_t>(2 * length), Real(0.5));
      qmc::LineVector<Real> out(in.size());
      qmc::LineVector<Real> rows(in.size());
      qmc::LineVector<Real> spectrum(in.size(), Real(0.001));
      const auto* const pairs = reinterpret_cast<const std::complex<Real>*>(in.data());
      auto* const out_pairs = reinterpret_cast<std::complex<Real>*>(out.data());
      const auto real = [&](Index numbers) {
        return 1e9 / static_cast<double>(length) * seconds_of([&] {
                 transform.convolve(in.data(), {0, numbers}, spectrum.data(), false, false, out.data(), {0, numbers}, rows.data());
               });
      };
      const double half = real(length);
      const double all = real(2 * length);
      const double complex = 1e9 / static_cast<double>(length) * seconds_of([&] {
                               transform.convolve(pairs, {0, length}, spectrum.data(), false, false, out_pairs, {0, length}, rows.data());
                             });
      std::printf("%8ld %8.3f %8.3f %8.3f\n", static_cast<long>(length), half, all, complex);
      std::fflush(stdout);
    }
  }
}

template <class Value>
void products(const char* type) {
  std::printf("%s: taps, nanoseconds for an output and for a product of the direct sum\n", type);
  constexpr Index outputs = 4096;
  const std::vector<Value> x(outputs + 256, Value(0.5));
  std::vector<Value> out(outputs);
  for (const Index taps_count : {1, 2, 4, 8, 16, 32, 64, 128}) {
    const std::vector<Value> taps(static_cast<std::size_t>(taps_count), Value(0.25));
    const double ns = 1e9 / outputs * seconds_of([&] { correlate(x.data(), taps.data(), taps_count, out.data(), outputs, false); });
    std::printf("%8ld %8.3f %8.3f\n", static_cast<long>(taps_count), ns, ns / static_cast<double>(taps_count));
  }
}

}  // namespace

int main() {
  products<float>("float");
  products<double>("double");
  products<std::complex<float>>("complex float");
  products<std::complex<double>>("complex double");
  transforms<double>("double");
  transforms<float>("float");
}
