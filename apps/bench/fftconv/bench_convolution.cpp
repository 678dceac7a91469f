// Linear convolutions of L numbers with K taps, whole arrays there and back, by ConvolutionPlan and by FFTW with zero padding and measured
// plans (padded_fftw.hpp):
//   bench_convolution [--float] [--threads N] [--seconds S] [--methods] [--wisdom FILE] [--cell L K BATCH]…
// Nanoseconds for a number of the data, medians of alternating repetitions, and FFTW's time divided by ours; --methods: every method beside
// the one that is chosen. --serve: convolutions on request, for compare_scipy.py.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <kindred/apps/bench/fftconv/padded_fftw.hpp>
#include <kindred/apps/bench/qmc/timing.hpp>
#include <kindred/core/base/parallel.hpp>
#include <kindred/kernels/fftconv/plan.hpp>

using namespace kindred;
using namespace kindred::fftconv;

namespace {

struct Cell {
  Index data;
  Index kernel;
  Index batch;
};

struct Options {
  int threads = 1;
  double seconds = 0.2;
  bool methods = false;
  std::vector<Cell> cells;
};

const char* name(Method method) {
  constexpr const char* names[] = {"automatic", "direct", "overlap-save", "fft", "hybrid", "fftw"};
  return names[static_cast<int>(method)];
}

template <class Real>
std::vector<Real> numbers(Index count, Index seed) {
  std::vector<Real> values(static_cast<std::size_t>(count));
  for (Index i = 0; i < count; ++i) {
    values[static_cast<std::size_t>(i)] = static_cast<Real>(0.5 - static_cast<double>((i + seed) * 7919 % 10007) / 10007.0);
  }
  return values;
}

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
  return values[values.size() / 2];
}

/// Of this thread's processor, or of the clock if there are several.
double seconds_of(int threads, const std::function<void()>& run) {
  if (threads == 1) {
    return bench::seconds_of(run);
  }
  const auto start = std::chrono::steady_clock::now();
  run();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Median seconds of one call of each, in alternating repetitions.
std::vector<double> alternate(const std::vector<std::function<void()>>& runs, const Options& options) {
  double longest = 0.0;
  for (const auto& run : runs) {
    run();
    longest = std::max(longest, seconds_of(options.threads, run));
  }
  const int inner = std::max(1, static_cast<int>(1e-4 / longest));
  const int repetitions = std::max(5, static_cast<int>(options.seconds / (inner * longest)));
  std::vector<std::vector<double>> times(runs.size());
  for (int k = 0; k < repetitions; ++k) {
    for (std::size_t r = 0; r < runs.size(); ++r) {
      times[r].push_back(seconds_of(options.threads,
                                    [&] {
                                      for (int i = 0; i < inner; ++i) {
                                        runs[r]();
                                      }
                                    }) /
                         inner);
    }
  }
  std::vector<double> medians;
  for (auto& all : times) {
    medians.push_back(median(std::move(all)));
  }
  return medians;
}

/// A plan with what it needs, and one application of it.
template <class Real>
class Planned {
 public:
  Planned(const Cell& cell, Method method, int threads, const std::vector<Real>& taps)
      : plan_({.data = {cell.data}, .kernel = {cell.kernel}, .batch = cell.batch, .method = method, .threads = threads}),
        workspace_(plan_.workspace_bytes()),
        out_(static_cast<std::size_t>(cell.batch * (cell.data + cell.kernel - 1))) {
    plan_.set_kernel(taps);
  }
  void run(const std::vector<Real>& in) { plan_.apply(in, out_, {}, workspace_); }
  [[nodiscard]] const std::vector<Real>& out() const { return out_; }
  [[nodiscard]] Report report() const { return plan_.describe(); }

 private:
  ConvolutionPlan<Real> plan_;
  qmc::LineVector<std::byte> workspace_;
  std::vector<Real> out_;
};

template <class Real>
class Rival {
 public:
  Rival(const Cell& cell, int threads, const std::vector<Real>& taps)
      : cell_(cell),
        threads_(cell.batch >= threads ? threads : 1),
        fftw_(cell.data, cell.kernel, cell.batch >= threads ? 1 : threads),
        out_(static_cast<std::size_t>(cell.batch * outputs())) {
    fftw_.set_kernel(taps);
    for (int k = 0; k < threads_; ++k) {
      work_.push_back(fftw_.buffer());
    }
  }
  void run(const std::vector<Real>& in) {
    parallel(threads_, 1, threads_, [&](Index part, Index /*end*/) {
      for (Index b = cell_.batch * part / threads_; b < cell_.batch * (part + 1) / threads_; ++b) {
        fftw_.convolve(in.data() + b * cell_.data, out_.data() + b * outputs(), work_[static_cast<std::size_t>(part)]);
      }
    });
  }
  [[nodiscard]] const std::vector<Real>& out() const { return out_; }

 private:
  [[nodiscard]] Index outputs() const { return cell_.data + cell_.kernel - 1; }
  Cell cell_;
  int threads_;
  bench::PaddedFftw<Real> fftw_;
  std::vector<Real> out_;
  std::vector<typename bench::PaddedFftw<Real>::Buffer> work_;
};

template <class Real>
double relative_difference(const std::vector<Real>& a, const std::vector<Real>& b) {
  double difference = 0.0;
  double size = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference += std::norm(static_cast<double>(a[i]) - static_cast<double>(b[i]));
    size += std::norm(static_cast<double>(b[i]));
  }
  return std::sqrt(difference / size);
}

