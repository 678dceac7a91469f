#pragma once

#include <filesystem>
#include <vector>

#include <kindred/data/file.hpp>

namespace kindred::data {

/// Keeps two generators from filling the same shards. One byte of `<directory>/.lock` stands for each shard; the whole
/// data set is locked by locking all bytes. The locks belong to the open file (Linux's open file description locks), so
/// they are inherited by forked workers and vanish when the last of them ends, however it ends.
class DatasetLock {
 public:
  DatasetLock() = default;
  /// @param shards those to lock; empty: all, now and later
  /// @throws InputError naming host and process of the holder
  DatasetLock(const std::filesystem::path& directory, const std::vector<std::size_t>& shards);

 private:
  FileHandle file_;
};

}  // namespace kindred::data
