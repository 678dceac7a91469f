#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <kindred/core/base/types.hpp>
#include <kindred/core/hdf5/hdf5.hpp>

namespace kindred {

/// What a solver keeps from one system to the next: named dense arrays (recycle space, previous solution, posterior of a
/// tuner) and named texts. Saved to and loaded from one HDF5 group, so that a chain can go on in another process.
class SequenceState {
 public:
  std::map<std::string, hdf5::RealArray> arrays;
  std::map<std::string, std::string> texts;
  Index solved = 0;  ///< systems seen so far

  void clear();
  [[nodiscard]] std::size_t bytes() const;
  /// Writes atomically (temporary file, fsync, rename). @throws IoError
  void save(const std::filesystem::path& path) const;
  static SequenceState load(const std::filesystem::path& path);
};

}  // namespace kindred
