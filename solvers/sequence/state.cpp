#include <kindred/solvers/sequence/state.hpp>

#include <fmt/format.h>

#include <kindred/solvers/sequence/state_file.hpp>

namespace kindred {
namespace {

/// Writes the values of a map as datasets 0, 1, … of a group.
template <class Map, class Write>
void write_items(hid_t file, const char* group_name, const Map& items, Write write) {
  const hdf5::Group group(KINDRED_HDF5(H5Gopen2(file, group_name, H5P_DEFAULT)));
  Index number = 0;
  for (const auto& [name, item] : items) {
    const std::string key = std::to_string(number++);
    write(group, key, item);
    const hdf5::Dataset dataset(KINDRED_HDF5(H5Dopen2(group, key.c_str(), H5P_DEFAULT)));
    hdf5::write_string_attribute(dataset, "name", name);
  }
}

template <class Map, class Read>
void read_items(hid_t file, const char* group_name, Map& items, Read read) {
  const hdf5::Group group(KINDRED_HDF5(H5Gopen2(file, group_name, H5P_DEFAULT)));
  for (Index number = 0; hdf5::exists(group, std::to_string(number)); ++number) {
    const std::string key = std::to_string(number);
    const hdf5::Dataset dataset(KINDRED_HDF5(H5Dopen2(group, key.c_str(), H5P_DEFAULT)));
    items[hdf5::read_string_attribute(dataset, "name")] = read(group, key);
  }
}

void write_file(const SequenceState& state, const std::filesystem::path& path) {
  const hdf5::File file = create_state_file(path, state.solved);
  write_items(file, "arrays", state.arrays, hdf5::write_reals);
  write_items(file, "texts", state.texts, hdf5::write_string_dataset);
  KINDRED_HDF5(H5Fflush(file, H5F_SCOPE_LOCAL));
}

}  // namespace

void SequenceState::clear() {
  arrays.clear();
  texts.clear();
  solved = 0;
}

std::size_t SequenceState::bytes() const {
  std::size_t total = 0;
  for (const auto& [name, array] : arrays) {
    total += name.size() + array.shape.size() * sizeof(Index) + array.values.size() * sizeof(double);
  }
  for (const auto& [name, text] : texts) {
    total += name.size() + text.size();
  }
  return total;
}

void SequenceState::save(const std::filesystem::path& path) const {
  std::filesystem::path partial = path;
  partial += fmt::format(".{}.part", ::getpid());
  try {
    write_file(*this, partial);
    hdf5::flush_to_disk(partial);
    std::filesystem::rename(partial, path);
  } catch (const std::filesystem::filesystem_error& error) {
    std::filesystem::remove(partial);
    throw IoError(fmt::format("{}: {}", path.string(), error.code().message()));
  } catch (...) {
    std::error_code ignored;
    std::filesystem::remove(partial, ignored);
    throw;
  }
  hdf5::flush_to_disk(path.has_parent_path() ? path.parent_path() : ".");  // makes the new name itself durable
}

SequenceState SequenceState::load(const std::filesystem::path& path) {
  const hdf5::File file = open_state_file(path);
  SequenceState state;
  state.solved = std::stoll(hdf5::read_string_attribute(file, "solved"));
  read_items(file, "arrays", state.arrays, [](hid_t group, const std::string& key) { return hdf5::read_reals(group, key); });
  read_items(file, "texts", state.texts, [](hid_t group, const std::string& key) { return hdf5::read_string_dataset(group, key); });
  return state;
}

}  // namespace kindred
