// Speed of the fast transforms on one core, beside copying the same memory (read once, written once), the radix-2 loop as every textbook
// has it, FFTW with and without the permutation that it would need, and QMCToolsCL's C code: runs alternate, medians of processor time.
//   bench_spectral [--repeat 21] [--qmctoolscl PATH]
// PATH: the shared object of the Python package qmctoolscl, <site-packages>/qmctoolscl/c_lib.*.so
// KINDRED_QMC_ISA=avx2 or portable measures the kernels of lesser processors.

#include <dlfcn.h>
#include <time.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <complex>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fftw3.h>

#include <kindred/kernels/qmc/bits.hpp>
#include <kindred/kernels/qmc/block_kernels.hpp>
#include <kindred/kernels/qmc/spectral/fourier.hpp>
#include <kindred/kernels/qmc/spectral/walsh_hadamard.hpp>

using namespace kindred::qmc;

namespace {

using Complex = std::complex<double>;

/// Processor time of this thread, so that other programs' turns do not count.
double thread_seconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

struct Rival {
  std::string name;
  std::function<void()> run;
  std::vector<double> seconds = {};
};

/// Runs all in turn; prints medians and shortest times, and the ratios to the first two: the limit and ours.
void compare(const std::string& title, std::vector<Rival> rivals, int repeat) {
  for (int k = 0; k < repeat; ++k) {
    for (Rival& rival : rivals) {
      int inner = 0;
      const double start = thread_seconds();
      double elapsed = 0.0;
      do {
        rival.run();
        ++inner;
        elapsed = thread_seconds() - start;
      } while (elapsed < 1e-3);
      rival.seconds.push_back(elapsed / inner);
    }
  }
  std::printf("%s\n", title.c_str());
  for (Rival& rival : rivals) {
    std::sort(rival.seconds.begin(), rival.seconds.end());
  }
  const auto middle = [](const Rival& rival) { return rival.seconds[rival.seconds.size() / 2]; };
  for (const Rival& rival : rivals) {
    std::printf("  %-44s%11.1f µs (shortest %9.1f)   %7.2f × copy %8.2f × ours\n", rival.name.c_str(), 1e6 * middle(rival),
                1e6 * rival.seconds.front(), middle(rival) / middle(rivals[0]), middle(rival) / middle(rivals[1]));
  }
}

void textbook_walsh_hadamard(std::vector<double>& x) {
  for (std::size_t h = 1; h < x.size(); h *= 2) {
    for (std::size_t first = 0; first < x.size(); first += 2 * h) {
      for (std::size_t i = first; i < first + h; ++i) {
        const double a = x[i];
        const double b = x[i + h];
        x[i] = a + b;
        x[i + h] = a - b;
      }
    }
  }
  const double scale = 1.0 / std::sqrt(static_cast<double>(x.size()));
  for (double& value : x) {
    value *= scale;
  }
}

void permute(const std::vector<std::uint32_t>& reversed, std::vector<Complex>& x) {
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (i < reversed[i]) {
      std::swap(x[i], x[reversed[i]]);
    }
  }
}

using ToolsWalsh = void (*)(unsigned long long, unsigned long long, unsigned long long, unsigned long long, unsigned long long,
                            unsigned long long, double*);
using ToolsFourier = void (*)(unsigned long long, unsigned long long, unsigned long long, unsigned long long, unsigned long long,
                              unsigned long long, double*, double*, double*, double*);

void walsh(unsigned m, void* tools, int repeat) {
  const std::size_t n = std::size_t{1} << m;
  std::vector<double> x(n, 0.5);
  std::vector<double> copy(n);
  std::vector<Rival> rivals = {{"copy", [&] { std::memcpy(copy.data(), x.data(), n * sizeof(double)); }},
                               {"kindred", [&] { walsh_hadamard(x); }},
                               {"radix-2 loop", [&] { textbook_walsh_hadamard(x); }}};
  if (tools != nullptr) {
    const auto function = reinterpret_cast<ToolsWalsh>(dlsym(tools, "fwht_1d_radix2"));
    rivals.push_back({"QMCToolsCL", [&x, n, function] { function(1, 1, n / 2, 1, 1, n / 2, x.data()); }});
  }
  compare("Walsh-Hadamard, 2^" + std::to_string(m), std::move(rivals), repeat);
}

void fourier(unsigned m, void* tools, int repeat) {
  const std::size_t n = std::size_t{1} << m;
  std::vector<Complex> x(n, Complex{0.5, 0.25});
  std::vector<Complex> copy(n);
  std::vector<std::uint32_t> reversed(n);
  for (std::size_t i = 0; i < n; ++i) {
    reversed[i] = reverse_bits(static_cast<std::uint32_t>(i)) >> (32 - m);
  }
  auto* const data = reinterpret_cast<fftw_complex*>(x.data());
  const fftw_plan plan = fftw_plan_dft_1d(static_cast<int>(n), data, data, FFTW_FORWARD, FFTW_MEASURE);
  std::fill(x.begin(), x.end(), Complex{0.5, 0.25});
  // Unnormalised results of the rivals must not overflow in many runs.
  const auto fresh = [&] { x[0] = std::abs(x[0]) > 1e100 ? Complex{} : x[0]; };
  std::vector<double> real(n, 0.5);
  std::vector<double> imaginary(n, 0.25);
  std::vector<double> roots(2 * n);
  std::vector<Rival> rivals = {{"copy", [&] { std::memcpy(copy.data(), x.data(), n * sizeof(Complex)); }},
                               {"kindred", [&] { bit_reversed_fourier(x); }},
                               {"kindred, inverse", [&] { inverse_bit_reversed_fourier(x); }},
                               {"FFTW (measured plan) without a permutation",
                                [&] {
                                  std::fill(x.begin(), x.end(), Complex{});
                                  fresh();
                                  fftw_execute(plan);
                                }},
                               {"FFTW with a swap of reversed indices", [&] {
                                  std::fill(x.begin(), x.end(), Complex{});
                                  permute(reversed, x);
                                  fftw_execute(plan);
                                }}};
  if (tools != nullptr) {
    const auto function = reinterpret_cast<ToolsFourier>(dlsym(tools, "fft_bro_1d_radix2"));
    rivals.push_back({"QMCToolsCL", [&, n, function] {
                        function(1, 1, n / 2, 1, 1, n / 2, roots.data(), roots.data() + n, real.data(), imaginary.data());
                      }});
  }
  compare("Fourier, 2^" + std::to_string(m) + " complex", std::move(rivals), repeat);
  fftw_destroy_plan(plan);
}

}  // namespace

int main(int count, char** words) {
  int repeat = 21;
  void* tools = nullptr;
  for (int k = 1; k + 1 < count; k += 2) {
    const std::string_view option = words[k];
    if (option == "--repeat") {
      repeat = std::max(1, std::atoi(words[k + 1]));
    } else if (option == "--qmctoolscl") {
      tools = dlopen(words[k + 1], RTLD_LAZY);
      if (tools == nullptr) {
        std::fprintf(stderr, "bench_spectral: %s\n", dlerror());
        return 1;
      }
    }
  }
  std::printf("kernels %s, one core\n", block_kernels().instruction_set);
  for (const unsigned m : {10U, 14U, 17U, 20U}) {
    walsh(m, tools, repeat);
  }
  for (const unsigned m : {10U, 14U, 17U, 20U}) {
    fourier(m, tools, repeat);
  }
  return 0;
}
