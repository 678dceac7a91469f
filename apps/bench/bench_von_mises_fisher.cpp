// Maximum-likelihood concentrations of von Mises-Fisher distributions: solves per second and errors of the batch solver beside the
// published approximations (A. Banerjee et al., J. Mach. Learn. Res. 6 (2005) 1345-1382; S. Sra, Comput. Stat. 27 (2012) 177-190) and a
// Newton iteration, all with this project's scalar ratio of Bessel functions. One core; the methods alternate. SciPy:
// vmf_concentration_peers.py.

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <kindred/core/base/clock.hpp>
#include <kindred/core/base/random.hpp>
#include <kindred/kernels/bessel/von_mises_fisher.hpp>

using namespace kindred;
namespace vmf = kindred::kernels::von_mises_fisher;

namespace {

/// Banerjee et al., equation 4.4.
double banerjee(double p, double r) { return r * (p - r * r) / (1.0 - r * r); }

double newton_step(std::int64_t p, double r, double kappa) {
  const double a = vmf::mean_resultant_length(p, kappa);
  return (a - r) / (1.0 - a * a - static_cast<double>(p - 1) / kappa * a);
}

/// Sra: two of Newton's steps from there.
double sra(std::int64_t p, double r) {
  double kappa = banerjee(static_cast<double>(p), r);
  kappa -= newton_step(p, r, kappa);
  return kappa - newton_step(p, r, kappa);
}

/// Newton's iteration until the step is noise, at most 30 steps.
double newton(std::int64_t p, double r) {
  double kappa = banerjee(static_cast<double>(p), r);
  double last = std::numeric_limits<double>::infinity();
  for (int step = 0; step < 30; ++step) {
    const double change = newton_step(p, r, kappa);
    if (std::abs(change) <= 0x1p-50 * kappa || std::abs(change) >= last) {
      break;
    }
    kappa -= change;
    last = std::abs(change);
  }
  return kappa;
}

struct Method {
  const char* name;
  std::function<void(std::int64_t, std::span<const double>, std::span<double>)> solve;
};

std::function<void(std::int64_t, std::span<const double>, std::span<double>)> one_by_one(double (*solve)(std::int64_t, double)) {
  return [solve](std::int64_t p, std::span<const double> r, std::span<double> kappa) {
    for (std::size_t i = 0; i < r.size(); ++i) {
      kappa[i] = solve(p, r[i]);
    }
  };
}

void measure(std::int64_t p, const std::vector<Method>& methods) {
  constexpr std::size_t count = 200'000;
  const Draws draws(1, "concentrations", static_cast<std::uint64_t>(p));
  std::vector<double> truth(count);
  std::vector<double> r(count);
  for (std::size_t i = 0; i < count; ++i) {
    truth[i] = 0.25 * static_cast<double>(p) * std::exp2(4.0 * draws.uniform(i));
    r[i] = vmf::mean_resultant_length(p, truth[i]);
  }
  std::vector<double> kappa(count);
  std::vector<double> seconds(methods.size(), 1e300);
  std::vector<double> errors(methods.size(), 0.0);
  for (int repetition = 0; repetition < 7; ++repetition) {
    for (std::size_t m = 0; m < methods.size(); ++m) {
      const std::size_t size = m < 2 || repetition == 0 ? count : count / 20;
      const auto start = Clock::now();
      methods[m].solve(p, std::span(r).first(size), std::span(kappa).first(size));
      seconds[m] = std::min(seconds[m], seconds_since(start) / static_cast<double>(size));
      for (std::size_t i = 0; i < size; ++i) {
        errors[m] = std::max(errors[m], std::abs(kappa[i] / truth[i] - 1.0));
      }
    }
  }
  fmt::print("{:>8}", p);
  for (std::size_t m = 0; m < methods.size(); ++m) {
    fmt::print("{:>12.2f} {:>8.1e}", 1e-6 / seconds[m], errors[m]);
  }
  fmt::print("\n");
}

}  // namespace

int main() {
  const std::vector<Method> methods = {
      {"batch", [](std::int64_t p, std::span<const double> r, std::span<double> kappa) { vmf::concentration(p, r, kappa); }},
      {"Banerjee", one_by_one([](std::int64_t p, double r) { return banerjee(static_cast<double>(p), r); })},
      {"one by one", one_by_one([](std::int64_t p, double r) { return vmf::concentration(p, r); })},
      {"Sra", one_by_one(sra)},
      {"Newton", one_by_one(newton)},
  };
  fmt::print("concentrations from p/4 to 4 p; million solves a second, largest relative error\n{:>8}", "p");
  for (const Method& method : methods) {
    fmt::print("{:>21}", method.name);
  }
  fmt::print("\n");
  for (const std::int64_t p : {2, 3, 16, 64, 256, 2048, 32768}) {
    measure(p, methods);
  }
  return 0;
}
