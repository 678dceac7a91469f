// The tables that the library carries: against the text they were packed from, published checksums, and defects that are known of them.

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/qmc/digital_net.hpp>
#include <kindred/kernels/qmc/kronecker.hpp>
#include <kindred/kernels/qmc/lattice.hpp>
#include <kindred/kernels/qmc/ld_data.hpp>
#include <kindred/kernels/qmc/tables.hpp>

#include "qmc_support.hpp"

using kindred::InputError;
using namespace kindred::qmc;
using qmc_test::read_table;

namespace {

const std::string folder = std::string(KINDRED_SOURCE_DIR) + "/kernels/qmc/data/";

}  // namespace

BOOST_AUTO_TEST_SUITE(test_qmc_tables)

// Direction numbers of all dimensions as SciPy and Sobol.jl have them.
BOOST_AUTO_TEST_CASE(direction_numbers_of_all_dimensions) {
  const DigitalNet net = sobol(21201);
  qmc_test::Checksum checksum;
  for (const std::uint64_t column : net.matrices) {
    BOOST_REQUIRE_EQUAL(column & 0xFFFFFFFFU, 0U);
    checksum.add(static_cast<std::uint32_t>(column >> 32U));
  }
  BOOST_TEST(checksum.fnv == 0x7B19FBFAE2D44219ULL);
  BOOST_TEST(checksum.sum == 1457222451467569ULL);
  BOOST_TEST(checksum.exclusive_or == 24481097U);
}

BOOST_AUTO_TEST_CASE(direction_numbers_of_some_dimensions) {
  const DigitalNet net = sobol(21201);
  for (const auto& line : qmc_test::golden("sobol32_direction_numbers_sample.txt")) {
    const auto matrix = net.matrix(std::stoi(line[0]) - 1);
    BOOST_REQUIRE_EQUAL(line.size(), 33U);
    for (std::size_t k = 0; k < 32; ++k) {
      BOOST_REQUIRE_EQUAL(matrix[k] >> 32U, std::stoull(line[k + 1]));
    }
  }
}

BOOST_AUTO_TEST_CASE(joe_kuo_rows_are_those_of_the_text) {
  tables::JoeKuo table;
  const auto lines = read_table(folder + "sobol_joe_kuo_6_21201.txt");
  BOOST_REQUIRE_EQUAL(lines.size(), 21200U);
  for (const auto& line : lines) {
    const auto row = table.next();
    BOOST_REQUIRE_EQUAL(row.degree, std::stoi(line[1]));
    BOOST_REQUIRE_EQUAL(row.a, std::stoul(line[2]));
    BOOST_REQUIRE_EQUAL(line.size(), 3U + static_cast<std::size_t>(row.degree));
    for (std::size_t k = 3; k < line.size(); ++k) {
      BOOST_REQUIRE_EQUAL(row.m[k - 3], std::stoul(line[k]));
    }
  }
}

// More columns leave the first ones as they are: the same points, and more of them.
BOOST_AUTO_TEST_CASE(longer_sobol_sequences_continue_shorter_ones) {
  const DigitalNet short_net = sobol(1000, 20);
  const DigitalNet long_net = sobol(1000, 64);
  for (int j = 0; j < 1000; ++j) {
    BOOST_REQUIRE(std::ranges::equal(short_net.matrix(j), long_net.matrix(j).first(20)));
    for (const std::uint64_t column : long_net.matrix(j)) {
      BOOST_REQUIRE(column != 0);
    }
  }
}

BOOST_AUTO_TEST_CASE(lattices_are_those_of_the_text) {
  int found = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string stem = entry.path().stem().string();
    if (stem.rfind("lattice_", 0) != 0) {
      continue;
    }
    ++found;
    const auto lines = read_table(entry.path().string());
    const int dimensions = std::stoi(lines[0][0]);
    const std::string tag = "_d" + std::to_string(dimensions);
    std::string name = stem.substr(8);
    name.erase(name.find(tag), tag.size());
    const Lattice lattice = lattice_table(dimensions, name, Duplicates::allow);
    BOOST_TEST((std::uint64_t{1} << static_cast<unsigned>(lattice.log2_points)) == std::stoull(lines[1][0]));
    BOOST_REQUIRE_EQUAL(lattice.dimensions(), dimensions);
    for (std::size_t j = 0; j < lattice.z.size(); ++j) {
      BOOST_REQUIRE_EQUAL(lattice.z[j], std::stoull(lines[j + 2][0]));
    }
  }
  BOOST_TEST(found == 9);
}

