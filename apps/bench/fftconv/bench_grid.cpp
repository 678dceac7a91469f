// Real convolutions over two and three axes, mode `same`, even kernels: ours beside FFTW's r2c and c2r of arrays padded with zeros along
// all axes at once ("padded"), and beside the same library without the transforms of zeros ("pruned": r2c of the pencils that hold data, y
// of the planes that do, x together with the multiplication; R. Hockney, Methods Comput. Phys. 9 (1970) 135-211). Measured plans; runs
// alternate, the shortest count: in processor time with one thread, on the clock with more.
//   bench_grid [free-space | images | all] [--threads 1] [--repeat 9] [--size N] [--float]

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <random>
#include <string_view>
#include <vector>

#include <kindred/apps/bench/qmc/timing.hpp>
#include <kindred/core/base/clock.hpp>
#include <kindred/core/base/parallel.hpp>
#include <kindred/kernels/fftconv/fftw_library.hpp>
#include <kindred/kernels/fftconv/grid/grid_convolver.hpp>
#include <kindred/kernels/fftconv/workspace.hpp>

using namespace kindred;
using namespace kindred::fftconv;

namespace {

using Extents = std::array<Index, 3>;

Index product(const Extents& extents) { return extents[0] * extents[1] * extents[2]; }

struct Options {
  std::string_view what = "all";
  int threads = 1;
  int repeat = 9;
  Index size = 0;
};

/// Normal numbers and an even kernel; two axes: x and z.
template <class Real>
struct Problem {
  Extents data, kernel;
  std::vector<Real> x, h;

  Problem(Extents data_, Extents kernel_) : data(data_), kernel(kernel_) {
    std::mt19937 generator(1);
    std::normal_distribution<Real> normal;
    x.resize(static_cast<std::size_t>(product(data)));
    std::ranges::generate(x, [&] { return normal(generator); });
    const auto square = [](Index at, Index taps) { return static_cast<double>((at - taps / 2) * (at - taps / 2)); };
    for (Index i = 0; i < kernel[0]; ++i) {
      for (Index j = 0; j < kernel[1]; ++j) {
        for (Index k = 0; k < kernel[2]; ++k) {
          h.push_back(static_cast<Real>(1.0 / std::sqrt(1.0 + square(i, kernel[0]) + square(j, kernel[1]) + square(k, kernel[2]))));
        }
      }
    }
  }
};

/// From `least`, even and a product of 2, 3, 5 and 7; or 1.
Index good_length(Index least) {
  for (Index n = least; n > 1; ++n) {
    Index rest = n;
    for (const Index p : {2, 3, 5, 7}) {
      while (rest % p == 0) {
        rest /= p;
      }
    }
    if (rest == 1 && n % 2 == 0) {
      return n;
    }
  }
  return 1;
}

template <class Real>
class FftwPlan {
 public:
  using Library = FftwLibrary<Real>;
  using Complex = std::complex<Real>;
  struct Direction {
    Index length, stride;
  };
  enum class Kind { r2c, c2r, forward, backward };

  /// In place: along `axes`, slowest first, for `count` arrays `distance` complex numbers apart; real ones lie twice as far.
  FftwPlan(Kind kind, std::vector<Direction> axes, Index count, Index distance, Complex* memory) : kind_(kind) {
    std::vector<typename Library::Dimension> dimensions;
    for (std::size_t d = 0; d < axes.size(); ++d) {
      const Index other = kind == Kind::forward || kind == Kind::backward || d + 1 == axes.size() ? axes[d].stride : 2 * axes[d].stride;
      dimensions.push_back({axes[d].length, kind == Kind::r2c ? other : axes[d].stride, kind == Kind::c2r ? other : axes[d].stride});
    }
    const Index reals = 2 * distance;
    const typename Library::Dimension many{count, kind == Kind::r2c ? reals : distance, kind == Kind::c2r ? reals : distance};
    const int rank = static_cast<int>(dimensions.size());
    auto* const complexes = reinterpret_cast<typename Library::Complex*>(memory);
    auto* const values = reinterpret_cast<Real*>(memory);
    plan_ = kind == Kind::r2c   ? Library::plan_forward(rank, dimensions.data(), 1, &many, values, complexes, FFTW_MEASURE)
            : kind == Kind::c2r ? Library::plan_backward(rank, dimensions.data(), 1, &many, complexes, values, FFTW_MEASURE)
                                : Library::plan_complex(rank, dimensions.data(), 1, &many, complexes, complexes,
                                                        kind == Kind::forward ? FFTW_FORWARD : FFTW_BACKWARD, FFTW_MEASURE);
    if (plan_ == nullptr) {
      std::fputs("FFTW has no plan\n", stderr);
      std::exit(1);
    }
  }
  FftwPlan(const FftwPlan&) = delete;
  FftwPlan& operator=(const FftwPlan&) = delete;
  ~FftwPlan() { Library::destroy(plan_); }

