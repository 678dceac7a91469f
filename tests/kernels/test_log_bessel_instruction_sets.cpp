// Every instruction set that this processor has, whichever of them the library chooses: the portable code would else run nowhere.

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <kindred/core/base/random.hpp>
#include <kindred/kernels/bessel/instruction_set.hpp>

#include "bessel_support.hpp"

using namespace bessel_test;
using kindred::Draws;
using kindred::kernels::bessel::InstructionSet;

namespace {

struct Points {
  std::vector<double> v;
  std::vector<double> x;
};

/// Log-uniform over all regions, and one in four where R < 30, in which most of them lie.
Points points(std::size_t count) {
  Points all;
  for (std::size_t i = 0; i < count; ++i) {
    const Draws draws(3, "bessel instruction sets", i);
    const bool small = i % 4 == 0;
    all.v.push_back(small ? 22.0 * draws.uniform(0) : std::pow(10.0, -4.0 + 9.0 * draws.uniform(0)));
    all.x.push_back(small ? 22.0 * draws.uniform(1) : std::pow(10.0, -6.0 + 11.0 * draws.uniform(1)));
  }
  return all;
}

std::vector<std::pair<std::string, const InstructionSet*>> available() {
  std::vector<std::pair<std::string, const InstructionSet*>> sets = {{"portable", &kindred::kernels::bessel::portable_instructions}};
#if defined(KINDRED_BESSEL_X86_64)
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2")) {
    sets.emplace_back("x86-64-v3", &kindred::kernels::bessel::x86_64_v3_instructions);
  }
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) {
    sets.emplace_back("x86-64-v4", &kindred::kernels::bessel::x86_64_v4_instructions);
  }
#endif
  return sets;
}

std::vector<double> array(const InstructionSet& set, BesselFunction f, Accuracy accuracy, const Points& at) {
  std::vector<double> out(at.v.size());
  set.doubles(f, accuracy, at.v.data(), 1, at.x.data(), 1, out.data(), 0, static_cast<std::int64_t>(out.size()));
  return out;
}

constexpr std::array logarithms = {BesselFunction::log_iv, BesselFunction::log_kv, BesselFunction::log_ive, BesselFunction::log_kve};

}  // namespace

BOOST_AUTO_TEST_SUITE(test_log_bessel_instruction_sets)

BOOST_AUTO_TEST_CASE(scalars_have_the_bits_of_arrays) {
  const Points at = points(6000);
  for (const auto& [set_name, set] : available()) {
    for (const auto f : logarithms) {
      for (const auto accuracy : {Accuracy::fast, Accuracy::accurate}) {
        const auto values = array(*set, f, accuracy, at);
        std::size_t different = 0;
        for (std::size_t i = 0; i < values.size(); ++i) {
          const double single = set->value(f, accuracy, at.v[i], at.x[i]);
          different += std::bit_cast<std::uint64_t>(single) != std::bit_cast<std::uint64_t>(values[i]) ? 1 : 0;
        }
        BOOST_TEST(different == 0U, name(f) << ", " << set_name << ", accurate: " << (accuracy == Accuracy::accurate));
      }
    }
  }
}

/// Each keeps the bounds of log_bessel.hpp, so two differ by no more than twice those.
BOOST_AUTO_TEST_CASE(instruction_sets_agree_to_their_errors) {
  const Points at = points(6000);
  const auto sets = available();
  for (const auto f : logarithms) {
    for (const auto accuracy : {Accuracy::fast, Accuracy::accurate}) {
      const auto portable = array(*sets.front().second, f, accuracy, at);
      for (const auto& [set_name, set] : sets) {
        const auto values = array(*set, f, accuracy, at);
        for (std::size_t i = 0; i < values.size(); ++i) {
          const Wide scale =
              accuracy == Accuracy::accurate ? std::max(Wide(1), std::abs(Wide(values[i]))) : condition(at.v[i], at.x[i], values[i]);
          BOOST_TEST(std::abs(Wide(values[i]) - portable[i]) <= 8 * eps * scale,
                     name(f) << ", " << set_name << " at v = " << at.v[i] << ", x = " << at.x[i]);
        }
      }
    }
  }
}

/// With fused multiply-adds, which are named in the source, the width of the vectors changes nothing.
BOOST_AUTO_TEST_CASE(avx2_and_avx_512_give_the_same_bits) {
  const auto sets = available();
  if (sets.size() < 3) {
    BOOST_TEST_MESSAGE("skipped: this processor has no AVX-512");
    return;
  }
  const Points at = points(6000);
  for (const auto f : logarithms) {
    for (const auto accuracy : {Accuracy::fast, Accuracy::accurate}) {
      BOOST_TEST((array(*sets[1].second, f, accuracy, at) == array(*sets[2].second, f, accuracy, at)), name(f));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
