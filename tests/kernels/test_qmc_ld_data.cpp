// LDData's text formats: what is written is read as it was, published files give the library's tables, and saved randomisations make the
// randomised points out of the plain ones.

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/qmc/ld_data.hpp>

using kindred::InputError;
using namespace kindred::qmc;

namespace {

const std::string data_folder = std::string(KINDRED_SOURCE_DIR) + "/kernels/qmc/data/";

/// A file that is gone at the end.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::function<void(std::ostream&)>& write) {
    std::ofstream out(path_);
    write(out);
  }
  explicit TemporaryFile(const std::string& text) : TemporaryFile([&](std::ostream& out) { out << text; }) {}
  ~TemporaryFile() { std::filesystem::remove(path_); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_ = std::filesystem::temp_directory_path() / ("kindred_ld_data_" + std::to_string(::getpid()) + ".txt");
};

const std::vector<std::string> comments{"a comment", "1 2 3 are no numbers here"};

}  // namespace

BOOST_AUTO_TEST_SUITE(test_qmc_ld_data)

BOOST_AUTO_TEST_CASE(published_lattices_are_the_tables) {
  const Lattice read = read_lattice(data_folder + "lattice_kuo_39101_d3600_m20.txt");
  const Lattice table = lattice_table(3600);
  BOOST_TEST(read.log2_points == table.log2_points);
  BOOST_TEST(read.z == table.z, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(sets_survive_writing_and_reading) {
  const Lattice vector = lattice_table(50);
  const TemporaryFile lattice_file([&](std::ostream& out) { write_lattice(out, vector, comments); });
  BOOST_TEST(read_lattice(lattice_file.path()).z == vector.z, boost::test_tools::per_element());

  const DigitalNet net = sobol(5, 40);
  const TemporaryFile net_file([&](std::ostream& out) { write_digital_net(out, net, comments); });
  const DigitalNet read = read_digital_net(net_file.path());
  BOOST_TEST(read.columns == 40);
  BOOST_TEST(read.digits == 40);
  BOOST_TEST(read.matrices == net.matrices, boost::test_tools::per_element());

  const DigitalNet interlaced = sobol(3, 20, 2);
  const TemporaryFile interlaced_file([&](std::ostream& out) { write_digital_net(out, interlaced); });
  BOOST_TEST(read_digital_net(interlaced_file.path()).matrices == multiply_out(interlaced).matrices, boost::test_tools::per_element());
}

// A lattice's points plus the saved shift are the shifted lattice's.
BOOST_AUTO_TEST_CASE(shifts_make_the_randomised_points) {
  const Lattice vector = lattice_table(6);
  const Sampler shifted(vector, {Scramble::shift, 17, 3});
  const Sampler plain{PointSet(vector)};
  const TemporaryFile file([&](std::ostream& out) { write_shift(out, shift_of(shifted, 2), comments); });
  const auto shift = read_shift(file.path());
  BOOST_REQUIRE_EQUAL(shift.size(), 6U);
  for (std::uint64_t i = 0; i < 100; ++i) {
    for (int j = 0; j < 6; ++j) {
      BOOST_REQUIRE_EQUAL(plain.word(i, j) + shift[static_cast<std::size_t>(j)], shifted.word(i, j, 2));
    }
  }
}

// The net under the saved matrices and the saved digital shift is the scrambled net, to all 64 digits and interlaced or not.
BOOST_AUTO_TEST_CASE(linear_scrambles_make_the_randomised_points) {
  for (const int interlacing : {1, 3}) {
    const DigitalNet net = sobol(4, 32, interlacing);
    const Randomization randomization{Scramble::lms_digital_shift, 23, 2, 5};
    const Sampler scrambled(net, randomization);
    const TemporaryFile file([&](std::ostream& out) { write_linear_scramble(out, linear_scramble_of(net, randomization, 1), comments); });
    const Sampler linear{PointSet(linear_scrambled(read_linear_scramble(file.path()), net))};
    const TemporaryFile shift_file([&](std::ostream& out) { write_digital_shift(out, shift_of(scrambled, 1)); });
    const auto shift = read_digital_shift(shift_file.path());
    for (std::uint64_t i = 0; i < 1000; i += 3) {
      for (int j = 0; j < 4; ++j) {
        BOOST_REQUIRE_EQUAL(linear.word(i, j) ^ shift[static_cast<std::size_t>(j)], scrambled.word(i, j, 1));
      }
    }
  }
}

// x_i = frac(i z / n), and a permutation of the natural order by the reversal of bits.
BOOST_AUTO_TEST_CASE(linear_order_of_lattices) {
  const Lattice vector = lattice_table(4);
  for (const int m : {1, 5, 20}) {
    const Sampler linear{PointSet(linear_order(vector, m))};
    const Sampler natural{PointSet(vector)};
    const std::uint64_t n = std::uint64_t{1} << static_cast<unsigned>(m);
    for (std::uint64_t i = 0; i < n; i += 1 + n / 512) {
      for (int j = 0; j < 4; ++j) {
        const double x = static_cast<double>(i * vector.z[static_cast<std::size_t>(j)] % n) / static_cast<double>(n);
        BOOST_REQUIRE_EQUAL(to_double(linear.word(i, j)), x);
        BOOST_REQUIRE_EQUAL(linear.word(i, j), natural.word(reverse_bits(i) >> static_cast<unsigned>(64 - m), j));
      }
    }
  }
  BOOST_CHECK_THROW(linear_order(vector, 21), InputError);
  const Randomization shift{Scramble::shift, 3};
  BOOST_TEST(Sampler(linear_order(vector, 10), shift).word(1, 2) == Sampler(vector, shift).word(512, 2));
}

BOOST_AUTO_TEST_CASE(bad_files_are_refused) {
  const auto refused = [](const std::string& text, const auto& read) {
    const TemporaryFile file(text);
    BOOST_CHECK_THROW(read(file.path()), InputError);
  };
  const auto lattices = [](const auto& path) { read_lattice(path); };
  refused("# dnet\n2\n16\n1\n3\n", lattices);
  refused("# lattice\n2\n15\n1\n3\n", lattices);
  refused("# lattice\n2\n16\n1\n", lattices);
  refused("# lattice\n2\n16\n1\n3\n5\n", lattices);
  refused("# lattice\n2\n16\n1\n4\n", lattices);
  refused("# lattice\n2\n16\n1\n15\n", lattices);
  refused("# lattice\n2\n16\n1\nx\n", lattices);
  refused("", lattices);
  refused("# shiftmod1\n1\n1.5\n", [](const auto& path) { read_shift(path); });
  refused("# shiftmod1\n1\n0.1e3\n", [](const auto& path) { read_shift(path); });
  refused("# dshift\n3\n1\n10\n5\n", [](const auto& path) { read_digital_shift(path); });
  refused("# dshift\n2\n1\n3\n9\n", [](const auto& path) { read_digital_shift(path); });
  refused("# lmscramble\n2\n1\n2\n3 2\n", [](const auto& path) { read_linear_scramble(path); });
  refused("# dnet\n2\n1\n3\n4\n1 2 16\n", [](const auto& path) { read_digital_net(path); });
  BOOST_CHECK_THROW(read_lattice("no such file"), kindred::IoError);
  BOOST_CHECK_THROW(linear_scrambled(sobol(2, 32), sobol(3, 32)), InputError);
}

BOOST_AUTO_TEST_SUITE_END()
