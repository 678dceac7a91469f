// The von Mises-Fisher distribution against 60-digit references, closed forms in three dimensions, and the moments of its samples.

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <kindred/core/base/error.hpp>
#include <kindred/core/base/random.hpp>
#include <kindred/kernels/bessel/log_bessel.hpp>
#include <kindred/kernels/bessel/von_mises_fisher.hpp>

#include "von_mises_fisher_reference.hpp"

namespace vmf = kindred::kernels::von_mises_fisher;
using kindred::Draws;
using von_mises_fisher_reference::Row;
using von_mises_fisher_reference::table;

namespace {

constexpr long double eps = 0x1p-53L;
constexpr double infinity = std::numeric_limits<double>::infinity();

long double relative_error(double value, long double truth) { return std::abs((value - truth) / truth); }

/// Below R = 21.2 no uniform expansion holds, and 1 - A and A' come from A by subtraction; a little above, what the expansion leaves out
/// counts as much.
bool subtracts(const Row& row) { return 0.25 * static_cast<double>(row.p) * static_cast<double>(row.p) + row.kappa * row.kappa < 600.0; }

std::string where(const Row& row) { return "p = " + std::to_string(row.p) + ", kappa = " + std::to_string(row.kappa); }

}  // namespace

BOOST_AUTO_TEST_SUITE(test_von_mises_fisher_kernels)

BOOST_AUTO_TEST_CASE(reference_values) {
  for (const Row& row : table) {
    BOOST_TEST_CONTEXT(where(row)) {
      BOOST_TEST(relative_error(vmf::log_partition(row.p, row.kappa), row.log_partition) <= 8 * eps);
      BOOST_TEST(relative_error(vmf::kl_to_uniform(row.p, row.kappa), row.kl_to_uniform) <= 1e-14L);
      BOOST_TEST(relative_error(vmf::mean_resultant_length(row.p, row.kappa), row.ratio) <= 4 * eps);
      BOOST_TEST(relative_error(vmf::spread(row.p, row.kappa), row.complement) <= (subtracts(row) ? 2e-14L : 8 * eps));
      BOOST_TEST(relative_error(vmf::fisher_information(row.p, row.kappa), row.derivative) <= (subtracts(row) ? 1e-12L : 1e-14L));
    }
  }
}

BOOST_AUTO_TEST_CASE(three_dimensions_in_closed_form) {
  // C_3 = κ/(4π sinh κ), A_3 = coth κ - 1/κ. The right-hand sides are evaluated in long double, whose own cancellation as κ -> 0 costs
  // 1/κ² of its 2^-64.
  double k = 0.125;
  for (int step = 0; step < 50; ++step, k *= 1.25) {
    const auto exact = static_cast<long double>(k);
    const long double log_sinh = exact + std::log1p(-std::exp(-2 * exact)) - std::numbers::ln2_v<long double>;
    const long double partition = log_sinh - std::log(exact);
    BOOST_TEST(std::abs(vmf::log_partition(3, k) - partition) <= 8 * eps * partition + 0x1p-62L * exact);
    const long double normalizer = -std::log(4 * std::numbers::pi_v<long double>) - partition;
    BOOST_TEST(std::abs(vmf::log_normalizer(3, k) - normalizer) <= 8 * eps * (partition + 3));
    const long double ratio = 1 / std::tanh(exact) - 1 / exact;
    BOOST_TEST(std::abs(vmf::mean_resultant_length(3, k) - ratio) <= 4 * eps * ratio + 0x1p-62L / exact);
    const long double information = 1 / (exact * exact) - 1 / (std::sinh(exact) * std::sinh(exact));
    BOOST_TEST(std::abs(vmf::fisher_information(3, k) - information) <= 1e-12L * information + 0x1p-61L / (exact * exact));
  }
}

