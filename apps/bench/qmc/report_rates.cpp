// Errors of randomised quasi-Monte Carlo against the number of points: root mean square and median over replicates, with least-squares
// slopes.
//   report_rates [--replicates 300] [--last 14] [--csv]
// Integrands with known integrals; all numbers follow from the seed.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <numbers>
#include <string>
#include <string_view>
#include <vector>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/qmc/sampler.hpp>

using namespace kindred;
using namespace kindred::qmc;

namespace {

struct Integrand {
  const char* name;
  int dimensions;
  std::function<double(const double*)> centred;  // its integral taken off
};

/// Genz' corner peak with coefficients that sum to 1/4; its integral is an alternating sum over the corners.
Integrand corner_peak(int d) {
  std::vector<double> c(static_cast<std::size_t>(d));
  double sum = 0.0;
  for (std::size_t j = 0; j < c.size(); ++j) {
    c[j] = 1.0 / static_cast<double>((j + 1) * (j + 1));
    sum += c[j];
  }
  double product = 1.0;
  for (std::size_t j = 0; j < c.size(); ++j) {
    c[j] *= 0.25 / sum;
    product *= c[j] * static_cast<double>(j + 1);
  }
  double integral = 0.0;
  for (unsigned u = 0; u < 1U << static_cast<unsigned>(d); ++u) {
    double corner = 1.0;
    double sign = 1.0;
    for (std::size_t j = 0; j < c.size(); ++j) {
      if (((u >> j) & 1U) != 0) {
        corner += c[j];
        sign = -sign;
      }
    }
    integral += sign / corner;
  }
  integral /= product;
  return {"corner peak, d = 3", d, [c, d, integral](const double* x) {
            double inner = 1.0;
            for (std::size_t j = 0; j < c.size(); ++j) {
              inner += c[j] * x[j];
            }
            return std::pow(inner, -(d + 1.0)) - integral;
          }};
}

std::vector<Integrand> integrands() {
  const auto product_g = [](const double* x) {
    double product = 1.0;
    for (int j = 0; j < 3; ++j) {
      const double a = 0.5 * (j - 1.0);
      product *= (std::abs(4.0 * x[j] - 2.0) + a) / (1.0 + a);
    }
    return product - 1.0;
  };
  return {{"x exp(x)", 1, [](const double* x) { return x[0] * std::exp(x[0]) - 1.0; }},
          {"y exp(xy)", 2, [](const double* x) { return x[1] * std::exp(x[0] * x[1]) - (std::numbers::e - 2.0); }},
          corner_peak(3),
          {"G-function, d = 3", 3, product_g},
          {"half of the cube, d = 4", 4, [](const double* x) { return (x[0] + x[1] + x[2] + x[3] <= 2.0 ? 1.0 : 0.0) - 0.5; }}};
}

struct Method {
  const char* name;
  std::function<PointSet(int)> points;
  Scramble scramble;
};

std::vector<Method> methods() {
  const auto net = [](int alpha) { return [alpha](int d) { return PointSet(sobol(d, 32, alpha)); }; };
  return {{"independent", [](int d) { return PointSet(Independent{d}); }, Scramble::none},
          {"lattice + shift", [](int d) { return PointSet(lattice_table(d)); }, Scramble::shift},
          {"halton nested", [](int d) { return PointSet(Halton{d}); }, Scramble::nested_uniform},
          {"halton lms + permutation", [](int d) { return PointSet(Halton{d}); }, Scramble::lms_digit_permutation},
          {"sobol digital shift", net(1), Scramble::digital_shift},
          {"sobol lms + shift", net(1), Scramble::lms_digital_shift},
          {"sobol nested uniform", net(1), Scramble::nested_uniform},
          {"sobol owen hash", net(1), Scramble::owen_hash},
          {"order 2 lms + shift", net(2), Scramble::lms_digital_shift},
          {"order 2 nested uniform", net(2), Scramble::nested_uniform},
          {"order 3 lms + shift", net(3), Scramble::lms_digital_shift}};
}

std::vector<double> errors(const Sampler& sampler, const Integrand& integrand, std::uint64_t n) {
  const auto d = static_cast<std::size_t>(integrand.dimensions);
  std::vector<double> result;
  std::vector<double> points;
  for (const auto& block : sampler.blocks<double>(0, n, n * d * static_cast<std::size_t>(sampler.replicates()) * sizeof(double))) {
    points.assign(block.values.begin(), block.values.end());
  }
  for (std::size_t r = 0; r < static_cast<std::size_t>(sampler.replicates()); ++r) {
    double sum = 0.0;
    for (std::size_t p = 0; p < n; ++p) {
      sum += integrand.centred(points.data() + (r * n + p) * d);
    }
    result.push_back(std::abs(sum / static_cast<double>(n)));
  }
  return result;
}

double slope(const std::vector<double>& log_n, const std::vector<double>& values) {
  double mean_x = 0.0;
  double mean_y = 0.0;
  for (std::size_t k = 0; k < values.size(); ++k) {
    mean_x += log_n[k] / static_cast<double>(values.size());
    mean_y += std::log2(values[k]) / static_cast<double>(values.size());
  }
  double xy = 0.0;
  double xx = 0.0;
  for (std::size_t k = 0; k < values.size(); ++k) {
    xy += (log_n[k] - mean_x) * (std::log2(values[k]) - mean_y);
    xx += (log_n[k] - mean_x) * (log_n[k] - mean_x);
  }
  return xy / xx;
}

int number(const char* text) {
  char* end = nullptr;
  const long value = std::strtol(text, &end, 10);
  if (*end != '\0' || value < 1 || value > 100000) {
    throw InputError(std::string(text) + " is not a positive whole number");
  }
  return static_cast<int>(value);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    int replicates = 300;
    int last = 14;
    bool csv = false;
    for (int k = 1; k < argc; ++k) {
      const std::string_view argument = argv[k];
      if (argument == "--csv") {
        csv = true;
      } else if (argument == "--replicates" && k + 1 < argc) {
        replicates = number(argv[++k]);
      } else if (argument == "--last" && k + 1 < argc) {
        last = number(argv[++k]);
      } else {
        throw InputError("report_rates [--replicates N] [--last log2 of points] [--csv]");
      }
    }
    constexpr int first = 6;
    if (last <= first || last > 20) {
      throw InputError("--last must be from 7 to 20");
    }
    for (const Integrand& integrand : integrands()) {
      if (!csv) {
        std::printf("\n%s, %d replicates, n = 2^%d … 2^%d\n%-28s%12s%8s%14s%8s\n", integrand.name, replicates, first, last, "",
                    "RMSE at last", "slope", "median", "slope");
      }
      for (const Method& method : methods()) {
        std::vector<double> log_n;
        std::vector<double> root_mean_square;
        std::vector<double> median;
        for (int m = first; m <= last; ++m) {
          std::vector<double> squares;
          // Some replicates at a time, so that points of all of them need not fit into memory.
          for (int done = 0; done < replicates; done += 25) {
            const Sampler sampler(method.points(integrand.dimensions),
                                  {method.scramble, 2026, std::min(25, replicates - done), static_cast<std::uint32_t>(done)});
            const auto some = errors(sampler, integrand, std::uint64_t{1} << static_cast<unsigned>(m));
            squares.insert(squares.end(), some.begin(), some.end());
          }
          double sum = 0.0;
          for (const double error : squares) {
            sum += error * error;
          }
          std::ranges::nth_element(squares, squares.begin() + replicates / 2);
          log_n.push_back(m);
          root_mean_square.push_back(std::sqrt(sum / replicates));
          median.push_back(squares[static_cast<std::size_t>(replicates / 2)]);
          if (csv) {
            std::printf("%s,%s,%d,%.6g,%.6g\n", integrand.name, method.name, m, root_mean_square.back(), median.back());
          }
        }
        if (!csv) {
          std::printf("%-28s%12.2e%8.2f%14.2e%8.2f\n", method.name, root_mean_square.back(), slope(log_n, root_mean_square), median.back(),
                      slope(log_n, median));
        }
      }
    }
  } catch (const Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
