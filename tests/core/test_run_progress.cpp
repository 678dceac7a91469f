// The progress line is a pure function of figures; the rate is checked against its defining integral.
#include <boost/test/unit_test.hpp>

#include <cmath>

#include <kindred/core/run/progress.hpp>

using namespace kindred;

BOOST_AUTO_TEST_SUITE(test_run_progress)

BOOST_AUTO_TEST_CASE(a_full_line_shows_everything) {
  ProgressFacts facts;
  facts.total = 10000;
  facts.done = 4210;
  facts.rate = 812.0;
  facts.bytes_per_second = 53e6;
  facts.failures = 3;
  facts.mean_iterations = 12.4;
  // (10000 - 4210) / 812 = 7.13 s
  BOOST_TEST(progress_line(facts, false) == "4210/10000 42% 812/s 53 MB/s ETA 7s fail 3 iter 12.4");
  BOOST_TEST(progress_line(facts, true) == "[########............] 4210/10000 42% 812/s 53 MB/s ETA 7s fail 3 iter 12.4");
}

BOOST_AUTO_TEST_CASE(what_is_unknown_is_left_out) {
  ProgressFacts facts;
  facts.total = 8;
  BOOST_TEST(progress_line(facts, false) == "0/8 0%");
}

BOOST_AUTO_TEST_CASE(one_hundred_percent_means_all) {
  ProgressFacts facts;
  facts.total = 100000;
  facts.done = 99999;
  BOOST_TEST(progress_line(facts, false).find("99%") != std::string::npos);
  facts.done = 100000;
  facts.rate = 1.0;
  BOOST_TEST(progress_line(facts, false) == "100000/100000 100% 1/s");  // nothing left: no ETA
}

BOOST_AUTO_TEST_CASE(nothing_to_do_is_all_done) { BOOST_TEST(progress_line(ProgressFacts{}, false) == "0/0 100%"); }

BOOST_AUTO_TEST_CASE(durations) {
  BOOST_TEST(duration_text(0.2) == "0s");
  BOOST_TEST(duration_text(59.4) == "59s");
  BOOST_TEST(duration_text(59.6) == "1m00s");
  BOOST_TEST(duration_text(200) == "3m20s");
  BOOST_TEST(duration_text(3600 * 2 + 60 * 5 + 10) == "2h05m");
  BOOST_TEST(duration_text(86400 * 3 + 3600 * 4) == "3d04h");
}

BOOST_AUTO_TEST_CASE(a_steady_rate_is_exact_from_the_first_interval) {
  RateEstimate rate;
  BOOST_TEST(rate.per_second() == 0.0);
  for (int i = 1; i <= 50; ++i) {
    rate.add(8.0, 0.25);
    // Both sums carry the same weights, so their ratio is 32 up to rounding.
    BOOST_TEST(rate.per_second() == 32.0, boost::test_tools::tolerance(1e-14));
  }
}

BOOST_AUTO_TEST_CASE(a_change_of_rate_is_followed_within_the_memory) {
  // One long interval at 1/s, then n intervals of dt at 5/s: with w = exp(-n dt / memory) the weight of the first interval is
  // w, and that of the later ones together dt (1 - w) / (1 - exp(-dt / memory)).
  const double memory = 10.0;
  const double dt = 0.5;
  const int n = 40;
  RateEstimate rate(memory);
  rate.add(100.0, 100.0);
  for (int i = 0; i < n; ++i) {
    rate.add(5.0 * dt, dt);
  }
  const double w = std::exp(-n * dt / memory);
  const double old_weight = 100.0 * w;
  const double new_weight = dt * (1.0 - w) / (1.0 - std::exp(-dt / memory));
  const double expected = (1.0 * old_weight + 5.0 * new_weight) / (old_weight + new_weight);
  BOOST_TEST(rate.per_second() == expected, boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_SUITE_END()
