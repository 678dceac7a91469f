// Free-space potentials of a Gaussian charge on n³ cells: errors of the three kernels, what making a kernel costs, and the time of one
// potential beside Hockney's method as one writes it down with FFTW, r2c and c2r of an array of (2n)³ numbers with measured plans. Runs
// alternate, the shortest counts, processor time of one thread.
//   bench_free_space [--largest 128] [--repeat 9]

#include <fftw3.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstdio>
#include <cstdlib>
#include <numbers>
#include <string_view>
#include <vector>

#include <kindred/apps/bench/qmc/timing.hpp>
#include <kindred/kernels/fftconv/free_space/potential.hpp>
#include <kindred/kernels/fftconv/workspace.hpp>

using namespace kindred;
using namespace kindred::fftconv;

namespace {

constexpr double width = 0.0625;

FreeSpaceDescription unit_cube(Index n, FreeSpaceKernel kernel) {
  const double h = 1.0 / static_cast<double>(n);
  FreeSpaceDescription description;
  description.cells = {n, n, n};
  description.spacings = {h, h, h};
  description.kernel = kernel;
  return description;
}

template <class Function>
std::vector<double> at_distances(Index n, Function f) {
  std::vector<double> values;
  const auto centre = [n](Index i) { return (static_cast<double>(i) + 0.5) / static_cast<double>(n) - 0.5; };
  for (Index i = 0; i < n; ++i) {
    for (Index j = 0; j < n; ++j) {
      for (Index k = 0; k < n; ++k) {
        values.push_back(f(std::hypot(centre(i), centre(j), centre(k))));
      }
    }
  }
  return values;
}

double density(double r) { return std::exp(-0.5 * r * r / (width * width)) / std::pow(2.0 * std::numbers::pi * width * width, 1.5); }
double potential(double r) { return std::erf(r / (std::numbers::sqrt2 * width)) / (4.0 * std::numbers::pi * r); }

/// max |a − b| / max |b|
double relative_error(const std::vector<double>& a, const std::vector<double>& b) {
  double error = 0.0;
  double size = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    error = std::max(error, std::abs(a[i] - b[i]));
    size = std::max(size, std::abs(b[i]));
  }
  return error / size;
}

/// Everything doubled: the kernel in wrap-around order, one transform forth and one back.
class Hockney {
 public:
  explicit Hockney(Index n) : n_(n), work_(static_cast<std::size_t>(4 * n * n * (2 * n + 2))), spectrum_(work_.size() / 2) {
    const int m = static_cast<int>(2 * n);
    auto* complex = reinterpret_cast<fftw_complex*>(work_.data());
    fftw_set_timelimit(120.0);
    forward_ = fftw_plan_dft_r2c_3d(m, m, m, work_.data(), complex, FFTW_MEASURE);
    backward_ = fftw_plan_dft_c2r_3d(m, m, m, complex, work_.data(), FFTW_MEASURE);
    set_kernel(free_space_kernel<double>(unit_cube(n, FreeSpaceKernel::hockney)));
  }
  ~Hockney() {
    fftw_destroy_plan(forward_);
    fftw_destroy_plan(backward_);
  }
  Hockney(const Hockney&) = delete;
  Hockney& operator=(const Hockney&) = delete;

  void apply(const std::vector<double>& in, std::vector<double>& out) {
    std::fill(work_.begin(), work_.end(), 0.0);
    for (Index row = 0; row < n_ * n_; ++row) {
      std::copy_n(in.data() + row * n_, n_, at(row / n_, row % n_));
    }
    fftw_execute(forward_);
    for (std::size_t k = 0; k < spectrum_.size(); ++k) {
      const std::complex<double> product = spectrum_[k] * std::complex<double>(work_[2 * k], work_[2 * k + 1]);
      work_[2 * k] = product.real();
      work_[2 * k + 1] = product.imag();
    }
    fftw_execute(backward_);
    for (Index row = 0; row < n_ * n_; ++row) {
      std::copy_n(at(row / n_, row % n_), n_, out.data() + row * n_);
    }
  }
  [[nodiscard]] std::size_t bytes() const { return work_.size() * sizeof(double) + spectrum_.size() * sizeof(spectrum_[0]); }

