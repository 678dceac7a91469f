// `kindred vmf`: known distributions are recovered, SciPy's fits agreed with, mixtures found, in bounded memory and the same way for any
// number of threads.
#include <boost/test/unit_test.hpp>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <fstream>
#include <numeric>
#include <vector>

#include <fcntl.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <kindred/apps/verbs/vmf/mixture.hpp>
#include <kindred/core/base/random.hpp>
#include <kindred/core/hdf5/hdf5.hpp>
#include <kindred/data/array.hpp>
#include <kindred/kernels/bessel/von_mises_fisher.hpp>

#include "../support/process.hpp"

using namespace kindred;
using kindred::test::ProcessResult;
using kindred::test::TemporaryFolder;
namespace distribution = kindred::kernels::von_mises_fisher;

namespace {

const std::string executable = KINDRED_EXECUTABLE;

ProcessResult vmf(const std::string& arguments) { return kindred::test::run(executable + " vmf " + arguments); }

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// Prints with -q, stops the test case if the command fails.
ProcessResult must(const std::string& arguments) {
  auto result = vmf("-q " + arguments);
  BOOST_TEST_REQUIRE(result.status == 0, arguments << ": " << result.err);
  return result;
}

nlohmann::json fit_json(const std::string& arguments) { return nlohmann::json::parse(must("fit --json " + arguments).out); }

std::vector<double> read(const std::string& path, const std::string& dataset) {
  return hdf5::read_reals(hdf5::open_readonly(path), dataset).values;
}

void write(const std::string& path, const std::vector<std::pair<std::string, hdf5::RealArray>>& arrays) {
  const hdf5::File file(KINDRED_HDF5(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT)));
  for (const auto& [name, array] : arrays) {
    hdf5::write_reals(file, name, array);
  }
}

/// A file of a mixture with random mean directions, which `vmf sample --mixture` takes.
void write_mixture(const std::string& path, Index dimension, const std::vector<double>& weights, const std::vector<double>& kappas) {
  const auto k = static_cast<Index>(weights.size());
  std::vector<double> means;
  for (Index j = 0; j < k; ++j) {
    const Draws draws(7, "means", static_cast<std::uint64_t>(j));
    std::vector<double> mean(static_cast<std::size_t>(dimension));
    double square = 0.0;
    for (std::size_t i = 0; i < mean.size(); ++i) {
      mean[i] = draws.normal(i);
      square += mean[i] * mean[i];
    }
    for (const double m : mean) {
      means.push_back(m / std::sqrt(square));
    }
  }
  write(path, {{"weight", {{k}, weights}}, {"kappa", {{k}, kappas}}, {"mean_direction", {{k, dimension}, means}}});
}

/// Peak resident memory of a command in MiB, as the kernel accounts it to this one process.
double peak_memory(const std::vector<std::string>& arguments) {
  const pid_t child = ::fork();
  if (child == 0) {
    std::vector<char*> words;
    for (const std::string& argument : arguments) {
      words.push_back(const_cast<char*>(argument.c_str()));  // NOLINT(cppcoreguidelines-pro-type-const-cast): execv's signature
    }
    words.push_back(nullptr);
    const int null = ::open("/dev/null", O_WRONLY);
    ::dup2(null, STDOUT_FILENO);
    ::execv(words[0], words.data());
    ::_exit(127);
  }
  int status = 0;
  rusage usage{};
  ::wait4(child, &status, 0, &usage);
  BOOST_TEST_REQUIRE(status == 0);
  return static_cast<double>(usage.ru_maxrss) / 1024.0;
}

