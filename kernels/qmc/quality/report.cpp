#include <kindred/kernels/qmc/quality/report.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdio>
#include <variant>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/qmc/construction/lattice_error.hpp>

namespace kindred::qmc {
namespace {

double binomial(double n, int k) {
  double value = 1.0;
  for (int i = 0; i < k; ++i) {
    value *= (n - i) / (i + 1);
  }
  return value;
}

bool is_linear(Scramble scramble) { return scramble != Scramble::nested_uniform && scramble != Scramble::owen_hash; }

class Reporter {
 public:
  Reporter(const PointSet& set, const Randomization& randomization, std::uint64_t points, const QualityOptions& options)
      : set_(set), options_(options), n_(points), sampler_(set, randomization) {
    report_.points = points;
    report_.dimensions = sampler_.dimensions();
  }

  QualityReport operator()() {
    if (points_allowed()) {
      add_discrepancies();
      if (std::holds_alternative<DigitalNet>(set_)) {
        add_t_values();
      } else if (const auto* lattice = std::get_if<Lattice>(&set_)) {
        add_lattice_figures(*lattice);
      }
    }
    return std::move(report_);
  }

  [[nodiscard]] const Sampler& sampler() const { return sampler_; }

 private:
  /// True if so many operations are allowed; else the figure is noted as left out.
  bool affordable(const char* what, double operations) {
    if (operations <= options_.most_operations) {
      return true;
    }
    char text[128];
    std::snprintf(text, sizeof(text), "%s: about %.0e operations, more than the %.0e allowed", what, operations, options_.most_operations);
    report_.omitted.emplace_back(text);
    return false;
  }

  bool points_allowed() { return affordable("all figures", static_cast<double>(n_) * sampler_.dimensions()); }

  /// log₂ n, or nothing, noted.
  std::optional<int> log2_points(const char* what) {
    if (std::has_single_bit(n_)) {
      return std::countr_zero(n_);
    }
    report_.omitted.push_back(std::string(what) + ": " + std::to_string(n_) + " is no power of two");
    return std::nullopt;
  }

  void add_discrepancies() {
    const auto n = static_cast<double>(n_);
    const int d = sampler_.dimensions();
    if (d > Discrepancies::max_dimensions) {
      report_.omitted.push_back("discrepancies: more than " + std::to_string(Discrepancies::max_dimensions) + " dimensions");
      return;
    }
    if (!affordable("discrepancies", 4.0 * n * n * d)) {
      return;
    }
    std::vector<double> points(n_ * static_cast<std::size_t>(d));
    sampler_.fill(std::span(points), 0, n_);
    report_.discrepancies = squared_discrepancies(points, d, options_.threads);
    report_.random = expected_squared_discrepancies(n_, d);
  }

  void add_t_values() {
    const auto m = log2_points("t values");
    if (!m) {
      return;
    }
    const bool linear = is_linear(sampler_.randomization().scramble);
    for (const int size : {2, 3}) {
      if (sampler_.dimensions() < size || (size == 3 && !options_.triples)) {
        continue;
      }
      const double projections = binomial(sampler_.dimensions(), size);
      const double choices = binomial(*m + size - 1, size - 1);
      const double operations = projections * choices * (linear ? 4.0 * *m : 10.0 * static_cast<double>(n_));
      if (affordable(size == 2 ? "t values of pairs" : "t values of triples", operations)) {
        (size == 2 ? report_.pairs : report_.triples) = linear
                                                            ? net_t_values(scrambled_matrices(sampler_, 0, *m), *m, size, options_.threads)
                                                            : counted_t_values(words(), sampler_.dimensions(), size, options_.threads);
      }
    }
  }

  std::vector<std::uint64_t> words() const {
    std::vector<std::uint64_t> all(n_ * static_cast<std::size_t>(sampler_.dimensions()));
    sampler_.fill(std::span(all), 0, n_);
    return all;
  }

