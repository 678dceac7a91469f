#include <kindred/core/hdf5/hdf5.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <functional>
#include <mutex>
#include <numeric>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace kindred::hdf5 {
namespace {

/// Takes HDF5's error stack, innermost cause first, on one line.
std::string take_error_stack() {
  std::string text;
  const auto append = [](unsigned /*n*/, const H5E_error2_t* error, void* data) -> herr_t {
    auto& collected = *static_cast<std::string*>(data);
    if (error->desc != nullptr && *error->desc != '\0') {
      collected += collected.empty() ? "" : "; ";
      collected += error->desc;
    }
    return 0;
  };
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, append, &text);
  H5Eclear2(H5E_DEFAULT);
  return text;
}

/// Path of the file that an object lies in, for messages; empty if unknown.
std::string file_name(hid_t object) {
  std::string name(static_cast<std::size_t>(std::max<ssize_t>(0, H5Fget_name(object, nullptr, 0))), '\0');
  H5Fget_name(object, name.data(), name.size() + 1);
  return name;
}

/// Runs `action`; an error is given the place: `data.h5: dataset "u": …`.
template <class Action>
auto at(hid_t location, const char* what, const std::string& name, Action action) {
  silence();
  try {
    return action();
  } catch (const IoError& error) {
    throw IoError(fmt::format("{}: {} \"{}\": {}", file_name(location), what, name, error.what()));
  }
}

Datatype string_type() {
  Datatype type(KINDRED_HDF5(H5Tcopy(H5T_C_S1)));
  KINDRED_HDF5(H5Tset_size(type, H5T_VARIABLE));
  KINDRED_HDF5(H5Tset_cset(type, H5T_CSET_UTF8));
  return type;
}

Dataset open_dataset(hid_t location, const std::string& name) {
  return Dataset(KINDRED_HDF5(H5Dopen2(location, name.c_str(), H5P_DEFAULT)));
}

std::vector<hsize_t> extents(hid_t dataset) {
  const Dataspace space(KINDRED_HDF5(H5Dget_space(dataset)));
  std::vector<hsize_t> shape(static_cast<std::size_t>(KINDRED_HDF5(H5Sget_simple_extent_ndims(space))));
  KINDRED_HDF5(H5Sget_simple_extent_dims(space, shape.data(), nullptr));
  return shape;
}

RealArray make_array(const std::vector<hsize_t>& shape) {
  RealArray array;
  array.shape.assign(shape.begin(), shape.end());
  array.values.resize(std::accumulate(shape.begin(), shape.end(), std::size_t{1}, [](std::size_t a, hsize_t b) { return a * b; }));
  return array;
}

/// Reads a single string, of variable or fixed length, through `read(type, buffer)`.
template <class Read>
std::string read_string(const Datatype& stored_type, const Dataspace& space, Read read) {
  if (H5Tget_class(stored_type) != H5T_STRING || H5Sget_simple_extent_npoints(space) != 1) {
    throw IoError("not a single string");
  }
  if (H5Tis_variable_str(stored_type) > 0) {
    char* text = nullptr;
    const Datatype type(KINDRED_HDF5(H5Tcopy(stored_type)));  // HDF5 converts no character sets
    read(type.get(), static_cast<void*>(&text));
    std::string copy = text != nullptr ? text : "";
    H5free_memory(text);
    return copy;
  }
  std::string text(H5Tget_size(stored_type), '\0');
  read(stored_type.get(), static_cast<void*>(text.data()));
  return text.substr(0, text.find('\0'));
}

}  // namespace

void silence() {
  static std::once_flag once;
  std::call_once(once, [] { H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr); });
}

hid_t check(hid_t id, const char* what, const char* file, int line) {
  if (id >= 0) {
    return id;
  }
  const std::string stack = take_error_stack();
  throw IoError(fmt::format("HDF5: {}{} ({} at {}:{})", stack.empty() ? "failed" : "", stack, what, file, line));
}

void flush_to_disk(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool flushed = descriptor >= 0 && ::fsync(descriptor) == 0;
  const int reason = errno;
  if (descriptor >= 0) {
    ::close(descriptor);
  }
  if (!flushed) {
    throw IoError(fmt::format("{}: cannot be flushed to disk: {}", path.string(), std::strerror(reason)));
  }
}

File open_readonly(const std::filesystem::path& path) {
  silence();
  std::error_code status;
  if (!std::filesystem::exists(path, status)) {
    throw IoError(fmt::format("{}: there is no such file", path.string()));
  }
  if (std::filesystem::is_directory(path, status)) {
    throw IoError(fmt::format("{}: this is a folder, not an HDF5 file", path.string()));
  }
  hid_t id = H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
  if (id >= 0) {
    return File(id);
  }
  std::string stack = take_error_stack();
  if (stack.find("lock") != std::string::npos) {
    // Network file systems without locks refuse the open itself; reading needs no lock.
    const PropertyList access(KINDRED_HDF5(H5Pcreate(H5P_FILE_ACCESS)));
    KINDRED_HDF5(H5Pset_file_locking(access, 0, 1));
    id = H5Fopen(path.c_str(), H5F_ACC_RDONLY, access);
    if (id >= 0) {
      static std::once_flag once;
      std::call_once(once, [&] {
        spdlog::warn("{}: the file could not be locked; reading without locks (HDF5_USE_FILE_LOCKING=FALSE says so from the start)",
                     path.string());
      });
      return File(id);
    }
    stack = take_error_stack();
  }
  if (stack.find("file signature not found") != std::string::npos) {
    throw IoError(fmt::format("{}: this is not an HDF5 file", path.string()));
  }
  throw IoError(fmt::format("{}: HDF5 cannot open it: {}", path.string(), stack));
}

