// Recorded evaluations: a rule that is resumed does bit for bit what it would have done without a break, and evaluates nothing twice.

#include <bit>
#include <cmath>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/qmc/cubature/diffusion_integrand.hpp>
#include <kindred/kernels/qmc/cubature/lattice_g.hpp>
#include <kindred/kernels/qmc/cubature/monte_carlo.hpp>
#include <kindred/kernels/qmc/cubature/multilevel.hpp>
#include <kindred/kernels/qmc/cubature/net_g.hpp>
#include <kindred/kernels/qmc/cubature/quantities.hpp>
#include <kindred/kernels/qmc/cubature/record.hpp>
#include <kindred/kernels/qmc/cubature/replicated.hpp>

#include "cubature_support.hpp"

using namespace kindred;
using namespace kindred::qmc;
using cubature_test::goal_of;

namespace {

struct Killed : std::runtime_error {
  Killed() : std::runtime_error("killed") {}
};

/// Two outputs, the second one rougher; dies after so many evaluations, in the middle of a block. Counts output evaluations.
class Mortal final : public MultilevelIntegrand {
 public:
  explicit Mortal(std::uint64_t life) : life_(life), levels_(affine_sines(1.0, 3), 8) {}
  [[nodiscard]] int dimensions() const override { return 3; }
  [[nodiscard]] int outputs() const override { return 2; }
  [[nodiscard]] int levels() const override { return 8; }
  [[nodiscard]] double cost(int level) const override { return levels_.cost(level); }
  void evaluate(const PointBlock& block, std::span<double> values) override {
    if (evaluations + block.count > life_) {
      throw Killed();
    }
    evaluations += block.count;
    std::vector<double> p(block.count);
    levels_.evaluate(block, p);
    for (std::size_t k = 0; k < block.count; ++k) {
      values[2 * k] = p[k];
      outputs_evaluated[0] += block.needed.empty() || block.needed[0] != 0 ? 1 : 0;
      const bool needed = block.needed.empty() || block.needed[1] != 0;
      outputs_evaluated[1] += needed ? 1 : 0;
      values[2 * k + 1] = needed ? p[k] * std::exp(3.0 * std::sin(8.0 * block.points[3 * k])) : std::nan("");
    }
  }
  std::uint64_t evaluations = 0;
  std::uint64_t outputs_evaluated[2] = {0, 0};

 private:
  std::uint64_t life_;
  DiffusionIntegrand levels_;
};

using Run = std::function<Estimate(MultilevelIntegrand&, const Goal&)>;

std::vector<std::pair<std::string, Run>> rules() {
  return {
      {"replicated_student_t", [](MultilevelIntegrand& f, const Goal& goal) { return replicated_student_t(f, {.replicates = 8}, goal); }},
      {"replicated_median", [](MultilevelIntegrand& f, const Goal& goal) { return replicated_median(f, {}, goal); }},
      {"monte_carlo_clt", [](MultilevelIntegrand& f, const Goal& goal) { return monte_carlo_clt(f, {}, goal); }},
      {"monte_carlo_guaranteed",
       [](MultilevelIntegrand& f, const Goal& goal) { return monte_carlo_guaranteed(f, {.pilot_points = 4000}, goal); }},
      {"mlmc", [](MultilevelIntegrand& f, const Goal& goal) { return mlmc(f, {}, goal); }},
      {"mlqmc", [](MultilevelIntegrand& f, const Goal& goal) { return mlqmc(f, {.levels = {.first_points = 16}}, goal); }},
      {"net_g", [](MultilevelIntegrand& f, const Goal& goal) { return net_g(f, {}, goal); }},
      {"lattice_g", [](MultilevelIntegrand& f, const Goal& goal) { return lattice_g(f, {}, goal); }},
  };
}

/// The same bits, in everything that a rule says.
void check_equal(const Estimate& a, const Estimate& b) {
  const auto same = [](const std::vector<double>& x, const std::vector<double>& y) {
    BOOST_REQUIRE(x.size() == y.size());
    for (std::size_t k = 0; k < x.size(); ++k) {
      BOOST_TEST(std::bit_cast<std::uint64_t>(x[k]) == std::bit_cast<std::uint64_t>(y[k]));
    }
  };
  same(a.value, b.value);
  same(a.lower, b.lower);
  same(a.upper, b.upper);
  same(a.mean, b.mean);
  BOOST_TEST(a.points == b.points);
  BOOST_TEST(a.history.size() == b.history.size());
}

constexpr std::uint64_t for_ever = ~std::uint64_t{0};
Goal goal() { return goal_of(2e-4); }

}  // namespace

BOOST_AUTO_TEST_SUITE(test_qmc_record)

