#include <kindred/kernels/fftconv/description.hpp>

#include <algorithm>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/fftconv/axis.hpp>
#include <kindred/kernels/fftconv/layout.hpp>
#include <kindred/kernels/fftconv/rounded.hpp>

namespace kindred::fftconv {
namespace {

constexpr __int128 greatest = __int128{1} << 62;

[[noreturn]] void refuse(const std::string& what) { throw InputError("Convolution: " + what); }

std::string list(const std::vector<Index>& numbers) {
  std::string text = "{";
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    text += (i == 0 ? "" : ", ") + std::to_string(numbers[i]);
  }
  return text + "}";
}

void require_extents(const char* name, const std::vector<Index>& extents) {
  if (extents.empty() || extents.size() > 3) {
    refuse(std::string(name) + " has " + std::to_string(extents.size()) + " axes: give 1 to 3 extents");
  }
  if (std::ranges::any_of(extents, [](Index extent) { return extent < 1; })) {
    refuse(std::string(name) + " has extents " + list(extents) + ": each must be at least 1");
  }
}

void require_count(const char* what, const std::vector<Index>& extents, Index arrays, Index inputs) {
  __int128 numbers = static_cast<__int128>(arrays) * inputs;
  for (const Index extent : extents) {
    numbers = numbers > greatest ? numbers : numbers * extent;
  }
  if (numbers > greatest) {
    refuse(std::string("more than 2^62 numbers of ") + what + ": make the extents or the batch smaller");
  }
}

void require_valid(const Description& d) {
  bool data_covers = true;
  bool kernel_covers = true;
  for (std::size_t axis = 0; axis < d.data.size(); ++axis) {
    data_covers = data_covers && d.data[axis] >= d.kernel[axis];
    kernel_covers = kernel_covers && d.kernel[axis] >= d.data[axis];
  }
  if (!data_covers && !kernel_covers) {
    refuse("mode valid needs one operand that covers the other along all axes, and data " + list(d.data) + " and kernel " + list(d.kernel) +
           " do not: use mode full and cut out what is wanted");
  }
}

const char* name_of(Method method) {
  switch (method) {
    case Method::automatic:
      return "automatic";
    case Method::direct:
      return "direct";
    case Method::overlap_save:
      return "overlap-save";
    case Method::fft:
      return "fft";
    case Method::hybrid:
      return "hybrid";
    case Method::fftw:
      return "fftw";
  }
  return "unknown";
}

}  // namespace

void require(const Description& d) {
  require_extents("data", d.data);
  require_extents("kernel", d.kernel);
  if (d.data.size() != d.kernel.size()) {
    refuse("data has " + std::to_string(d.data.size()) + " axes and kernel " + std::to_string(d.kernel.size()) +
           ": give extents of 1 along axes that are not convolved");
  }
  if (d.batch < 1 || d.inputs < 1) {
    refuse("batch = " + std::to_string(d.batch) + ", inputs = " + std::to_string(d.inputs) + ": each must be at least 1");
  }
  if (d.threads < 0) {
    refuse("threads = " + std::to_string(d.threads) + ": give a number of threads, or 0 for one on every core");
  }
  require_count("data", d.data, d.batch, d.inputs);
  require_count("kernel", d.kernel, d.kernel_per_array ? d.batch : 1, d.inputs);
  if (d.mode == Mode::valid) {
    require_valid(d);
  }
  for (std::size_t axis = 0; axis < d.data.size(); ++axis) {
    if (static_cast<__int128>(d.data[axis]) + d.kernel[axis] > greatest) {
      refuse("more than 2^62 numbers of output: make the extents smaller");
    }
  }
  const std::vector<Index> outputs = output_extents(d);
  require_count("output", outputs, d.batch, 1);
  layout_of(d.in, "in", d.data, d.batch, d.inputs);
  if (!layout_of(d.out, "out", outputs, d.batch, 1).disjoint) {
    refuse(
        "the strides of out let output numbers share places, or interleave so that this cannot be ruled out: let every stride be at "
        "least what the shorter ones reach");
  }
}

std::vector<Index> output_extents(const Description& d) {
  std::vector<Index> extents;
  for (std::size_t axis = 0; axis < d.data.size(); ++axis) {
    extents.push_back(axis_of(d.mode, d.data[axis], d.kernel[axis]).outputs);
  }
  return extents;
}

Index least_period(Mode mode, Index data, Index kernel) {
  switch (mode) {
    case Mode::full:
    case Mode::causal:
      return data + kernel - 1;
    case Mode::same:
      return data + kernel / 2;
    case Mode::valid:
      return std::max(data, kernel);
    case Mode::periodic:
      return data;
  }
  return 0;
}

Index first_output(Mode mode, Index data, Index kernel) {
  switch (mode) {
    case Mode::same:
      return (kernel - 1) / 2;
    case Mode::valid:
      return std::min(data, kernel) - 1;
    default:
      return 0;
  }
}

std::string Report::text() const {
  std::string lines = std::string("method: ") + name_of(method) + "\n  " + reason + "\n";
  if (!padded.empty()) {
    lines += "period of the transforms: " + list(padded) + "\n";
  }
  lines += "workspace of a thread: " + rounded(static_cast<double>(workspace_bytes) / 1048576.0, "MiB") +
           ", spectra: " + rounded(static_cast<double>(spectrum_bytes) / 1048576.0, "MiB") + "\n";
  lines += "predicted: " + rounded(predicted_seconds, "s") + ", " + rounded(predicted_bytes, "bytes moved") + "\n";
  return lines + "instructions: " + instruction_set + "\n";
}

}  // namespace kindred::fftconv
