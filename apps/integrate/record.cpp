#include <kindred/apps/integrate/record.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <kindred/core/hdf5/hdf5.hpp>
#include <kindred/core/run/run.hpp>
#include <kindred/data/checksum.hpp>
#include <kindred/data/export/common.hpp>

namespace kindred::app {
namespace {

constexpr const char* format_name = "kindred integration record";
constexpr const char* format_version = "2";
constexpr std::size_t piece_columns = 4;
constexpr std::size_t effort_columns = 5;

void write_integers(hid_t location, const char* name, const std::vector<std::int64_t>& values, std::size_t columns) {
  const std::array<hsize_t, 2> shape{values.size() / columns, columns};
  const hdf5::Dataspace space(KINDRED_HDF5(H5Screate_simple(2, shape.data(), nullptr)));
  const hdf5::Dataset dataset(KINDRED_HDF5(H5Dcreate2(location, name, H5T_STD_I64LE, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT)));
  KINDRED_HDF5(H5Dwrite(dataset, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()));
}

std::vector<std::int64_t> read_integers(hid_t location, const char* name) {
  std::size_t count = 1;
  for (const Index extent : hdf5::shape(location, name)) {
    count *= static_cast<std::size_t>(extent);
  }
  std::vector<std::int64_t> values(count);
  const hdf5::Dataset dataset(KINDRED_HDF5(H5Dopen2(location, name, H5P_DEFAULT)));
  KINDRED_HDF5(H5Dread(dataset, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()));
  return values;
}

std::string checksum(std::span<const std::int64_t> pieces, std::span<const double> values) {
  return fmt::format("{:08x}", data::crc32c(std::as_bytes(values), data::crc32c(std::as_bytes(pieces))));
}

}  // namespace

Record::Record(std::filesystem::path path, std::string identity, std::size_t outputs, std::size_t levels)
    : path_(std::move(path)), identity_(std::move(identity)), outputs_(outputs), effort_(levels) {
  if (path_.empty()) {
    return;
  }
  lock_.emplace(std::filesystem::path(path_) += ".lock", data::OwnedFile::Lock::process, path_);
  if (std::filesystem::exists(path_)) {
    load();
  }
}

void Record::load() {
  const hdf5::File file = hdf5::open_readonly(path_);
  const hdf5::Group root(KINDRED_HDF5(H5Gopen2(file, "/", H5P_DEFAULT)));
  if (H5Aexists(root, "format") <= 0 || hdf5::read_string_attribute(root, "format") != format_name) {
    throw InputError(fmt::format("{} is no record of an integration: give another checkpoint", path_.string()));
  }
  if (const auto version = hdf5::read_string_attribute(root, "version"); version != format_version) {
    throw InputError(
        fmt::format("{} is a record of version {}, and this program reads version {}", path_.string(), version, format_version));
  }
  const auto differences = identity_differences(hdf5::read_string_dataset(file, "identity"), identity_);
  if (!differences.empty()) {
    throw InputError(fmt::format("{} holds the evaluations of another study: give another checkpoint, or undo\n  {}", path_.string(),
                                 fmt::join(differences, "\n  ")));
  }
  const auto rows = read_integers(file, "pieces");
  const auto values = hdf5::read_reals(file, "values").values;
  if (hdf5::read_string_attribute(root, "checksum") != checksum(rows, values)) {
    throw IoError(fmt::format("{} is damaged: its checksum differs; give another checkpoint, or begin anew without it", path_.string()));
  }
  std::size_t at = 0;
  for (std::size_t p = 0; p < rows.size() / piece_columns; ++p) {
    const auto* row = rows.data() + p * piece_columns;
    const Piece piece{static_cast<int>(row[0]), static_cast<int>(row[1]), static_cast<std::uint64_t>(row[2]),
                      static_cast<std::uint64_t>(row[3])};
    const std::size_t size = piece.count * outputs_;
    if (at + size > values.size()) {
      throw IoError(fmt::format("{} is damaged: it has {} values, fewer than its pieces", path_.string(), values.size()));
    }
    add(piece, std::span(values).subspan(at, size), {});
    at += size;
    loaded_ += static_cast<std::int64_t>(piece.count);
  }
  const auto effort = hdf5::read_reals(file, "effort").values;
  for (std::size_t level = 0; level < std::min(effort_.size(), effort.size() / effort_columns); ++level) {
    const double* row = effort.data() + level * effort_columns;
    effort_[level] = {static_cast<std::int64_t>(row[0]), static_cast<std::int64_t>(row[1]), static_cast<std::int64_t>(row[2]),
                      static_cast<std::int64_t>(row[3]), row[4]};
  }
  changed_ = false;
}

bool Record::find(const Piece& piece, std::span<double> values) const {
  const auto known = known_.find({piece.level, piece.replicate});
  const std::size_t begin = piece.first * outputs_;
  if (known == known_.end() || known->second.size() < begin + values.size()) {
    return false;
  }
  std::copy_n(known->second.begin() + static_cast<std::ptrdiff_t>(begin), values.size(), values.begin());
  return std::none_of(values.begin(), values.end(), [](double v) { return std::isnan(v); });
}

void Record::add(const Piece& piece, std::span<const double> values, const Effort& effort) {
  auto& known = known_[{piece.level, piece.replicate}];
  const std::size_t begin = piece.first * outputs_;
  if (known.size() < begin + values.size()) {
    known.resize(begin + values.size(), std::numeric_limits<double>::quiet_NaN());
  }
  std::copy(values.begin(), values.end(), known.begin() + static_cast<std::ptrdiff_t>(begin));
  pieces_.push_back(piece);
  effort_[static_cast<std::size_t>(piece.level)] += effort;
  changed_ = true;
}

void Record::save(const std::vector<std::string>& command_line) {
  if (path_.empty() || !changed_) {
    return;
  }
  std::vector<std::int64_t> rows;
  hdf5::RealArray values{{0, static_cast<Index>(outputs_)}, {}};
  for (const Piece& piece : pieces_) {
    rows.insert(rows.end(), {piece.level, piece.replicate, static_cast<std::int64_t>(piece.first), static_cast<std::int64_t>(piece.count)});
    const auto& known = known_.at({piece.level, piece.replicate});
    const auto begin = known.begin() + static_cast<std::ptrdiff_t>(piece.first * outputs_);
    values.values.insert(values.values.end(), begin, begin + static_cast<std::ptrdiff_t>(piece.count * outputs_));
    values.shape[0] += static_cast<Index>(piece.count);
  }
  hdf5::RealArray effort{{static_cast<Index>(effort_.size()), effort_columns}, {}};
  for (const Effort& e : effort_) {
    effort.values.insert(effort.values.end(), {static_cast<double>(e.evaluations), static_cast<double>(e.solves),
                                               static_cast<double>(e.iterations), static_cast<double>(e.repeated), e.seconds});
  }
  data::PendingFile pending(path_, true);
  {
    const hdf5::File file = data::create_hdf5(pending);
    const hdf5::Group root(KINDRED_HDF5(H5Gopen2(file, "/", H5P_DEFAULT)));
    hdf5::write_string_attribute(root, "format", format_name);
    hdf5::write_string_attribute(root, "version", format_version);
    hdf5::write_string_attribute(root, "checksum", checksum(rows, values.values));
    const auto facts = provenance(command_line);
    for (const char* key : {"git_commit", "command_line", "started", "host"}) {
      if (const auto fact = facts.find(key); fact != facts.end()) {
        hdf5::write_string_attribute(root, key, fact->second);
      }
    }
    hdf5::write_string_dataset(file, "identity", identity_);
    write_integers(file, "pieces", rows, piece_columns);
    hdf5::write_reals(file, "values", values);
    hdf5::write_reals(file, "effort", effort);
    KINDRED_HDF5(H5Fflush(file, H5F_SCOPE_LOCAL));
  }
  hdf5::flush_to_disk(pending.partial());
  pending.commit();
  changed_ = false;
}

}  // namespace kindred::app