BOOST_AUTO_TEST_CASE(a_resumed_rule_is_the_uninterrupted_one) {
  for (const auto& [name, run] : rules()) {
    BOOST_TEST_INFO(name);
    Mortal whole(for_ever);
    const Goal wanted = goal_of(name.starts_with("m") ? 4e-3 : 2e-4);
    const Estimate expected = run(whole, wanted);

    // Killed three times.
    EvaluationRecord record;
    std::uint64_t evaluations = 0;
    for (const std::uint64_t part : {3, 2, 1}) {
      Mortal mortal(whole.evaluations / 4 + part);
      RecordedIntegrand recorded(mortal, record, {.description = name, .seed = 1});
      try {
        run(recorded, wanted);
      } catch (const Killed&) {
      }
      evaluations += mortal.evaluations;
      BOOST_TEST(record.rows() == evaluations);
    }
    Mortal last(for_ever);
    RecordedIntegrand recorded(last, record, {.description = name, .seed = 1});
    check_equal(run(recorded, wanted), expected);
    BOOST_TEST(evaluations + last.evaluations == whole.evaluations);
    BOOST_TEST(recorded.evaluated() == last.evaluations);

    // Once more: nothing is left to evaluate.
    Mortal idle(0);
    RecordedIntegrand again(idle, record, {.description = name, .seed = 1});
    check_equal(run(again, wanted), expected);
  }
}

BOOST_AUTO_TEST_CASE(what_is_kept_row_by_row_makes_the_record_again) {
  // As an application would do in a file: rows by number, later ones replacing earlier ones; and a record that ends within a block.
  std::map<std::pair<int, int>, std::vector<double>> file;
  const auto keep = [&](int level, int replicate, std::uint64_t first, std::span<const double> values) {
    auto& rows = file[{level, replicate}];
    rows.resize(std::max<std::size_t>(rows.size(), 2 * first + values.size()));
    std::ranges::copy(values, rows.begin() + static_cast<std::ptrdiff_t>(2 * first));
  };
  EvaluationRecord record;
  Mortal integrand(for_ever);
  RecordedIntegrand recorded(integrand, record, {.description = "student"}, keep);
  const Run run = rules()[0].second;
  const Estimate expected = run(recorded, goal());

  EvaluationRecord restored{record.origin, file};
  for (auto& [key, values] : restored.values) {
    if (key.second == 3) {
      values.resize(2 * 77);
    } else if (key.second == 5) {
      values.clear();
    }
  }
  Mortal rest(for_ever);
  RecordedIntegrand resumed(rest, restored, {.description = "student"});
  check_equal(run(resumed, goal()), expected);
  BOOST_TEST(rest.evaluations == 2 * expected.points / 8 - 77);
}

BOOST_AUTO_TEST_CASE(another_tolerance_and_other_quantities_use_the_record) {
  EvaluationRecord record;
  Mortal first(for_ever);
  RecordedIntegrand coarse(first, record, {.description = "student"});
  const Run run = rules()[0].second;
  const Estimate before = run(coarse, goal_of(2e-5));
  // The first output is finished before the second: the finer goal needs it at points where it was not evaluated.
  BOOST_TEST(first.outputs_evaluated[0] < first.outputs_evaluated[1]);

  Mortal fresh(for_ever);
  const Estimate expected = run(fresh, goal_of(2e-6));
  Mortal second(for_ever);
  RecordedIntegrand fine(second, record, {.description = "student"});
  check_equal(run(fine, goal_of(2e-6)), expected);
  for (const int i : {0, 1}) {
    BOOST_TEST(first.outputs_evaluated[i] + second.outputs_evaluated[i] == fresh.outputs_evaluated[i]);
  }
  BOOST_TEST(expected.points > before.points);
}

BOOST_AUTO_TEST_CASE(records_of_something_else_are_refused) {
  EvaluationRecord record;
  Mortal integrand(for_ever);
  const RecordOrigin origin{.description = "mlmc of a diffusion problem", .seed = 3};
  RecordedIntegrand recorded(integrand, record, origin);
  mlmc(recorded, {}, goal_of(1e-2));
  const auto resume = [&](Integrand& f, const RecordOrigin& with) { RecordedIntegrand again(f, record, with); };
  BOOST_CHECK_NO_THROW(resume(integrand, origin));
  const auto says = [](const std::string& word) {
    return [word](const InputError& error) { return std::string(error.what()).find(word) != std::string::npos; };
  };
  BOOST_CHECK_EXCEPTION(resume(integrand, {.description = origin.description, .seed = 4}), InputError, says("seed"));
  BOOST_CHECK_EXCEPTION(resume(integrand, {.description = "another", .seed = 3}), InputError, says("another"));
  DiffusionIntegrand one_output(affine_sines(1.0, 3), 8);
  BOOST_CHECK_EXCEPTION(resume(one_output, origin), InputError, says("outputs"));
  DiffusionIntegrand four(affine_sines(1.0, 4), 8);
  BOOST_CHECK_EXCEPTION(resume(four, origin), InputError, says("dimensions"));
  record.values.begin()->second.push_back(1.0);
  BOOST_CHECK_EXCEPTION(resume(integrand, origin), InputError, says("whole rows"));

  BOOST_TEST(record.origin.fingerprint() == record.origin.fingerprint());
  RecordOrigin other = record.origin;
  other.seed = 4;
  BOOST_TEST(record.origin.fingerprint() != other.fingerprint());
}

BOOST_AUTO_TEST_CASE(points_out_of_order_are_refused) {
  EvaluationRecord record;
  Mortal integrand(for_ever);
  RecordedIntegrand recorded(integrand, record, {});
  const std::vector<double> point{0.5, 0.5, 0.5};
  std::vector<double> values(2);
  BOOST_CHECK_THROW(recorded.evaluate({.points = point, .count = 1, .first = 7, .replicate = 0, .level = 0, .needed = {}}, values),
                    InputError);
}

BOOST_AUTO_TEST_SUITE_END()
