// `kindred vmf`: known distributions are recovered, SciPy's fits agreed with, and bad requests refused.
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <numeric>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "refusals.hpp"
#include "vmf_support.hpp"

using namespace kindred;
using namespace kindred::testing;
using kindred::test::TemporaryFolder;

BOOST_AUTO_TEST_SUITE(test_vmf)

// The corrected estimate at every dimension, and the maximum-likelihood estimate where n is far above p, lie within three of their
// standard errors of the truth: a property of probability 0.997 each, at fixed seeds.
BOOST_AUTO_TEST_CASE(kappa_is_recovered_within_three_standard_errors) {
  const TemporaryFolder folder;
  struct Case {
    Index dimension;
    double kappa;
    Index count;
  };
  for (const auto& [p, kappa, n] : {Case{2, 0.5, 2000}, Case{2, 30.0, 2000}, Case{3, 4.0, 2000}, Case{64, 20.0, 4000},
                                    Case{2048, 1000.0, 500}, Case{8192, 9000.0, 200}, Case{32768, 12000.0, 100}}) {
    BOOST_TEST_CONTEXT("p = " << p << ", kappa = " << kappa) {
      must(fmt::format("sample --dimension {} --kappa {} --count {} --seed 11 --force -o {}", p, kappa, n, folder / "x.h5"));
      const auto component = fit_json(folder / "x.h5").at("components").at(0);
      const auto error = [&](const std::string& name) {
        return std::abs(component.at(name).get<double>() - kappa) / component.at(name + "_standard_error").get<double>();
      };
      BOOST_TEST(error("corrected_kappa") < 3.0);
      if (n > 30 * p) {
        BOOST_TEST(error("kappa") < 3.0);
      }
      // 1/sqrt(n A') is nearly the spread of the corrected estimate, whose part across the mean is of order 1/sqrt(n) of it.
      BOOST_TEST(component.at("corrected_kappa_standard_error").get<double>() <
                 (1.0 + 2.0 / std::sqrt(static_cast<double>(n))) * component.at("kappa_standard_error").get<double>() * 1.1);
    }
  }
}

// scipy.stats.vonmises_fisher.fit, SciPy 1.17.1, on the 50 rows sin(1 + i p + j), c added to the first column, scaled to unit length.
// SciPy's root finder stops at a relative 9e-16 times the conditioning; from p = 100 on it returns 1e-8 for these data.
BOOST_AUTO_TEST_CASE(fits_agree_with_scipy) {
  const TemporaryFolder folder;
  struct Case {
    Index dimension;
    double shift;
    double kappa;
    double first;  ///< component of the mean direction
    double entropy;
  };
  for (const auto& [p, c, kappa, first, entropy] : {Case{2, 1.0, 1.9741909748802653, 0.97778931957343229, 1.2748344938709637},
                                                    Case{3, 2.0, 7.7940300033687997, 0.99663925665555031, 0.78451619165327369},
                                                    Case{16, 3.0, 23.493521218616149, 0.99638268550732401, -4.5021274668386777},
                                                    Case{64, 4.0, 54.945393482809379, 0.99976423082977894, -53.669901638360372}}) {
    constexpr Index n = 50;
    std::vector<double> rows;
    for (Index i = 0; i < n; ++i) {
      for (Index j = 0; j < p; ++j) {
        rows.push_back(std::sin(static_cast<double>(1 + i * p + j)) + (j == 0 ? c : 0.0));
      }
    }
    write(folder / "x.h5", {{"features", {{n, p}, rows}}});
    must("fit --force -o " + (folder / "fit.h5") + " " + (folder / "x.h5"));
    BOOST_TEST(std::abs(read(folder / "fit.h5", "kappa")[0] / kappa - 1.0) < 1e-12);
    BOOST_TEST(std::abs(read(folder / "fit.h5", "mean_direction")[0] - first) < 1e-14);
    BOOST_TEST(std::abs(read(folder / "fit.h5", "entropy")[0] - entropy) < 1e-13 * std::max(1.0, std::abs(entropy)) * 10.0);
  }
}

