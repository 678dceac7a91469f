#include <kindred/data/lock.hpp>

#include <fcntl.h>
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

/// @returns false where the file system has no locks
bool lock_range(const FileHandle& file, Index start, Index length, const std::filesystem::path& directory) {
  auto range = byte_range(F_WRLCK, start, length);
  if (::fcntl(file.get(), F_OFD_SETLK, &range) == 0) {
    return true;
  }
  if (errno != EAGAIN && errno != EACCES) {
    if (errno == ENOLCK || errno == EOPNOTSUPP || errno == ENOSYS || errno == EINVAL) {
      return false;
    }
    throw IoError(fmt::format("cannot lock {}: {}", file.path().string(), std::strerror(errno)));
  }
  auto conflict = byte_range(F_WRLCK, start, length);
  const bool known = ::fcntl(file.get(), F_OFD_GETLK, &conflict) == 0 && conflict.l_type != F_UNLCK;
  throw InputError(fmt::format("{} is being written by {}: wait until it is finished, or end it; finished samples are kept",
                               directory.string(), holder(file, known ? conflict.l_start : start)));
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

}  // namespace kindred::data
