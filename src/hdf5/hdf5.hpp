#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <hdf5.h>

#include <kindred/core/base/error.hpp>
#include <kindred/core/base/types.hpp>

namespace kindred::hdf5 {

/// Stops HDF5 from printing its errors on stderr: they go into exceptions. KINDRED_HDF5 sees to it.
void silence();
/// Throws IoError carrying HDF5's error stack if `id` is negative; returns it otherwise.
hid_t check(hid_t id, const char* what, const char* file, int line);
#define KINDRED_HDF5(expression) \
  ::kindred::hdf5::check((::kindred::hdf5::silence(), static_cast<hid_t>(expression)), #expression, __FILE__, __LINE__)

/// Owns one HDF5 identifier, closed with the function given. Move-only.
template <herr_t (*Close)(hid_t)>
class Handle {
 public:
  Handle() = default;
  explicit Handle(hid_t id) : id_(id) {}
  ~Handle() { reset(); }
  Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, hid_t{-1})) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(id_, other.id_);
    return *this;
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  void reset() {
    if (id_ >= 0) {
      Close(id_);
    }
    id_ = -1;
  }
  [[nodiscard]] hid_t get() const { return id_; }
  operator hid_t() const { return id_; }  // NOLINT(google-explicit-constructor)
  explicit operator bool() const { return id_ >= 0; }

 private:
  hid_t id_ = -1;
};

using File = Handle<H5Fclose>;
using Group = Handle<H5Gclose>;
using Dataset = Handle<H5Dclose>;
using Dataspace = Handle<H5Sclose>;
using Datatype = Handle<H5Tclose>;
using Attribute = Handle<H5Aclose>;
using PropertyList = Handle<H5Pclose>;

/// Opens for reading; retries without file locks where the file system has none (NFS, Lustre).
/// @throws IoError if the file is missing or is not HDF5
File open_readonly(const std::filesystem::path& path);

/// Waits until what a closed file holds, or the names in a folder, are on disk.
/// @throws IoError
void flush_to_disk(const std::filesystem::path& path);

/// A dense array of reals with its shape, C order.
struct RealArray {
  std::vector<Index> shape;
  std::vector<double> values;
};

/// Reads a whole numeric dataset as double. @throws IoError naming file and dataset
RealArray read_reals(hid_t location, const std::string& name);
/// Reads `count` entries of the first axis from `first`.
RealArray read_reals(hid_t location, const std::string& name, Index first, Index count);
/// Shape of a dataset.
std::vector<Index> shape(hid_t location, const std::string& name);
[[nodiscard]] bool exists(hid_t location, const std::string& name);
/// Creates a contiguous dataset of float64 and writes it.
void write_reals(hid_t location, const std::string& name, const RealArray& array);
/// Variable-length UTF-8 strings, scalar; as attribute or as dataset.
void write_string_attribute(hid_t object, const std::string& name, const std::string& text);
std::string read_string_attribute(hid_t object, const std::string& name);
void write_string_dataset(hid_t location, const std::string& name, const std::string& text);
std::string read_string_dataset(hid_t location, const std::string& name);

}  // namespace kindred::hdf5
