#include <kindred/apps/verbs/analysis/tree.hpp>

#include <map>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <kindred/core/hdf5/hdf5.hpp>

namespace kindred::app {
namespace {

std::string type_text(hid_t dataset) {
  const hdf5::Datatype type(KINDRED_HDF5(H5Dget_type(dataset)));
  const std::size_t bits = 8 * H5Tget_size(type);
  switch (H5Tget_class(type)) {
    case H5T_FLOAT:
      return fmt::format("f{}", bits);
    case H5T_INTEGER:
      return fmt::format("{}{}", H5Tget_sign(type) == H5T_SGN_NONE ? 'u' : 'i', bits);
    case H5T_STRING:
      return "text";
    case H5T_ENUM:
      return "bool";
    case H5T_COMPOUND:
      return "record";
    case H5T_REFERENCE:
      return "reference";
    default:
      return "other";
  }
}

std::string shape_of(hid_t dataset) {
  const hdf5::Dataspace space(KINDRED_HDF5(H5Dget_space(dataset)));
  std::vector<hsize_t> extent(static_cast<std::size_t>(std::max(0, H5Sget_simple_extent_ndims(space))));
  if (!extent.empty()) {
    H5Sget_simple_extent_dims(space, extent.data(), nullptr);
  }
  return fmt::format("({})", fmt::join(extent, ", "));
}

class Walk {
 public:
  std::vector<TreeEntry> entries;

  void visit_group(hid_t group, const std::string& path) {
    H5G_info_t information{};
    KINDRED_HDF5(H5Gget_info(group, &information));
    for (hsize_t k = 0; k < information.nlinks; ++k) {
      const ssize_t length = H5Lget_name_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, k, nullptr, 0, H5P_DEFAULT);
      std::string name(static_cast<std::size_t>(std::max<ssize_t>(0, length)), '\0');
      H5Lget_name_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, k, name.data(), name.size() + 1, H5P_DEFAULT);
      visit_object(group, name, fmt::format("{}/{}", path, name));
    }
  }

 private:
  void visit_object(hid_t group, const std::string& name, const std::string& path) {
    H5O_info_t information{};
    KINDRED_HDF5(H5Oget_info_by_name(group, name.c_str(), &information, H5P_DEFAULT));
    TreeEntry entry;
    entry.path = path;
    entry.group = information.type == H5O_TYPE_GROUP;
    const auto [seen, first_time] = seen_.try_emplace({information.fileno, information.addr}, path);
    if (!first_time) {
      entry.same_as = seen->second;
    }
    if (entry.group) {
      entries.push_back(entry);
      if (first_time) {
        visit_group(hdf5::Group(KINDRED_HDF5(H5Gopen2(group, name.c_str(), H5P_DEFAULT))), path);
      }
    } else if (information.type == H5O_TYPE_DATASET) {
      const hdf5::Dataset dataset(KINDRED_HDF5(H5Dopen2(group, name.c_str(), H5P_DEFAULT)));
      entry.type = type_text(dataset);
      entry.shape = shape_of(dataset);
      if (H5Aexists(dataset, "units") > 0) {
        entry.unit = hdf5::read_string_attribute(dataset, "units");
      }
      entries.push_back(entry);
    }
  }

  std::map<std::pair<unsigned long, haddr_t>, std::string> seen_;
};

}  // namespace

std::vector<TreeEntry> hdf5_tree(const std::filesystem::path& file) {
  const hdf5::File handle = hdf5::open_readonly(file);
  Walk walk;
  walk.visit_group(hdf5::Group(KINDRED_HDF5(H5Gopen2(handle, "/", H5P_DEFAULT))), "");
  return std::move(walk.entries);
}

}  // namespace kindred::app