/// `features` as a virtual dataset: the rows of `source` again and again, which takes no room on the disk.
void write_repeated(const std::string& path, const std::string& source, Index rows, Index dimension, Index repeats) {
  const hdf5::File file(KINDRED_HDF5(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT)));
  const std::vector<hsize_t> once{static_cast<hsize_t>(rows), static_cast<hsize_t>(dimension)};
  const std::vector<hsize_t> all{static_cast<hsize_t>(rows * repeats), static_cast<hsize_t>(dimension)};
  const hdf5::Dataspace source_space(KINDRED_HDF5(H5Screate_simple(2, once.data(), nullptr)));
  const hdf5::Dataspace space(KINDRED_HDF5(H5Screate_simple(2, all.data(), nullptr)));
  const hdf5::PropertyList creation(KINDRED_HDF5(H5Pcreate(H5P_DATASET_CREATE)));
  for (Index r = 0; r < repeats; ++r) {
    const std::vector<hsize_t> start{static_cast<hsize_t>(r * rows), 0};
    KINDRED_HDF5(H5Sselect_hyperslab(space, H5S_SELECT_SET, start.data(), nullptr, once.data(), nullptr));
    KINDRED_HDF5(H5Pset_virtual(creation, space, source.c_str(), "features", source_space));
  }
  KINDRED_HDF5(H5Sselect_all(space));
  const hdf5::Dataset dataset(KINDRED_HDF5(H5Dcreate2(file, "features", H5T_IEEE_F32LE, space, H5P_DEFAULT, creation, H5P_DEFAULT)));
}

}  // namespace

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

BOOST_AUTO_TEST_CASE(threads_change_no_bit) {
  const TemporaryFolder folder;
  write_mixture(folder / "truth.h5", 200, {0.6, 0.4}, {150.0, 60.0});
  std::vector<std::string> fits;
  std::vector<std::vector<double>> rows;
  for (const std::string threads : {"1", "3"}) {
    must("sample --mixture " + (folder / "truth.h5") + " --count 6000 --force -o " + (folder / "x.h5") + " --threads " + threads);
    rows.push_back(read(folder / "x.h5", "features"));
    fits.push_back(fit_json((folder / "x.h5") + " --threads " + threads).dump() +
                   fit_json((folder / "x.h5") + " --components 3 --restarts 2 --max-iterations 30 --threads " + threads).dump() +
                   fit_json((folder / "x.h5") + " --labels component --threads " + threads).dump());
  }
  BOOST_TEST((rows[0] == rows[1]));
  BOOST_TEST(fits[0] == fits[1]);
  // Row i does not depend on how many rows there are.
  must("sample --mixture " + (folder / "truth.h5") + " --count 10 -o " + (folder / "few.h5"));
  const auto few = read(folder / "few.h5", "features");
  BOOST_TEST(std::equal(few.begin(), few.end(), rows[0].begin()));
}

