// How convolutions in half precision are cut, what is refused, and what they are for: a linear system to double precision, with the
// operator applied in half precision.

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <kindred/core/base/error.hpp>

#include "fftconv_half_support.hpp"

using namespace half_test;

namespace {

half::Geometry geometry(Index data, Index kernel, Mode mode = Mode::causal) {
  return half::geometry_of(description(HalfFormat::fp16, data, kernel, 1, 1, mode));
}

void check_refused(const HalfDescription& d, const std::string& part) {
  BOOST_CHECK_EXCEPTION(half::geometry_of(d), kindred::InputError, [&](const kindred::InputError& error) {
    BOOST_TEST_MESSAGE(error.what());
    return std::string(error.what()).find(part) != std::string::npos;
  });
}

double norm(const std::vector<double>& x) {
  double sum = 0.0;
  for (const double value : x) {
    sum += value * value;
  }
  return std::sqrt(sum);
}
double inner(const std::vector<double>& x, const std::vector<double>& y) {
  double sum = 0.0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    sum += x[i] * y[i];
  }
  return sum;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_fftconv_half_plan)

BOOST_AUTO_TEST_CASE(methods_and_digits) {
  using Digits = std::vector<int>;
  BOOST_CHECK(geometry(100, 100).digits() == (Digits{16, 8}));
  BOOST_CHECK(geometry(256, 256).digits() == (Digits{16, 16}));
  BOOST_CHECK(geometry(1024, 1024).digits() == (Digits{4, 16, 16}));
  BOOST_CHECK(geometry(4096, 4096).digits() == (Digits{16, 16, 16}));
  BOOST_CHECK(geometry(16384, 16384).digits() == (Digits{64, 16, 16}));
  BOOST_CHECK(geometry(32768, 32768).digits() == (Digits{16, 8, 16, 16}));
  BOOST_CHECK(geometry(1 << 21, 1 << 21).digits() == (Digits{128, 64, 16, 16}));
  BOOST_CHECK(geometry(16384, 16384).method == HalfMethod::one_pass);
  BOOST_CHECK(geometry(17000, 3).method == HalfMethod::overlap_save);
  BOOST_CHECK(geometry(1 << 24, 5000).method == HalfMethod::overlap_save);
  BOOST_CHECK(geometry(1 << 20, 1 << 16).method == HalfMethod::two_level);
  BOOST_CHECK_EQUAL(geometry(1024, 1025, Mode::same).period, 2048);
  BOOST_CHECK_EQUAL(geometry(4096, 1000, Mode::valid).period, 4096);
}

BOOST_AUTO_TEST_CASE(refusals) {
  const HalfDescription good = description(HalfFormat::fp16, 1000, 100, 4, 2);
  half::geometry_of(good);
  const auto with = [&](const auto& change) {
    HalfDescription d = good;
    change(d);
    return d;
  };
  check_refused(with([](auto& d) { d.data = 0; }), "data");
  check_refused(with([](auto& d) { d.kernel = -3; }), "kernel");
  check_refused(with([](auto& d) { d.batch = 0; }), "batch");
  check_refused(with([](auto& d) { d.kernels = 5; }), "kernels = 5");
  check_refused(with([](auto& d) { d.mode = Mode::periodic; }), "periodic");
  check_refused(with([](auto& d) { d.period = 1000; }), "power of two");
  check_refused(with([](auto& d) { d.period = 128; }), "period = 128");
  check_refused(with([](auto& d) { d.period = 1 << 23; }), "period");
  check_refused(with([](auto& d) { d.period = 1024, d.method = HalfMethod::one_pass; }), "too short");
  check_refused(with([](auto& d) { d.period = 65536, d.method = HalfMethod::one_pass; }), "shared memory");
  check_refused(with([](auto& d) { d.period = 2048, d.method = HalfMethod::two_level; }), "two_level");
  check_refused(with([](auto& d) { d.data = 50000, d.kernel = 40000, d.method = HalfMethod::overlap_save; }), "no room");
  check_refused(with([](auto& d) { d.data = 1 << 22, d.kernel = 1 << 22; }), "two_level");
  check_refused(with([](auto& d) { d.band.last = 3; }), "band.last");
  check_refused(with([](auto& d) { d.band.last = 18; }), "band.last");
  check_refused(with([](auto& d) { d.band.first = {true}; }), "band.first");
  const half::Geometry g = half::geometry_of(good);
  BOOST_CHECK_THROW(half::spectra_of(good, g, std::vector<float>(199, 1.0F)), kindred::InputError);
  BOOST_CHECK_THROW(half::spectra_of(good, g, std::vector<float>(200, std::nanf(""))), kindred::InputError);
  BOOST_CHECK_THROW(half::spectra_of(good, g, std::vector<float>(200, std::numeric_limits<float>::max())), kindred::InputError);
}

