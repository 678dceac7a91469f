// Replicated rules and Monte Carlo. First, root mean square errors of the mean and of the median of 15 copies, and the share of runs whose
// intervals of 99 percent hold the integral; then numbers of evaluations to a tolerance, and how many runs miss it.
//   report_replicated [--groups 100]
// All numbers follow from the seeds.

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <limits>
#include <string_view>
#include <vector>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/qmc/cubature/monte_carlo.hpp>
#include <kindred/kernels/qmc/cubature/replicated.hpp>
#include <kindred/kernels/qmc/cubature/test_integrands.hpp>

using namespace kindred;
using namespace kindred::qmc;

namespace {

Goal goal_of(double tolerance) {
  Goal goal;
  goal.tolerance.absolute = tolerance;
  return goal;
}

/// Error and coverage of one rule over many runs of one step.
struct Tally {
  double squares = 0.0;
  int covered = 0;
  void add(const Estimate& estimate, double exact) {
    squares += std::pow(estimate.mean[0] - exact, 2.0);
    covered += estimate.mean_lower[0] <= exact && exact <= estimate.mean_upper[0] ? 1 : 0;
  }
};

void report_errors(int groups) {
  const Goal one_step = goal_of(std::numeric_limits<double>::max());
  for (TestIntegrand& f :
       std::vector<TestIntegrand>{x_exp_x(), genz_corner_peak(3, GenzDecay::quadratic), genz_oscillatory(5, GenzDecay::linear), keister(3),
                                  g_function(std::vector<double>{0.0, 0.5, 1.0})}) {
    std::printf("\n%s, %d groups of 15 copies\norder  log2 n   error: mean     median   coverage: mean  median\n", f.name.c_str(), groups);
    for (const int order : {1, 2}) {
      const PointSet points = sobol(f.integrand.dimensions(), 32, order);
      for (const unsigned log2_points : {8U, 10U, 12U, 14U}) {
        const std::uint64_t n = std::uint64_t{1} << log2_points;
        Tally mean;
        Tally median;
        for (int group = 0; group < groups; ++group) {
          const auto seed = static_cast<std::uint64_t>(group);
          mean.add(replicated_student_t(f.integrand, {.points = points, .seed = seed, .replicates = 15, .first_points = n}, one_step),
                   f.exact);
          median.add(replicated_median(f.integrand, {.points = points, .seed = seed, .first_points = n}, one_step), f.exact);
        }
        std::printf("%5d  %6u     %9.1e  %9.1e          %5.3f   %5.3f\n", order, log2_points, std::sqrt(mean.squares / groups),
                    std::sqrt(median.squares / groups), static_cast<double>(mean.covered) / groups,
                    static_cast<double>(median.covered) / groups);
      }
    }
  }
}

struct Rule {
  const char* name;
  double smallest_tolerance;
  std::function<Estimate(Integrand&, std::uint64_t seed, const Goal&)> run;
};

std::vector<Rule> rules() {
  return {{"student t, 25 copies", 0.0,
           [](Integrand& f, std::uint64_t seed, const Goal& goal) { return replicated_student_t(f, {.seed = seed}, goal); }},
          {"median, 15 copies", 0.0,
           [](Integrand& f, std::uint64_t seed, const Goal& goal) { return replicated_median(f, {.seed = seed}, goal); }},
          {"monte_carlo_clt", 3e-3,
           [](Integrand& f, std::uint64_t seed, const Goal& goal) { return monte_carlo_clt(f, {.seed = seed}, goal); }},
          {"monte_carlo_guaranteed", 3e-3, [](Integrand& f, std::uint64_t seed, const Goal& goal) {
             return monte_carlo_guaranteed(f, {.seed = seed, .pilot_points = 10000}, goal);
           }}};
}

void report_tolerances(int groups) {
  for (TestIntegrand& f :
       std::vector<TestIntegrand>{keister(1), keister(3), keister(5), genz_corner_peak(10, GenzDecay::quadratic), asian_geometric_call()}) {
    std::printf("\n%s, %d runs\n%-24s tolerance   evaluations  missed\n", f.name.c_str(), groups, "");
    for (const Rule& rule : rules()) {
      for (const double tolerance : {1e-2, 1e-3, 1e-4}) {
        if (tolerance < rule.smallest_tolerance) {
          continue;
        }
        double evaluations = 0.0;
        int missed = 0;
        for (int run = 0; run < groups; ++run) {
          const Estimate estimate = rule.run(f.integrand, static_cast<std::uint64_t>(run), goal_of(tolerance));
          evaluations += static_cast<double>(estimate.points) / groups;
          missed += std::abs(estimate.value[0] - f.exact) > tolerance ? 1 : 0;
        }
        std::printf("%-24s %9.0e %13.0f  %6d\n", rule.name, tolerance, evaluations, missed);
        std::fflush(stdout);
      }
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  try {
    int groups = 100;
    if (argc == 3 && std::string_view(argv[1]) == "--groups") {
      groups = std::atoi(argv[2]);
    } else if (argc != 1) {
      throw InputError("report_replicated [--groups N]");
    }
    if (groups < 1 || groups > 100000) {
      throw InputError("--groups must be from 1 to 100000");
    }
    report_errors(groups);
    report_tolerances(groups);
  } catch (const Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
