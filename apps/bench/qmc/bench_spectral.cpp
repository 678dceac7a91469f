// Speed of the fast transforms on one core, beside copying the same memory (read once, written once), the radix-2 loop as every textbook
// has it, FFTW with and without the permutation that it would need, and QMCToolsCL's C code: runs alternate, medians of processor time.
//   bench_spectral [--repeat 21] [--qmctoolscl PATH]
//   bench_spectral --time fourier|real_fourier|walsh|shift_1…4|digital_1…4|solve_shift|solve_digital LOG2_N D
// The second form prints seconds, for compare_spectral.py.
// PATH: the shared object of the Python package qmctoolscl, <site-packages>/qmctoolscl/c_lib.*.so
// KINDRED_QMC_ISA=avx2 or portable measures the kernels of lesser processors.

#include <dlfcn.h>

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
#include <kindred/kernels/qmc/spectral/gram.hpp>
#include <kindred/kernels/qmc/spectral/walsh_hadamard.hpp>

#include "timing.hpp"

using namespace kindred::bench;
using namespace kindred::qmc;

namespace {

using Complex = std::complex<double>;

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
  // FFTW does not scale, so that numbers would grow from run to run: it has zeros, which stay.
  std::vector<Complex> zeros(n);
  auto* const data = reinterpret_cast<fftw_complex*>(zeros.data());
  const fftw_plan plan = fftw_plan_dft_1d(static_cast<int>(n), data, data, FFTW_FORWARD, FFTW_MEASURE);
  std::fill(zeros.begin(), zeros.end(), Complex{});
  std::vector<double> reals(n, 0.5);
  std::vector<Complex> spectrum(n / 2 + 1);
  std::vector<double> real(n, 0.5);
  std::vector<double> imaginary(n, 0.25);
  std::vector<double> roots(2 * n);
  std::vector<Rival> rivals = {{"copy", [&] { std::memcpy(copy.data(), x.data(), n * sizeof(Complex)); }},
                               {"kindred", [&] { bit_reversed_fourier(x); }},
                               {"kindred, inverse", [&] { inverse_bit_reversed_fourier(x); }},
                               {"kindred, of real values", [&] { bit_reversed_fourier(reals, spectrum); }},
                               {"FFTW (measured plan) without a permutation", [&] { fftw_execute(plan); }},
                               {"FFTW with a swap of reversed indices", [&] {
                                  permute(reversed, zeros);
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

ProductKernel kernel_of(Invariance invariance, int order, int dimensions) {
  return {invariance, std::vector<double>(static_cast<std::size_t>(dimensions), 0.1), {order}, 1.0};
}

Sampler points_of(Invariance invariance, int dimensions) {
  return invariance == Invariance::shift ? Sampler(lattice_table(dimensions), {Scramble::shift, 1})
                                         : Sampler(sobol(dimensions), {Scramble::lms_digital_shift, 1});
}

/// A kernel's column, the points' generation included.
void column(Invariance invariance, int order, unsigned m, int dimensions, int repeat) {
  const Sampler points = points_of(invariance, dimensions);
  const ProductKernel kernel = kernel_of(invariance, order, dimensions);
  std::vector<double> out(std::size_t{1} << m);
  const std::vector<std::uint64_t> z(static_cast<std::size_t>(dimensions), 0x9E3779B97F4A7C15ULL);
  std::vector<double> seconds;
  for (int k = 0; k < repeat; ++k) {
    seconds.push_back(seconds_of([&] { kernel_minus_scale(kernel, points, Order::natural, 0, out.size(), z, out); }));
  }
  std::sort(seconds.begin(), seconds.end());
  const double parts = static_cast<double>(out.size()) * dimensions;
  std::printf("  %s, order %d, d = %d: %.2f ns a point and dimension (shortest %.2f)\n",
              invariance == Invariance::shift ? "shift-invariant" : "digitally shift-invariant", order, dimensions,
              1e9 * seconds[seconds.size() / 2] / parts, 1e9 * seconds[0] / parts);
}

/// Seconds of one run, the shortest of `repeat`.
double time_one(const std::string& what, unsigned m, int dimensions, int repeat) {
  const std::size_t n = std::size_t{1} << m;
  const Invariance invariance = what.find("shift") != std::string::npos ? Invariance::shift : Invariance::digital_shift;
  const int order = what.back() >= '1' && what.back() <= '4' ? what.back() - '0' : 1;
  const bool with_points = what != "walsh" && what.find("fourier") == std::string::npos;
  const Sampler points = points_of(invariance, with_points ? dimensions : 1);
  const ProductKernel kernel = kernel_of(invariance, order, points.dimensions());
  std::vector<double> x(n, 0.5);
  std::vector<Complex> z(n, Complex{0.5, 0.25});
  std::vector<Complex> spectrum(n / 2 + 1);
  const std::vector<std::uint64_t> first(static_cast<std::size_t>(points.dimensions()));
  const std::function<void()> run = [&] {
    if (what == "walsh") {
      walsh_hadamard(x);
    } else if (what == "fourier") {
      bit_reversed_fourier(z);
    } else if (what == "real_fourier") {
      bit_reversed_fourier(x, spectrum);
    } else if (what.starts_with("solve")) {
      Gram(points, n, kernel).solve(x, 1e-6);
    } else {
      kernel_minus_scale(kernel, points, Order::natural, 0, n, first, x);
    }
  };
  return shortest(repeat, run);
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
  if (count == 5 && std::string_view(words[1]) == "--time") {
    std::printf("%.6e\n", time_one(words[2], static_cast<unsigned>(std::atoi(words[3])), std::atoi(words[4]), 5));
    return 0;
  }
  std::printf("kernels %s, one core\n", block_kernels().instruction_set);
  for (const unsigned m : {10U, 14U, 17U, 20U}) {
    walsh(m, tools, repeat);
  }
  for (const unsigned m : {10U, 14U, 17U, 20U}) {
    fourier(m, tools, repeat);
  }
  std::printf("kernel columns, 2^16 points, generated\n");
  for (const int dimensions : {8, 100}) {
    for (int order = 1; order <= 4; ++order) {
      column(Invariance::shift, order, 16, dimensions, repeat);
      column(Invariance::digital_shift, order, 16, dimensions, repeat);
    }
  }
  return 0;
}