RealArray read_reals(hid_t location, const std::string& name) {
  return at(location, "dataset", name, [&] {
    const Dataset dataset = open_dataset(location, name);
    RealArray array = make_array(extents(dataset));
    KINDRED_HDF5(H5Dread(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, array.values.data()));
    return array;
  });
}

RealArray read_reals(hid_t location, const std::string& name, Index first, Index count) {
  return at(location, "dataset", name, [&] {
    const Dataset dataset = open_dataset(location, name);
    std::vector<hsize_t> shape = extents(dataset);
    const Index rows = shape.empty() ? 0 : static_cast<Index>(shape[0]);
    if (shape.empty() || first < 0 || count < 0 || first > rows - count) {
      throw IoError(fmt::format("it has {} entries along its first axis; {} from {} on were asked for", rows, count, first));
    }
    std::vector<hsize_t> start(shape.size(), 0);
    start[0] = static_cast<hsize_t>(first);
    shape[0] = static_cast<hsize_t>(count);
    RealArray array = make_array(shape);
    if (!array.values.empty()) {
      const Dataspace file_space(KINDRED_HDF5(H5Dget_space(dataset)));
      KINDRED_HDF5(H5Sselect_hyperslab(file_space, H5S_SELECT_SET, start.data(), nullptr, shape.data(), nullptr));
      const Dataspace memory_space(KINDRED_HDF5(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr)));
      KINDRED_HDF5(H5Dread(dataset, H5T_NATIVE_DOUBLE, memory_space, file_space, H5P_DEFAULT, array.values.data()));
    }
    return array;
  });
}

std::vector<Index> shape(hid_t location, const std::string& name) {
  return at(location, "dataset", name, [&] {
    const auto sizes = extents(open_dataset(location, name));
    return std::vector<Index>(sizes.begin(), sizes.end());
  });
}

bool exists(hid_t location, const std::string& name) {
  silence();
  // H5Lexists fails, rather than answering no, when a group on the way is missing.
  for (std::size_t slash = name.find('/', 1); slash != std::string::npos; slash = name.find('/', slash + 1)) {
    if (H5Lexists(location, name.substr(0, slash).c_str(), H5P_DEFAULT) <= 0) {
      return false;
    }
  }
  return H5Lexists(location, name.c_str(), H5P_DEFAULT) > 0;
}

void write_reals(hid_t location, const std::string& name, const RealArray& array) {
  const auto count = std::accumulate(array.shape.begin(), array.shape.end(), Index{1}, std::multiplies<>());
  if (count != static_cast<Index>(array.values.size())) {
    throw InputError(fmt::format("dataset \"{}\": its shape has {} entries, but {} values were given", name, count, array.values.size()));
  }
  at(location, "dataset", name, [&] {
    const std::vector<hsize_t> shape(array.shape.begin(), array.shape.end());
    const Dataspace space(KINDRED_HDF5(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr)));
    const Dataset dataset(KINDRED_HDF5(H5Dcreate2(location, name.c_str(), H5T_IEEE_F64LE, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT)));
    KINDRED_HDF5(H5Dwrite(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, array.values.data()));
  });
}

void write_string_attribute(hid_t object, const std::string& name, const std::string& text) {
  at(object, "attribute", name, [&] {
    const Datatype type = string_type();
    const Dataspace space(KINDRED_HDF5(H5Screate(H5S_SCALAR)));
    const Attribute attribute(KINDRED_HDF5(H5Acreate2(object, name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT)));
    const char* value = text.c_str();
    KINDRED_HDF5(H5Awrite(attribute, type, static_cast<const void*>(&value)));
  });
}

std::string read_string_attribute(hid_t object, const std::string& name) {
  return at(object, "attribute", name, [&] {
    const Attribute attribute(KINDRED_HDF5(H5Aopen(object, name.c_str(), H5P_DEFAULT)));
    const Datatype stored(KINDRED_HDF5(H5Aget_type(attribute)));
    const Dataspace space(KINDRED_HDF5(H5Aget_space(attribute)));
    return read_string(stored, space, [&](hid_t type, void* buffer) { KINDRED_HDF5(H5Aread(attribute, type, buffer)); });
  });
}

void write_string_dataset(hid_t location, const std::string& name, const std::string& text) {
  at(location, "dataset", name, [&] {
    const Datatype type = string_type();
    const Dataspace space(KINDRED_HDF5(H5Screate(H5S_SCALAR)));
    const Dataset dataset(KINDRED_HDF5(H5Dcreate2(location, name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT)));
    const char* value = text.c_str();
    KINDRED_HDF5(H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, static_cast<const void*>(&value)));
  });
}

std::string read_string_dataset(hid_t location, const std::string& name) {
  return at(location, "dataset", name, [&] {
    const Dataset dataset = open_dataset(location, name);
    const Datatype stored(KINDRED_HDF5(H5Dget_type(dataset)));
    const Dataspace space(KINDRED_HDF5(H5Dget_space(dataset)));
    return read_string(stored, space,
                       [&](hid_t type, void* buffer) { KINDRED_HDF5(H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, buffer)); });
  });
}

}  // namespace kindred::hdf5
