// Work and accuracy of multilevel rules beside those of one level, on the one-dimensional diffusion problem: for every tolerance of the
// root mean square error, the error over many runs, the share of runs within 1.96 tolerances, and the cost; least-squares slopes of the
// cost.
//   report_multilevel [--runs 100] [--problem K] [--csv]
// Cost in mode evaluations (modes · cells). All numbers follow from the seeds.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <kindred/core/base/error.hpp>
#include <kindred/core/base/random.hpp>
#include <kindred/kernels/qmc/cubature/diffusion_integrand.hpp>
#include <kindred/kernels/qmc/cubature/monte_carlo.hpp>
#include <kindred/kernels/qmc/cubature/multilevel.hpp>
#include <kindred/kernels/qmc/cubature/replicated.hpp>
#include <kindred/kernels/qmc/cubature/student_t.hpp>

using namespace kindred;
using namespace kindred::qmc;

namespace {

constexpr int levels = 11;
/// A method is not taken to tolerances where all its runs together would cost more, in mode evaluations.
constexpr double most_cost = 1e9;

struct Problem {
  const char* name;
  DiffusionIntegrand integrand;
  double exact;
  double bias_factor;  // |E P − E P_l| is about this · 4^(−l)
  std::vector<double> tolerances;
};

std::vector<Problem> problems() {
  const auto constant = [](const char* name, double sigma) {
    const double exact = std::exp(0.5 * sigma * sigma) / 12.0;
    return Problem{name,
                   DiffusionIntegrand(constant_lognormal(sigma), levels),
                   exact,
                   exact / 16.0,
                   {4e-3, 2e-3, 1e-3, 5e-4, 2.5e-4, 1.25e-4, 6.25e-5}};
  };
  std::vector<Problem> result;
  result.push_back(constant("a = exp(y/2)", 0.5));
  result.push_back(constant("a = exp(y)", 1.0));
  // E P by mlqmc to a root mean square error of 1.3e-6.
  result.push_back({"log a of covariance exp(-|x - x'|), 16 modes",
                    DiffusionIntegrand(exponential_covariance(1.0, 1.0, 16), levels),
                    0.1198417,
                    0.0093,
                    {4e-3, 2e-3, 1e-3, 5e-4, 2.5e-4, 1.25e-4, 6.25e-5}});
  return result;
}

struct Answer {
  double value;
  double cost;
};

struct Method {
  const char* name;
  std::function<Answer(Problem&, double tolerance, std::uint64_t seed)> run;
};

MultilevelOptions options_of(std::uint64_t seed, bool continuation) {
  return {.seed = seed, .levels_max = levels - 1, .root_mean_square = true, .continuation = continuation};
}

Goal goal_of(double tolerance) {
  Goal goal;
  goal.tolerance.absolute = tolerance;
  return goal;
}

Answer of(const Estimate& estimate, double cost_each = 1.0) { return {estimate.value[0], estimate.cost * cost_each}; }

/// The level whose bias is tolerance/√2: it is known here, as it is not in practice.
int level_for(const Problem& problem, double tolerance) {
  int level = 0;
  while (problem.bias_factor * std::exp2(-2 * level) > tolerance * std::sqrt(0.5) && level + 1 < levels) {
    ++level;
  }
  return level;
}

double cost_alone(const Problem& problem, int level) { return static_cast<double>(problem.integrand.dimensions() * (4 << level)); }

std::vector<Method> methods() {
  return {
      {"one level, Monte Carlo",
       [](Problem& problem, double tolerance, std::uint64_t seed) {
         const int level = level_for(problem, tolerance);
         FunctionIntegrand alone = problem.integrand.on_level(level);
         // The half-width of z root mean square errors of tolerance/√2.
         const double half_width = -normal_quantile(0.005) * tolerance * std::sqrt(0.5);
         return of(monte_carlo_clt(alone, {.seed = seed, .pilot_points = 256, .inflate = 1.0}, goal_of(half_width)),
                   cost_alone(problem, level));
       }},
      {"one level, 32 Sobol' copies",
       [](Problem& problem, double tolerance, std::uint64_t seed) {
         const int level = level_for(problem, tolerance);
         FunctionIntegrand alone = problem.integrand.on_level(level);
         const double half_width = student_t_quantile(0.005, 31.0) * tolerance * std::sqrt(0.5);
         return of(replicated_student_t(alone, {.seed = seed, .replicates = 32, .first_points = 2, .inflate = 1.2}, goal_of(half_width)),
                   cost_alone(problem, level));
       }},
      {"mlmc", [](Problem& problem, double tolerance,
                  std::uint64_t seed) { return of(mlmc(problem.integrand, options_of(seed, false), goal_of(tolerance))); }},
      {"mlmc, continuation", [](Problem& problem, double tolerance,
                                std::uint64_t seed) { return of(mlmc(problem.integrand, options_of(seed, true), goal_of(tolerance))); }},
      {"mlqmc",
       [](Problem& problem, double tolerance, std::uint64_t seed) {
         MlqmcOptions options{.levels = options_of(seed, false)};
         options.levels.first_points = 2;
         return of(mlqmc(problem.integrand, options, goal_of(tolerance)));
       }},
      {"mlqmc, continuation", [](Problem& problem, double tolerance, std::uint64_t seed) {
         MlqmcOptions options{.levels = options_of(seed, true)};
         options.levels.first_points = 2;
         return of(mlqmc(problem.integrand, options, goal_of(tolerance)));
       }}};
}

double slope(const std::vector<double>& x, const std::vector<double>& y) {
  const auto n = static_cast<double>(x.size());
  double sx = 0.0;
  double sy = 0.0;
  double sxx = 0.0;
  double sxy = 0.0;
  for (std::size_t k = 0; k < x.size(); ++k) {
    sx += std::log(x[k]);
    sy += std::log(y[k]);
    sxx += std::log(x[k]) * std::log(x[k]);
    sxy += std::log(x[k]) * std::log(y[k]);
  }
  return (n * sxy - sx * sy) / (n * sxx - sx * sx);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    int runs = 100;
    int only = -1;
    bool csv = false;
    for (int k = 1; k < argc; ++k) {
      if (std::string_view(argv[k]) == "--csv") {
        csv = true;
      } else if (std::string_view(argv[k]) == "--runs" && k + 1 < argc) {
        runs = std::atoi(argv[++k]);
      } else if (std::string_view(argv[k]) == "--problem" && k + 1 < argc) {
        only = std::atoi(argv[++k]);
      } else {
        throw InputError("report_multilevel [--runs N] [--problem 0, 1 or 2] [--csv]");
      }
    }
    if (runs < 1 || runs > 100000) {
      throw InputError("--runs must be from 1 to 100000");
    }
    int number = 0;
    for (Problem& problem : problems()) {
      if (only >= 0 && number++ != only) {
        continue;
      }
      if (!csv) {
        std::printf("\n%s, %d runs; error/tolerance, runs within 1.96 tolerances, cost\n", problem.name, runs);
      }
      for (const Method& method : methods()) {
        std::vector<double> costs;
        std::vector<double> tolerances;
        for (const double tolerance : problem.tolerances) {
          if (!costs.empty() && 5.0 * costs.back() * runs > most_cost) {
            break;
          }
          double squares = 0.0;
          double cost = 0.0;
          int within = 0;
          for (int run = 0; run < runs; ++run) {
            const Answer answer = method.run(problem, tolerance, static_cast<std::uint64_t>(run));
            const double error = answer.value - problem.exact;
            squares += error * error / runs;
            cost += answer.cost / runs;
            within += std::abs(error) <= 1.96 * tolerance ? 1 : 0;
          }
          tolerances.push_back(tolerance);
          costs.push_back(cost);
          const double ratio = std::sqrt(squares) / tolerance;
          const double share = static_cast<double>(within) / runs;
          if (csv) {
            std::printf("\"%s\",\"%s\",%.4g,%.3f,%.3f,%.4g\n", problem.name, method.name, tolerance, ratio, share, cost);
          } else {
            std::printf("%-28s %9.2e  %6.2f  %6.3f  %10.3e\n", method.name, tolerance, ratio, share, cost);
          }
          std::fflush(stdout);
        }
        if (!csv) {
          std::printf("%-28s slope of the cost %.2f\n", method.name, slope(tolerances, costs));
        }
      }
    }
  } catch (const Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
