#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace kindred::app {

/// One object of an HDF5 file as `inspect` shows it.
struct TreeEntry {
  std::string path;  ///< `/t0_fields/u`
  bool group = false;
  std::string type;     ///< `f32`, `i64`, `u8`, `bool`, `text`
  std::string shape;    ///< `(800, 1, 64, 64)`
  std::string unit;     ///< of the attribute `units`, if any
  std::string same_as;  ///< the first path of an object that several hard links name
};

/// All groups and datasets, parents before children, by name. @throws IoError if it is no readable HDF5 file
std::vector<TreeEntry> hdf5_tree(const std::filesystem::path& file);

}  // namespace kindred::app
