#include <kindred/data/hdf5_objects.hpp>

#include <cstdint>

namespace kindred::data {
namespace {

hdf5::Dataspace dataspace(const std::vector<hsize_t>& shape) {
  if (shape.empty()) {
    return hdf5::Dataspace(KINDRED_HDF5(H5Screate(H5S_SCALAR)));
  }
  return hdf5::Dataspace(KINDRED_HDF5(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr)));
}

void write_attribute(hid_t object, const char* name, hid_t type, const std::vector<hsize_t>& shape, const void* data) {
  const auto space = dataspace(shape);
  const hdf5::Attribute attribute(KINDRED_HDF5(H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT)));
  if (data != nullptr) {
    KINDRED_HDF5(H5Awrite(attribute, type, data));
  }
}

hdf5::PropertyList dataset_properties(Storage storage) {
  hdf5::PropertyList properties(KINDRED_HDF5(H5Pcreate(H5P_DATASET_CREATE)));
  KINDRED_HDF5(H5Pset_layout(properties, H5D_CONTIGUOUS));
  KINDRED_HDF5(H5Pset_alloc_time(properties, H5D_ALLOC_TIME_EARLY));
  KINDRED_HDF5(H5Pset_fill_time(properties, storage == Storage::bulk ? H5D_FILL_TIME_NEVER : H5D_FILL_TIME_ALLOC));
  KINDRED_HDF5(H5Pset_attr_creation_order(properties, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED));
  KINDRED_HDF5(H5Pset_obj_track_times(properties, false));
  return properties;
}

/// Strings of variable length would lie in HDF5's global heap, which has no checksum: readers crash on a damaged one.
hdf5::Datatype fixed_string_type(std::size_t bytes) {
  hdf5::Datatype type(KINDRED_HDF5(H5Tcopy(H5T_C_S1)));
  KINDRED_HDF5(H5Tset_size(type, bytes));
  KINDRED_HDF5(H5Tset_cset(type, H5T_CSET_UTF8));
  KINDRED_HDF5(H5Tset_strpad(type, H5T_STR_NULLPAD));
  return type;
}

}  // namespace

hdf5::Datatype bool_type() {
  hdf5::Datatype type(KINDRED_HDF5(H5Tenum_create(H5T_NATIVE_INT8)));
  const std::int8_t no = 0;
  const std::int8_t yes = 1;
  KINDRED_HDF5(H5Tenum_insert(type, "FALSE", &no));
  KINDRED_HDF5(H5Tenum_insert(type, "TRUE", &yes));
  return type;
}

hdf5::Datatype string_type() {
  hdf5::Datatype type(KINDRED_HDF5(H5Tcopy(H5T_C_S1)));
  KINDRED_HDF5(H5Tset_size(type, H5T_VARIABLE));
  KINDRED_HDF5(H5Tset_cset(type, H5T_CSET_UTF8));
  return type;
}

void set_attribute(hid_t object, const char* name, bool value) {
  const std::int8_t stored = value ? 1 : 0;
  write_attribute(object, name, bool_type(), {}, &stored);
}

void set_attribute(hid_t object, const char* name, std::int64_t value) { write_attribute(object, name, H5T_STD_I64LE, {}, &value); }

void set_attribute(hid_t object, const char* name, const std::string& value) {
  const char* text = value.c_str();
  write_attribute(object, name, string_type(), {}, &text);
}

void set_attribute(hid_t object, const char* name, const std::vector<bool>& values) {
  const std::vector<std::int8_t> stored(values.begin(), values.end());
  write_attribute(object, name, bool_type(), {stored.size()}, stored.empty() ? nullptr : stored.data());
}

void set_attribute(hid_t object, const char* name, const std::vector<std::string>& values) {
  std::vector<const char*> texts;
  texts.reserve(values.size());
  for (const auto& value : values) {
    texts.push_back(value.c_str());
  }
  write_attribute(object, name, string_type(), {texts.size()}, texts.empty() ? nullptr : texts.data());
}

hdf5::Group create_group(hid_t parent, const std::string& name) {
  const hdf5::PropertyList properties(KINDRED_HDF5(H5Pcreate(H5P_GROUP_CREATE)));
  KINDRED_HDF5(H5Pset_link_creation_order(properties, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED));
  KINDRED_HDF5(H5Pset_attr_creation_order(properties, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED));
  KINDRED_HDF5(H5Pset_obj_track_times(properties, false));
  return hdf5::Group(KINDRED_HDF5(H5Gcreate2(parent, name.c_str(), H5P_DEFAULT, properties, H5P_DEFAULT)));
}

hdf5::Dataset create_dataset(hid_t parent, const std::string& name, hid_t type, const std::vector<hsize_t>& shape, Storage storage,
                             const std::string& unit, const std::string& long_name) {
  hdf5::Dataset dataset(
      KINDRED_HDF5(H5Dcreate2(parent, name.c_str(), type, dataspace(shape), H5P_DEFAULT, dataset_properties(storage), H5P_DEFAULT)));
  if (!unit.empty()) {
    set_attribute(dataset, "units", unit);
  }
  if (!long_name.empty()) {
    set_attribute(dataset, "long_name", long_name);
  }
  return dataset;
}

void create_text(hid_t parent, const std::string& name, const std::string& text) {
  const std::string stored = text.empty() ? std::string(1, '\0') : text;
  const auto type = fixed_string_type(stored.size());
  const auto dataset = create_dataset(parent, name, type, {}, Storage::filled, "", "");
  KINDRED_HDF5(H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, stored.data()));
}

void create_reserved_text(hid_t parent, const std::string& name, std::size_t bytes) {
  create_dataset(parent, name, fixed_string_type(bytes), {}, Storage::filled, "", "");
}

void link(hid_t target_parent, const std::string& target, hid_t parent, const std::string& name) {
  KINDRED_HDF5(H5Lcreate_hard(target_parent, target.c_str(), parent, name.c_str(), H5P_DEFAULT, H5P_DEFAULT));
}

}  // namespace kindred::data
