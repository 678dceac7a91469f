#include <kindred/apps/verbs/points/sinks.hpp>

#include <bit>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <kindred/apps/verbs/result_file.hpp>
#include <kindred/data/array.hpp>

namespace kindred::app::points {
namespace {

/// What differs between the types of numbers.
template <class T>
struct Format;
template <>
struct Format<double> {
  static hid_t stored() { return H5T_IEEE_F64LE; }
  static constexpr const char* npy = "<f8";
  static constexpr const char* text = "{:.17g}";
};
template <>
struct Format<float> {
  static hid_t stored() { return H5T_IEEE_F32LE; }
  static constexpr const char* npy = "<f4";
  static constexpr const char* text = "{:.9g}";
};
template <>
struct Format<std::uint32_t> {
  static hid_t stored() { return H5T_STD_U32LE; }
  static constexpr const char* npy = "<u4";
  static constexpr const char* text = "{}";
};
template <>
struct Format<std::uint64_t> {
  static hid_t stored() { return H5T_STD_U64LE; }
  static constexpr const char* npy = "<u8";
  static constexpr const char* text = "{}";
};

/// count × dimension, or replicates × count × dimension for several.
std::vector<Index> shape_of(const Plan& plan) {
  std::vector<Index> shape{plan.count, plan.dimensions};
  if (plan.randomization.replicates > 1) {
    shape.insert(shape.begin(), plan.randomization.replicates);
  }
  return shape;
}

template <class T>
double bytes_of(const Plan& plan) {
  return static_cast<double>(plan.count) * plan.dimensions * plan.randomization.replicates * sizeof(T);
}

template <class T>
class Hdf5Sink final : public Sink<T> {
 public:
  Hdf5Sink(const Plan& plan, const Options& options, const Context& context)
      : plan_(plan), file_(options.output, options.force, bytes_of<T>(plan), context) {
    const hdf5::Group root(KINDRED_HDF5(H5Gopen2(file_.id(), "/", H5P_DEFAULT)));
    hdf5::write_string_attribute(root, "format", "kindred points");
    points_ = std::make_unique<data::ArrayWriter>(file_.id(), "points", shape_of(plan), Format<T>::stored());
    for (const auto& [name, value] : plan.description) {
      hdf5::write_string_attribute(points_->id(), name, value);
    }
    write_source();
  }

  void write(Index replicate, Index first, Index rows, std::span<const T> values) override {
    data::Box box{{first, 0}, {rows, plan_.dimensions}};
    if (plan_.randomization.replicates > 1) {
      box.start.insert(box.start.begin(), replicate);
      box.count.insert(box.count.begin(), 1);
    }
    points_->write(box, values);
  }

  void commit() override {
    points_.reset();
    file_.commit();
  }

 private:
  /// What came out of files, since these may be gone when the points are to be made again.
  void write_source() {
    if (!plan_.keep_source) {
      return;
    }
    const auto write = [&](const char* name, const std::vector<Index>& shape, std::span<const std::uint64_t> words) {
      const data::Box all{std::vector<Index>(shape.size(), 0), shape};
      data::ArrayWriter(file_.id(), name, shape, H5T_STD_U64LE).write(all, words);
    };
    if (const auto* net = std::get_if<qmc::DigitalNet>(&plan_.set)) {
      write("generating_matrices", {net->components(), net->columns}, net->matrices);
    } else if (const auto* lattice = std::get_if<qmc::Lattice>(&plan_.set)) {
      write("generating_vector", {lattice->dimensions()}, lattice->z);
    } else if (const auto* sequence = std::get_if<qmc::Kronecker>(&plan_.set)) {
      write("multipliers", {sequence->dimensions()}, sequence->a);
    }
    if (!plan_.shift.empty()) {
      write("shift", {plan_.dimensions}, plan_.shift);
    }
  }

  const Plan& plan_;
  ResultFile file_;
  std::unique_ptr<data::ArrayWriter> points_;
};

/// A file that is written from its beginning to its end.
class StreamFile {
 public:
  StreamFile(const std::filesystem::path& path, bool force) : pending_(path, force), out_(pending_.partial(), std::ios::binary) { check(); }
  void write(const void* bytes, std::size_t count) {
    out_.write(static_cast<const char*>(bytes), static_cast<std::streamsize>(count));
    check();
  }
  void commit() {
    out_.close();
    check();
    pending_.commit();
  }

