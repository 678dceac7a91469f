// `kindred points` and `kindred lattice`: what the files hold against the library, that it can be made again from what is stored beside it,
// and what is refused.
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <span>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include <kindred/core/hdf5/hdf5.hpp>
#include <kindred/data/array.hpp>
#include <kindred/data/export/common.hpp>
#include <kindred/kernels/qmc/construction/cbc.hpp>
#include <kindred/kernels/qmc/ld_data.hpp>
#include <kindred/kernels/qmc/quality/report.hpp>
#include <kindred/kernels/qmc/sampler.hpp>
#include <kindred/kernels/qmc/transforms/marginal.hpp>

#include "../support/process.hpp"
#include "../support/text.hpp"
#include "refusals.hpp"

using namespace kindred;
using namespace kindred::qmc;
using kindred::test::contains;
using kindred::test::ProcessResult;
using kindred::test::TemporaryFolder;

namespace {

const std::string executable = KINDRED_EXECUTABLE;

ProcessResult points(const std::string& arguments) { return kindred::test::run(executable + " points " + arguments); }
ProcessResult lattice_verb(const std::string& arguments) { return kindred::test::run(executable + " lattice " + arguments); }

/// Prints with -q, stops the test case if the command fails.
std::string must(const ProcessResult& result) {
  BOOST_TEST_REQUIRE(result.status == 0, result.err);
  return result.out;
}

std::vector<double> numbers(const std::string& text) {
  std::istringstream in(text);
  return {std::istream_iterator<double>(in), {}};
}

struct Stored {
  std::vector<Index> shape;
  std::vector<double> values;
};

Stored read_points(const std::string& path) {
  const hdf5::File file = hdf5::open_readonly(path);
  const data::ArrayReader reader(file, "points");
  return {reader.shape(), reader.read_all()};
}

std::string attribute(const std::string& path, const std::string& name) {
  const hdf5::File file = hdf5::open_readonly(path);
  const hdf5::Dataset dataset(KINDRED_HDF5(H5Dopen2(file, "points", H5P_DEFAULT)));
  return hdf5::read_string_attribute(dataset, name);
}

template <class T = double>
std::vector<T> fill(const PointSet& set, const Randomization& randomization, std::uint64_t n0, std::uint64_t n1,
                    const FillOptions& options = {}) {
  const Sampler sampler(set, randomization);
  std::vector<T> values((n1 - n0) * static_cast<std::size_t>(sampler.dimensions() * sampler.replicates()));
  sampler.fill(std::span(values), n0, n1, options);
  return values;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_points)

BOOST_AUTO_TEST_CASE(a_file_has_one_writer_at_a_time) {
  const TemporaryFolder folder;
  for (const char* name : {"points.h5", "points.npy"}) {
    BOOST_TEST_CONTEXT(name) {
      const std::string file = folder / name;
      const std::string command = "-q --sequence sobol --dimension 2 --count 4 -o " + file;
      {
        const data::PendingFile other(file, false);
        kindred::test::write_text(other.partial(), "half");
        const auto refused = points(command + " --force");
        BOOST_TEST(refused.status == 2);
        BOOST_TEST(contains(refused.err, "is being written by another process"), refused.err);
        BOOST_TEST(kindred::test::read_text(other.partial()) == "half");
      }
      BOOST_TEST(!std::filesystem::exists(file + ".part"));
      kindred::test::write_text(file + ".part", std::string(100000, 'x'));  // as a killed run leaves it
      must(points(command));
      BOOST_TEST(!std::filesystem::exists(file + ".part"));
      BOOST_TEST(std::filesystem::file_size(file) < 100000U);
    }
  }
}

BOOST_AUTO_TEST_CASE(what_no_run_wrote_is_not_removed) {
  const TemporaryFolder folder;
  const std::string file = folder / "points.npy";
  const std::string command = "-q --sequence sobol --dimension 2 --count 4 -o " + file;
  std::filesystem::create_directory(file + ".part");
  BOOST_TEST(points(command).status == 4);
  BOOST_TEST(std::filesystem::is_directory(file + ".part"));
  std::filesystem::remove(file + ".part");
  kindred::test::write_text(folder / "precious", "text");
  std::filesystem::create_symlink(folder / "precious", file + ".part");
  BOOST_TEST(points(command).status == 4);
  BOOST_TEST(kindred::test::read_text(file + ".part") == "text");
}

BOOST_AUTO_TEST_CASE(text_on_stdout_has_all_digits) {
  const auto printed = numbers(must(points("-q --sequence sobol --dimension 3 --count 8 --seed 4")));
  BOOST_TEST(printed == fill(sobol(3), {Scramble::lms_digital_shift, 4}, 0, 8), boost::test_tools::per_element());
  const auto replicates = must(points("-q --sequence halton --scramble none --dimension 2 --count 3 --replicates 2"));
  BOOST_TEST(contains(replicates, "\n\n"));
  BOOST_TEST(numbers(replicates) == fill(Halton{2}, {Scramble::none, 0, 2}, 0, 3), boost::test_tools::per_element());
}

// Every set, order and scramble that the library has, under the names of the command line.
BOOST_AUTO_TEST_CASE(stored_points_are_the_samplers) {
  const TemporaryFolder folder;
  const std::string file = folder / "p.h5";
  struct Case {
    std::string arguments;
    PointSet set;
    Randomization randomization;
    FillOptions options;
  };
  for (const Case& c : {
           Case{"--sequence sobol --interlace 2 --scramble lms_ds --order gray",
                sobol(4, 32, 2),
                {Scramble::lms_digital_shift, 9, 3},
                {.order = Order::gray}},
           Case{"--sequence sobol --scramble nus columns=40", sobol(4, 40), {Scramble::nested_uniform, 9, 3}, {}},
           Case{"--sequence sobol --scramble owen_hash", sobol(4), {Scramble::owen_hash, 9, 3}, {}},
           Case{"--sequence niederreiter_xing --scramble digital_shift", niederreiter_xing(4), {Scramble::digital_shift, 9, 3}, {}},
           Case{"--sequence lattice vector=kuo_32001_m20", lattice_table(4, "kuo_32001_m20"), {Scramble::shift, 9, 3}, {}},
           Case{"--sequence lattice --order linear", linear_order(lattice_table(4), 9), {Scramble::shift, 9, 3}, {}},
           Case{"--sequence richtmyer --centred", richtmyer(4), {Scramble::shift, 9, 3}, {.centred = true}},
           Case{"--sequence kronecker", kronecker_cbc(4), {Scramble::shift, 9, 3}, {}},
           Case{"--sequence halton", Halton{4}, {Scramble::lms_digit_permutation, 9, 3}, {}},
           Case{"--sequence independent", Independent{4}, {Scramble::none, 9, 3}, {}},
       }) {
    BOOST_TEST_CONTEXT(c.arguments) {
      must(points("-q --force --dimension 4 --count 512 --seed 9 --replicates 3 -o " + file + " " + c.arguments));
      const Stored stored = read_points(file);
      BOOST_TEST(stored.shape == (std::vector<Index>{3, 512, 4}), boost::test_tools::per_element());
      BOOST_TEST(stored.values == fill(c.set, c.randomization, 0, 512, c.options));
    }
  }
}

BOOST_AUTO_TEST_CASE(precisions_and_ranges) {
  const TemporaryFolder folder;
  const std::string file = folder / "p.h5";
  const Randomization randomization{Scramble::lms_digital_shift, 2, 1, 6};
  const std::string common = "-q --force --dimension 5 --first 700 --count 1400 --seed 2 --first-replicate 6 -o " + file + " --precision ";
  must(points(common + "float"));
  const auto floats = fill<float>(sobol(5), randomization, 700, 2100);
  BOOST_TEST(read_points(file).values == std::vector<double>(floats.begin(), floats.end()));
  BOOST_TEST(read_points(file).shape == (std::vector<Index>{1400, 5}), boost::test_tools::per_element());
  must(points(common + "u32"));
  const auto words = fill<std::uint32_t>(sobol(5), randomization, 700, 2100);
  BOOST_TEST(read_points(file).values == std::vector<double>(words.begin(), words.end()));
  must(points(common + "u64"));
  {
    const hdf5::File opened = hdf5::open_readonly(file);
    const hdf5::Dataset dataset(KINDRED_HDF5(H5Dopen2(opened, "points", H5P_DEFAULT)));
    std::vector<std::uint64_t> read(7000);
    KINDRED_HDF5(H5Dread(dataset, H5T_NATIVE_UINT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, read.data()));
    BOOST_TEST(read == fill<std::uint64_t>(sobol(5), randomization, 700, 2100));
  }
}

// More points than a block holds, on several threads.
BOOST_AUTO_TEST_CASE(blocks_do_not_show) {
  const TemporaryFolder folder;
  must(points("-q --dimension 3 --first 5 --count 900000 --threads 2 --replicates 2 -o " + folder / "p.npy"));
  const std::string npy = test::read_text(folder / "p.npy");
  const auto expected = fill(sobol(3), {Scramble::lms_digital_shift, 0, 2}, 5, 900005);
  BOOST_REQUIRE_EQUAL(npy.size() % 64, expected.size() * sizeof(double) % 64);
  const std::size_t header = npy.size() - expected.size() * sizeof(double);
  BOOST_TEST(std::memcmp(npy.data() + header, expected.data(), expected.size() * sizeof(double)) == 0);
}

BOOST_AUTO_TEST_CASE(npy_files_have_numpys_header) {
  const TemporaryFolder folder;
  must(points("-q --dimension 7 --count 64 --precision float --replicates 2 -o " + folder / "p.npy"));
  const std::string npy = test::read_text(folder / "p.npy");
  BOOST_REQUIRE_GT(npy.size(), 10U);
  BOOST_TEST(npy.substr(0, 8) == std::string("\x93NUMPY\x01\x00", 8));
  const std::size_t length = static_cast<unsigned char>(npy[8]) + 256U * static_cast<unsigned char>(npy[9]);
  BOOST_TEST((10 + length) % 64 == 0U);
  BOOST_TEST(npy[9 + length] == '\n');
  BOOST_TEST(contains(npy.substr(10, length), "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 64, 7), }"));
  BOOST_TEST(npy.size() == 10 + length + 2 * 64 * 7 * sizeof(float));
  const auto facts = nlohmann::json::parse(test::read_text(folder / "p.npy.json"));
  BOOST_TEST(facts.at("replicates") == "2");
  BOOST_TEST(facts.at("scramble") == "lms_digital_shift");
  BOOST_TEST(!facts.at("version").get<std::string>().empty());
}

// What is stored beside the points makes them again.
BOOST_AUTO_TEST_CASE(attributes_make_the_points_again) {
  const TemporaryFolder folder;
  const std::string first = folder / "first.h5";
  const std::string second = folder / "second.h5";
  must(
      points("-q --sequence sobol columns=20 --interlace 3 --dimension 6 --first 128 --count 128 --order gray --scramble lms --seed "
             "18446744073709551615 --first-replicate 3 --replicates 2 --transform 'normal(1, 2)' --precision float -o " +
             first));
  BOOST_TEST(attribute(first, "point_set") == "{ type = \"sobol\", columns = 20, interlacing = 3 }");
  std::string arguments = "-q --sequence sobol columns=20 interlacing=3 -o " + second;
  for (const auto& [name, option] : std::vector<std::pair<std::string, std::string>>{{"dimension", "dimension"},
                                                                                     {"first", "first"},
                                                                                     {"count", "count"},
                                                                                     {"order", "order"},
                                                                                     {"scramble", "scramble"},
                                                                                     {"seed", "seed"},
                                                                                     {"first_replicate", "first-replicate"},
                                                                                     {"replicates", "replicates"},
                                                                                     {"precision", "precision"},
                                                                                     {"transform", "transform"}}) {
    arguments += " --" + option + " '" + attribute(first, name) + "'";
  }
  must(points(arguments));
  BOOST_TEST(read_points(first).values == read_points(second).values);
  BOOST_TEST(attribute(first, "point_set_checksum") == attribute(second, "point_set_checksum"));
}

BOOST_AUTO_TEST_CASE(transforms_are_quantiles) {
  const auto uniform = fill(sobol(2), {Scramble::lms_digital_shift, 8}, 0, 64, {.centred = true});
  auto expected = uniform;
  for (std::size_t k = 0; k < expected.size(); ++k) {
    expected[k] = k % 2 == 0 ? quantile(Normal(3.0, 0.5), uniform[k]) : quantile(Uniform(-1.0, 4.0), uniform[k]);
  }
  const auto printed =
      numbers(must(points("-q --dimension 2 --count 64 --seed 8 --transform 'normal(3, 0.5)' --transform 'uniform(-1,4)'")));
  BOOST_TEST(printed == expected, boost::test_tools::per_element());
  for (std::size_t k = 0; k < expected.size(); ++k) {
    expected[k] = quantile(LogNormal(), uniform[k]);
  }
  BOOST_TEST(numbers(must(points("-q --dimension 2 --count 64 --seed 8 --transform lognormal"))) == expected,
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(quality_is_reported) {
  const auto document = nlohmann::json::parse(must(points("-q --json --triples --sequence sobol --dimension 4 --count 256 --seed 5")));
  const QualityReport report = quality_report(sobol(4), {Scramble::lms_digital_shift, 5}, 256, 0, {.triples = true});
  const auto& quality = document.at("quality");
  BOOST_TEST(quality.at("t_of_pairs").at("worst") == report.pairs->worst);
  BOOST_TEST(quality.at("t_of_triples").at("worst") == report.triples->worst);
  BOOST_TEST(quality.at("squared_discrepancies").at("centred") == report.discrepancies->centred);
  BOOST_TEST(!document.contains("points"));
  const auto text = must(points("-q --quality --sequence lattice --dimension 4 --count 256"));
  BOOST_TEST(contains(text, "spectral test of pairs"));
  BOOST_TEST(contains(text, "wrap-around"));
}

BOOST_AUTO_TEST_CASE(broken_blocks_are_warned_of) {
  BOOST_TEST(contains(points("--dimension 2 --count 100").err, "100 points are no power of two"));
  BOOST_TEST(contains(points("--dimension 2 --count 64 --first 32").err, "begins at 32"));
  BOOST_TEST(points("--dimension 2 --count 64 --first 128").err.empty());
  BOOST_TEST(points("--sequence halton --dimension 2 --count 100").err.empty());
}

// The set and its randomisation as LDData files: the shifted lattice's points out of them.
BOOST_AUTO_TEST_CASE(ld_data_files) {
  const TemporaryFolder folder;
  must(points("-q --sequence lattice --dimension 5 --count 64 --seed 6 --replicates 2 --ld-data " + folder / "ld"));
  const Lattice vector = read_lattice(folder / "ld/lattice.txt");
  const auto shift = read_shift(folder / "ld/shiftmod1_1.txt");
  const auto words = fill<std::uint64_t>(lattice_table(5), {Scramble::shift, 6, 2}, 0, 64);
  for (std::uint64_t i = 0; i < 64; ++i) {
    for (std::size_t j = 0; j < 5; ++j) {
      BOOST_REQUIRE_EQUAL(vector.z[j] * reverse_bits(i) + shift[j], words[(64 + i) * 5 + j]);
    }
  }
  must(points("-q --sequence sobol --dimension 3 --count 64 --scramble lms_ds --ld-data " + folder / "net"));
  const DigitalNet net = linear_scrambled(read_linear_scramble(folder / "net/lmscramble_0.txt"), read_digital_net(folder / "net/dnet.txt"));
  const auto digital_shift = read_digital_shift(folder / "net/dshift_0.txt");
  const Sampler linear{PointSet(net)};
  const Sampler scrambled(sobol(3), {Scramble::lms_digital_shift});
  BOOST_TEST((linear.word(37, 2) ^ digital_shift[2]) == scrambled.word(37, 2));
}

// Points of the files that were written are those of the scramble, to the last digit.
BOOST_AUTO_TEST_CASE(saved_randomisations_make_the_same_points) {
  const TemporaryFolder folder;
  const std::string net = "-q --dimension 3 --count 200 --first 60 --precision ";
  for (const char* precision : {"double", "float", "u32", "u64", "double --transform normal"}) {
    const std::string scrambled = must(points(net + precision + " --seed 5 --scramble lms_ds --force"));
    must(points("-q --dimension 3 --count 256 --seed 5 --scramble lms_ds --force --ld-data " + folder / "ld"));
    BOOST_TEST(must(points(net + precision + " --randomization " + folder / "ld/lmscramble_0.txt" + " --randomization " +
                           folder / "ld/dshift_0.txt")) == scrambled);
  }
  must(points("-q --sequence lattice --dimension 3 --count 256 --seed 5 --force --ld-data " + folder / "ld"));
  const std::string lattice = "-q --sequence lattice --dimension 3 --count 256 --order linear";
  BOOST_TEST(must(points(lattice + " --randomization " + folder / "ld/shiftmod1_0.txt")) == must(points(lattice + " --seed 5")));
  BOOST_TEST(contains(points(lattice + " --randomization " + folder / "ld/dshift_0.txt").err, "is no randomisation of lattice"));
  BOOST_TEST(points(lattice + " --scramble none --randomization " + folder / "ld/shiftmod1_0.txt").status == 2);
}

BOOST_AUTO_TEST_CASE(constructed_lattices_are_read_as_written) {
  const TemporaryFolder folder;
  const std::string file = folder / "vector.txt";
  must(lattice_verb("-q --dimension 12 --points 1024 --points-from 128 --scale 0.5 --decay 1.5 -o " + file));
  LatticeConstruction construction{12, 10, 7, {LatticeSpace::Kind::korobov, 1}, {}};
  for (int j = 1; j <= 12; ++j) {
    construction.weights.product.push_back(0.5 * std::pow(j, -1.5));
  }
  const Lattice made = construct_lattice(construction).lattice;
  BOOST_TEST(read_lattice(file).z == made.z, boost::test_tools::per_element());
  const auto printed = numbers(must(points("-q --sequence lattice --scramble none --dimension 12 --count 16 --vector " + file)));
  BOOST_TEST(printed == fill(made, {}, 0, 16), boost::test_tools::per_element());

  test::write_text(folder / "gamma.txt", "0.9 0.5 0.3 0.2");
  test::write_text(folder / "order.txt", "1 2 6");
  const auto document =
      nlohmann::json::parse(must(lattice_verb("-q --json --dimension 4 --points 256 --space sobolev --weights pod --gamma " +
                                              folder / "gamma.txt" + " --order-weights " + folder / "order.txt")));
  const LatticeConstruction pod{4, 8, 0, {LatticeSpace::Kind::sobolev, 1}, {{0.9, 0.5, 0.3, 0.2}, {1.0, 2.0, 3.0}}};
  BOOST_TEST(document.at("generating_vector").get<std::vector<std::uint64_t>>() == construct_lattice(pod).lattice.z,
             boost::test_tools::per_element());
  BOOST_TEST(document.at("squared_error") == squared_lattice_error(construct_lattice(pod).lattice, 8, pod.space, pod.weights));
}

BOOST_AUTO_TEST_CASE(wrong_requests_are_refused) {
  const TemporaryFolder folder;
  const std::string output = folder / "p.h5";
  test::write_text(folder / "net.txt", "# dnet\n2\n2\n3\n3\n4 2 1\n4 6 5\n");
  test::write_text(folder / "vector.txt", "# lattice\n2\n16\n1\n15\n");
  const std::string o = " -o " + output + " ";
  test::check_refusals(points,
                       {
                           {"--count 4" + o, 2, "--dimension"},
                           {"--dimension 2" + o, 2, "--count"},
                           {"--dimension 2 --count 4 --sequence sobl" + o, 2, "did you mean \"sobol\""},
                           {"--dimension 2 --count 4 --scramble nested_unifrom" + o, 2, "did you mean \"nested_uniform\""},
                           {"--dimension 2 --count 4 --scramble shift" + o, 2, "has no scramble"},
                           {"--dimension 21202 --count 4" + o, 2, "21201"},
                           {"--dimension 2 --count 4 --order linear" + o, 2, "only lattices"},
                           {"--dimension 2 --count 6 --order linear --sequence lattice" + o, 2, "power of two"},
                           {"--dimension 2 --count 4 --order gray --sequence halton" + o, 2, "no Gray order"},
                           {"--dimension 2 --count 2097152 --sequence lattice" + o, 2, "only 1048576"},
                           {"--dimension 3698 --count 4 --sequence lattice vector=kuo_38005_m20" + o, 2, "repeats"},
                           {"--dimension 2 --count 4 colums=3" + o, 2, "no parameter"},
                           {"--dimension 2 --count 4 --sequence net" + o, 2, "file=FILE"},
                           {"--dimension 3 --count 4 --sequence net --matrices " + folder / "net.txt" + o, 2, "has 2 dimensions, not 3"},
                           {"--dimension 2 --count 4 --sequence lattice --vector " + folder / "vector.txt" + o, 2, "repeats"},
                           {"--dimension 2 --count 4 --sequence lattice --vector nowhere.txt" + o, 4, "cannot open"},
                           {"--dimension 2 --count 4 --transform 'normal(1'" + o, 2, "normal(1"},
                           {"--dimension 2 --count 4 --transform 'normal(0,-1)'" + o, 2, "deviation"},
                           {"--dimension 2 --count 4 --transform gauss" + o, 2, "there are"},
                           {"--dimension 3 --count 4 --transform normal --transform lognormal" + o, 2, "2 transforms"},
                           {"--dimension 2 --count 4 --transform normal --precision u32" + o, 2, "without --transform"},
                           {"--dimension 2 --count 4 --quality --first 4" + o, 2, "leave --first out"},
                           {"--dimension 2 --count 4 -o " + folder / "p.csv", 2, ".npy"},
                           {"--dimension 1000 --count 1099511627776 --sequence independent" + o, 4, "make room"},
                       },
                       output);
  test::check_refusals(lattice_verb,
                       {
                           {"--dimension 3 --points 1000" + o, 2, "power of two"},
                           {"--dimension 300 --points 1024" + o, 2, "256"},
                           {"--dimension 3 --points 1024 --scale -1" + o, 2, "not positive"},
                           {"--dimension 3 --points 1024 --space sobolev --alpha 2" + o, 2, "alpha"},
                           {"--dimension 3 --points 1024 --gamma nowhere.txt" + o, 4, "cannot open"},
                           {"--dimension 3 --points 1024 --gamma " + folder / "net.txt" + o, 2, "is none"},
                       },
                       output);
  test::write_text(output, "old");
  BOOST_TEST(points("--dimension 2 --count 4" + o).status == 2);
  BOOST_TEST(test::read_text(output) == "old");
}

BOOST_AUTO_TEST_SUITE_END()
