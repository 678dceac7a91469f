#pragma once

#include <string>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <kindred/core/hdf5/hdf5.hpp>

#include "../support/process.hpp"
#include "../support/text.hpp"

/// What the tests of `kindred vmf` share.
namespace kindred::testing {

inline const std::string executable = KINDRED_EXECUTABLE;

inline test::ProcessResult vmf(const std::string& arguments) { return test::run(executable + " vmf " + arguments); }

using test::contains;

/// Prints with -q, stops the test case if the command fails.
inline test::ProcessResult must(const std::string& arguments) {
  auto result = vmf("-q " + arguments);
  BOOST_TEST_REQUIRE(result.status == 0, arguments << ": " << result.err);
  return result;
}

inline nlohmann::json fit_json(const std::string& arguments) { return nlohmann::json::parse(must("fit --json " + arguments).out); }

inline std::vector<double> read(const std::string& path, const std::string& dataset) {
  return hdf5::read_reals(hdf5::open_readonly(path), dataset).values;
}

inline void write(const std::string& path, const std::vector<std::pair<std::string, hdf5::RealArray>>& arrays) {
  const hdf5::File file(KINDRED_HDF5(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT)));
  for (const auto& [name, array] : arrays) {
    hdf5::write_reals(file, name, array);
  }
}

}  // namespace kindred::testing
