// The log-Bessel functions against reference values, at the bounds that log_bessel.hpp states.

#include <boost/test/unit_test.hpp>

#include "bessel_reference.hpp"
#include "bessel_support.hpp"

using namespace bessel_test;
using bessel_reference::Row;
using bessel_reference::Value;

namespace {

Wide exact(const Value& value) { return static_cast<Wide>(value.hi) + value.lo; }
Wide error(double got, const Value& value) { return std::abs((static_cast<Wide>(got) - value.hi) - value.lo); }

/// Every row at once, through the array functions, and one by one through the scalar functions.
template <typename Check>
void for_each_row(BesselFunction f, Accuracy accuracy, Check&& check) {
  std::vector<double> v;
  std::vector<double> x;
  for (const auto& row : bessel_reference::table) {
    v.push_back(row.v);
    x.push_back(row.x);
  }
  const auto values = array(f, v, x, {accuracy, 1});
  for (std::size_t i = 0; i < v.size(); ++i) {
    BOOST_TEST_CONTEXT(name(f) << " at v = " << v[i] << ", x = " << x[i]) {
      check(bessel_reference::table[i], values[i]);
      check(bessel_reference::table[i], scalar(f, v[i], x[i], accuracy));
    }
  }
}

/// The value of log(e^-x I) or log(e^x K).
Wide scaled(const Value& log, double x) { return (static_cast<Wide>(log.hi) + x) + log.lo; }

/// The condition scale of the scaled forms: where R >= 21.2, R - x counts in the place of R.
Wide scaled_condition(const Row& row, Wide log) {
  const Wide r = std::hypot(static_cast<Wide>(row.v), static_cast<Wide>(row.x));
  return condition(row.v, row.x, log) - (r >= 21.2L ? static_cast<Wide>(row.x) : 0);
}

/// Decimals of an independent computation.
struct Known {
  double v;
  double x;
  Wide log_i;
  Wide log_k;
  Wide ratio;
};
constexpr Known known[] = {
    {0, 0.001, 2.49999984375001746519227e-7L, 1.94928855019219870664523L, 0.000499999937500010427L},
    {0, 1, 0.235914358507178648689415L, -0.865064398906788096798758L, 0.446389965896534507L},
    {0.5, 2, 0.716002429689468042982133L, -2.12078223763524522234552L, 0.537314720727548096L},
    {0.25, 0.01, -1.22628750530408416224561L, 1.81900836688053168966633L, 0.00399996444488204576L},
    {1, 1e-8, -19.1138279245123107481386L, 18.4206807439523644993908L, 2.50000000000000004e-9L},
    {3, 5, 2.33516361954243526099891L, -4.79249201349725062316283L, 0.494449764063645333L},
    {6.6278, 5.5908, -0.000172683043101435030558249L, -2.85426345152103967356132L, 0.330408264339336623L},
    {7.891, 7.057, 0.892710299744941204582945L, -3.94629144228263961246924L, 0.35182936028195399L},
    {12.6964, 8.5, -2.12930830792575893692226L, -1.29072471421327634591146L, 0.286363450159883479L},
    {15.39, 30.01, 23.4684869658151274270893L, -27.6799109272457005974315L, 0.597815722715300588L},
    {22.3, 0.37, -87.0347904549933255926162L, 83.2369186917685167434703L, 0.00793943426762652341L},
    {0.7, 25, 22.4667236377915067074788L, -26.3789390704036468829025L, 0.952200160006136337L},
    {50, 20, -31.422987859987762215646L, 26.7435879917835484876285L, 0.189186581763225759L},
    {100, 0.5, -502.368192857548447618931L, 497.069862989906634928974L, 0.00247523250814293824L},
    {123.456, 81.25, -4.4506609235330574776527L, -1.23830722688879212188881L, 0.297687581970309464L},
    {1023, 500, -363.478015720075381041207L, 355.747267857265355612524L, 0.231111853004268249L},
    {2048, 1357, -5.36266791932711036015403L, -3.13708486531438994906498L, 0.301123394969115487L},
    {16383, 200, -67156.2811042355878654285L, 67145.8838830548575492396L, 0.00610328828213747806L},
    {1e4, 1e4, 5322.70235949409222429133L, -5332.95242063737707499062L, 0.414188563036046718L},
    {2528.5, 968740, 968728.889377870475039167L, -968743.36627999432773117L, 0.997392798692925097L},
    {1e6, 1e6, 532831.975372959428140795L, -532846.830604288232379739L, 0.41421331237316134L},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(test_log_bessel)

BOOST_AUTO_TEST_CASE(logarithms_in_fast_mode_to_four_eps_of_the_condition_scale) {
  for_each_row(BesselFunction::log_iv, Accuracy::fast, [](const Row& row, double got) {
    BOOST_TEST(error(got, row.log_i) <= 4 * eps * condition(row.v, row.x, exact(row.log_i)));
  });
  for_each_row(BesselFunction::log_kv, Accuracy::fast, [](const Row& row, double got) {
    BOOST_TEST(error(got, row.log_k) <= 4 * eps * condition(row.v, row.x, exact(row.log_k)));
  });
}

BOOST_AUTO_TEST_CASE(logarithms_in_accurate_mode_to_four_eps) {
  for_each_row(BesselFunction::log_iv, Accuracy::accurate, [](const Row& row, double got) {
    BOOST_TEST(error(got, row.log_i) <= 4 * eps * std::max(Wide(1), std::abs(exact(row.log_i))));
  });
  for_each_row(BesselFunction::log_kv, Accuracy::accurate, [](const Row& row, double got) {
    BOOST_TEST(error(got, row.log_k) <= 4 * eps * std::max(Wide(1), std::abs(exact(row.log_k))));
  });
}

BOOST_AUTO_TEST_CASE(scaled_logarithms) {
  for (const auto accuracy : {Accuracy::fast, Accuracy::accurate}) {
    const auto check = [&](const Row& row, double got, Wide truth) {
      const Wide scale = accuracy == Accuracy::fast ? scaled_condition(row, truth) : std::max(Wide(1), std::abs(truth));
      BOOST_TEST(std::abs(got - truth) <= 4 * eps * scale);
    };
    for_each_row(BesselFunction::log_ive, accuracy, [&](const Row& row, double got) { check(row, got, scaled(row.log_i, -row.x)); });
    for_each_row(BesselFunction::log_kve, accuracy, [&](const Row& row, double got) { check(row, got, scaled(row.log_k, row.x)); });
  }
}

BOOST_AUTO_TEST_CASE(ratios) {
  for_each_row(BesselFunction::iv_ratio, Accuracy::fast,
               [](const Row& row, double got) { BOOST_TEST(error(got, row.ratio_i) <= 4 * eps * row.ratio_i.hi); });
  for_each_row(BesselFunction::kv_ratio, Accuracy::fast,
               [](const Row& row, double got) { BOOST_TEST(error(got, row.ratio_k) <= 2e-15L * row.ratio_k.hi); });
}

BOOST_AUTO_TEST_CASE(derivatives) {
  for_each_row(BesselFunction::log_iv_dv, Accuracy::fast,
               [&](const Row& row, double got) { BOOST_TEST(error(got, row.log_i_dv) <= 1e-14L * std::abs(row.log_i_dv.hi)); });
  for_each_row(BesselFunction::log_kv_dv, Accuracy::fast,
               [&](const Row& row, double got) { BOOST_TEST(error(got, row.log_k_dv) <= 1e-14L * std::abs(row.log_k_dv.hi)); });
  // DLMF 10.29.2: I' = I_{v+1} + (v/x) I, K' = -K_{v+1} + (v/x) K.
  for_each_row(BesselFunction::log_iv_dx, Accuracy::fast, [&](const Row& row, double got) {
    const Wide truth = static_cast<Wide>(row.v) / row.x + exact(row.ratio_i);
    BOOST_TEST(std::abs(got - truth) <= 2e-15L * std::abs(truth));
  });
  for_each_row(BesselFunction::log_kv_dx, Accuracy::fast, [&](const Row& row, double got) {
    const Wide truth = static_cast<Wide>(row.v) / row.x - exact(row.ratio_k);
    BOOST_TEST(std::abs(got - truth) <= 2e-15L * std::abs(truth));
  });
}

BOOST_AUTO_TEST_CASE(known_decimals) {
  for (const auto& [v, x, log_i, log_k, ratio] : known) {
    BOOST_TEST_CONTEXT("v = " << v << ", x = " << x) {
      BOOST_TEST(std::abs(scalar(BesselFunction::log_iv, v, x) - log_i) <= 4 * eps * condition(v, x, log_i));
      BOOST_TEST(std::abs(scalar(BesselFunction::log_kv, v, x) - log_k) <= 4 * eps * condition(v, x, log_k));
      const auto accurate = Accuracy::accurate;
      BOOST_TEST(std::abs(scalar(BesselFunction::log_iv, v, x, accurate) - log_i) <= 4 * eps * std::max(Wide(1), std::abs(log_i)));
      BOOST_TEST(std::abs(scalar(BesselFunction::log_kv, v, x, accurate) - log_k) <= 4 * eps * std::max(Wide(1), std::abs(log_k)));
      BOOST_TEST(std::abs(scalar(BesselFunction::iv_ratio, v, x) - ratio) <= 4 * eps * ratio + 1e-18L * ratio);
    }
  }
}

BOOST_AUTO_TEST_CASE(single_precision_is_double_precision_rounded) {
  // The double values at the rounded arguments are good to far below 6.2e-8 and serve as the truth.
  for (const auto f : all_functions) {
    for (const auto& row : bessel_reference::table) {
      const auto v = static_cast<float>(row.v);
      const auto x = static_cast<float>(row.x);
      const double truth = scalar(f, static_cast<double>(v), static_cast<double>(x), Accuracy::accurate);
      const bool logarithm = static_cast<int>(f) < 4;
      const double tolerance = logarithm ? 6.2e-8 * std::max(1.0, std::abs(truth)) : 6.2e-8 * std::abs(truth) + 0x1p-149;
      BOOST_TEST_CONTEXT(name(f) << " at v = " << v << ", x = " << x) {
        BOOST_TEST(std::abs(scalar(f, v, x) - truth) <= tolerance);
        BOOST_TEST(std::abs(array<float>(f, {v}, {x})[0] - truth) <= tolerance);
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
