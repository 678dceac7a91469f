#include <kindred/data/file.hpp>

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include <fmt/format.h>

#include <kindred/core/base/error.hpp>

namespace kindred::data {
namespace {

const char* advice(int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return ": the disk, the quota or the file size limit is exhausted; free space and run the same command again, finished samples are "
             "kept";
    case EACCES:
    case EPERM:
    case EROFS:
      return ": check the permissions, or choose another output directory";
    case EMFILE:
    case ENFILE:
      return ": raise the limit of open files (ulimit -n)";
    default:
      return "";
  }
}

[[noreturn]] void fail_with(const std::filesystem::path& path, const char* what, int error) {
  throw IoError(fmt::format("cannot {} {}: {}{}", what, path.string(), std::strerror(error), advice(error)));
}

}  // namespace

FileHandle::FileHandle(const std::filesystem::path& path, int flags, mode_t mode)
    : path_(path), descriptor_(::open(path.c_str(), flags | O_CLOEXEC, mode)) {
  if (descriptor_ < 0) {
    fail("open", errno);
  }
}

FileHandle::~FileHandle() { close(); }

FileHandle& FileHandle::operator=(FileHandle&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

void FileHandle::close() {
  if (descriptor_ >= 0) {
    ::close(descriptor_);
  }
  descriptor_ = -1;
}

void FileHandle::fail(const char* what, int error) const { fail_with(path_, what, error); }

Index FileHandle::size() const {
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0) {
    fail("inspect", errno);
  }
  return status.st_size;
}

void FileHandle::write_at(std::span<const std::byte> bytes, Index offset) const {
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(descriptor_, bytes.data(), bytes.size(), offset);
    if (written < 0 && errno == EINTR) {
      continue;
    }
    if (written <= 0) {
      fail("write to", written < 0 ? errno : ENOSPC);
    }
    bytes = bytes.subspan(static_cast<std::size_t>(written));
    offset += written;
  }
}

void FileHandle::read_at(std::span<std::byte> bytes, Index offset) const {
  while (!bytes.empty()) {
    const ssize_t count = ::pread(descriptor_, bytes.data(), bytes.size(), offset);
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count < 0) {
      fail("read", errno);
    }
    if (count == 0) {
      throw IoError(
          fmt::format("{} ends at byte {}, before the data that its header announces: the file is truncated", path_.string(), offset));
    }
    bytes = bytes.subspan(static_cast<std::size_t>(count));
    offset += count;
  }
}

void FileHandle::sync_data() const {
  if (::fdatasync(descriptor_) != 0) {
    fail("flush", errno);
  }
}

void FileHandle::sync() const {
  if (::fsync(descriptor_) != 0) {
    fail("flush", errno);
  }
}

void FileHandle::begin_sync() const noexcept {
  ::sync_file_range(descriptor_, 0, 0, SYNC_FILE_RANGE_WRITE);  // a hint: errors show at the sync
}

void FileHandle::reserve(Index offset, Index bytes) const {
  // Not posix_fallocate: where the file system cannot reserve, that one writes every block.
  if (bytes > 0 && ::fallocate(descriptor_, 0, offset, bytes) != 0 && errno != EOPNOTSUPP && errno != ENOSYS) {
    fail("reserve space for", errno);
  }
}

namespace {

bool overwrites_in_place(const FileHandle& file) {
  constexpr long xfs_magic = 0x58465342;  // not in <linux/magic.h>
  struct statfs status {};
  if (::fstatfs(file.get(), &status) != 0) {
    return false;
  }
  return status.f_type == EXT4_SUPER_MAGIC || status.f_type == xfs_magic || status.f_type == TMPFS_MAGIC;
}

}  // namespace

FileWindow::FileWindow(const FileHandle& file, Index offset, Index bytes) {
  const auto page = static_cast<Index>(::sysconf(_SC_PAGESIZE));
  begin_ = offset / page * page;
  length_ = static_cast<std::size_t>(offset + bytes - begin_);
  if (bytes > 0 && overwrites_in_place(file)) {
    void* address = ::mmap(nullptr, length_, PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), begin_);
    mapped_ = address != MAP_FAILED ? static_cast<std::byte*>(address) : nullptr;
  }
}

FileWindow::~FileWindow() {
  if (mapped_ != nullptr) {
    ::munmap(mapped_, length_);
  }
}

FileWindow::FileWindow(FileWindow&& other) noexcept
    : mapped_(std::exchange(other.mapped_, nullptr)), length_(other.length_), begin_(other.begin_) {}

FileWindow& FileWindow::operator=(FileWindow&& other) noexcept {
  std::swap(mapped_, other.mapped_);
  std::swap(length_, other.length_);
  std::swap(begin_, other.begin_);
  return *this;
}

void FileWindow::write(const FileHandle& file, const void* data, std::size_t bytes, Index offset) {
  if (mapped_ != nullptr) {
    std::memcpy(mapped_ + (offset - begin_), data, bytes);
  } else {
    file.write_at(std::span(static_cast<const std::byte*>(data), bytes), offset);
  }
}

void FileWindow::read(const FileHandle& file, void* data, std::size_t bytes, Index offset) const {
  if (mapped_ != nullptr) {
    std::memcpy(data, mapped_ + (offset - begin_), bytes);
  } else {
    file.read_at(std::span(static_cast<std::byte*>(data), bytes), offset);
  }
}

void FileWindow::release() {
  if (mapped_ != nullptr) {
    ::madvise(mapped_, length_, MADV_DONTNEED);  // of a shared mapping, this drops no data
  }
}

void sync_directory(const std::filesystem::path& directory) {
  const FileHandle handle(directory.empty() ? "." : directory, O_RDONLY | O_DIRECTORY);
  if (::fsync(handle.get()) != 0 && errno != EINVAL) {  // some network file systems have no fsync of directories
    fail_with(directory, "flush", errno);
  }
}

void rename_durably(const std::filesystem::path& from, const std::filesystem::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) {
    fail_with(from, "rename", errno);
  }
  sync_directory(to.parent_path());
}

void replace_file(const std::filesystem::path& path, const std::string& text) {
  const auto temporary = path.parent_path() / fmt::format(".{}.{}", path.filename().string(), ::getpid());
  {
    const FileHandle file(temporary, O_WRONLY | O_CREAT | O_TRUNC);
    file.write_at(std::as_bytes(std::span(text)), 0);
    file.sync();
  }
  rename_durably(temporary, path);
}

std::string read_text(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) {
    fail_with(path, "open", errno);
  }
  return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace kindred::data
