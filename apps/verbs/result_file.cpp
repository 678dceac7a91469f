#include <kindred/apps/verbs/result_file.hpp>

#include <fmt/format.h>

#include <kindred/apps/verbs/learn/text.hpp>
#include <kindred/data/array.hpp>

namespace kindred::app {
namespace {

/// Thrown by stop_if_interrupted; no Error, because nothing is wrong.
struct Interruption {};

}  // namespace

void require_space(const std::filesystem::path& path, double bytes) {
  std::error_code error;
  const auto folder = std::filesystem::absolute(path).parent_path();
  const auto space = std::filesystem::space(folder, error);
  if (!error && bytes > static_cast<double>(space.available)) {
    throw IoError(fmt::format("{} will take {}, but {} has only {} free: make room, or write elsewhere", path.string(), bytes_text(bytes),
                              folder.string(), bytes_text(static_cast<double>(space.available))));
  }
}

ResultFile::ResultFile(const std::filesystem::path& path, bool force, double bytes, const Context& context) : pending_(path, force) {
  require_space(path, bytes);
  try {
    file_ = data::create_hdf5(pending_);
  } catch (const IoError& error) {
    throw IoError(fmt::format("cannot create {}: {}", path.string(), error.what()));
  }
  const auto facts = provenance(context.command_line);
  const hdf5::Group root(KINDRED_HDF5(H5Gopen2(file_, "/", H5P_DEFAULT)));
  hdf5::write_string_attribute(root, "created_by", "Kindred " + facts.at("version"));
  for (const char* key : {"version", "git_commit", "command_line", "started"}) {
    hdf5::write_string_attribute(root, key, facts.at(key));
  }
}

void ResultFile::commit() {
  try {
    KINDRED_HDF5(H5Fflush(file_, H5F_SCOPE_GLOBAL));
  } catch (const IoError& error) {
    throw data::write_failure(pending_.partial().string(), error);
  }
  file_.reset();
  pending_.commit();
}

void require_other_file(const std::filesystem::path& input, const std::filesystem::path& output, const char* role) {
  std::error_code error;
  const auto full = [&](const auto& path) { return std::filesystem::weakly_canonical(std::filesystem::absolute(path), error); };
  if (std::filesystem::equivalent(input, output, error) || (!output.empty() && full(input) == full(output) && !error)) {
    throw InputError(fmt::format("{} is the {}; the results need a file of their own", output.string(), role));
  }
}

void interruptible(Context& context, const std::function<void()>& work) {
  const SignalScope signals;
  try {
    work();
  } catch (const Interruption&) {
    fmt::print(stderr, "kindred: interrupted; nothing was written\n");
    context.exit_code = ExitCode::interrupted;
  }
}

void stop_if_interrupted() {
  if (SignalScope::received() != 0) {
    throw Interruption();
  }
}

}  // namespace kindred::app
