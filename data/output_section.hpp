#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <kindred/core/base/types.hpp>
#include <kindred/core/registry/parameter.hpp>
#include <kindred/data/layout.hpp>

namespace kindred::data {

/// The deck's [output] table.
struct OutputParameters {
  std::string dir;
  std::string name;
  std::vector<std::string> fields;
  std::string precision = "f32";
  std::map<std::string, std::string> split = {{"train", "0.8"}, {"valid", "0.1"}, {"test", "0.1"}};
  std::string shard_size = "1 GiB";
  std::int64_t steady_frames = 1;
  bool shuffle = true;

  static Schema<OutputParameters> schema();
  /// Reports a wrong split or shard size.
  void check(const Value& table, Diagnostics& diagnostics) const;

  /// Rows of each split, in the order train, valid, test; splits without rows are left out. Fractions are rounded so that
  /// the counts add up.
  /// @throws InputError if the split's numbers are counts that do not add up to `count`
  [[nodiscard]] std::vector<Split> split_counts(Index count) const;
  /// @throws InputError if shard_size is not a size
  [[nodiscard]] Index shard_bytes() const;
};

/// `1 GiB`, `250 MB`, `4096`: a number and B, kB, KB, KiB, MB, MiB, GB, GiB, TB or TiB. @throws InputError
Index parse_bytes(const std::string& text);

}  // namespace kindred::data
