#include <kindred/data/lock.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <optional>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <kindred/core/base/error.hpp>

namespace kindred::data {
namespace {

constexpr Index record_bytes = 128;  ///< who holds a lock, as text, at record_bytes × its first shard

struct flock byte_range(short type, Index start, Index length) {
  struct flock range {};
  range.l_type = type;
  range.l_whence = SEEK_SET;
  range.l_start = start;
  range.l_len = length;  // 0: to infinity
  return range;
}

/// Who am I, padded to a record.
std::string own_record() {
  std::array<char, 64> host{};
  ::gethostname(host.data(), host.size() - 1);
  std::string text = fmt::format("process {} on {} since {:%Y-%m-%dT%H:%M:%SZ}", ::getpid(), host.data(), fmt::gmtime(std::time(nullptr)));
  text.resize(record_bytes - 1, ' ');
  return text + '\n';
}

std::string holder(const FileHandle& file, Index shard) {
  if (file.size() < (shard + 1) * record_bytes) {
    return "another process";
  }
  std::string text(static_cast<std::size_t>(record_bytes), ' ');
  file.read_at(std::as_writable_bytes(std::span(text)), shard * record_bytes);
  text.erase(text.find_last_not_of(" \n") + 1);
  return text.empty() || text[0] == '\0' ? "another process" : text;
}

bool has_no_locks(int error) { return error == ENOLCK || error == EOPNOTSUPP || error == ENOSYS || error == EINVAL; }

/// @returns false where the file system has no locks
bool lock_range(const FileHandle& file, Index start, Index length, const std::filesystem::path& directory) {
  auto range = byte_range(F_WRLCK, start, length);
  if (::fcntl(file.get(), F_OFD_SETLK, &range) == 0) {
    return true;
  }
  if (errno != EAGAIN && errno != EACCES) {
    if (has_no_locks(errno)) {
      return false;
    }
    throw IoError(fmt::format("cannot lock {}: {}", file.path().string(), std::strerror(errno)));
  }
  auto conflict = byte_range(F_WRLCK, start, length);
  const bool known = ::fcntl(file.get(), F_OFD_GETLK, &conflict) == 0 && conflict.l_type != F_UNLCK;
  throw InputError(fmt::format("{} is being written by {}: wait until it is finished, or end it; finished samples are kept",
                               directory.string(), holder(file, known ? conflict.l_start : start)));
}

/// Whether the path still is the name of the open file.
bool is_named(const FileHandle& file) {
  struct stat open {};
  struct stat named {};
  return ::fstat(file.get(), &open) == 0 && ::lstat(file.path().c_str(), &named) == 0 && open.st_dev == named.st_dev &&
         open.st_ino == named.st_ino;
}

void require_regular(const FileHandle& file) {
  struct stat status {};
  if (::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
    throw IoError(fmt::format("{} is in the way: it is no regular file", file.path().string()));
  }
}

}  // namespace

DatasetLock::DatasetLock(const std::filesystem::path& directory, const std::vector<std::size_t>& shards)
    : file_(directory / ".lock", O_RDWR | O_CREAT) {
  const std::string record = own_record();
  const auto sign = [&](Index shard) { file_.write_at(std::as_bytes(std::span(record)), shard * record_bytes); };
  if (shards.empty()) {
    if (lock_range(file_, 0, 0, directory)) {
      sign(0);
    }
    return;
  }
  for (const auto shard : shards) {
    if (lock_range(file_, static_cast<Index>(shard), 1, directory)) {
      sign(static_cast<Index>(shard));
    }
  }
}

OwnedFile::OwnedFile(const std::filesystem::path& path, Lock lock, const std::filesystem::path& subject) {
  std::error_code error;
  if (path.has_parent_path()) {
    std::filesystem::create_directories(path.parent_path(), error);
  }
  if (error) {
    throw IoError(fmt::format("cannot create the folder {}: {}", path.parent_path().string(), error.message()));
  }
  do {  // again if the owner removed or renamed the file after it was opened here
    file_ = FileHandle(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0666);
    require_regular(file_);
    auto all = byte_range(F_WRLCK, 0, 0);
    if (::fcntl(file_.get(), lock == Lock::open_file ? F_OFD_SETLK : F_SETLK, &all) == 0) {
      continue;
    }
    if (errno == EAGAIN || errno == EACCES) {
      throw InputError(fmt::format("{} is being written by another process: wait until it is finished, or end it", subject.string()));
    }
    if (!has_no_locks(errno)) {
      throw IoError(fmt::format("cannot lock {}: {}", path.string(), std::strerror(errno)));
    }
  } while (!is_named(file_));
}

OwnedFile::~OwnedFile() {
  if (file_ && is_named(file_)) {
    ::unlink(path().c_str());
  }
}

void OwnedFile::rename(const std::filesystem::path& to) {
  if (::rename(path().c_str(), to.c_str()) != 0) {
    throw IoError(fmt::format("cannot rename {} to {}: {}", path().string(), to.string(), std::strerror(errno)));
  }
  file_.close();
}

}  // namespace kindred::data
