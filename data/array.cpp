#include <kindred/data/array.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <functional>
#include <future>
#include <numeric>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <kindred/core/deck/suggest.hpp>

namespace kindred::data {
namespace {

// Of chunks, in bytes: what HDF5 has by default, and what may be spent on chunks that are larger than a box.
constexpr Index smallest_cache = Index{1} << 20U;
constexpr Index largest_cache = Index{1} << 26U;

Index product(const std::vector<Index>& factors) { return std::accumulate(factors.begin(), factors.end(), Index{1}, std::multiplies<>()); }

std::vector<hsize_t> extents(const std::vector<Index>& sizes) { return {sizes.begin(), sizes.end()}; }

/// Dataspace of a dataset with the box selected, and one for the box in memory. Both are scalar for rank 0.
struct Selection {
  Selection(hid_t dataset, const Box& box) : file(KINDRED_HDF5(H5Dget_space(dataset))) {
    if (box.count.empty()) {
      memory = hdf5::Dataspace(KINDRED_HDF5(H5Screate(H5S_SCALAR)));
      return;
    }
    const auto start = extents(box.start);
    const auto count = extents(box.count);
    KINDRED_HDF5(H5Sselect_hyperslab(file, H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr));
    memory = hdf5::Dataspace(KINDRED_HDF5(H5Screate_simple(static_cast<int>(count.size()), count.data(), nullptr)));
  }
  hdf5::Dataspace file;
  hdf5::Dataspace memory;
};

/// Paths of all datasets of a file.
std::vector<std::string> dataset_names(hid_t file) {
  std::vector<std::string> names;
  const auto collect = [](hid_t group, const char* name, const H5L_info_t* /*link*/, void* data) -> herr_t {
    H5O_info_t object{};
    if (H5Oget_info_by_name(group, name, &object, H5P_DEFAULT) >= 0 && object.type == H5O_TYPE_DATASET) {
      static_cast<std::vector<std::string>*>(data)->emplace_back(name);
    }
    return 0;
  };
  H5Lvisit(file, H5_INDEX_NAME, H5_ITER_INC, collect, &names);
  return names;
}

[[noreturn]] void no_such_dataset(const std::string& file_name, const std::string& name, hid_t file) {
  constexpr std::size_t shown = 12;
  auto names = sorted_by_distance(name, dataset_names(file));
  const std::size_t count = names.size();
  names.resize(std::min(count, shown));
  throw InputError(fmt::format("{} has no dataset \"{}\"; {}{}", file_name, name,
                               names.empty() ? "it has none at all" : fmt::format("it has: {}", fmt::join(names, ", ")),
                               count > shown ? ", …" : ""));
}

/// Records of a real and an imaginary part, of the names given.
hdf5::Datatype record_type(hid_t real, const std::vector<std::string>& parts) {
  const std::size_t bytes = H5Tget_size(real);
  hdf5::Datatype type(KINDRED_HDF5(H5Tcreate(H5T_COMPOUND, 2 * bytes)));
  KINDRED_HDF5(H5Tinsert(type, parts[0].c_str(), 0, real));
  KINDRED_HDF5(H5Tinsert(type, parts[1].c_str(), bytes, real));
  return type;
}

/// Names of the parts of complex numbers; empty if the records are something else.
std::vector<std::string> complex_parts(hid_t type) {
  if (H5Tget_class(type) != H5T_COMPOUND || H5Tget_nmembers(type) != 2) {
    return {};
  }
  std::vector<std::string> names;
  for (const unsigned member : {0U, 1U}) {
    char* const name = H5Tget_member_name(type, member);
    names.emplace_back(name);
    H5free_memory(name);
    if (H5Tget_member_class(type, member) != H5T_FLOAT) {
      return {};
    }
  }
  const bool known = (names[0] == "r" && names[1] == "i") || (names[0] == "real" && (names[1] == "imag" || names[1] == "imaginary"));
  return known ? names : std::vector<std::string>{};
}

std::string file_name_of(hid_t file) {
  std::string name(static_cast<std::size_t>(std::max<ssize_t>(0, H5Fget_name(file, nullptr, 0))), '\0');
  H5Fget_name(file, name.data(), name.size() + 1);
  return name;
}

}  // namespace

Index Box::size() const { return product(count); }

BoxGrid::BoxGrid(std::vector<Index> shape, const std::vector<Index>& chunk, Index elements)
    : shape_(std::move(shape)), box_(shape_.size(), 1) {
  if (!chunk.empty()) {
    std::transform(chunk.begin(), chunk.end(), shape_.begin(), box_.begin(),
                   [](Index c, Index n) { return std::min(c, std::max<Index>(n, 1)); });
  }
  for (std::size_t axis = shape_.size(); axis-- > 0;) {
    const Index whole = (shape_[axis] + box_[axis] - 1) / box_[axis];
    box_[axis] *= std::clamp<Index>(elements / product(box_), 1, std::max<Index>(whole, 1));
    if (box_[axis] < shape_[axis]) {
      break;
    }
    box_[axis] = std::max<Index>(shape_[axis], 1);
  }
  for (std::size_t axis = 0; axis < shape_.size(); ++axis) {
    count_ *= (shape_[axis] + box_[axis] - 1) / box_[axis];
  }
}

Box BoxGrid::box(Index i) const {
  Box box{std::vector<Index>(shape_.size()), std::vector<Index>(shape_.size())};
  for (std::size_t axis = shape_.size(); axis-- > 0;) {
    const Index boxes = (shape_[axis] + box_[axis] - 1) / box_[axis];
    box.start[axis] = i % boxes * box_[axis];
    box.count[axis] = std::min(box_[axis], shape_[axis] - box.start[axis]);
    i /= boxes;
  }
  return box;
}

ArrayReader::ArrayReader(const hdf5::File& file, const std::string& name, Numbers numbers) : file_name_(file_name_of(file)), name_(name) {
  if (!hdf5::exists(file, name) || H5Oexists_by_name(file, name.c_str(), H5P_DEFAULT) <= 0) {  // there may be a link to nothing
    no_such_dataset(file_name_, name, file);
  }
  H5O_info_t object{};
  KINDRED_HDF5(H5Oget_info_by_name(file, name.c_str(), &object, H5P_DEFAULT));
  if (object.type != H5O_TYPE_DATASET) {
    no_such_dataset(file_name_, name, file);
  }
  dataset_ = hdf5::Dataset(KINDRED_HDF5(H5Dopen2(file, name.c_str(), H5P_DEFAULT)));
  const hdf5::Datatype type(KINDRED_HDF5(H5Dget_type(dataset_)));
  const H5T_class_t kind = H5Tget_class(type);
  std::vector<std::string> parts = complex_parts(type);
  if (kind != H5T_INTEGER && kind != H5T_FLOAT && (parts.empty() || numbers == Numbers::real)) {
    throw InputError(fmt::format("{}: dataset \"{}\" holds {}; {} are needed", file_name_, name,
                                 kind == H5T_STRING     ? "text"
                                 : !parts.empty()       ? "complex numbers"
                                 : kind == H5T_COMPOUND ? "records"
                                                        : "no numbers",
                                 parts.empty() ? "numbers" : "real ones"));
  }
  if (H5Sget_simple_extent_type(hdf5::Dataspace(KINDRED_HDF5(H5Dget_space(dataset_)))) == H5S_NULL) {
    throw InputError(fmt::format("{}: dataset \"{}\" is empty; numbers are needed", file_name_, name));
  }
  integral_ = kind == H5T_INTEGER;
  precision_ = !integral_ && H5Tget_size(type) <= sizeof(float) * (parts.empty() ? 1 : 2) ? Precision::f32 : Precision::f64;
  parts_ = std::move(parts);
  shape_ = hdf5::shape(file, name);
  const hdf5::PropertyList creation(KINDRED_HDF5(H5Dget_create_plist(dataset_)));
  if (H5Pget_layout(creation) == H5D_CHUNKED) {
    std::vector<hsize_t> chunk(shape_.size());
    KINDRED_HDF5(H5Pget_chunk(creation, static_cast<int>(chunk.size()), chunk.data()));
    chunk_.assign(chunk.begin(), chunk.end());
    reopen_with_cache(file, static_cast<Index>(H5Tget_size(type)));
  }
}

void ArrayReader::reopen_with_cache(hid_t file, Index element_bytes) {
  Index bytes = chunk_[0] * element_bytes;  // all chunks that hold the same indices of the first axis
  for (std::size_t axis = 1; axis < shape_.size(); ++axis) {
    bytes *= (shape_[axis] + chunk_[axis] - 1) / chunk_[axis] * chunk_[axis];
  }
  bytes = std::clamp<Index>(bytes, smallest_cache, largest_cache);
  const hdf5::PropertyList access(KINDRED_HDF5(H5Pcreate(H5P_DATASET_ACCESS)));
  KINDRED_HDF5(H5Pset_chunk_cache(access, H5D_CHUNK_CACHE_NSLOTS_DEFAULT, static_cast<std::size_t>(bytes), H5D_CHUNK_CACHE_W0_DEFAULT));
  dataset_.reset();  // the cache is set up by the first opening
  dataset_ = hdf5::Dataset(KINDRED_HDF5(H5Dopen2(file, name_.c_str(), access)));
}

Index ArrayReader::size() const { return product(shape_); }

void ArrayReader::read(const Box& box, hid_t memory_type, void* values) const {
  if (box.size() == 0) {
    return;
  }
  const Selection selection(dataset_, box);
  try {
    KINDRED_HDF5(H5Dread(dataset_, memory_type, selection.memory, selection.file, H5P_DEFAULT, values));
  } catch (const IoError& error) {
    throw IoError(fmt::format("{}: dataset \"{}\": {}", file_name_, name_, error.what()));
  }
}

void ArrayReader::read(const Box& box, std::span<double> values) const { read(box, H5T_NATIVE_DOUBLE, values.data()); }
void ArrayReader::read(const Box& box, std::span<float> values) const { read(box, H5T_NATIVE_FLOAT, values.data()); }
void ArrayReader::read(const Box& box, std::span<std::int64_t> values) const { read(box, H5T_NATIVE_INT64, values.data()); }

template <class Real>
void ArrayReader::read_complex(const Box& box, std::span<std::complex<Real>> values) const {
  const hid_t real = sizeof(Real) == sizeof(float) ? H5T_NATIVE_FLOAT : H5T_NATIVE_DOUBLE;
  if (complex()) {
    read(box, record_type(real, parts_), values.data());
    return;
  }
  auto* const numbers = reinterpret_cast<Real*>(values.data());
  read(box, real, numbers);
  for (std::size_t k = values.size(); k-- > 0;) {
    values[k] = numbers[k];
  }
}

void ArrayReader::read(const Box& box, std::span<std::complex<double>> values) const { read_complex(box, values); }
void ArrayReader::read(const Box& box, std::span<std::complex<float>> values) const { read_complex(box, values); }

std::vector<double> ArrayReader::read_all() const {
  std::vector<double> values(static_cast<std::size_t>(size()));
  read(Box{std::vector<Index>(shape_.size(), 0), shape_}, values);
  return values;
}

IoError write_failure(const std::string& what, const IoError& error) {
  const std::string_view text = error.what();
  for (const int code : {ENOSPC, EDQUOT, EFBIG}) {
    if (text.find(std::strerror(code)) != std::string_view::npos) {
      return IoError(fmt::format("cannot write {}: {}; make room, or write elsewhere", what, std::strerror(code)));
    }
  }
  return IoError(fmt::format("cannot write {}: {}", what, text));
}

hdf5::Datatype complex_type(hid_t real) { return record_type(real, {"r", "i"}); }

ArrayWriter::ArrayWriter(hid_t location, const std::string& name, const std::vector<Index>& shape, hid_t stored_type) : name_(name) {
  const auto sizes = extents(shape);
  const hdf5::Dataspace space(sizes.empty() ? KINDRED_HDF5(H5Screate(H5S_SCALAR))
                                            : KINDRED_HDF5(H5Screate_simple(static_cast<int>(sizes.size()), sizes.data(), nullptr)));
  const hdf5::PropertyList links(KINDRED_HDF5(H5Pcreate(H5P_LINK_CREATE)));
  KINDRED_HDF5(H5Pset_create_intermediate_group(links, 1));
  const hdf5::PropertyList creation(KINDRED_HDF5(H5Pcreate(H5P_DATASET_CREATE)));
  KINDRED_HDF5(H5Pset_fill_time(creation, H5D_FILL_TIME_NEVER));
  dataset_ = hdf5::Dataset(KINDRED_HDF5(H5Dcreate2(location, name.c_str(), stored_type, space, links, creation, H5P_DEFAULT)));
}

void ArrayWriter::write(const Box& box, hid_t memory_type, const void* values) const {
  if (box.size() == 0) {
    return;
  }
  const Selection selection(dataset_, box);
  try {
    KINDRED_HDF5(H5Dwrite(dataset_, memory_type, selection.memory, selection.file, H5P_DEFAULT, values));
  } catch (const IoError& error) {
    throw write_failure(fmt::format("dataset \"{}\"", name_), error);
  }
}

void ArrayWriter::write(const Box& box, std::span<const double> values) const { write(box, H5T_NATIVE_DOUBLE, values.data()); }
void ArrayWriter::write(const Box& box, std::span<const float> values) const { write(box, H5T_NATIVE_FLOAT, values.data()); }
void ArrayWriter::write(const Box& box, std::span<const std::complex<double>> values) const {
  write(box, complex_type(H5T_NATIVE_DOUBLE), values.data());
}
void ArrayWriter::write(const Box& box, std::span<const std::complex<float>> values) const {
  write(box, complex_type(H5T_NATIVE_FLOAT), values.data());
}
void ArrayWriter::write(const Box& box, std::span<const std::int64_t> values) const { write(box, H5T_NATIVE_INT64, values.data()); }
void ArrayWriter::write(const Box& box, std::span<const std::uint32_t> values) const { write(box, H5T_NATIVE_UINT32, values.data()); }
void ArrayWriter::write(const Box& box, std::span<const std::uint64_t> values) const { write(box, H5T_NATIVE_UINT64, values.data()); }

void pipeline(Index count, const std::function<void(Index)>& load, const std::function<void(Index)>& compute,
              const std::function<void(Index)>& store) {
  if (count > 0) {
    load(0);
  }
  for (Index i = 0; i < count; ++i) {
    auto computed = std::async(std::launch::async, compute, i);  // its destructor waits, should a stage throw
    if (i > 0) {
      store(i - 1);
    }
    if (i + 1 < count) {
      load(i + 1);
    }
    computed.get();
  }
  if (count > 0) {
    store(count - 1);
  }
}

}  // namespace kindred::data