BOOST_AUTO_TEST_CASE(three_separate_components_are_found) {
  const TemporaryFolder folder;
  const std::vector<double> weights{0.5, 0.3, 0.2};
  const std::vector<double> kappas{100.0, 200.0, 50.0};
  constexpr Index p = 64;
  constexpr Index n = 6000;
  write_mixture(folder / "truth.h5", p, weights, kappas);
  must(fmt::format("sample --mixture {} --count {} --seed 3 -o {}", folder / "truth.h5", n, folder / "x.h5"));
  must("fit " + (folder / "x.h5") + " --components 3 --log-density density -o " + (folder / "fit.h5"));
  const auto truth = read(folder / "truth.h5", "mean_direction");
  const auto found = read(folder / "fit.h5", "mean_direction");
  const auto found_weights = read(folder / "fit.h5", "weight");
  const auto found_kappas = read(folder / "fit.h5", "kappa");
  const auto errors = read(folder / "fit.h5", "kappa_standard_error");
  for (std::size_t j = 0; j < weights.size(); ++j) {
    std::size_t best = 0;
    double best_cosine = -1.0;
    for (std::size_t c = 0; c < weights.size(); ++c) {
      const double cosine =
          std::inner_product(truth.begin() + static_cast<std::ptrdiff_t>(j * p), truth.begin() + static_cast<std::ptrdiff_t>((j + 1) * p),
                             found.begin() + static_cast<std::ptrdiff_t>(c * p), 0.0);
      if (cosine > best_cosine) {
        best = c;
        best_cosine = cosine;
      }
    }
    // The mean direction of m directions is off by an angle with E[angle²] = (p - 1)/(m kappa A): four times that bounds it well.
    const double count = weights[j] * n;
    const double square = (p - 1) / (count * kappas[j] * distribution::mean_resultant_length(p, kappas[j]));
    BOOST_TEST(best_cosine > 1.0 - 2.0 * square);
    BOOST_TEST(std::abs(found_weights[best] - weights[j]) < 4.0 * std::sqrt(weights[j] * (1.0 - weights[j]) / n));
    BOOST_TEST(std::abs(found_kappas[best] - kappas[j]) < 4.0 * errors[best]);
  }
  // Expectation-maximisation never loses likelihood, and the densities of the rows average to it.
  const auto history = read(folder / "fit.h5", "history");
  for (std::size_t i = 1; i < history.size(); ++i) {
    BOOST_TEST(history[i] >= history[i - 1] - 1e-12 * std::abs(history[i]));
  }
  const auto density = read(folder / "fit.h5", "density");
  BOOST_TEST(std::abs(std::accumulate(density.begin(), density.end(), 0.0) / n - history.back()) < 1e-11 * std::abs(history.back()));
}

BOOST_AUTO_TEST_CASE(a_mixture_density_has_the_integral_one) {
  // Over the circle by the trapezoidal rule, which for these entire periodic functions is exact to rounding with 400 points.
  app::vmf::Mixture mixture;
  mixture.dimension = 2;
  mixture.weights = {0.5, 0.2, 0.3};
  mixture.kappas = {0.0, 3.0, 80.0};
  mixture.means = {1.0, 0.0, 0.6, -0.8, 0.0, 1.0};
  constexpr std::size_t n = 400;
  std::vector<double> points;
  for (std::size_t i = 0; i < n; ++i) {
    const double angle = 2.0 * std::acos(-1.0) * static_cast<double>(i) / n;
    points.insert(points.end(), {std::cos(angle), std::sin(angle)});
  }
  const std::vector<unsigned char> valid(n, 1);
  std::vector<double> log_density(n);
  app::vmf::MixtureDensity(mixture, 2).evaluate({0, 0, static_cast<Index>(n), 2, points, valid}, log_density, {});
  double integral = 0.0;
  for (const double value : log_density) {
    integral += std::exp(value) * 2.0 * std::acos(-1.0) / n;
  }
  BOOST_TEST(std::abs(integral - 1.0) < 1e-13);
}

BOOST_AUTO_TEST_CASE(classes_are_fitted_as_if_each_were_alone) {
  const TemporaryFolder folder;
  constexpr Index p = 20;
  write_mixture(folder / "truth.h5", p, {0.5, 0.5}, {30.0, 300.0});
  must("sample --mixture " + (folder / "truth.h5") + " --count 1000 -o " + (folder / "x.h5"));
  must("fit " + (folder / "x.h5") + " --labels component --log-density density -o " + (folder / "fit.h5"));
  const auto rows = read(folder / "x.h5", "features");
  const auto label = read(folder / "x.h5", "component");
  const auto density = read(folder / "fit.h5", "density");
  for (std::size_t c = 0; c < 2; ++c) {
    hdf5::RealArray own{{0, p}, {}};
    double mean_density = 0.0;
    for (std::size_t i = 0; i < label.size(); ++i) {
      if (label[i] == static_cast<double>(c)) {
        own.values.insert(own.values.end(), rows.begin() + static_cast<std::ptrdiff_t>(i * p),
                          rows.begin() + static_cast<std::ptrdiff_t>((i + 1) * p));
        ++own.shape[0];
        mean_density += density[i];
      }
    }
    write(folder / "own.h5", {{"features", own}});
    const auto alone = fit_json(folder / "own.h5").at("components").at(0);
    BOOST_TEST(read(folder / "fit.h5", "label")[c] == static_cast<double>(c));
    BOOST_TEST(read(folder / "fit.h5", "kappa")[c] == alone.at("kappa").get<double>());  // the same sums in the same order
    BOOST_TEST(read(folder / "fit.h5", "count")[c] == static_cast<double>(own.shape[0]));
    // At the maximum the mean log density is minus the entropy.
    mean_density /= static_cast<double>(own.shape[0]);
    BOOST_TEST(std::abs(mean_density + alone.at("entropy").get<double>()) < 1e-11);
  }
}

