#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <utility>

#include <sys/types.h>

#include <kindred/core/base/types.hpp>

namespace kindred::data {

/// Owns a POSIX file descriptor. Every member throws IoError with the path, the system's reason and what to do.
class FileHandle {
 public:
  FileHandle() = default;
  /// @param flags as for open(2); O_CLOEXEC is added
  FileHandle(const std::filesystem::path& path, int flags, mode_t mode = 0644);
  ~FileHandle();
  FileHandle(FileHandle&& other) noexcept : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}
  FileHandle& operator=(FileHandle&& other) noexcept;
  FileHandle(const FileHandle&) = delete;
  FileHandle& operator=(const FileHandle&) = delete;

  explicit operator bool() const { return descriptor_ >= 0; }
  [[nodiscard]] int get() const { return descriptor_; }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] Index size() const;
  void close();

  /// Writes all bytes at an offset.
  void write_at(std::span<const std::byte> bytes, Index offset) const;
  /// Reads exactly so many bytes; a shorter file is an error.
  void read_at(std::span<std::byte> bytes, Index offset) const;
  /// fdatasync: data, and what is needed to read it back, are on the disk.
  void sync_data() const;
  void sync() const;
  /// Asks the system to begin writing out what was written so far, without waiting: a later sync then has less to do.
  void begin_sync() const noexcept;
  /// Reserves disk blocks without writing them, so that a full disk shows now. No-op where the file system cannot.
  void reserve(Index offset, Index bytes) const;

 private:
  [[noreturn]] void fail(const char* what, int error) const;

  std::filesystem::path path_;
  int descriptor_ = -1;
};

/// A stretch of a file for many small reads and writes, mapped into memory where that is safe. On ext4 a write of eight bytes
/// to the page cache costs some 7 µs (it walks the blocks of a large folio), a store to a mapped page a few nanoseconds.
/// Used only on file systems that overwrite in place (ext4, xfs, tmpfs): elsewhere, storing to a page may need a new block, and
/// a full disk would be a signal instead of an error; there the system calls are used.
class FileWindow {
 public:
  FileWindow() = default;
  /// @param file open for reading and writing, with all blocks of the stretch allocated
  FileWindow(const FileHandle& file, Index offset, Index bytes);
  ~FileWindow();
  FileWindow(FileWindow&& other) noexcept;
  FileWindow& operator=(FileWindow&& other) noexcept;
  FileWindow(const FileWindow&) = delete;
  FileWindow& operator=(const FileWindow&) = delete;

  void write(const FileHandle& file, const void* data, std::size_t bytes, Index offset);
  void read(const FileHandle& file, void* data, std::size_t bytes, Index offset) const;
  /// Gives the pages back to the page cache, so that this process does not grow with the file.
  void release();

 private:
  std::byte* mapped_ = nullptr;
  std::size_t length_ = 0;
  Index begin_ = 0;
};

/// Makes a rename or a new file in this directory durable.
void sync_directory(const std::filesystem::path& directory);
/// Replaces a small file in one step: readers see the old text or the new one, even if two processes do this at once.
void replace_file(const std::filesystem::path& path, const std::string& text);
/// Renames and makes it durable.
void rename_durably(const std::filesystem::path& from, const std::filesystem::path& to);
/// @throws IoError if it cannot be read
std::string read_text(const std::filesystem::path& path);

}  // namespace kindred::data
