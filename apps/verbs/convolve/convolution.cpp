#include <kindred/apps/verbs/convolve/convolution.hpp>

#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <kindred/apps/verbs/convolve/task.hpp>
#include <kindred/apps/verbs/learn/text.hpp>
#include <kindred/apps/verbs/result_file.hpp>

namespace kindred::app::convolve {
namespace {

data::ArrayReader open_kernel(const hdf5::File& file, const std::string& name) {
  const std::string chosen = !name.empty() ? name : hdf5::exists(file, "kernel") || !hdf5::exists(file, "data") ? "kernel" : "data";
  return {file, chosen, data::Numbers::real_or_complex};
}

void require_not_empty(const data::ArrayReader& array, const std::filesystem::path& path) {
  if (array.shape().empty() || array.size() == 0) {
    throw InputError(fmt::format("{}: dataset \"{}\" is {}; an array with at least one number along every axis is needed", path.string(),
                                 array.name(), array.shape().empty() ? "a single number" : "empty"));
  }
}

/// Whether there is a kernel for every array.
bool one_for_each(const data::ArrayReader& data, const data::ArrayReader& kernel, const Axes& axes) {
  if (kernel.shape().size() == axes.convolved.size()) {
    return false;
  }
  const auto shapes = [&] { return fmt::format("({}) and ({})", fmt::join(data.shape(), ", "), fmt::join(kernel.shape(), ", ")); };
  if (kernel.shape().size() > data.shape().size()) {
    throw InputError(fmt::format("data and kernel are {}: the kernel has more axes than the data", shapes()));
  }
  if (kernel.shape().size() != data.shape().size()) {
    throw InputError(
        fmt::format("data and kernel are {}: the kernel has {} axes where {} are convolved; give --axes, as many as the kernel has",
                    shapes(), kernel.shape().size(), axes.convolved.size()));
  }
  if (along(kernel.shape(), axes.batch) != along(data.shape(), axes.batch)) {
    throw InputError(fmt::format(
        "data and kernel are {}: a kernel for every array needs the data's extents along the axes that are not convolved", shapes()));
  }
  return true;
}

Task make_task(const Options& options, const hdf5::File& input, const hdf5::File& kernel_file) {
  Task task{options, {input, options.dataset, data::Numbers::real_or_complex}, open_kernel(kernel_file, options.kernel_dataset)};
  require_not_empty(task.data, options.input);
  require_not_empty(task.kernel, options.kernel);
  task.axes = choose_axes(options.axes, task.data.shape().size(), task.kernel.shape().size());
  task.kernel_per_array = one_for_each(task.data, task.kernel, task.axes);
  task.complex = task.data.complex() || task.kernel.complex();
  task.precision = task.data.precision() == data::Precision::f32 && task.kernel.precision() == data::Precision::f32 ? data::Precision::f32
                                                                                                                    : data::Precision::f64;
  const fftconv::Description description = task.description();
  fftconv::require(description);
  task.out_shape = task.data.shape();
  const std::vector<Index> extents = fftconv::output_extents(description);
  for (std::size_t k = 0; k < extents.size(); ++k) {
    task.out_shape[task.axes.convolved[k]] = extents[k];
  }
  return task;
}

hdf5::Datatype stored_type(const Task& task) {
  const hid_t real = task.precision == data::Precision::f32 ? H5T_IEEE_F32LE : H5T_IEEE_F64LE;
  return task.complex ? data::complex_type(real) : hdf5::Datatype(KINDRED_HDF5(H5Tcopy(real)));
}

template <class Value>
void convolve_as(const Task& task, const std::function<Sink()>& open, std::string& method) {
  if (const double one_array = convolve_arrays<Value>(task, open, method); one_array > 0.0) {
    convolve_long_arrays<Value>(task, one_array, open, method);
  }
}

void convolve_any(const Task& task, const std::function<Sink()>& open, std::string& method) {
  const bool single = task.precision == data::Precision::f32;
  if (task.complex) {
    return single ? convolve_as<std::complex<float>>(task, open, method) : convolve_as<std::complex<double>>(task, open, method);
  }
  return single ? convolve_as<float>(task, open, method) : convolve_as<double>(task, open, method);
}

}  // namespace

fftconv::Description Task::description() const {
  fftconv::Description all;
  all.data = along(data.shape(), axes.convolved);
  all.kernel = kernel.shape().size() == axes.convolved.size() ? kernel.shape() : along(kernel.shape(), axes.convolved);
  all.mode = options.mode;
  all.method = options.method;
  all.threads = options.threads;
  return all;
}

Index Task::arrays() const {
  Index product = 1;
  for (const Index n : along(data.shape(), axes.batch)) {
    product *= n;
  }
  return product;
}

std::string Task::text(double bytes_needed) const {
  return fmt::format("--memory {} is too little for arrays of ({}) with kernels of ({}): about {} would do",
                     bytes_text(static_cast<double>(options.memory)), fmt::join(description().data, ", "),
                     fmt::join(description().kernel, ", "), bytes_text(bytes_needed));
}

void convolve(const Options& options, const Context& context) {
  const hdf5::File input = hdf5::open_readonly(options.input);
  const hdf5::File kernel_file = hdf5::open_readonly(options.kernel);
  require_other_file(options.input, options.output);
  require_other_file(options.kernel, options.output, "kernel");
  const Task task = make_task(options, input, kernel_file);
  double bytes = (task.complex ? 2.0 : 1.0) * (task.precision == data::Precision::f32 ? sizeof(float) : sizeof(double));
  for (const Index n : task.out_shape) {
    bytes *= static_cast<double>(n);
  }

  std::optional<ResultFile> output;
  std::optional<data::ArrayWriter> writer;
  Progress progress(task.arrays(), 0, context.quiet(), "arrays");
  const auto open = [&]() -> Sink {
    output.emplace(options.output, options.force, bytes, context);
    writer.emplace(output->id(), options.dataset, task.out_shape, stored_type(task));
    hdf5::write_string_attribute(writer->id(), "mode", options.mode_name);
    hdf5::write_string_attribute(writer->id(), "axes", fmt::format("{}", fmt::join(task.axes.convolved, ", ")));
    hdf5::write_string_attribute(writer->id(), "input", fmt::format("{}, dataset {}", options.input.string(), task.data.name()));
    hdf5::write_string_attribute(writer->id(), "kernel", fmt::format("{}, dataset {}", options.kernel.string(), task.kernel.name()));
    return {*writer, progress};
  };
  std::string method;
  convolve_any(task, open, method);
  hdf5::write_string_attribute(writer->id(), "plan", method);
  writer.reset();
  output->commit();
  if (context.json) {
    print_json({{"file", options.output.string()},
                {"dataset", options.dataset},
                {"shape", task.out_shape},
                {"precision", task.precision == data::Precision::f32 ? "f32" : "f64"},
                {"complex", task.complex},
                {"mode", options.mode_name},
                {"plan", method}});
    return;
  }
  if (context.verbosity > 0) {
    fmt::print(stderr, "{}\n", method);
  }
  fmt::print("{}\n", options.output.string());
}

}  // namespace kindred::app::convolve