template <class Real>
void compare(const Cell& cell, const Options& options) {
  const std::vector<Real> in = numbers<Real>(cell.data * cell.batch, 1);
  const std::vector<Real> taps = numbers<Real>(cell.kernel, 2);
  Rival<Real> rival(cell, options.threads, taps);
  std::vector<Method> methods = {Method::automatic};
  if (options.methods) {
    methods.insert(methods.end(), {Method::overlap_save, Method::fft, Method::hybrid});
    if (cell.kernel <= 256) {
      methods.push_back(Method::direct);
    }
  }
  std::vector<std::unique_ptr<Planned<Real>>> plans;
  std::vector<std::function<void()>> runs = {[&] { rival.run(in); }};
  for (const Method method : methods) {
    plans.push_back(std::make_unique<Planned<Real>>(cell, method, options.threads, taps));
    runs.emplace_back([&in, plan = plans.back().get()] { plan->run(in); });
  }
  const std::vector<double> seconds = alternate(runs, options);
  const double scale = 1e9 / static_cast<double>(cell.data * cell.batch);
  const Report report = plans[0]->report();
  std::printf("%8ld %8ld %6ld %9.2f %9.2f %7.2f  %-12s %9ld %8.2f %9.1e", static_cast<long>(cell.data), static_cast<long>(cell.kernel),
              static_cast<long>(cell.batch), scale * seconds[0], scale * seconds[1], seconds[0] / seconds[1], name(report.method),
              report.padded.empty() ? 0L : static_cast<long>(report.padded[0]), scale * report.predicted_seconds,
              relative_difference(plans[0]->out(), rival.out()));
  for (std::size_t k = 1; k < methods.size(); ++k) {
    std::printf("  %s %.2f", name(methods[k]), scale * seconds[k + 1]);
  }
  std::printf("\n");
  std::fflush(stdout);
}

std::vector<Cell> all_cells() {
  std::vector<Cell> cells;
  for (Index data = 1 << 8; data <= 1 << 20; data *= 4) {
    std::vector<Index> kernels = {3, 15, 31, 63, 127, 511, 4095, data / 4 - 1, data};
    std::erase_if(kernels, [data](Index kernel) { return kernel > data; });
    std::ranges::sort(kernels);
    kernels.erase(std::ranges::unique(kernels).begin(), kernels.end());
    for (const Index kernel : kernels) {
      cells.push_back({data, kernel, 1});
    }
    for (const Index kernel : kernels) {
      if (data <= 1 << 14 && (kernel == 15 || kernel == 127 || kernel == data)) {
        cells.push_back({data, kernel, 64});
      }
    }
  }
  return cells;
}

template <class Real>
void table(const char* type, const Options& options) {
  std::printf("%s, threads: %d; nanoseconds for a number of the data\n%8s %8s %6s %9s %9s %7s  %-12s %9s %8s %9s\n", type, options.threads,
              "L", "K", "batch", "FFTW", "Kindred", "ratio", "method", "period", "model", "rel. diff");
  for (const Cell& cell : options.cells.empty() ? all_cells() : options.cells) {
    compare<Real>(cell, options);
  }
}

/// Requests "plan L K BATCH THREADS" and "run REPETITIONS", one a line; answers "ready METHOD" and seconds of one application.
template <class Real>
void serve() {
  std::unique_ptr<Planned<Real>> plan;
  std::vector<Real> in;
  int threads = 1;
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream request(line);
    std::string word;
    request >> word;
    if (word == "plan") {
      Cell cell{};
      request >> cell.data >> cell.kernel >> cell.batch >> threads;
      in = numbers<Real>(cell.data * cell.batch, 1);
      plan = std::make_unique<Planned<Real>>(cell, Method::automatic, threads, numbers<Real>(cell.kernel, 2));
      plan->run(in);
      std::cout << "ready " << name(plan->report().method) << std::endl;
    } else if (plan != nullptr) {
      int repetitions = 1;
      request >> repetitions;
      const double seconds = seconds_of(threads, [&] {
        for (int k = 0; k < repetitions; ++k) {
          plan->run(in);
        }
      });
      std::cout << seconds / repetitions << std::endl;
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  bool single = false;
  bool serving = false;
  const char* wisdom = nullptr;
  for (int k = 1; k < argc; ++k) {
    const std::string_view option = argv[k];
    const int left = argc - k - 1;
    if (option == "--float") {
      single = true;
    } else if (option == "--methods") {
      options.methods = true;
    } else if (option == "--serve") {
      serving = true;
    } else if (option == "--threads" && left > 0) {
      options.threads = std::atoi(argv[++k]);
    } else if (option == "--seconds" && left > 0) {
      options.seconds = std::atof(argv[++k]);
    } else if (option == "--wisdom" && left > 0) {
      wisdom = argv[++k];
    } else if (option == "--cell" && left > 2) {
      options.cells.push_back({std::atol(argv[k + 1]), std::atol(argv[k + 2]), std::atol(argv[k + 3])});
      k += 3;
    } else {
      std::fprintf(stderr, "bench_convolution: what is %s?\n", argv[k]);
      return 2;
    }
  }
  if (serving) {
    single ? serve<float>() : serve<double>();
    return 0;
  }
  if (wisdom != nullptr) {
    single ? bench::Fftw<float>::load(wisdom) : bench::Fftw<double>::load(wisdom);
  }
  single ? table<float>("float", options) : table<double>("double", options);
  if (wisdom != nullptr) {
    single ? bench::Fftw<float>::save(wisdom) : bench::Fftw<double>::save(wisdom);
  }
}