BOOST_AUTO_TEST_CASE(normalizer_of_the_uniform_distribution_is_one_over_the_area) {
  // 2π, 4π, 2π², 8π²/3 in dimensions 2..5; one rounding each of lgamma, the product and the sums, all below 4.
  const double pi = std::numbers::pi;
  const double areas[] = {2 * pi, 4 * pi, 2 * pi * pi, 8 * pi * pi / 3};
  for (int p = 2; p <= 5; ++p) {
    BOOST_TEST(std::abs(vmf::log_normalizer(p, 0.0) + std::log(areas[p - 2])) <= 8 * static_cast<double>(eps) * 4);
    BOOST_TEST(std::abs(vmf::entropy(p, 0.0) - std::log(areas[p - 2])) <= 8 * static_cast<double>(eps) * 4);
  }
}

BOOST_AUTO_TEST_CASE(entropy_and_divergence_add_up) {
  // The entropy is log(area) - KL; -E log f = -log C_p - κ A by definition. Errors: those of the two large terms.
  for (const Row& row : table) {
    const double definition = -vmf::log_normalizer(row.p, row.kappa) - row.kappa * vmf::mean_resultant_length(row.p, row.kappa);
    const double size = std::abs(vmf::log_normalizer(row.p, 0.0)) + row.kappa;
    BOOST_TEST(std::abs(vmf::entropy(row.p, row.kappa) - definition) <= 20 * static_cast<double>(eps) * size, where(row));
  }
}

BOOST_AUTO_TEST_CASE(concentration_inverts_the_ratio) {
  // A rounded r moves kappa by eps r/(κ A'), relatively; the solver may add the errors of A (4 eps), of 1 - A and of the last step.
  for (const Row& row : table) {
    BOOST_TEST_CONTEXT(where(row)) {
      const long double condition = row.ratio / (row.kappa * row.derivative);
      const double from_ratio = vmf::concentration(row.p, static_cast<double>(row.ratio));
      if (row.ratio < 1 - 64 * eps) {
        BOOST_TEST(std::abs(from_ratio / row.kappa - 1.0) <= 8 * eps * std::max(1.0L, condition));
      }
      const double from_spread = vmf::concentration(row.p, static_cast<double>(row.ratio), static_cast<double>(row.complement));
      const long double spread_condition = std::min(row.ratio, row.complement) / (row.kappa * row.derivative);
      BOOST_TEST(std::abs(from_spread / row.kappa - 1.0) <= (subtracts(row) ? 3e-14L : 8 * eps * std::max(1.0L, spread_condition)));
    }
  }
}

