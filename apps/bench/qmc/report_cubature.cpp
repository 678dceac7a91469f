// Adaptive cubature on integrands with known integrals: numbers of points, errors beyond the tolerance, processor time.
//   report_cubature [--seeds 100] [--rule NAME] [--integrand NAME] [--tolerance X] [--csv]
// Keister's integrand beside the numbers of points that an independent implementation of the same formulas took (20 seeds, Bayesian
// rules 10; nets scrambled linearly), then other integrands. bayes_lattice_made is on a lattice made for its kernel. All but the times
// follows from the seeds.

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/qmc/construction/cbc.hpp>
#include <kindred/kernels/qmc/cubature/bayes.hpp>
#include <kindred/kernels/qmc/cubature/lattice_g.hpp>
#include <kindred/kernels/qmc/cubature/net_g.hpp>
#include <kindred/kernels/qmc/cubature/test_integrands.hpp>

using namespace kindred;
using namespace kindred::qmc;

namespace {

/// Made for the kernel of order 2, by components; the same vector for any number of dimensions.
Lattice made_lattice(int dimensions) {
  static Lattice lattice;
  if (lattice.dimensions() < dimensions) {
    LatticeConstruction construction{.dimensions = dimensions, .log2_points = 18, .log2_points_from = 8};
    construction.space.alpha = 2;
    construction.weights.product.assign(static_cast<std::size_t>(dimensions), 1.0);
    lattice = construct_lattice(construction).lattice;
  }
  Lattice leading = lattice;
  leading.z.resize(static_cast<std::size_t>(dimensions));
  return leading;
}

struct Rule {
  const char* name;
  int most_points;  // log₂
  std::function<Estimate(Integrand&, std::uint64_t seed, const Goal&)> run;
};

std::vector<Rule> rules() {
  const auto bayes = [](std::uint64_t seed, BayesCriterion criterion) { return BayesOptions{.criterion = criterion, .seed = seed}; };
  const auto bayes_on_lattice = [bayes](BayesCriterion criterion) {
    return [bayes, criterion](Integrand& f, std::uint64_t seed, const Goal& goal) {
      return bayes_lattice(f, {.bayes = bayes(seed, criterion)}, goal);
    };
  };
  return {{"net_g", 22, [](Integrand& f, std::uint64_t seed, const Goal& goal) { return net_g(f, {.seed = seed}, goal); }},
          {"net_g_lms", 22,
           [](Integrand& f, std::uint64_t seed, const Goal& goal) {
             return net_g(f, {.scramble = Scramble::lms_digital_shift, .seed = seed}, goal);
           }},
          {"lattice_g", 20, [](Integrand& f, std::uint64_t seed, const Goal& goal) { return lattice_g(f, {.seed = seed}, goal); }},
          {"bayes_lattice", 20, bayes_on_lattice(BayesCriterion::mle)},
          {"bayes_lattice_gcv", 20, bayes_on_lattice(BayesCriterion::gcv)},
          {"bayes_lattice_full", 20, bayes_on_lattice(BayesCriterion::full)},
          {"bayes_lattice_made", 18,
           [](Integrand& f, std::uint64_t seed, const Goal& goal) {
             return bayes_lattice(f, {.bayes = {.seed = seed}, .lattice = made_lattice(f.dimensions())}, goal);
           }},
          {"bayes_net", 16, [bayes](Integrand& f, std::uint64_t seed, const Goal& goal) {
             return bayes_net(f, {.bayes = bayes(seed, BayesCriterion::mle)}, goal);
           }}};
}

/// The independent implementation's range of log₂ n; 0 where it has none.
struct Published {
  int dimensions;
  double tolerance;
  int net_low, net_high, lattice_low, lattice_high, bayes_low, bayes_high;
};
constexpr Published published[] = {
    {1, 1e-3, 10, 11, 11, 11, 8, 8},   {1, 1e-4, 12, 14, 14, 14, 8, 8},   {2, 1e-3, 12, 13, 13, 13, 8, 8},
    {2, 1e-4, 15, 16, 16, 16, 10, 10}, {3, 1e-3, 14, 14, 14, 14, 11, 11}, {3, 1e-4, 17, 18, 18, 18, 12, 12},
    {5, 1e-3, 17, 17, 17, 17, 15, 15}, {5, 1e-4, 20, 21, 20, 20, 16, 16},
};

std::string range(int low, int high) {
  return low == 0 ? "" : low == high ? "2^" + std::to_string(low) : "2^" + std::to_string(low) + "-" + std::to_string(high);
}

std::string published_range(const std::string& rule, int dimensions, double tolerance) {
  for (const Published& p : published) {
    if (p.dimensions == dimensions && p.tolerance == tolerance) {
      return rule.starts_with("net_g")                                 ? range(p.net_low, p.net_high)
             : rule == "lattice_g"                                     ? range(p.lattice_low, p.lattice_high)
             : rule == "bayes_lattice" || rule == "bayes_lattice_made" ? range(p.bayes_low, p.bayes_high)
                                                                       : "";
    }
  }
  return "";
}

struct Result {
  int low = 64;  // log₂ of points
  int high = 0;
  int missed = 0;
  int limited = 0;     // by the number of points
  int warned = 0;      // of the cone, or of eigenvalues
  double worst = 0.0;  // error/tolerance
  double milliseconds = 0.0;
};

Result measure(const Rule& rule, TestIntegrand& integrand, double tolerance, int seeds) {
  Result result;
  for (int seed = 0; seed < seeds; ++seed) {
    Goal goal;
    goal.tolerance.absolute = tolerance;
    goal.most_points = std::uint64_t{1} << static_cast<unsigned>(rule.most_points);
    const std::clock_t start = std::clock();
    const Estimate estimate = rule.run(integrand.integrand, static_cast<std::uint64_t>(seed), goal);
    result.milliseconds += 1e3 * static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC / seeds;
    if (estimate.outcome != Outcome::tolerance_met) {
      ++result.limited;
      continue;
    }
    const int m = std::bit_width(estimate.points) - 1;
    const double error = std::abs(estimate.value[0] - integrand.exact) / tolerance;
    result.low = std::min(result.low, m);
    result.high = std::max(result.high, m);
    result.missed += error > 1.0 ? 1 : 0;
    result.warned += estimate.warnings.empty() ? 0 : 1;
    result.worst = std::max(result.worst, error);
  }
  return result;
}

struct Arguments {
  int seeds = 100;
  std::string rule;
  std::string integrand;
  double tolerance = 0.0;
  bool csv = false;
};

Arguments parse(int argc, char** argv) {
  Arguments arguments;
  for (int k = 1; k < argc; ++k) {
    const std::string_view argument = argv[k];
    if (argument == "--csv") {
      arguments.csv = true;
    } else if (argument == "--seeds" && k + 1 < argc) {
      arguments.seeds = std::atoi(argv[++k]);
    } else if (argument == "--rule" && k + 1 < argc) {
      arguments.rule = argv[++k];
    } else if (argument == "--integrand" && k + 1 < argc) {
      arguments.integrand = argv[++k];
    } else if (argument == "--tolerance" && k + 1 < argc) {
      arguments.tolerance = std::atof(argv[++k]);
    } else {
      throw InputError("report_cubature [--seeds N] [--rule NAME] [--integrand NAME] [--tolerance X] [--csv]");
    }
  }
  if (arguments.seeds < 1) {
    throw InputError("--seeds must be a positive whole number");
  }
  return arguments;
}

void report(const Arguments& arguments, TestIntegrand& integrand, const std::vector<double>& tolerances, int dimensions) {
  if (!arguments.integrand.empty() && arguments.integrand != integrand.name) {
    return;
  }
  for (const Rule& rule : rules()) {
    for (const double tolerance : tolerances) {
      if ((!arguments.rule.empty() && arguments.rule != rule.name) || (arguments.tolerance > 0.0 && arguments.tolerance != tolerance)) {
        continue;
      }
      const Result r = measure(rule, integrand, tolerance, arguments.seeds);
      const bool none = r.limited == arguments.seeds;
      if (arguments.csv) {
        std::printf("%s,\"%s\",%g,%d,%d,%d,%d,%d,%.3g,%.4g\n", rule.name, integrand.name.c_str(), tolerance, none ? 0 : r.low, r.high,
                    r.missed, r.limited, r.warned, r.worst, r.milliseconds);
      } else {
        std::printf("%-20s%-28s%8g%12s%12s%8d%8d%8d%8.2f%12.2f\n", rule.name, integrand.name.c_str(), tolerance,
                    none ? "" : range(r.low, r.high).c_str(), published_range(rule.name, dimensions, tolerance).c_str(), r.missed,
                    r.limited, r.warned, r.worst, r.milliseconds);
      }
      std::fflush(stdout);
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const Arguments arguments = parse(argc, argv);
    if (arguments.csv) {
      std::printf("rule,integrand,tolerance,log2_low,log2_high,missed,limited,warned,worst,milliseconds\n");
    } else {
      std::printf("%d seeds\n%-20s%-28s%8s%12s%12s%8s%8s%8s%8s%12s\n", arguments.seeds, "rule", "integrand", "tol.", "points", "published",
                  "missed", "limit", "warned", "worst", "ms");
    }
    for (const int d : {1, 2, 3, 5}) {
      TestIntegrand integrand = keister(d);
      report(arguments, integrand, {1e-2, 1e-3, 1e-4}, d);
    }
    TestIntegrand negative = keister(6);
    report(arguments, negative, {1e-1, 1e-2}, 0);
    const std::vector<double> a{0.0, 1.0, 4.5, 9.0};
    std::vector<TestIntegrand> others;
    others.push_back(x_exp_x());
    others.push_back(ishigami());
    others.push_back(g_function(a));
    others.push_back(genz_oscillatory(5, GenzDecay::quadratic));
    others.push_back(genz_corner_peak(5, GenzDecay::linear));
    others.push_back(genz_corner_peak(50, GenzDecay::quadratic));
    others.push_back(asian_geometric_call());
    others.push_back(box_integral(1));
    others.push_back(box_integral(-1));
    others.push_back(borehole());
    for (TestIntegrand& integrand : others) {
      report(arguments, integrand, {1e-2, 1e-3}, 0);
    }
  } catch (const Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