 private:
  void check() const {
    if (!out_) {
      throw IoError(fmt::format("cannot write {}: {}", pending_.partial().string(), std::strerror(errno)));
    }
  }
  data::PendingFile pending_;
  std::ofstream out_;
};

/// NumPy's format, version 1.0, and beside it NAME.npy.json with what the points follow from.
template <class T>
class NpySink final : public Sink<T> {
 public:
  static_assert(std::endian::native == std::endian::little);

  NpySink(const Plan& plan, const Options& options, const Context& context)
      : facts_(options.output + ".json", options.force), file_(options.output, options.force) {
    require_space(options.output, bytes_of<T>(plan));
    const std::string shape = fmt::format("{}", fmt::join(shape_of(plan), ", "));
    std::string header = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}", Format<T>::npy, shape);
    constexpr std::size_t prefix = 10;  // magic, version, length of the header
    constexpr std::size_t alignment = 64;
    header.append((alignment - (prefix + header.size() + 1) % alignment) % alignment, ' ');
    header += '\n';
    const std::string start{
        '\x93', 'N', 'U', 'M', 'P', 'Y', 1, 0, static_cast<char>(header.size() % 256), static_cast<char>(header.size() / 256)};
    file_.write(start.data(), start.size());
    file_.write(header.data(), header.size());

    nlohmann::ordered_json facts = {{"format", "kindred points"}};
    for (const auto& [name, value] : provenance(context.command_line)) {
      if (name == "version" || name == "git_commit" || name == "command_line" || name == "started") {
        facts[name] = value;
      }
    }
    for (const auto& [name, value] : plan.description) {
      facts[name] = value;
    }
    const std::string text = facts.dump(2) + "\n";
    facts_.write(text.data(), text.size());
  }

  void write(Index /*replicate*/, Index /*first*/, Index /*rows*/, std::span<const T> values) override {
    file_.write(values.data(), values.size_bytes());
  }

  void commit() override {
    file_.commit();
    facts_.commit();
  }

 private:
  StreamFile facts_;
  StreamFile file_;
};

/// A line for each point; a blank line between replicates.
template <class T>
class TextSink final : public Sink<T> {
 public:
  explicit TextSink(const Plan& plan) : dimensions_(static_cast<std::size_t>(plan.dimensions)) {}

  void write(Index replicate, Index first, Index /*rows*/, std::span<const T> values) override {
    fmt::memory_buffer buffer;
    if (replicate > 0 && first == 0) {
      buffer.push_back('\n');
    }
    for (std::size_t k = 0; k < values.size(); ++k) {
      fmt::format_to(std::back_inserter(buffer), Format<T>::text, values[k]);
      buffer.push_back((k + 1) % dimensions_ == 0 ? '\n' : ' ');
    }
    if (std::fwrite(buffer.data(), 1, buffer.size(), stdout) != buffer.size()) {
      throw IoError("cannot write to stdout");
    }
  }

  void commit() override {
    if (std::fflush(stdout) != 0) {
      throw IoError("cannot write to stdout");
    }
  }

 private:
  std::size_t dimensions_;
};

}  // namespace

template <class T>
std::unique_ptr<Sink<T>> open_sink(const Plan& plan, const Options& options, const Context& context) {
  if (options.output == "-") {
    return std::make_unique<TextSink<T>>(plan);
  }
  const std::string extension = std::filesystem::path(options.output).extension().string();
  if (extension == ".h5" || extension == ".hdf5") {
    return std::make_unique<Hdf5Sink<T>>(plan, options, context);
  }
  if (extension == ".npy") {
    return std::make_unique<NpySink<T>>(plan, options, context);
  }
  throw InputError(fmt::format("{}: points are written to .h5, .hdf5 or .npy files, or as text to stdout (-)", options.output));
}

template std::unique_ptr<Sink<double>> open_sink(const Plan&, const Options&, const Context&);
template std::unique_ptr<Sink<float>> open_sink(const Plan&, const Options&, const Context&);
template std::unique_ptr<Sink<std::uint32_t>> open_sink(const Plan&, const Options&, const Context&);
template std::unique_ptr<Sink<std::uint64_t>> open_sink(const Plan&, const Options&, const Context&);

}  // namespace kindred::app::points