  void add_lattice_figures(const Lattice& lattice) {
    const auto m = log2_points("lattice figures");
    if (!m) {
      return;
    }
    const double d = lattice.dimensions();
    if (d >= 2 && affordable("spectral test", 20.0 * (d * d * *m + static_cast<double>(n_)))) {
      report_.spectral = spectral_values(lattice, *m);
    }
    if (!affordable("P_2 and R_2", 20.0 * static_cast<double>(n_) * (d + *m))) {
      return;
    }
    std::vector<double> weights;
    for (int j = 1; j <= lattice.dimensions(); ++j) {
      weights.push_back(1.0 / (static_cast<double>(j) * j));
    }
    report_.p_2 = squared_lattice_error(lattice, *m, {LatticeSpace::Kind::korobov, 1}, {weights, {}});
    report_.r_2 = r_value(lattice, *m, 2, weights);
  }

  const PointSet& set_;
  QualityOptions options_;
  std::uint64_t n_;
  Sampler sampler_;
  QualityReport report_;
};

std::string format(const char* pattern, auto... values) {
  char text[256];
  std::snprintf(text, sizeof(text), pattern, values...);
  return text;
}

std::string projection_text(const std::vector<int>& projection) {
  std::string text;
  for (const int j : projection) {
    text += (text.empty() ? "" : ", ") + std::to_string(j + 1);
  }
  return "(" + text + ")";
}

std::string t_values_text(const char* name, const TValues& values) {
  std::string text = format("%s  worst %d, at %s; mean %.2f; number with t = 0, 1, …:", name, values.worst,
                            projection_text(values.worst_projection).c_str(), values.mean());
  for (const std::uint64_t count : values.histogram) {
    text += " " + std::to_string(count);
  }
  return text + "\n";
}

std::string discrepancy_text(const char* name, double squared, double random) {
  return format("%-24s  %11.4e  %11.4e  %8.4f\n", name, std::sqrt(std::max(squared, 0.0)), std::sqrt(random),
                std::sqrt(std::max(squared, 0.0) / random));
}

}  // namespace

std::string QualityReport::text() const {
  std::string result =
      std::to_string(points) + " points, " + std::to_string(dimensions) + (dimensions == 1 ? " dimension\n" : " dimensions\n");
  if (pairs) {
    result += t_values_text("t of pairs  ", *pairs);
  }
  if (triples) {
    result += t_values_text("t of triples", *triples);
  }
  if (spectral) {
    result += format("spectral test of pairs    worst %.3f, at %s; mean %.3f\n", spectral->worst,
                     projection_text(spectral->worst_projection).c_str(), spectral->mean);
  }
  if (p_2 && r_2) {
    result += format("weights 1/j^2             P_2 %.4e, R_2 %.4e\n", *p_2, *r_2);
  }
  if (discrepancies && random) {
    result += format("%-24s  %11s  %11s  %8s\n", "L2 discrepancy", "these", "random", "ratio");
    result += discrepancy_text("star", discrepancies->star, random->star);
    result += discrepancy_text("centred", discrepancies->centred, random->centred);
    result += discrepancy_text("wrap-around", discrepancies->wraparound, random->wraparound);
    result += discrepancy_text("mixture", discrepancies->mixture, random->mixture);
  }
  for (const std::string& what : omitted) {
    result += "left out: " + what + "\n";
  }
  return result;
}

QualityReport quality_report(const PointSet& set, const Randomization& randomization, std::uint64_t points, int replicate,
                             const QualityOptions& options) {
  if (replicate < 0 || replicate >= randomization.replicates) {
    throw InputError("quality: replicate " + std::to_string(replicate) + " is not in 0 … " + std::to_string(randomization.replicates - 1));
  }
  Randomization one = randomization;
  one.first_replicate += static_cast<std::uint32_t>(replicate);
  one.replicates = 1;
  Reporter reporter(set, one, points, options);
  if (points < 2 || points > reporter.sampler().max_points()) {
    throw InputError("quality: the number of points, " + std::to_string(points) + ", is not in 2 … " +
                     std::to_string(reporter.sampler().max_points()));
  }
  return reporter();
}

}  // namespace kindred::qmc
