#include <minizip/zip.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <functional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <kindred/data/export/common.hpp>
#include <kindred/data/exporter.hpp>

namespace kindred::data {
namespace {

namespace fs = std::filesystem;
static_assert(std::endian::native == std::endian::little, "arrays are written in the machine's order, declared little-endian");

/// A .npz archive being written: stored (uncompressed) ZIP64 members, each in the .npy format, version 1.0.
class NpzWriter {
 public:
  explicit NpzWriter(const fs::path& path) : path_(path), zip_(zipOpen64(path.c_str(), APPEND_STATUS_CREATE)) {
    if (zip_ == nullptr) {
      throw IoError(fmt::format("cannot create {}", path.string()));
    }
  }
  ~NpzWriter() {
    if (zip_ != nullptr) {
      zipClose(zip_, nullptr);
    }
  }
  NpzWriter(const NpzWriter&) = delete;
  NpzWriter& operator=(const NpzWriter&) = delete;

  /// Starts member `<name>.npy`; its values follow by append().
  void begin(const std::string& name, const char* dtype, const std::vector<Index>& shape) {
    zip_fileinfo information{};
    information.tmz_date = {0, 0, 0, 1, 0, 1980};  // the earliest date of the ZIP format: equal data, equal bytes
    constexpr int kStored = 0;
    constexpr int kZip64 = 1;
    check(zipOpenNewFileInZip64(zip_, (name + ".npy").c_str(), &information, nullptr, 0, nullptr, 0, nullptr, kStored, 0, kZip64));
    std::string header = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}{}), }}", dtype, fmt::join(shape, ", "),
                                     shape.size() == 1 ? "," : "");
    // Magic, version, length and header together fill a multiple of 64 bytes and end in a newline.
    header.append(63 - (10 + header.size()) % 64, ' ');
    header += '\n';
    const std::string prefix{
        '\x93', 'N', 'U', 'M', 'P', 'Y', '\x01', '\x00', static_cast<char>(header.size() & 0xff), static_cast<char>(header.size() >> 8)};
    append_bytes(prefix.data(), prefix.size());
    append_bytes(header.data(), header.size());
  }
  template <class T>
  void append(std::span<const T> values) {
    append_bytes(values.data(), values.size_bytes());
  }
  void end() { check(zipCloseFileInZip(zip_)); }
  void close() {
    const int status = zipClose(std::exchange(zip_, nullptr), nullptr);
    check(status);
  }

 private:
  void append_bytes(const void* bytes, std::size_t count) { check(zipWriteInFileInZip(zip_, bytes, static_cast<unsigned>(count))); }
  void check(int status) const {
    if (status != ZIP_OK) {
      throw IoError(fmt::format("cannot write {} (ZIP error {}): is the disk full?", path_.string(), status));
    }
  }

  fs::path path_;
  zipFile zip_;
};

struct NpzParameters {
  std::vector<std::string> fields;

  static Schema<NpzParameters> schema() {
    return {parameter("fields", &NpzParameters::fields).doc("names of the fields to write; empty: all")};
  }
};

class NpzExporter final : public Exporter {
 public:
  explicit NpzExporter(NpzParameters parameters) : parameters_(std::move(parameters)) {}

  std::vector<fs::path> write(const DatasetReader& reader, const fs::path& target, bool force) override {
    require_complete(reader);
    for (const std::string& name : parameters_.fields) {
      check_field(reader.layout(), name);
    }
    std::vector<fs::path> files;
    for (const RowRange& rows : split_ranges(reader)) {
      PendingFile pending(target / fmt::format("{}_{}.npz", reader.layout().name, rows.split), force);
      NpzWriter archive(pending.partial());
      write_split(archive, reader, rows);
      archive.close();
      files.push_back(pending.commit());
    }
    files.push_back(
        write_sidecar(reader, target, "npz", force, files, "one array per field (sample, axes…), per parameter (sample) and per axis"));
    return files;
  }

 private:
  static void check_field(const DatasetLayout& layout, const std::string& name) {
    std::vector<std::string> names;
    names.reserve(layout.fields.size());
    for (const FieldLayout& field : layout.fields) {
      names.push_back(field.name);
    }
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      throw InputError(
          fmt::format("the data set \"{}\" has no field \"{}\"; its fields are {}", layout.name, name, fmt::join(names, ", ")));
    }
  }

  void write_split(NpzWriter& archive, const DatasetReader& reader, const RowRange& rows) const {
    const DatasetLayout& layout = reader.layout();
    for (const FieldLayout& field : layout.fields) {
      if (parameters_.fields.empty() ||
          std::find(parameters_.fields.begin(), parameters_.fields.end(), field.name) != parameters_.fields.end()) {
        write_field(archive, reader, rows, field);
      }
    }
    for (std::size_t k = 0; k < layout.scalars.size(); ++k) {
      write_column<double>(archive, layout.scalars[k].name, "<f8", rows, [&](Index row) { return reader.scalars(row)[k]; });
    }
    write_column<std::int64_t>(archive, "sample", "<i8", rows, [&](Index row) { return reader.record(row).index; });
    for (const AxisLayout& axis : layout.axes) {
      archive.begin(axis.name, "<f8", {static_cast<Index>(axis.coordinates.size())});
      archive.append(std::span<const double>(axis.coordinates));
      archive.end();
    }
  }

  static void write_field(NpzWriter& archive, const DatasetReader& reader, const RowRange& rows, const FieldLayout& field) {
    const bool single = reader.layout().precision == Precision::f32;
    std::vector<Index> shape = frame_shape(reader.layout(), field);
    shape.insert(shape.begin(), rows.count);
    archive.begin(field.name, single ? "<f4" : "<f8", shape);
    std::vector<float> rounded;
    for (Index row = rows.first; row < rows.first + rows.count; ++row) {
      const std::vector<double> values = reader.field(row, field.name);
      if (single) {
        rounded.assign(values.begin(), values.end());
        archive.append(std::span<const float>(rounded));
      } else {
        archive.append(std::span<const double>(values));
      }
    }
    archive.end();
  }

  template <class T>
  static void write_column(NpzWriter& archive, const std::string& name, const char* dtype, const RowRange& rows,
                           const std::function<T(Index)>& value) {
    archive.begin(name, dtype, {rows.count});
    for (Index row = rows.first; row < rows.first + rows.count; ++row) {
      const T v = value(row);
      archive.append(std::span<const T>(&v, 1));
    }
    archive.end();
  }

  NpzParameters parameters_;
};

const Registration npz =
    plugin<Exporter, NpzParameters>("npz")
        .summary("one .npz file per split, for numpy.load")
        .doc(
            "Writes `<name>_<split>.npz` with one array per field $(B, N_1, \\dots)$ in the stored precision, one per parameter $(B)$, "
            "`sample` "
            "(the global sample numbers) and one per axis (cell centres). The members are stored uncompressed, ZIP64 where needed, "
            "and written row by row.")
        .source("NumPy enhancement proposal 1 (.npy format, version 1.0)")
        .example("kindred export out/darcy --to npz")
        .capabilities({"1d", "2d", "3d"})
        .factory([](const NpzParameters& p) { return std::make_unique<NpzExporter>(p); });

}  // namespace
}  // namespace kindred::data