  void operator()(Complex* memory) const {
    auto* const complexes = reinterpret_cast<typename Library::Complex*>(memory);
    auto* const values = reinterpret_cast<Real*>(memory);
    if (kind_ == Kind::r2c) {
      Library::execute_forward(plan_, values, complexes);
    } else if (kind_ == Kind::c2r) {
      Library::execute_backward(plan_, complexes, values);
    } else {
      Library::execute_complex(plan_, complexes, complexes);
    }
  }

 private:
  Kind kind_;
  typename Library::Plan plan_;
};

template <class Complex>
void multiply(Complex* values, const Complex* by, Index count) {
  for (Index i = 0; i < count; ++i) {
    values[i] = {values[i].real() * by[i].real() - values[i].imag() * by[i].imag(),
                 values[i].real() * by[i].imag() + values[i].imag() * by[i].real()};
  }
}

/// One transform of everything.
template <class Real>
class Padded {
 public:
  using Complex = std::complex<Real>;
  using Plan = FftwPlan<Real>;

  Padded(const Problem<Real>& problem, int threads) : data_(problem.data), threads_(threads) {
    for (std::size_t d = 0; d < 3; ++d) {
      period_[d] = problem.data[d] == 1 ? 1 : good_length(problem.data[d] + problem.kernel[d] / 2);
    }
    half_ = period_[2] / 2 + 1;
    work_.resize(static_cast<std::size_t>(period_[0] * period_[1] * half_));
    const std::vector<typename Plan::Direction> axes = {{period_[0], period_[1] * half_}, {period_[1], half_}, {period_[2], 1}};
    forward_ = std::make_unique<Plan>(Plan::Kind::r2c, axes, 1, 0, work_.data());
    backward_ = std::make_unique<Plan>(Plan::Kind::c2r, axes, 1, 0, work_.data());
    set_kernel(problem);
  }

  void convolve(const Real* in, Real* out) {
    auto* const values = reinterpret_cast<Real*>(work_.data());
    parallel(period_[0], 1, threads_, [&](Index begin, Index end) {
      for (Index row = begin * period_[1]; row < end * period_[1]; ++row) {
        const Index x = row / period_[1];
        const Index y = row % period_[1];
        const Index count = x < data_[0] && y < data_[1] ? data_[2] : 0;
        std::copy_n(in + (count == 0 ? 0 : (x * data_[1] + y) * data_[2]), count, values + row * 2 * half_);
        std::fill_n(values + row * 2 * half_ + count, 2 * half_ - count, Real(0));
      }
    });
    (*forward_)(work_.data());
    parallel(static_cast<Index>(work_.size()), 1, threads_,
             [&](Index begin, Index end) { multiply(work_.data() + begin, spectrum_.data() + begin, end - begin); });
    (*backward_)(work_.data());
    parallel(data_[0], 1, threads_, [&](Index begin, Index end) {
      for (Index row = begin * data_[1]; row < end * data_[1]; ++row) {
        std::copy_n(values + (row / data_[1] * period_[1] + row % data_[1]) * 2 * half_, data_[2], out + row * data_[2]);
      }
    });
  }

  [[nodiscard]] double workspace() const { return static_cast<double>(work_.size() * sizeof(Complex)); }
  [[nodiscard]] const Extents& period() const { return period_; }
  [[nodiscard]] const LineVector<Complex>& spectrum() const { return spectrum_; }

 private:
  /// The kernel's centre at place 0 of every axis; divided by the period.
  void set_kernel(const Problem<Real>& problem) {
    std::ranges::fill(work_, Complex(0));
    auto* const values = reinterpret_cast<Real*>(work_.data());
    const auto place = [&](std::size_t d, Index k) { return (k - problem.kernel[d] / 2 + period_[d]) % period_[d]; };
    const Real* tap = problem.h.data();
    for (Index i = 0; i < problem.kernel[0]; ++i) {
      for (Index j = 0; j < problem.kernel[1]; ++j) {
        for (Index k = 0; k < problem.kernel[2]; ++k) {
          values[(place(0, i) * period_[1] + place(1, j)) * 2 * half_ + place(2, k)] += *tap++;
        }
      }
    }
    (*forward_)(work_.data());
    spectrum_ = work_;
    for (Complex& value : spectrum_) {
      value /= static_cast<Real>(product(period_));
    }
  }

  Extents data_, period_{};
  int threads_;
  Index half_ = 1;
  LineVector<Complex> work_, spectrum_;
  std::unique_ptr<Plan> forward_, backward_;
};

/// Planes x of [y][z] in place, and for every y a plane [x][z] of its own.
template <class Real>
class Pruned {
 public:
  using Complex = std::complex<Real>;
  using Plan = FftwPlan<Real>;
  using Kind = typename Plan::Kind;

