// Component-by-component construction of lattices: against the plain search over all candidates by the defining sums, errors against sums
// over the dual lattice, and published vectors.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <set>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/qmc/construction/cbc.hpp>
#include <kindred/kernels/qmc/construction/orbits.hpp>

using kindred::InputError;
using namespace kindred::qmc;

namespace {

constexpr LatticeSpace korobov{LatticeSpace::Kind::korobov, 1};
constexpr LatticeSpace sobolev{LatticeSpace::Kind::sobolev, 1};

std::vector<double> power_weights(int d, double factor, double exponent) {
  std::vector<double> weights;
  for (int j = 1; j <= d; ++j) {
    weights.push_back(factor * std::pow(j, -exponent));
  }
  return weights;
}

/// ρ_l = l^σ: Γ_l = (l!)^σ
std::vector<double> factorial_ratios(int orders, double sigma) { return power_weights(orders, 1.0, -sigma); }

/// ω(x) by B_2 = x² − x + 1/6, or B_4 = x⁴ − 2 x³ + x² − 1/30.
long double omega(const LatticeSpace& space, long double x) {
  constexpr long double pi = std::numbers::pi_v<long double>;
  if (space.kind == LatticeSpace::Kind::sobolev) {
    return x * x - x + 1.0L / 6.0L;
  }
  return space.alpha == 1 ? 2.0L * pi * pi * (x * x - x + 1.0L / 6.0L)
                          : -2.0L / 3.0L * pi * pi * pi * pi * (x * x * x * x - 2.0L * x * x * x + x * x - 1.0L / 30.0L);
}

/// e² straight from its definition: a sum over all points and all sets of coordinates.
long double error_by_sets(const std::vector<std::uint64_t>& z, int m, const LatticeSpace& space, const LatticeWeights& weights) {
  const std::uint64_t n = std::uint64_t{1} << static_cast<unsigned>(m);
  long double sum = 0.0L;
  for (std::uint64_t i = 0; i < n; ++i) {
    for (std::uint64_t u = 1; u < std::uint64_t{1} << z.size(); ++u) {
      long double term = 1.0L;
      std::size_t order = 0;
      for (std::size_t j = 0; j < z.size(); ++j) {
        if (((u >> j) & 1U) != 0) {
          term *= static_cast<long double>(weights.product[j]) *
                  omega(space, static_cast<long double>(i * z[j] % n) / static_cast<long double>(n));
          if (!weights.order_ratios.empty()) {
            term *= order < weights.order_ratios.size() ? static_cast<long double>(weights.order_ratios[order]) : 0.0L;
          }
          ++order;
        }
      }
      sum += term;
    }
  }
  return sum / static_cast<long double>(n);
}

/// The same in extended precision for every number of points 2^first … 2^last of a growing vector, by products or sums per order.
class PlainSearch {
 public:
  PlainSearch(const LatticeConstruction& c, int first, int last)
      : c_(c), first_(first), n_(std::uint64_t{1} << static_cast<unsigned>(last)) {
    const std::size_t orders = c.weights.order_ratios.size();
    sums_.assign(n_, std::vector<long double>(orders + 1, 0.0L));
    for (auto& sums : sums_) {
      sums[0] = 1.0L;
    }
    for (std::uint64_t k = 0; k < n_; ++k) {
      omega_.push_back(omega(c.space, static_cast<long double>(k) / static_cast<long double>(n_)));
    }
  }

  /// e²_m of the vector with one more component.
  std::vector<long double> errors(std::uint64_t z) const {
    std::vector<long double> result;
    for (std::uint64_t n = std::uint64_t{1} << static_cast<unsigned>(first_); n <= n_; n *= 2) {
      long double sum = 0.0L;
      for (std::uint64_t i = 0; i < n_; i += n_ / n) {
        for (const long double term : extended(i, z)) {
          sum += term;
        }
      }
      result.push_back(sum / static_cast<long double>(n) - 1.0L);
    }
    return result;
  }

  void extend(std::uint64_t z) {
    for (std::uint64_t i = 0; i < n_; ++i) {
      sums_[i] = extended(i, z);
    }
    ++dimension_;
    used_.insert(z);
  }

  /// The smallest unused candidate whose criterion is least, up to 1e-10 of it: rounding of sums of order one beside errors of 1e-7.
  template <class Criterion>
  std::uint64_t best(const Criterion& criterion) const {
    std::uint64_t best = 0;
    long double least = 0.0L;
    for (std::uint64_t z = 1; z < n_ / 2; z += 2) {
      const long double value = used_.contains(z) ? 0.0L : criterion(errors(z));
      if (!used_.contains(z) && (best == 0 || value < least * (1.0L - 1e-10L))) {
        best = z;
        least = value;
      }
    }
    return best;
  }

