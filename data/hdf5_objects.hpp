#pragma once

#include <string>
#include <vector>

#include <kindred/core/hdf5/hdf5.hpp>

namespace kindred::data {

/// The HDF5 types that h5py, and through it The Well, understands as bool and str. See docs/file-format.md.
hdf5::Datatype bool_type();    ///< enumeration over int8 of exactly FALSE = 0, TRUE = 1
hdf5::Datatype string_type();  ///< variable-length UTF-8

void set_attribute(hid_t object, const char* name, bool value);
void set_attribute(hid_t object, const char* name, std::int64_t value);
void set_attribute(hid_t object, const char* name, const std::string& value);
void set_attribute(hid_t object, const char* name, const std::vector<bool>& values);
/// An empty list becomes a dataspace of extent 0, which h5py reads as an empty array.
void set_attribute(hid_t object, const char* name, const std::vector<std::string>& values);

/// A group that keeps the creation order of its members and attributes, which netCDF-4 wants.
hdf5::Group create_group(hid_t parent, const std::string& name);

/// How a dataset comes to its bytes on disk.
enum class Storage {
  bulk,   ///< allocated, never filled: the file is extended, not written
  filled  ///< allocated and filled with zeros
};
/// A contiguous dataset, allocated at once, with units and long_name.
hdf5::Dataset create_dataset(hid_t parent, const std::string& name, hid_t type, const std::vector<hsize_t>& shape, Storage storage,
                             const std::string& unit, const std::string& long_name);
/// A scalar variable-length text.
void create_text(hid_t parent, const std::string& name, const std::string& text);
/// A scalar fixed-length text of `bytes` zeros, to be overwritten in place later.
void create_reserved_text(hid_t parent, const std::string& name, std::size_t bytes);
/// A second name for an existing object.
void link(hid_t target_parent, const std::string& target, hid_t parent, const std::string& name);

}  // namespace kindred::data