BOOST_AUTO_TEST_CASE(batches_agree_with_single_solves) {
  // Other instruction sets round differently: both are within the bound of the truth.
  for (const std::int64_t p : {2, 3, 16, 64, 98, 100, 300, 4096}) {
    std::vector<double> r;
    std::vector<double> spreads;
    const Draws draws(7, "concentrations", 0);
    for (std::uint64_t i = 0; i < 1003; ++i) {
      const double kappa = 0.01 * static_cast<double>(p) * std::exp(10.0 * draws.uniform(i));
      r.push_back(vmf::mean_resultant_length(p, kappa));
      spreads.push_back(vmf::spread(p, kappa));
    }
    r[17] = 0.0;
    spreads[17] = 1.0;
    r[18] = 1.0;
    spreads[18] = 0.0;
    std::vector<double> plain(r.size());
    std::vector<double> with_spread(r.size());
    vmf::concentration(p, r, plain);
    vmf::concentration(p, r, spreads, with_spread);
    BOOST_TEST(plain[17] == 0.0);
    BOOST_TEST(plain[18] == infinity);
    for (std::size_t i = 0; i < r.size(); ++i) {
      const double kappa = plain[i];
      if (i == 17 || i == 18) {
        continue;
      }
      const double condition = std::max(1.0, r[i] / (kappa * vmf::fisher_information(p, kappa)));
      BOOST_TEST(std::abs(kappa / vmf::concentration(p, r[i]) - 1.0) <= 32 * static_cast<double>(eps) * condition);
      BOOST_TEST(std::abs(with_spread[i] / vmf::concentration(p, r[i], spreads[i]) - 1.0) <= 6e-14);
    }
    std::vector<double> in_place = r;
    vmf::concentration(p, in_place, in_place);
    BOOST_TEST(in_place == plain, boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(concentration_grows_with_the_mean_resultant_length) {
  // Steps of 2^-20 exceed the noise, eps times the condition, wherever κ stays below 2^30.
  for (const std::int64_t p : {2, 3, 10, 99, 1000}) {
    double before = 0.0;
    for (int step = 0; step < 4096; ++step) {
      const double r = 0x1p-20 + 0x1p-12 * step;
      const double kappa = vmf::concentration(p, r);
      BOOST_TEST(kappa > before);
      before = kappa;
    }
  }
}

BOOST_AUTO_TEST_CASE(standard_error_is_that_of_fishers_information) {
  for (const Row& row : table) {
    const auto truth = 1 / std::sqrt(250 * row.derivative);
    BOOST_TEST(relative_error(vmf::standard_error(row.p, row.kappa, 250.0), truth) <= 1e-12L, where(row));
  }
}

BOOST_AUTO_TEST_CASE(ends_of_the_range) {
  BOOST_TEST(vmf::log_partition(5, 0.0) == 0.0);
  BOOST_TEST(vmf::kl_to_uniform(5, 0.0) == 0.0);
  BOOST_TEST(vmf::fisher_information(5, 0.0) == 0.2);
  BOOST_TEST(vmf::spread(5, 0.0) == 1.0);
  BOOST_TEST(vmf::mean_resultant_length(5, infinity) == 1.0);
  BOOST_TEST(vmf::spread(5, infinity) == 0.0);
  BOOST_TEST(vmf::log_partition(5, infinity) == infinity);
  BOOST_TEST(vmf::kl_to_uniform(5, infinity) == infinity);
  BOOST_TEST(vmf::concentration(5, 0.0) == 0.0);
  BOOST_TEST(vmf::concentration(5, 1.0) == infinity);
  BOOST_TEST(vmf::concentration(5, 1.0, 1e-300) > 1e299);
  BOOST_TEST(std::abs(vmf::concentration(2, 1e-300) / 2e-300 - 1.0) <= 8 * static_cast<double>(eps));
}

BOOST_AUTO_TEST_CASE(bad_input_is_refused_with_its_place) {
  const auto says = [](const std::string& part) {
    return [part](const kindred::InputError& error) { return std::string(error.what()).find(part) != std::string::npos; };
  };
  BOOST_CHECK_EXCEPTION(vmf::log_partition(1, 1.0), kindred::InputError, says("dimension is 1"));
  BOOST_CHECK_EXCEPTION(vmf::entropy(3, -1.0), kindred::InputError, says("concentration is -1"));
  BOOST_CHECK_THROW(vmf::spread(3, std::nan("")), kindred::InputError);
  BOOST_CHECK_EXCEPTION(vmf::concentration(3, 1.5), kindred::InputError, says("1.5"));
  BOOST_CHECK_THROW(vmf::concentration(3, 0.5, 0.25), kindred::InputError);
  const std::vector<double> r{0.5, 0.25, -0.5};
  std::vector<double> kappa(3, 7.0);
  BOOST_CHECK_EXCEPTION(vmf::concentration(3, r, kappa), kindred::InputError, says("[2]"));
  BOOST_TEST(kappa[0] == 7.0);
  std::vector<double> short_result(2);
  BOOST_CHECK_THROW(vmf::concentration(3, r, short_result), kindred::InputError);
  std::vector<double> direction(3);
  const Draws draws(1, "directions", 0);
  BOOST_CHECK_EXCEPTION(vmf::sample(std::vector<double>{1.0, 1.0, 0.0}, 1.0, draws, direction), kindred::InputError, says("norm"));
  BOOST_CHECK_THROW(vmf::sample(std::vector<double>{1.0, 0.0, 0.0}, infinity, draws, direction), kindred::InputError);
  BOOST_CHECK_THROW(vmf::sample(std::vector<double>{1.0, 0.0}, 1.0, draws, direction), kindred::InputError);
}

BOOST_AUTO_TEST_CASE(projections_have_the_moments_of_the_distribution) {
  // Mean A and variance A'; of n independent draws the mean errs by sqrt(A'/n), the variance by sqrt((μ₄ - A'²)/n).
  constexpr int n = 20000;
  for (const std::int64_t p : {2, 3, 4, 10, 100, 2048, 32768}) {
    for (const double scale : {0.0, 0.01, 0.5, 3.0, 100.0, 1e6}) {
      const double kappa = scale * static_cast<double>(p);
      double sum = 0.0;
      double square = 0.0;
      double fourth = 0.0;
      const double mean = vmf::spread(p, kappa);
      for (int i = 0; i < n; ++i) {
        const double d = vmf::sample_projection(p, kappa, Draws(11, "projections", static_cast<std::uint64_t>(i))).spread - mean;
        sum += d;
        square += d * d;
        fourth += d * d * d * d;
      }
      const double variance = vmf::fisher_information(p, kappa);
      BOOST_TEST_CONTEXT("p = " << p << ", kappa = " << kappa) {
        BOOST_TEST(std::abs(sum / n) <= 4.0 * std::sqrt(variance / n));
        BOOST_TEST(std::abs(square / n - variance) <= 4.0 * std::sqrt((fourth / n - variance * variance) / n));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(directions_lie_on_the_sphere_around_their_mean) {
  constexpr int n = 4000;
  for (const std::size_t p : {2U, 3U, 5U, 64U}) {
    for (const double first : {0.6, -0.6, 1.0, -1.0}) {
      std::vector<double> mean(p, 0.0);
      mean[0] = first;
      mean[p - 1] = std::sqrt(1.0 - first * first);
      const double kappa = 2.0 * static_cast<double>(p);
      std::vector<double> direction(p);
      std::vector<double> sums(p, 0.0);
      double second = 0.0;
      for (int i = 0; i < n; ++i) {
        const Draws draws(3, "directions", static_cast<std::uint64_t>(i));
        vmf::sample(mean, kappa, draws, direction);
        double norm = 0.0;
        double cosine = 0.0;
        for (std::size_t k = 0; k < p; ++k) {
          norm += direction[k] * direction[k];
          cosine += direction[k] * mean[k];
          sums[k] += direction[k];
        }
        // Both are sums of p terms that add up to one, after a reflection: a few eps each.
        BOOST_TEST(std::abs(norm - 1.0) <= 16 * static_cast<double>(eps));
        BOOST_TEST(std::abs(cosine - vmf::sample_projection(static_cast<std::int64_t>(p), kappa, draws).cosine) <=
                   16 * static_cast<double>(eps));
        second += (1.0 - cosine) * (1.0 + cosine);
      }
      // Across the mean the components have the mean 0 and the variance E[1 - (m·x)²]/(p - 1).
      const double a = vmf::mean_resultant_length(static_cast<std::int64_t>(p), kappa);
      const double deviation = std::sqrt(second / n / static_cast<double>(p - 1) / n);
      double across = 0.0;
      for (std::size_t k = 0; k < p; ++k) {
        const double d = sums[k] / n - a * mean[k];
        across += d * d;
      }
      // A χ² of p degrees of freedom, up to the smaller variance along the mean: below p + 4 sqrt(2p) + 8.
      const auto degrees = static_cast<double>(p);
      BOOST_TEST(across <= deviation * deviation * (degrees + 4.0 * std::sqrt(2.0 * degrees) + 8.0));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