// At kappa = 1e12, 1 - r is some 1e-12: formed from r it would have four digits. Reference: sum of |x - m|²/(2 n) in long double,
// with m the normalised sum; the rows' own rounding to doubles moves each |x - m| by some 1e-16 of 1e-6.
BOOST_AUTO_TEST_CASE(nearly_equal_directions_keep_their_digits) {
  const TemporaryFolder folder;
  constexpr Index p = 3;
  constexpr Index n = 400;
  must(fmt::format("sample --dimension {} --kappa 1e12 --count {} --seed 5 -o {}", p, n, folder / "x.h5"));
  const std::vector<double> rows = read(folder / "x.h5", "features");
  std::vector<long double> mean(p, 0.0L);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    mean[i % p] += rows[i];
  }
  const long double length = std::sqrt(mean[0] * mean[0] + mean[1] * mean[1] + mean[2] * mean[2]);
  long double spread = 0.0L;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const long double d = rows[i] - mean[i % p] / length;
    spread += d * d / (2.0L * n);
  }
  const auto component = fit_json(folder / "x.h5").at("components").at(0);
  // p = 3: 1 - A = 1/kappa + terms of exp(-2 kappa)
  BOOST_TEST(std::abs(component.at("kappa").get<double>() * static_cast<double>(spread) - 1.0) < 1e-9);
  BOOST_TEST(std::abs(component.at("corrected_kappa").get<double>() / 1e12 - 1.0) < 3.0 / std::sqrt(static_cast<double>(n)));
}

BOOST_AUTO_TEST_CASE(rows_without_a_direction_are_left_out_and_counted) {
  const TemporaryFolder folder;
  must("sample --dimension 4 --kappa 3 --count 100 -o " + (folder / "x.h5"));
  auto rows = read(folder / "x.h5", "features");
  const auto before = fit_json(folder / "x.h5").at("components").at(0);
  rows.insert(rows.begin() + 40, {0.0, 0.0, 0.0, 0.0, 1.0, std::nan(""), 0.0, 0.0});
  for (double& x : rows) {
    x *= 1e200;  // only the directions count
  }
  write(folder / "y.h5", {{"features", {{102, 4}, rows}}});
  must("fit " + (folder / "y.h5") + " --log-density density -o " + (folder / "fit.h5"));
  const auto result = vmf("fit " + (folder / "y.h5"));
  BOOST_TEST(contains(result.out, "102 rows of dimension 4, 2 rejected"), result.out);
  BOOST_TEST(read(folder / "fit.h5", "count")[0] == 100.0);
  BOOST_TEST(std::abs(read(folder / "fit.h5", "kappa")[0] / before.at("kappa").get<double>() - 1.0) < 1e-12);
  const auto density = read(folder / "fit.h5", "density");
  for (std::size_t i = 0; i < density.size(); ++i) {
    BOOST_TEST(std::isnan(density[i]) == (i == 10 || i == 11));
  }
}

BOOST_AUTO_TEST_CASE(a_fit_to_json_holds_what_the_one_to_hdf5_holds) {
  const TemporaryFolder folder;
  must("sample --dimension 6 --kappa 9 --count 50 -o " + (folder / "x.h5"));
  must("fit " + (folder / "x.h5") + " -o " + (folder / "fit.h5"));
  must("fit " + (folder / "x.h5") + " -o " + (folder / "fit.json"));
  const auto json = nlohmann::json::parse(kindred::test::read_text(folder / "fit.json"));
  const auto& component = json.at("components").at(0);
  for (const char* name : {"kappa", "kappa_standard_error", "corrected_kappa", "log_normalizer", "kl_to_uniform", "entropy"}) {
    BOOST_TEST(read(folder / "fit.h5", name)[0] == component.at(name).get<double>());
  }
  BOOST_TEST(read(folder / "fit.h5", "mean_direction") == component.at("mean_direction").get<std::vector<double>>(),
             boost::test_tools::per_element());
  BOOST_TEST(json.at("provenance").contains("version"));
}

BOOST_AUTO_TEST_CASE(samples_lie_around_the_mean_that_is_given) {
  const TemporaryFolder folder;
  kindred::test::write_text(folder / "mean.txt", "1 2\n2 4\n");
  must("sample --dimension 4 --kappa 1e6 --count 100 --precision f32 --mean " + (folder / "mean.txt") + " -o " + (folder / "x.h5"));
  const auto rows = read(folder / "x.h5", "features");
  const std::vector<double> mean{0.2, 0.4, 0.4, 0.8};
  for (std::size_t i = 0; i < 100; ++i) {
    const double cosine = std::inner_product(mean.begin(), mean.end(), rows.begin() + static_cast<std::ptrdiff_t>(4 * i), 0.0);
    BOOST_TEST(cosine > 1.0 - 2e-5);  // 2 kappa (1 - cos) is nearly chi-squared with three degrees of freedom: 40 is out of its reach
  }
}