 private:
  std::vector<long double> extended(std::uint64_t i, std::uint64_t z) const {
    std::vector<long double> sums = sums_[i];
    const long double term = static_cast<long double>(c_.weights.product[dimension_]) * omega_[i * z % n_];
    if (sums.size() == 1) {
      sums[0] *= 1.0L + term;
    }
    for (std::size_t l = sums.size() - 1; l > 0; --l) {
      sums[l] += static_cast<long double>(c_.weights.order_ratios[l - 1]) * term * sums[l - 1];
    }
    return sums;
  }

  const LatticeConstruction& c_;
  int first_;
  std::uint64_t n_;
  std::size_t dimension_ = 0;
  std::vector<std::vector<long double>> sums_;  // [i][order]
  std::vector<long double> omega_;
  std::set<std::uint64_t> used_;
};

std::vector<std::uint64_t> plain_construction(const LatticeConstruction& c) {
  const int m = c.log2_points;
  const int first = c.log2_points_from == 0 ? m : c.log2_points_from;
  std::vector<std::vector<long double>> references;  // [m][dimension]
  for (int k = first; k <= m; ++k) {
    PlainSearch search(c, k, k);
    references.emplace_back();
    for (int j = 0; j < c.dimensions; ++j) {
      const std::uint64_t z = search.best([](const std::vector<long double>& errors) { return errors.front(); });
      references.back().push_back(search.errors(z).front());
      search.extend(z);
    }
  }
  PlainSearch search(c, first, m);
  std::vector<std::uint64_t> z;
  for (std::size_t j = 0; j < static_cast<std::size_t>(c.dimensions); ++j) {
    z.push_back(search.best([&](const std::vector<long double>& errors) {
      long double worst = 0.0L;
      for (std::size_t k = 0; k < errors.size(); ++k) {
        worst = std::max(worst, errors[k] / references[k][j]);
      }
      return worst;
    }));
    search.extend(z.back());
  }
  return z;
}

void check_as_plain(const LatticeConstruction& construction) {
  const ConstructedLattice fast = construct_lattice(construction);
  const auto plain = plain_construction(construction);
  BOOST_TEST(fast.lattice.z == plain, boost::test_tools::per_element());
  for (std::size_t j = 0; j < plain.size(); ++j) {
    const std::vector<std::uint64_t> first(plain.begin(), plain.begin() + static_cast<std::ptrdiff_t>(j) + 1);
    LatticeWeights weights = construction.weights;
    const double direct = squared_lattice_error({construction.log2_points, first}, construction.log2_points, construction.space, weights);
    // Terms of up to Π (1 + γ ω(0)) cancel to e²: some hundred rounding errors of that.
    BOOST_TEST(std::abs(fast.components[j].squared_error - direct) <= 1e-10 * direct, fast.components[j].squared_error << " " << direct);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_qmc_construction)

BOOST_AUTO_TEST_CASE(errors_are_their_definition) {
  const std::vector<std::uint64_t> z{1, 19, 27, 5};
  const Lattice vector{6, z};
  for (const LatticeSpace& space : {korobov, LatticeSpace{LatticeSpace::Kind::korobov, 2}, sobolev}) {
    for (const auto& ratios : {std::vector<double>{}, std::vector<double>{1.0, 2.0, 3.0, 4.0}, std::vector<double>{0.5, 0.25}}) {
      const LatticeWeights weights{{0.9, 0.5, 0.7, 0.2}, ratios};
      for (const int m : {1, 4, 6}) {
        const auto expected = static_cast<double>(error_by_sets(z, m, space, weights));
        BOOST_TEST(squared_lattice_error(vector, m, space, weights) == expected, boost::test_tools::tolerance(1e-12));
      }
    }
  }
}

// Of one component: Σ_{h ≠ 0} |n h|^−2α = 2 ζ(2α) n^−2α.
BOOST_AUTO_TEST_CASE(error_of_one_component) {
  const std::array zeta{1.6449340668482264, 1.0823232337111382, 1.0173430619844491, 1.0040773561979443};
  for (int alpha = 1; alpha <= 4; ++alpha) {
    const double expected = 2.0 * zeta[static_cast<std::size_t>(alpha - 1)] * std::pow(4.0, -2 * alpha);
    const double error = squared_lattice_error({5, {1}}, 2, {LatticeSpace::Kind::korobov, alpha}, {{1.0}, {}});
    BOOST_TEST(std::abs(error - expected) < 1e-15 + 1e-13 * expected);
  }
}

// The order of points in which components are rotations: every residue once, with its sign.
BOOST_AUTO_TEST_CASE(correlations_are_sums_over_points) {
  const int m = 7;
  const std::uint64_t n = 128;
  const OrbitLevels levels(m);
  const OrbitKernel kernel(korobov, levels);
  OrbitSums sums(levels, {{1.0, 1.0}, {}}, 2);
  sums.extend(kernel, 0.8, 3);  // z = 5³ = 125
  double total = 0.0;
  for (int level = 0; level <= m; ++level) {
    total += sums.level_sum(level);
  }
  BOOST_TEST(total / n == squared_lattice_error({m, {125}}, m, korobov, {{0.8}, {}}), boost::test_tools::tolerance(1e-11));
  std::uint64_t z = 1;
  for (std::size_t h = 0; h < OrbitLevels::length(m); ++h, z = 5 * z % n) {
    double by_levels = 0.0;
    for (int level = 0; level <= m; ++level) {
      std::vector<std::complex<double>> b(OrbitLevels::length(level));
      sums.next_factor(level, b);
      kernel.correlate(level, b);
      by_levels += b[h % b.size()].real();
    }
    long double expected = 0.0L;
    for (std::uint64_t i = 0; i < n; ++i) {
      expected +=
          0.8L * omega(korobov, static_cast<long double>(i * 125 % n) / n) * omega(korobov, static_cast<long double>(i * z % n) / n);
    }
    BOOST_TEST(std::abs(by_levels - static_cast<double>(expected)) < 1e-11);
  }
}

// The same vectors as the plain search over all candidates.
BOOST_AUTO_TEST_CASE(product_weights_as_the_plain_search) {
  for (const LatticeSpace& space : {korobov, sobolev}) {
    for (const int m : {2, 3, 4, 7, 10}) {
      const int d = std::min(10, 1 << (m - 2));
      check_as_plain({d, m, 0, space, {power_weights(d, 0.9, 2.0), {}}});
      check_as_plain({d, m, 0, space, {power_weights(d, 1.0, 0.0), {}}});
    }
  }
}

BOOST_AUTO_TEST_CASE(pod_weights_as_the_plain_search) {
  for (const LatticeSpace& space : {korobov, sobolev}) {
    check_as_plain({8, 8, 0, space, {power_weights(8, 0.2, 1.5), factorial_ratios(8, 1.0)}});
    check_as_plain({8, 8, 0, space, {power_weights(8, 0.5, 1.0), {1.0, 0.5}}});  // sets of one and two
    check_as_plain({4, 7, 0, space, {power_weights(4, 0.5, 1.0), factorial_ratios(9, 0.5)}});
  }
}

BOOST_AUTO_TEST_CASE(embedded_as_the_plain_search) {
  check_as_plain({8, 9, 5, korobov, {power_weights(8, 1.0, 2.0), {}}});
  check_as_plain({8, 9, 6, sobolev, {power_weights(8, 1.0, 1.0), {}}});
  check_as_plain({6, 8, 6, sobolev, {power_weights(6, 0.3, 2.0), factorial_ratios(6, 1.0)}});
}

// Product weights are POD weights of ratios 1, and one construction is a beginning of the other.
BOOST_AUTO_TEST_CASE(equal_constructions) {
  const auto gamma = power_weights(40, 0.7, 2.0);
  const auto product = construct_lattice({40, 12, 0, korobov, {gamma, {}}});
  const auto pod = construct_lattice({40, 12, 0, korobov, {gamma, std::vector<double>(40, 1.0)}});
  BOOST_TEST(product.lattice.z == pod.lattice.z, boost::test_tools::per_element());
  const auto shorter = construct_lattice({7, 12, 0, korobov, {gamma, {}}});
  BOOST_TEST(std::equal(shorter.lattice.z.begin(), shorter.lattice.z.end(), product.lattice.z.begin()));
  const auto stopped = construct_lattice({40, 12, 0, korobov, {gamma, {}}}, [](const auto& c) { return c.dimension < 7; });
  BOOST_TEST(stopped.lattice.z == shorter.lattice.z, boost::test_tools::per_element());
}

// No component comes twice, nor its negative: lattice() would refuse it. All of them, in the end.
BOOST_AUTO_TEST_CASE(components_do_not_repeat) {
  const auto all = construct_lattice({64, 8, 0, korobov, {power_weights(64, 0.05, 0.0), {}}});
  BOOST_CHECK_NO_THROW(lattice(all.lattice.z, 8));
  const auto embedded = construct_lattice({64, 8, 4, korobov, {power_weights(64, 1.0, 2.0), {}}});
  BOOST_CHECK_NO_THROW(lattice(embedded.lattice.z, 8));
}

// No worse than the published vectors in the weights the construction is given, at every number of points that both are for.
BOOST_AUTO_TEST_CASE(beside_published_vectors) {
  const int d = 20;
  const LatticeWeights weights{power_weights(d, 1.0, 2.0), {}};
  const auto single = construct_lattice({d, 14, 0, korobov, weights});
  const auto embedded = construct_lattice({d, 14, 10, korobov, weights});
  for (const char* name : {"kuo_39101_m20", "kuo_32001_m20"}) {
    const Lattice published = lattice_table(d, name);
    BOOST_TEST(single.components.back().squared_error < squared_lattice_error(published, 14, korobov, weights));
    double worst_of_published = 0.0;
    double worst = 0.0;
    for (int m = 10; m <= 14; ++m) {
      const double made = construct_lattice({d, m, 0, korobov, weights}).components.back().squared_error;
      worst_of_published = std::max(worst_of_published, squared_lattice_error(published, m, korobov, weights) / made);
      worst = std::max(worst, squared_lattice_error(embedded.lattice, m, korobov, weights) / made);
    }
    BOOST_TEST(worst < worst_of_published);
    BOOST_TEST(embedded.components.back().worst_ratio == worst, boost::test_tools::tolerance(1e-8));
  }
}

// The mean over all odd z is no less than the best: e² <= (2/n) (Π_j (1 + 2 ζ(2) γ_j) − 1) for n = 2^m. F. Kuo, S. Joe, J. Complexity 18
// (2002) 943-976, composite n, λ = 1. (That components may not repeat is not part of the argument; it costs far less than the bound
// leaves.)
BOOST_AUTO_TEST_CASE(errors_obey_the_mean_bound) {
  const auto gamma = power_weights(16, 1.0, 2.0);
  for (const int m : {6, 10, 13}) {
    double product = 1.0;
    std::size_t j = 0;
    for (const auto& component : construct_lattice({16, m, 0, korobov, {gamma, {}}}).components) {
      product *= 1.0 + 2.0 * 1.6449340668482264 * gamma[j++];
      BOOST_TEST(component.squared_error <= 2.0 * (product - 1.0) / std::pow(2.0, m));
    }
  }
}

// Weights far below rounding of the sum still choose: the vector is that of weights scaled up where all sets of two matter alike.
BOOST_AUTO_TEST_CASE(tiny_weights) {
  auto gamma = power_weights(12, 1.0, 2.0);
  for (std::size_t j = 6; j < gamma.size(); ++j) {
    gamma[j] = 1e-200;
  }
  const auto tiny = construct_lattice({12, 10, 0, korobov, {gamma, {}}});
  for (std::size_t j = 2; j < gamma.size(); ++j) {
    BOOST_TEST(tiny.components[j].tied == 1U);
  }
  for (std::size_t j = 6; j < gamma.size(); ++j) {
    gamma[j] = 1e-30;
  }
  BOOST_TEST(construct_lattice({12, 10, 0, korobov, {gamma, {}}}).lattice.z == tiny.lattice.z, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(bad_input_is_refused) {
  const LatticeWeights weights{power_weights(5, 1.0, 2.0), {}};
  BOOST_CHECK_THROW(construct_lattice({5, 1, 0, korobov, weights}), InputError);
  BOOST_CHECK_THROW(construct_lattice({5, 31, 0, korobov, weights}), InputError);
  BOOST_CHECK_THROW(construct_lattice({5, 10, 11, korobov, weights}), InputError);
  BOOST_CHECK_THROW(construct_lattice({0, 10, 0, korobov, weights}), InputError);
  BOOST_CHECK_THROW(construct_lattice({5, 4, 0, korobov, weights}), InputError);   // four components differ
  BOOST_CHECK_THROW(construct_lattice({6, 10, 0, korobov, weights}), InputError);  // five weights
  BOOST_CHECK_THROW(construct_lattice({5, 10, 0, {LatticeSpace::Kind::sobolev, 2}, weights}), InputError);
  BOOST_CHECK_THROW(construct_lattice({5, 10, 0, {LatticeSpace::Kind::korobov, 5}, weights}), InputError);
  BOOST_CHECK_THROW(construct_lattice({2, 10, 0, korobov, {{1.0, 0.0}, {}}}), InputError);
  BOOST_CHECK_THROW(construct_lattice({2, 10, 0, korobov, {{1.0, std::nan("")}, {}}}), InputError);
  BOOST_CHECK_THROW(construct_lattice({2, 10, 0, korobov, {{1.0, 1.0}, {-1.0}}}), InputError);
  BOOST_CHECK_THROW(construct_lattice({4, 10, 0, korobov, {{1e200, 1e200, 1e200, 1e200}, {}}}), InputError);
  // Nothing but the weights of single coordinates: no component is better than another.
  BOOST_CHECK_THROW(construct_lattice({3, 10, 0, korobov, {{1.0, 1.0, 1.0}, {1.0}}}), InputError);
  BOOST_CHECK_THROW(squared_lattice_error({10, {1, 3}}, 11, korobov, weights), InputError);
}

BOOST_AUTO_TEST_SUITE_END()