 private:
  double* at(Index i, Index j) { return work_.data() + (i * 2 * n_ + j) * (2 * n_ + 2); }

  void set_kernel(const std::vector<double>& taps) {
    std::fill(work_.begin(), work_.end(), 0.0);
    const Index m = 2 * n_ - 1;
    const auto wrapped = [&](Index tap) { return (tap - n_ + 1 + 2 * n_) % (2 * n_); };
    for (Index i = 0; i < m; ++i) {
      for (Index j = 0; j < m; ++j) {
        for (Index k = 0; k < m; ++k) {
          at(wrapped(i), wrapped(j))[wrapped(k)] = taps[static_cast<std::size_t>((i * m + j) * m + k)];
        }
      }
    }
    fftw_execute(forward_);
    for (std::size_t k = 0; k < spectrum_.size(); ++k) {
      spectrum_[k] = std::complex<double>(work_[2 * k], work_[2 * k + 1]) / static_cast<double>(8 * n_ * n_ * n_);
    }
  }

  Index n_;
  LineVector<double> work_;
  std::vector<std::complex<double>> spectrum_;
  fftw_plan forward_ = nullptr;
  fftw_plan backward_ = nullptr;
};

void report(Index n, int repeat) {
  const auto f = at_distances(n, density);
  const auto exact = at_distances(n, potential);
  std::vector<double> u(f.size());
  double errors[3] = {};
  double making[3] = {};
  for (const auto kernel : {FreeSpaceKernel::hockney, FreeSpaceKernel::integrated}) {
    const auto which = static_cast<std::size_t>(kernel);
    const double start = bench::thread_seconds();
    const FreeSpacePotential<double> sampled(unit_cube(n, kernel));
    making[which] = bench::thread_seconds() - start;
    sampled.apply(f, u);
    errors[which] = relative_error(u, exact);
  }
  const double start = bench::thread_seconds();
  const FreeSpacePotential<double> ours(unit_cube(n, FreeSpaceKernel::truncated));
  making[0] = bench::thread_seconds() - start;
  LineVector<std::byte> workspace(ours.plan().workspace_bytes());
  Hockney theirs(n);
  double seconds = 1e300;
  double rival = 1e300;
  for (int k = 0; k < repeat; ++k) {
    seconds = std::min(seconds, bench::seconds_of([&] { ours.apply(f, u, workspace); }));
    rival = std::min(rival, bench::seconds_of([&] { theirs.apply(f, u); }));
  }
  ours.apply(f, u);
  errors[0] = relative_error(u, exact);
  const Report plan = ours.plan().describe();
  const double memory = static_cast<double>(plan.spectrum_bytes + ours.plan().workspace_bytes()) / 1048576.0;
  const double rival_memory = static_cast<double>(theirs.bytes()) / 1048576.0;
  std::printf("%5ld  %8.1e %8.1e %8.1e  %7.3f %7.3f %7.3f  %9.3f %9.3f %5.2fx  %8.1f %8.1f %5.2f\n", static_cast<long>(n), errors[0],
              errors[1], errors[2], making[0], making[1], making[2], 1e3 * seconds, 1e3 * rival, rival / seconds, memory, rival_memory,
              memory / rival_memory);
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  Index largest = 128;
  int repeat = 9;
  for (int k = 1; k + 1 < argc; k += 2) {
    const std::string_view option = argv[k];
    if (option == "--largest") {
      largest = std::atol(argv[k + 1]);
    } else if (option == "--repeat") {
      repeat = std::atoi(argv[k + 1]);
    }
  }
  std::printf("       largest relative error      kernel made, s           one potential, ms          memory, MiB\n");
  std::printf("    n  truncated hockney integr.  truncat. hockney integr.     ours   (2n)^3 FFTW ratio     ours   FFTW  ratio\n");
  for (const Index n : {16, 24, 32, 48, 64, 96, 128, 160, 192, 256}) {
    if (n <= largest) {
      report(n, repeat);
    }
  }
  return 0;
}
