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

/// A file that belongs to one run at a time: made if it is not there, taken over if its owner has ended, however it ended, and
/// removed with the object.
class OwnedFile {
 public:
  /// What the lock goes with: the open file, whose lock forked children share and other opens of it do not end; or this process alone,
  /// for files that nobody opens otherwise.
  enum class Lock { open_file, process };

  /// Makes its folder if it is not there. An older file keeps its contents.
  /// @param subject what is written, for messages
  /// @throws InputError if another process owns the file; IoError if it cannot be made or is no regular file
  OwnedFile(const std::filesystem::path& path, Lock lock, const std::filesystem::path& subject);
  ~OwnedFile();
  OwnedFile(const OwnedFile&) = delete;
  OwnedFile& operator=(const OwnedFile&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return file_.path(); }
  /// Gives it another name and ends the ownership. @throws IoError
  void rename(const std::filesystem::path& to);

 private:
  FileHandle file_;
};

}  // namespace kindred::data