BOOST_AUTO_TEST_CASE(reports) {
  // Every number once in and once out, a spectrum of 4 bytes for each complex number.
  const HalfDescription d = description(HalfFormat::bf16, 4096, 4096, 100, 10);
  const HalfReport report = half::report_of(d, half::geometry_of(d));
  BOOST_CHECK_EQUAL(report.bytes_moved, 100 * 4 * 4096.0 + 10 * 4 * 4096.0);
  BOOST_CHECK_EQUAL(report.precision, "half_fast");
  BOOST_CHECK_EQUAL(report.workspace_bytes, 0U);
  // Eight operations for each complex number and value of a digit, there and back; half of that in the first and last product of real
  // numbers.
  BOOST_CHECK_EQUAL(report.tensor_operations, 100 * 4096 * (2 * 4 * 16 + 2 * 8 * 16 + 2 * 8 * 16.0));
  BOOST_CHECK(report.text().find("half_fast, bf16") != std::string::npos);
  const HalfDescription large = description(HalfFormat::fp16, 65536, 65536, 3);
  BOOST_CHECK_EQUAL(half::workspace_bytes(large, half::geometry_of(large)), 256U + 3 * 2 * 131072U);
  for (const Index length : {128, 256, 512, 1024, 2048, 4096, 8192, 16384}) {
    const HalfDescription one = description(HalfFormat::fp16, length, length);
    BOOST_CHECK_LE(half::report_of(one, half::geometry_of(one)).shared_bytes, 99U * 1024);
  }
}

// Iterative refinement: (0.1 + g ∗) x = b with a smooth kernel g, condition number 11. Residuals and the solution are kept in double
// precision; corrections come from conjugate gradients with the operator in fp16, where the residual is scaled to one. Every step gains
// what the inner solve is worth, so the errors of half precision cost steps, not digits.
BOOST_AUTO_TEST_CASE(iterative_refinement) {
  constexpr Index n = 1000;
  std::vector<float> taps;
  double gain = 0.0;
  for (int k = -60; k <= 60; ++k) {
    taps.push_back(static_cast<float>(std::exp(-k * k / 200.0)));
    gain += taps.back();
  }
  for (float& tap : taps) {
    tap = static_cast<float>(tap / gain);
  }
  taps[60] += 0.1F;
  const Case c(description(HalfFormat::fp16, n, 121, 1, 1, Mode::same), taps);
  const auto in_half = [&](const std::vector<double>& x) {
    double largest = 0.0;
    for (const double value : x) {
      largest = std::max(largest, std::abs(value));
    }
    std::vector<std::uint16_t> words;
    for (const double value : x) {
      words.push_back(word_of(HalfFormat::fp16, value / largest));
    }
    std::vector<double> y;
    for (const std::uint16_t word : c.apply(words)) {
      y.push_back(largest * value_of(HalfFormat::fp16, word));
    }
    return y;
  };
  const auto residual = [&](const std::vector<double>& b, const std::vector<double>& x) {
    std::vector<double> r = b;
    for (Index i = 0; i < n; ++i) {
      for (Index k = std::max<Index>(0, i + 60 - n + 1); k <= std::min<Index>(120, i + 60); ++k) {
        r[static_cast<std::size_t>(i)] -= static_cast<double>(taps[static_cast<std::size_t>(k)]) * x[static_cast<std::size_t>(i + 60 - k)];
      }
    }
    return r;
  };
  const auto correction = [&](std::vector<double> r) {
    std::vector<double> x(r.size());
    std::vector<double> p = r;
    double rr = inner(r, r);
    const double goal = 4e-4 * rr;
    for (int step = 0; step < 30 && rr > goal; ++step) {
      const std::vector<double> ap = in_half(p);
      const double alpha = rr / inner(p, ap);
      for (std::size_t i = 0; i < x.size(); ++i) {
        x[i] += alpha * p[i];
        r[i] -= alpha * ap[i];
      }
      const double before = rr;
      rr = inner(r, r);
      for (std::size_t i = 0; i < x.size(); ++i) {
        p[i] = r[i] + rr / before * p[i];
      }
    }
    return x;
  };

  Noise noise(31);
  std::vector<double> b(n);
  for (double& value : b) {
    value = noise();
  }
  std::vector<double> x(n, 0.0);
  std::vector<double> r = b;
  int steps = 0;
  for (; steps < 10 && norm(r) > 1e-10 * norm(b); ++steps) {
    const std::vector<double> by = correction(r);
    for (std::size_t i = 0; i < x.size(); ++i) {
      x[i] += by[i];
    }
    r = residual(b, x);
    BOOST_TEST_MESSAGE("after " << steps + 1 << " corrections: " << norm(r) / norm(b));
  }
  BOOST_CHECK_LE(norm(r), 1e-10 * norm(b));
  BOOST_CHECK_GT(steps, 1);  // one product in fp16 would not do
}

BOOST_AUTO_TEST_SUITE_END()