BOOST_AUTO_TEST_CASE(memory_does_not_grow_with_the_rows) {
  const TemporaryFolder folder;
  constexpr Index p = 4096;
  constexpr Index rows = 512;  // 8 MiB
  must(fmt::format("sample --dimension {} --kappa 3000 --count {} --precision f32 -o {}", p, rows, folder / "once.h5"));
  write_repeated(folder / "few.h5", folder / "once.h5", rows, p, 4);
  write_repeated(folder / "many.h5", folder / "once.h5", rows, p, 60);  // 480 MiB
  for (const std::string& model : std::vector<std::string>{"--threads=2", "--components=2"}) {
    const auto memory = [&](const std::string& file) {
      return peak_memory({executable, "-q", "vmf", "fit", folder / file, model, "--restarts=1", "--max-iterations=2"});
    };
    const double few = memory("few.h5");
    const double many = memory("many.h5");
    BOOST_TEST(many < few + 24.0, few << " MiB, then " << many << " MiB");
  }
  // Repeating all rows changes no maximum-likelihood estimate.
  const double once = fit_json(folder / "once.h5").at("components").at(0).at("kappa").get<double>();
  const double repeated = fit_json(folder / "many.h5").at("components").at(0).at("kappa").get<double>();
  BOOST_TEST(std::abs(repeated / once - 1.0) < 1e-13);
}

BOOST_AUTO_TEST_CASE(more_components_than_directions_to_tell_apart_do_no_harm) {
  // Ten directions, each thirty times, and fourteen components: some are empty or sit on one point, whose likelihood has no bound.
  const TemporaryFolder folder;
  std::vector<double> rows;
  const Draws draws(3, "points", 0);
  for (std::size_t i = 0; i < 300; ++i) {
    for (std::size_t j = 0; j < 5; ++j) {
      rows.push_back(draws.normal(i % 10 * 5 + j));
    }
  }
  write(folder / "x.h5", {{"features", {{300, 5}, rows}}});
  const auto fit = fit_json((folder / "x.h5") + " --components 14 --max-iterations 60");
  double weight = 0.0;
  for (const auto& component : fit.at("components")) {
    weight += component.at("weight").get<double>();
    BOOST_TEST(component.at("kappa").is_number());
    BOOST_TEST(component.at("kappa").get<double>() <= 4.0 / (2.0 * app::vmf::smallest_spread) * 1.01);  // (p - 1)/(2 (1 - r))
  }
  BOOST_TEST(std::abs(weight - 1.0) < 1e-12);
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
  struct Case {
    std::string arguments;
    int status;
    std::string message;
  };
  const std::string sample = "sample --count 3 -o " + out;
  const std::vector<Case> cases = {
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
  for (const auto& [arguments, status, message] : cases) {
    BOOST_TEST_CONTEXT(arguments) {
      const auto result = vmf(arguments);
      BOOST_TEST(result.status == status);
      BOOST_TEST(result.out.empty());
      BOOST_TEST(contains(result.err, message), result.err);
      BOOST_TEST(!std::filesystem::exists(out));
      BOOST_TEST(!std::filesystem::exists(out + ".part"));
    }
  }
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