  Pruned(const Problem<Real>& problem, const Padded<Real>& padded, int threads)
      : data_(problem.data), period_(padded.period()), threads_(threads), half_(period_[2] / 2 + 1), spectrum_(&padded.spectrum()) {
    planes_.resize(static_cast<std::size_t>(data_[0] * period_[1] * half_));
    columns_.resize(static_cast<std::size_t>(threads * period_[0] * half_));
    const auto plan = [&](Kind kind, Index length, Index stride, Index count, Index distance) {
      return std::make_unique<Plan>(kind, std::vector<typename Plan::Direction>{{length, stride}}, count, distance,
                                    length == period_[0] ? columns_.data() : planes_.data());
    };
    z_forward_ = plan(Kind::r2c, period_[2], 1, data_[1], half_);
    z_backward_ = plan(Kind::c2r, period_[2], 1, data_[1], half_);
    y_forward_ = plan(Kind::forward, period_[1], half_, half_, 1);
    y_backward_ = plan(Kind::backward, period_[1], half_, half_, 1);
    x_forward_ = plan(Kind::forward, period_[0], half_, half_, 1);
    x_backward_ = plan(Kind::backward, period_[0], half_, half_, 1);
  }

  void convolve(const Real* in, Real* out) {
    const auto plane = [&](Index x) { return planes_.data() + x * period_[1] * half_; };
    parallel(data_[0], 1, threads_, [&](Index begin, Index end) {
      for (Index x = begin; x < end; ++x) {
        auto* const values = reinterpret_cast<Real*>(plane(x));
        for (Index y = 0; y < data_[1]; ++y) {
          std::copy_n(in + (x * data_[1] + y) * data_[2], data_[2], values + y * 2 * half_);
          std::fill_n(values + y * 2 * half_ + data_[2], 2 * half_ - data_[2], Real(0));
        }
        (*z_forward_)(plane(x));
        std::fill_n(plane(x) + data_[1] * half_, (period_[1] - data_[1]) * half_, Complex(0));
        (*y_forward_)(plane(x));
      }
    });
    parallel(threads_, 1, threads_, [&](Index first, Index last) {
      for (Index thread = first; thread < last; ++thread) {
        for (Index y = period_[1] * thread / threads_; y < period_[1] * (thread + 1) / threads_; ++y) {
          column(y, columns_.data() + thread * period_[0] * half_);
        }
      }
    });
    parallel(data_[0], 1, threads_, [&](Index begin, Index end) {
      for (Index x = begin; x < end; ++x) {
        (*y_backward_)(plane(x));
        (*z_backward_)(plane(x));
        for (Index y = 0; y < data_[1]; ++y) {
          std::copy_n(reinterpret_cast<const Real*>(plane(x) + y * half_), data_[2], out + (x * data_[1] + y) * data_[2]);
        }
      }
    });
  }

  [[nodiscard]] double workspace() const { return static_cast<double>((planes_.size() + columns_.size()) * sizeof(Complex)); }

 private:
  void column(Index y, Complex* rows) {
    for (Index x = 0; x < data_[0]; ++x) {
      std::copy_n(planes_.data() + (x * period_[1] + y) * half_, half_, rows + x * half_);
    }
    std::fill_n(rows + data_[0] * half_, (period_[0] - data_[0]) * half_, Complex(0));
    (*x_forward_)(rows);
    for (Index x = 0; x < period_[0]; ++x) {
      multiply(rows + x * half_, spectrum_->data() + (x * period_[1] + y) * half_, half_);
    }
    (*x_backward_)(rows);
    for (Index x = 0; x < data_[0]; ++x) {
      std::copy_n(rows + x * half_, half_, planes_.data() + (x * period_[1] + y) * half_);
    }
  }

  Extents data_, period_;
  int threads_;
  Index half_;
  const LineVector<Complex>* spectrum_;
  LineVector<Complex> planes_, columns_;
  std::unique_ptr<Plan> z_forward_, z_backward_, y_forward_, y_backward_, x_forward_, x_backward_;
};

template <class Real>
class Ours {
 public:
  Ours(const Problem<Real>& problem, int threads) : threads_(threads) {
    const auto extents = [](const Extents& all) { return all[1] == 1 ? std::vector{all[0], all[2]} : std::vector(all.begin(), all.end()); };
    convolver_ = make_grid_convolver<Real>(
        {.data = extents(problem.data), .kernel = extents(problem.kernel), .mode = Mode::same, .threads = threads});
    convolver_->set_kernel(problem.h, 1);
    workspace_.resize(convolver_->workspace_bytes(threads));
  }
  void convolve(const Real* in, Real* out) { convolver_->apply(std::array{in}, 0, out, workspace_.data(), threads_); }
  [[nodiscard]] double workspace() const { return static_cast<double>(workspace_.size()); }
  [[nodiscard]] Report report() const { return convolver_->describe(); }

