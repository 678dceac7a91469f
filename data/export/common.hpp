#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include <kindred/core/hdf5/hdf5.hpp>
#include <kindred/data/lock.hpp>
#include <kindred/data/reader.hpp>

/// What every exporter needs: row ranges, the choice of fields, files that appear only when complete, HDF5 datasets that
/// are written row by row, and the JSON side-car.
namespace kindred::data {

/// Consecutive rows of one split, in the reader's order.
struct RowRange {
  std::string split;
  Index first = 0;
  Index count = 0;
};

/// One range per split, in the order in which the rows are stored (train, valid, test).
std::vector<RowRange> split_ranges(const DatasetReader& reader);
/// The rows of one split; all rows for an empty name. @throws InputError naming the splits there are
RowRange select_rows(const DatasetReader& reader, const std::string& split);
/// @throws InputError if a sample is unfinished: exports carry no completeness flags, so a gap would pass for data
void require_complete(const DatasetReader& reader);

/// True if the field has a value in every cell (not only on one side) and one component.
bool is_scalar_on_grid(const DatasetLayout& layout, const FieldLayout& field);
/// The named field, or the first scalar output (input) on the whole grid when `name` is empty.
/// @throws InputError listing the fields there are
const FieldLayout& choose_field(const DatasetLayout& layout, const std::string& name, bool output);
/// Shape of one stored frame of a field: the axes it varies along, then its components.
std::vector<Index> frame_shape(const DatasetLayout& layout, const FieldLayout& field);

/// Text for XML or HTML: &, <, > and " as entities.
std::string escape_markup(const std::string& text);

/// A file under construction: written as `<path>.part`, which one run at a time owns, given its name by commit(), removed if that
/// never happens. A symbolic link is followed: what it names is made or replaced.
class PendingFile {
 public:
  /// @throws InputError if the file exists and `force` is false, if there is something that is no file (a folder, a device), or if another
  /// process is writing it
  PendingFile(std::filesystem::path path, bool force);
  [[nodiscard]] const std::filesystem::path& partial() const { return partial_.path(); }
  /// @returns the final path
  std::filesystem::path commit();

 private:
  std::filesystem::path path_;
  OwnedFile partial_;
};

/// New HDF5 file that tracks creation order, as netCDF-4 wants it.
hdf5::File create_hdf5(const PendingFile& file);

/// A dataset of shape rows × row shape, filled row by row from doubles.
class RowDataset {
 public:
  /// @param deflate 0: contiguous; 1 to 9: one chunk a row, shuffled and deflated
  RowDataset(hid_t location, const std::string& name, Index rows, const std::vector<Index>& row_shape, Precision precision,
             int deflate = 0);
  void write(Index row, std::span<const double> values);
  [[nodiscard]] hid_t id() const { return dataset_; }

 private:
  hdf5::Dataset dataset_;
  std::vector<hsize_t> row_shape_;
};

void write_number_attribute(hid_t object, const std::string& name, double value);

/// Writes `<target>/<name>.<format>.json`: source data set, its identity and provenance, what the files hold.
/// @returns its path
std::filesystem::path write_sidecar(const DatasetReader& reader, const std::filesystem::path& target, const std::string& format, bool force,
                                    const std::vector<std::filesystem::path>& files, const std::string& contents);

}  // namespace kindred::data
