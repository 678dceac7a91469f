#pragma once

#include <filesystem>
#include <functional>

#include <kindred/apps/verbs/verb.hpp>
#include <kindred/core/hdf5/hdf5.hpp>
#include <kindred/data/export/common.hpp>

namespace kindred::app {

/// A new HDF5 file with the results of one command. It gets its name when it is complete; until then, and if that never
/// happens, nothing of that name is there. Its root carries the provenance (version, commit, command line, time) as attributes.
class ResultFile {
 public:
  /// @param bytes  about what will be written
  /// @throws InputError if the file exists and `force` is false, IoError if it cannot be made or the disk has not the room
  ResultFile(const std::filesystem::path& path, bool force, double bytes, const Context& context);
  [[nodiscard]] hid_t id() const { return file_; }
  /// Everything opened in the file must be closed. @throws IoError
  void commit();

 private:
  data::PendingFile pending_;
  hdf5::File file_;
};

/// Refuses what the disk has no room for, before any work. A file system that does not say is believed to have enough.
/// @throws IoError
void require_space(const std::filesystem::path& path, double bytes);

/// @param role what the input is called in the message
/// @throws InputError if both paths name one file, which need not exist yet: it would be replaced while it is read
void require_other_file(const std::filesystem::path& input, const std::filesystem::path& output, const char* role = "input");

/// Lets a first Ctrl-C end `work` at its next call of stop_if_interrupted(), with exit code 75 and no file left behind.
void interruptible(Context& context, const std::function<void()>& work);
/// To be called between blocks of work, within interruptible().
void stop_if_interrupted();

}  // namespace kindred::app