 private:
  int threads_;
  std::unique_ptr<Convolver<Real>> convolver_;
  LineVector<std::byte> workspace_;
};

struct Run {
  std::function<void()> work;
  std::vector<double> seconds = {};

  [[nodiscard]] double shortest() const { return std::ranges::min(seconds); }
};

void alternate(std::vector<Run>& runs, const Options& options) {
  for (int k = 0; k < options.repeat; ++k) {
    for (Run& run : runs) {
      const auto start = Clock::now();
      const double processor = bench::seconds_of(run.work);
      run.seconds.push_back(options.threads == 1 ? processor : seconds_since(start));
    }
  }
}

template <class Real>
void compare(Extents data, Extents kernel, const Options& options) {
  const Problem<Real> problem(data, kernel);
  Padded<Real> padded(problem, options.threads);
  Pruned<Real> pruned(problem, padded, options.threads);
  Ours<Real> ours(problem, options.threads);
  std::vector<Real> y(problem.x.size());
  std::vector<Real> reference(problem.x.size());
  std::vector<Run> runs = {{[&] { padded.convolve(problem.x.data(), reference.data()); }},
                           {[&] { pruned.convolve(problem.x.data(), y.data()); }},
                           {[&] { ours.convolve(problem.x.data(), y.data()); }}};
  alternate(runs, options);
  double difference = 0.0;
  double greatest = 0.0;
  for (std::size_t i = 0; i < y.size(); ++i) {
    difference = std::max(difference, static_cast<double>(std::abs(y[i] - reference[i])));
    greatest = std::max(greatest, static_cast<double>(std::abs(reference[i])));
  }
  const Report report = ours.report();
  const double spectrum = static_cast<double>(padded.spectrum().size() * sizeof(std::complex<Real>));
  std::printf("%5lld × %4lld × %4lld, K %4lld", static_cast<long long>(data[0]), static_cast<long long>(data[1]),
              static_cast<long long>(data[2]), static_cast<long long>(kernel[2]));
  std::printf("%11.3f ms%11.3f ms%11.3f ms   ×%5.2f  ×%5.2f   %5.2f / %4.2f   %.0e  [", 1e3 * runs[0].shortest(), 1e3 * runs[1].shortest(),
              1e3 * runs[2].shortest(), runs[0].shortest() / runs[2].shortest(), runs[1].shortest() / runs[2].shortest(),
              ours.workspace() / padded.workspace(),
              (ours.workspace() + static_cast<double>(report.spectrum_bytes)) / (padded.workspace() + spectrum), difference / greatest);
  for (const Index period : report.padded) {
    std::printf(" %lld", static_cast<long long>(period));
  }
  std::printf(" ]\n");
  std::fflush(stdout);
}

template <class Real>
void run(const Options& options) {
  std::printf("%s, %d thread%s\n%32s%11s   %11s   %11s   times faster than   memory of padded's   difference  [our periods]\n",
              sizeof(Real) == 4 ? "float" : "double", options.threads, options.threads == 1 ? "" : "s", "", "padded", "pruned", "ours");
  std::printf("%74s padded  pruned   work / with spectra\n", "");
  if (options.what != "images") {
    for (const Index n : {32, 64, 96, 100, 128}) {
      if (options.size == 0 || options.size == n) {
        compare<Real>({n, n, n}, {2 * n - 1, 2 * n - 1, 2 * n - 1}, options);
      }
    }
    for (const Index n : {128, 256, 512, 1024, 2048}) {
      if (options.size == 0 || options.size == -n) {
        compare<Real>({n, 1, n}, {2 * n - 1, 1, 2 * n - 1}, options);
      }
    }
  }
  if (options.what != "free-space") {
    for (const Index n : {256, 1024, 2048}) {
      for (const Index taps : {3, 7, 15, 31}) {
        if (options.size == 0 || options.size == n) {
          compare<Real>({n, 1, n}, {taps, 1, taps}, options);
        }
      }
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  bool single = false;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    const auto number = [&] { return i + 1 < argc ? std::atoi(argv[++i]) : 0; };
    if (argument == "--threads") {
      options.threads = std::max(1, number());
    } else if (argument == "--repeat") {
      options.repeat = std::max(1, number());
    } else if (argument == "--size") {
      options.size = number();
    } else if (argument == "--float") {
      single = true;
    } else {
      options.what = argument;
    }
  }
  if (options.threads > 1) {
    fftw_init_threads();
    fftwf_init_threads();
    fftw_plan_with_nthreads(options.threads);
    fftwf_plan_with_nthreads(options.threads);
  }
  single ? run<float>(options) : run<double>(options);
}
