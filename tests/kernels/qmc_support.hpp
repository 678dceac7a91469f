#pragma once

#include <cstdint>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

/// What the tests of quasi-Monte Carlo points share.
namespace qmc_test {

/// The lines of a table as words, comments left out.
inline std::vector<std::vector<std::string>> read_table(const std::string& path) {
  std::ifstream file(path);
  if (!file) {
    throw std::runtime_error("cannot open " + path);
  }
  std::vector<std::vector<std::string>> lines;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line.substr(0, line.find('#')));
    std::vector<std::string> found;
    for (std::string word; words >> word;) {
      found.push_back(word);
    }
    if (!found.empty()) {
      lines.push_back(found);
    }
  }
  return lines;
}

inline std::vector<std::vector<std::string>> golden(const std::string& name) {
  return read_table(std::string(KINDRED_TEST_DATA) + "/data/qmc/" + name);
}

/// FNV-1a of the little-endian bytes of 32-bit words, with their sum and exclusive or.
struct Checksum {
  std::uint64_t fnv = 0xCBF29CE484222325ULL;
  std::uint64_t sum = 0;
  std::uint32_t exclusive_or = 0;

  void add(std::uint32_t word) {
    sum += word;
    exclusive_or ^= word;
    for (int byte = 0; byte < 4; ++byte) {
      fnv = (fnv ^ ((word >> (8 * byte)) & 0xFFU)) * 0x100000001B3ULL;
    }
  }
};

}  // namespace qmc_test