// Two of the published vectors repeat themselves; the others do not.
BOOST_AUTO_TEST_CASE(duplicate_components_are_refused) {
  BOOST_CHECK_NO_THROW(lattice_table(4391, "kuo_33002_m20"));
  BOOST_CHECK_EXCEPTION(lattice_table(4392, "kuo_33002_m20"), InputError, [](const InputError& error) {
    return std::string(error.what()).find("component 4392 repeats component 2632") != std::string::npos;
  });
  BOOST_CHECK_NO_THROW(lattice_table(3696, "kuo_38005_m20"));
  BOOST_CHECK_THROW(lattice_table(3697, "kuo_38005_m20"), InputError);
  BOOST_CHECK_NO_THROW(lattice_table(3600));
  BOOST_CHECK_NO_THROW(lattice_table(3600, "kuo_32001_m20"));
  const std::vector<std::uint64_t> reflected{1, 5, 11};  // 5 = 16 - 11
  BOOST_CHECK_THROW(lattice(reflected, 4), InputError);
  BOOST_CHECK_NO_THROW(lattice(reflected, 5));
  BOOST_CHECK_NO_THROW(lattice(reflected, 4, Duplicates::allow));
}

BOOST_AUTO_TEST_CASE(niederreiter_xing_nets_are_those_of_the_text) {
  int found = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder + "niederreiter_xing")) {
    ++found;
    const DigitalNet from_text = read_digital_net(entry.path());
    const DigitalNet carried = digital_net_table(entry.path().stem().string());
    BOOST_TEST(from_text.matrices == carried.matrices);
    BOOST_TEST(from_text.columns == carried.columns);
    BOOST_TEST(from_text.digits == carried.digits);
    BOOST_TEST(from_text.dimensions == carried.dimensions);
  }
  BOOST_TEST(found == 40);
  for (int dimensions = 4; dimensions <= 32; ++dimensions) {
    BOOST_TEST(niederreiter_xing(dimensions).dimensions == dimensions);
  }
}

// floor(2^64 frac(sqrt p)): the largest a with (whole + a/2^64)^2 <= p, in whole numbers of 192 bits held as two halves.
BOOST_AUTO_TEST_CASE(richtmyer_multipliers_are_square_roots) {
  const Kronecker sequence = richtmyer(100);
  const auto square_is_at_most = [](std::uint64_t whole, std::uint64_t fraction, std::uint64_t p) {
    using Wide = unsigned __int128;
    // (w 2^64 + f)^2 = w^2 2^128 + 2 w f 2^64 + f^2
    const Wide cross = 2 * static_cast<Wide>(whole) * fraction;
    const Wide square = static_cast<Wide>(fraction) * fraction;
    const Wide middle = cross + (square >> 64U);
    const Wide top = static_cast<Wide>(whole) * whole + (middle >> 64U);
    return top < p || (top == p && static_cast<std::uint64_t>(middle) == 0 && static_cast<std::uint64_t>(square) == 0);
  };
  std::uint64_t p = 1;
  for (const std::uint64_t a : sequence.a) {
    do {
      ++p;
    } while ([&] {
      for (std::uint64_t q = 2; q * q <= p; ++q) {
        if (p % q == 0) {
          return true;
        }
      }
      return false;
    }());
    std::uint64_t whole = 1;
    while ((whole + 1) * (whole + 1) <= p) {
      ++whole;
    }
    BOOST_REQUIRE(square_is_at_most(whole, a, p));
    BOOST_REQUIRE(!square_is_at_most(whole, a + 1, p));
  }
}

BOOST_AUTO_TEST_CASE(requests_out_of_range_are_refused) {
  BOOST_CHECK_THROW(sobol(0), InputError);
  BOOST_CHECK_THROW(sobol(21202), InputError);
  BOOST_CHECK_THROW(sobol(10601, 32, 2), InputError);
  BOOST_CHECK_THROW(sobol(5, 65), InputError);
  BOOST_CHECK_THROW(sobol(5, 0), InputError);
  BOOST_CHECK_THROW(sobol(5, 32, 6), InputError);
  BOOST_CHECK_THROW(niederreiter_xing(3), InputError);
  BOOST_CHECK_THROW(niederreiter_xing(33), InputError);
  BOOST_CHECK_THROW(lattice_table(3601), InputError);
  BOOST_CHECK_THROW(lattice_table(3, "kuo"), InputError);
  BOOST_CHECK_THROW(digital_net_table("kuo_32001_m20"), InputError);
  BOOST_CHECK_THROW(lattice(std::vector<std::uint64_t>{1, 4}, 5), InputError);
  BOOST_CHECK_THROW(lattice(std::vector<std::uint64_t>{1, 33}, 5), InputError);
  BOOST_CHECK_THROW(kronecker_cbc(14), InputError);
  BOOST_CHECK_THROW(richtmyer(1001), InputError);
  BOOST_CHECK_THROW(kronecker(std::vector<double>{0.5, 1.0}), InputError);
  BOOST_CHECK_THROW(digital_net(1, 2, 8, std::vector<std::uint64_t>{1, 2}), InputError);      // digits beyond the eighth
  BOOST_CHECK_THROW(digital_net(2, 2, 64, std::vector<std::uint64_t>{1, 2, 3}), InputError);  // a column is missing
  BOOST_CHECK_THROW(read_digital_net(folder + "kronecker_cbc_d13.txt"), InputError);
  BOOST_CHECK_THROW(read_digital_net(folder + "none"), kindred::IoError);
}

BOOST_AUTO_TEST_SUITE_END()
