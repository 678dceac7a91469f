#pragma once

#include <cstddef>
#include <cstring>
#include <span>

#include <hdf5.h>

#include <kindred/data/writer.hpp>

namespace kindred::data {

/// One column of the /samples table that is a member of SampleRecord: how it is called and stored.
struct RecordColumn {
  const char* name;
  const char* unit;
  const char* long_name;
  hid_t (*type)();     ///< element type on disk
  std::size_t extent;  ///< elements per row
  std::size_t bytes;   ///< bytes per row
  std::size_t offset;  ///< within SampleRecord
};

/// All columns but `status`, the checksums and the parameters.
std::span<const RecordColumn> record_columns();

inline void pack(const RecordColumn& column, const SampleRecord& record, std::byte* target) {
  std::memcpy(target, reinterpret_cast<const std::byte*>(&record) + column.offset, column.bytes);  // NOLINT
}
inline void unpack(const RecordColumn& column, const std::byte* source, SampleRecord& record) {
  std::memcpy(reinterpret_cast<std::byte*>(&record) + column.offset, source, column.bytes);  // NOLINT
}

}  // namespace kindred::data
