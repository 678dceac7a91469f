// Speed of transforms of quasi-Monte Carlo points on one core. What passes through memory runs beside a loop that fills the same memory
// with a constant past the caches; all alternate, and medians of processor time count.
//   bench_transforms [--mib 64] [--repeat 15]
//   bench_transforms --time normal NUMBERS     seconds a run, for compare_transforms.py

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <kindred/core/base/error.hpp>
#include <kindred/core/base/random.hpp>
#include <kindred/kernels/qmc/aligned.hpp>
#include <kindred/kernels/qmc/bits.hpp>
#include <kindred/kernels/qmc/transforms/brownian.hpp>
#include <kindred/kernels/qmc/transforms/periodization.hpp>
#include <kindred/kernels/qmc/transforms/product.hpp>
#include <kindred/kernels/qmc/transforms/simplex.hpp>
#include <kindred/kernels/random/normal_quantiles.hpp>

#include "timing.hpp"

using namespace kindred;
using namespace kindred::qmc;
using namespace kindred::bench;

namespace {

struct Run {
  std::string name;
  std::function<void()> work;
  std::vector<double> seconds = {};
};

/// Runs all in turn and prints medians, beside the first.
void compare(const std::string& title, double numbers, std::vector<Run> runs, int repeat) {
  for (int k = 0; k < repeat; ++k) {
    for (Run& run : runs) {
      run.seconds.push_back(seconds_of(run.work));
    }
  }
  std::printf("%s\n", title.c_str());
  double first = 0.0;
  for (Run& run : runs) {
    std::nth_element(run.seconds.begin(), run.seconds.begin() + repeat / 2, run.seconds.end());
    const double median = run.seconds[static_cast<std::size_t>(repeat / 2)];
    first = first > 0.0 ? first : median;
    std::printf("  %-52s%9.2f ns%9.3f G/s%9.2f × the first\n", run.name.c_str(), 1e9 * median / numbers, 1e-9 * numbers / median,
                median / first);
  }
}

std::vector<double> uniforms(std::size_t count) {
  std::vector<double> u(count);
  for (std::size_t i = 0; i < count; ++i) {
    u[i] = to_double_centred(mix_bits(i));
  }
  return u;
}

void through_memory(std::size_t numbers, int repeat) {
  LineVector<double> out(numbers);
  const std::span<double> all(out);
  const std::vector<double> u = uniforms(numbers);
  std::vector<std::uint64_t> words(numbers);
  for (std::size_t i = 0; i < numbers; ++i) {
    words[i] = mix_bits(i);
  }
  const int d = 8;
  const std::uint64_t points = numbers / d;
  const Sampler sampler(sobol(d), {Scramble::lms_digital_shift, 1});
  const ProductMeasure normal(Normal(), d);
  compare(std::to_string(8 * numbers >> 20U) + " MiB", static_cast<double>(numbers),
          {{"fill loop", [&] { stream_fill(out.data(), numbers); }},
           {"normal_quantile, one by one", [&] { std::transform(u.begin(), u.end(), out.begin(), normal_quantile); }},
           {"normal_quantiles of numbers", [&] { kernels::normal_quantiles(u, all); }},
           {"normal_quantiles of words", [&] { kernels::normal_quantiles(words, all); }},
           {"Sobol' points, d = 8", [&] { sampler.fill(all, 0, points, {.centred = true}); }},
           {"Sobol' points, then normals",
            [&] {
              sampler.fill(all, 0, points, {.centred = true});
              normal.map(all);
            }},
           {"Sobol' normals by fill(), ordinary stores", [&] { fill(sampler, normal, all, 0, points, {.stores = Stores::ordinary}); }},
           {"Sobol' normals by fill(), past the caches", [&] { fill(sampler, normal, all, 0, points, {.stores = Stores::streaming}); }}},
          repeat);
}

void in_caches(int repeat) {
  const std::size_t numbers = std::size_t{1} << 12U;
  const std::vector<double> u = uniforms(numbers);
  std::vector<double> x(numbers);
  std::vector<double> weights(numbers / 8);
  const int inner = 64;
  const auto on_copy = [&](const std::string& name, const std::function<void()>& map) {
    return Run{name, [&, map] {
                 for (int k = 0; k < inner; ++k) {
                   std::copy(u.begin(), u.end(), x.begin());
                   map();
                 }
               }};
  };
  const auto product = [&](const char* name, const Marginal& marginal) {
    return on_copy(name, [&x, measure = ProductMeasure(marginal, 8)] { measure.map(x); });
  };
  compare("32 KiB, d = 8: marginals, copying included", static_cast<double>(inner * numbers),
          {on_copy("copy", [] {}), product("uniform", Uniform(-1.0, 1.0)), product("normal", Normal(1.0, 2.0)),
           product("lognormal", LogNormal()), product("Johnson SU", JohnsonSU(0.5, 2.0, 0.0, 1.0)),
           product("truncated normal", TruncatedNormal(0.0, 1.0, -1.0, 3.0)), product("exponential", Exponential()),
           product("Kumaraswamy", Kumaraswamy(2.0, 5.0)), product("continuous Bernoulli", ContinuousBernoulli(0.3)),
           product("triangular", Triangular(0.0, 1.0, 3.0)), product("Student t, 5 degrees of freedom", StudentT(5.0)),
           product("table of 1024 samples", PiecewiseLinear::from_samples(uniforms(1024))),
           on_copy("simplex, d = 8", [&x, measure = UniformSimplex(8)] { measure.map(x); })},
          repeat);
  std::vector<Run> periodizations{on_copy("copy", [] {})};
  for (const Periodization p :
       {Periodization::baker, Periodization::c0, Periodization::c1, Periodization::c1sin, Periodization::c2sin, Periodization::c3sin}) {
    periodizations.push_back(on_copy(std::string(name_of(p)), [&, p] { periodize(p, x, 8, weights); }));
  }
  compare("32 KiB, d = 8: periodisations", static_cast<double>(inner * numbers), periodizations, repeat);
}

void gaussian(int repeat) {
  for (const std::size_t d : {16U, 64U, 256U}) {
    std::vector<double> times(d);
    for (std::size_t i = 0; i < d; ++i) {
      times[i] = static_cast<double>(i + 1) / static_cast<double>(d);
    }
    std::vector<double> covariance;
    for (std::size_t i = 0; i < d * d; ++i) {
      covariance.push_back(times[std::min(i / d, i % d)]);
    }
    const std::size_t numbers = std::size_t{1} << 16U;
    const std::vector<double> u = uniforms(numbers);
    std::vector<double> x(numbers);
    const auto run = [&](const char* name, const auto& measure) {
      return Run{name, [&u, &x, measure] {
                   std::copy(u.begin(), u.end(), x.begin());
                   measure.map(x);
                 }};
    };
    compare("d = " + std::to_string(d) + ", a coordinate", static_cast<double>(numbers),
            {run("independent normals", ProductMeasure(Normal(), static_cast<int>(d))),
             run("Brownian motion, forward", BrownianMotion(times, PathConstruction::forward)),
             run("Brownian motion, bridge", BrownianMotion(times, PathConstruction::bridge)),
             run("Brownian motion, principal components", BrownianMotion(times, PathConstruction::pca)),
             run("geometric Brownian motion, bridge", GeometricBrownianMotion(1.0, 0.05, 0.2, times)),
             run("multivariate normal, Cholesky", MultivariateNormal(std::vector<double>(d), covariance, Factorization::cholesky))},
            repeat);
  }
}

/// Seconds of normal_quantiles, shortest and median: two numbers.
void time_normal(std::size_t numbers, int repeat) {
  const std::vector<double> u = uniforms(numbers);
  std::vector<double> x(numbers);
  const int inner = static_cast<int>(std::max<std::size_t>(1, (std::size_t{1} << 18U) / numbers));
  std::vector<double> seconds;
  for (int k = 0; k < repeat; ++k) {
    seconds.push_back(seconds_of([&] {
                        for (int i = 0; i < inner; ++i) {
                          kernels::normal_quantiles(u, x);
                        }
                      }) /
                      inner);
  }
  std::sort(seconds.begin(), seconds.end());
  std::printf("%.9g %.9g\n", seconds.front(), seconds[seconds.size() / 2]);
}

std::size_t whole_number(const char* text, const char* option) {
  char* end = nullptr;
  const long value = std::strtol(text, &end, 10);
  if (*end != '\0' || value < 1 || value > 1L << 30) {
    throw InputError(std::string(option) + " " + text + ": a positive whole number is needed");
  }
  return static_cast<std::size_t>(value);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    std::size_t mib = 64;
    int repeat = 15;
    for (int k = 1; k < argc; ++k) {
      const std::string_view argument = argv[k];
      if (argument == "--mib" && k + 1 < argc) {
        mib = whole_number(argv[++k], "--mib");
      } else if (argument == "--repeat" && k + 1 < argc) {
        repeat = static_cast<int>(whole_number(argv[++k], "--repeat"));
      } else if (argument == "--time" && k + 2 < argc && std::string_view(argv[k + 1]) == "normal") {
        time_normal(whole_number(argv[k + 2], "--time"), repeat);
        return 0;
      } else {
        throw InputError("bench_transforms [--mib N] [--repeat N] [--time normal NUMBERS]");
      }
    }
    through_memory(mib << 17U, repeat);
    in_caches(repeat);
    gaussian(repeat);
  } catch (const Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