BOOST_AUTO_TEST_CASE(bad_requests_are_refused_and_leave_nothing_behind) {
  const TemporaryFolder folder;
  const std::string in = folder / "in.h5";
  const std::string out = folder / "out.h5";
  write(in, {{"features", {{4, 2}, {1, 0, 0, 1, 1, 1, 1, 2}}},
             {"vector", {{3}, {1, 2, 3}}},
             {"zeros", {{2, 2}, {0, 0, 0, 0}}},
             {"equal", {{2, 2}, {1, 2, 2, 4}}},
             {"reals", {{4}, {0, 1, 0, 1}}}});
  kindred::test::write_text(folder / "three.txt", "1 2 3");
  kindred::test::write_text(folder / "words.txt", "north");
  const std::string sample = "sample --count 3 -o " + out;
  const std::vector<kindred::test::Refusal> cases = {
      {"fit " + in + " --dataset feature -o " + out, 2, "has no dataset \"feature\"; it has: features"},
      {"fit " + in + " --dataset vector -o " + out, 2, "a matrix is needed"},
      {"fit " + in + " --dataset zeros -o " + out, 2, "none of the 2 rows has a direction"},
      {"fit " + in + " --dataset equal -o " + out, 2, "kappa would be infinite"},
      {"fit " + in + " --labels reals -o " + out, 2, "labels are integers"},
      {"fit " + in + " --labels features -o " + out, 2, "labels are integers"},
      {"fit " + in + " --components 3 -o " + out, 2, "need at least 6 rows"},
      {"fit " + in + " --components 0 -o " + out, 2, "not in range"},
      {"fit " + in + " --components 2 --labels reals", 2, "exclude each other"},
      {"fit " + in + " --log-density d", 2, "name one by -o"},
      {"fit " + in + " -o " + (folder / "out.txt"), 2, "an HDF5 file (.h5, .hdf5) or a JSON file"},
      {"fit " + in + " --force -o " + in, 2, "is the input"},
      {"fit " + (folder / "none.h5"), 4, "there is no such file"},
      {"fit", 2, "input is required"},
      {"", 2, "subcommand is required"},
      {sample, 2, "say what to sample"},
      {sample + " --dimension 3 --kappa -1", 2, "say what to sample"},
      {sample + " --dimension 3 --kappa inf", 2, "say what to sample"},
      {sample + " --dimension 1 --kappa 1", 2, "not in range"},
      {sample + " --dimension 2 --kappa 1 --mean " + (folder / "three.txt"), 2, "holds 3 numbers"},
      {sample + " --dimension 2 --kappa 1 --mean " + (folder / "words.txt"), 2, "something that is none"},
      {sample + " --mixture " + in, 2, "has no dataset \"mean_direction\""},
      {sample + " --mixture " + in + " --kappa 1", 2, "leave --dimension, --kappa and --mean out"},
      {"sample --dimension 16000000 --kappa 1 --count 1000000000 -o " + out, 4, "make room, or write elsewhere"},
  };
  kindred::test::check_refusals(vmf, cases, out);
  must("fit " + in + " -o " + out);
  const auto twice = vmf("fit " + in + " -o " + out);
  BOOST_TEST(twice.status == 2);
  BOOST_TEST(contains(twice.err, "exists already"), twice.err);
}

BOOST_AUTO_TEST_CASE(an_interrupted_sampling_leaves_no_file) {
  const TemporaryFolder folder;
  const std::string out = folder / "out.h5";
  const auto result = kindred::test::run(executable + " vmf sample --dimension 1000 --kappa 10 --count 300000 --precision f32 -o " + out +
                                         " --threads 1 & until [ -e " + out + ".part ]; do sleep 0.01; done; kill -INT $!; wait $!");
  BOOST_TEST(result.status == 75);
  BOOST_TEST(!std::filesystem::exists(out));
  BOOST_TEST(!std::filesystem::exists(out + ".part"));
}

BOOST_AUTO_TEST_SUITE_END()
