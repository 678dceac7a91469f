#include <kindred/solvers/sequence/state_file.hpp>

#include <array>

#include <fmt/format.h>

namespace kindred {
namespace {

constexpr const char* version_attribute = "kindred_sequence_state";
constexpr const char* version = "1";

/// Path of the first dataset 0, 1, … of which `holds` is true, or of the first number that is free.
template <class Holds>
std::string find_number(hid_t file, Holds holds) {
  for (Index number = 0;; ++number) {
    std::string path = fmt::format("arrays/{}", number);
    if (!hdf5::exists(file, path) || holds(path)) {
      return path;
    }
  }
}

}  // namespace

hdf5::File create_state_file(const std::filesystem::path& path, Index solved) {
  hdf5::File file(KINDRED_HDF5(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT)));
  hdf5::write_string_attribute(file, version_attribute, version);
  hdf5::write_string_attribute(file, "solved", std::to_string(solved));
  for (const char* name : {"arrays", "texts"}) {
    const hdf5::Group group(KINDRED_HDF5(H5Gcreate2(file, name, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT)));
  }
  return file;
}

hdf5::File open_state_file(const std::filesystem::path& path) {
  hdf5::File file = hdf5::open_readonly(path);
  if (H5Aexists(file, version_attribute) <= 0) {
    throw IoError(fmt::format("{}: this file holds no sequence state", path.string()));
  }
  if (const std::string found = hdf5::read_string_attribute(file, version_attribute); found != version) {
    throw IoError(fmt::format("{}: sequence state of version {}; this program reads version {}", path.string(), found, version));
  }
  return file;
}

hdf5::Dataset create_state_array(const hdf5::File& file, const std::string& name, Index rows, Index columns) {
  const std::array<hsize_t, 2> shape{static_cast<hsize_t>(rows), static_cast<hsize_t>(columns)};
  const hdf5::Dataspace space(KINDRED_HDF5(H5Screate_simple(2, shape.data(), nullptr)));
  const std::string path = find_number(file, [](const std::string&) { return false; });
  hdf5::Dataset dataset(KINDRED_HDF5(H5Dcreate2(file, path.c_str(), H5T_IEEE_F64LE, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT)));
  hdf5::write_string_attribute(dataset, "name", name);
  return dataset;
}

std::string find_state_array(const hdf5::File& file, const std::string& name) {
  std::string path = find_number(file, [&](const std::string& candidate) {
    const hdf5::Dataset dataset(KINDRED_HDF5(H5Dopen2(file, candidate.c_str(), H5P_DEFAULT)));
    return hdf5::read_string_attribute(dataset, "name") == name;
  });
  return hdf5::exists(file, path) ? path : std::string();
}

}  // namespace kindred
