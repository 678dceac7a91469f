// Mixtures and classes of von Mises-Fisher distributions: found again, in bounded memory, and the same way for any number of threads.
#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <numeric>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <kindred/apps/verbs/vmf/mixture.hpp>
#include <kindred/core/base/random.hpp>
#include <kindred/kernels/bessel/von_mises_fisher.hpp>

#include "vmf_support.hpp"

using namespace kindred;
using namespace kindred::testing;
using kindred::test::TemporaryFolder;

namespace {

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

BOOST_AUTO_TEST_SUITE(test_vmf_mixture)

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
    const double square = (p - 1) / (count * kappas[j] * kernels::von_mises_fisher::mean_resultant_length(p, kappas[j]));
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

BOOST_AUTO_TEST_SUITE_END()
