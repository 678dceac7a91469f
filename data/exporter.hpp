#pragma once

#include <filesystem>

#include <kindred/core/registry/registry.hpp>
#include <kindred/data/reader.hpp>

namespace kindred::data {

/// Plugin kind `exporter`: writes a finished data set in another format, streaming sample by sample.
class Exporter {
 public:
  virtual ~Exporter() = default;
  /// @param target a folder, created if missing; existing files are not overwritten unless `force`
  /// @returns the files written
  virtual std::vector<std::filesystem::path> write(const DatasetReader& reader, const std::filesystem::path& target, bool force) = 0;
};

}  // namespace kindred::data

namespace kindred {
template <>
struct PluginTraits<data::Exporter> {
  static constexpr const char* kind = "exporter";
  using Arguments = void();
};
}  // namespace kindred
