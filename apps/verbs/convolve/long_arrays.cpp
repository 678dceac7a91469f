// Arrays that are longer than the memory: overlap-save from file to file.

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include <kindred/apps/verbs/convolve/task.hpp>
#include <kindred/apps/verbs/learn/text.hpp>
#include <kindred/apps/verbs/result_file.hpp>

namespace kindred::app::convolve {
namespace {

using fftconv::ConvolutionPlan;
using fftconv::Description;
using fftconv::Mode;

/// Numbers first … first + out.size() − 1 of the one convolved axis, zeros outside of the data, or the data again (periodic).
template <class Value>
void read_stretch(const Task& task, data::Box box, Index first, std::span<Value> out) {
  const std::size_t axis = task.axes.convolved[0];
  const Index length = task.data.shape()[axis];
  std::ranges::fill(out, Value(0));
  const auto count = static_cast<Index>(out.size());
  const bool periodic = task.options.mode == Mode::periodic;
  Index at = periodic ? 0 : std::max<Index>(0, -first);
  const Index end = periodic ? count : std::min(count, length - first);
  while (at < end) {
    const Index place = periodic ? ((first + at) % length + length) % length : first + at;
    box.start[axis] = place;
    box.count[axis] = std::min(end - at, length - place);
    task.data.read(box, out.subspan(static_cast<std::size_t>(at), static_cast<std::size_t>(box.count[axis])));
    at += box.count[axis];
  }
}

template <class Value>
double bytes_of(Index block, Index taps, const ConvolutionPlan<Value>& plan) {
  return sizeof(Value) * static_cast<double>(3 * (2 * block + taps - 1) + taps) +
         static_cast<double>(plan.workspace_bytes() + plan.describe().spectrum_bytes);
}

/// A plan for `valid` convolutions of stretches that fit into the memory.
/// @throws InputError if no stretch does whose result is at least a quarter of the kernel
template <class Value>
ConvolutionPlan<Value> plan_of_stretches(const Task& task, double one_array, Index taps, Index wanted) {
  const double limit = static_cast<double>(task.options.memory);
  auto block = static_cast<Index>(limit / (6.0 * sizeof(Value))) - taps;
  block = std::min(block, wanted);
  for (; block >= 1 && (block >= wanted || block >= taps / 4); block -= (block + 3) / 4) {
    Description description = task.description();
    description.data = {block + taps - 1};
    description.kernel = {taps};
    description.mode = Mode::valid;
    ConvolutionPlan<Value> plan(description);
    if (bytes_of<Value>(block, taps, plan) <= limit) {
      return plan;
    }
  }
  throw InputError(task.text(std::max(1.5 * limit, std::min(one_array, 24.0 * sizeof(Value) * static_cast<double>(taps)))));
}

}  // namespace

template <class Value>
void convolve_long_arrays(const Task& task, double one_array, const std::function<Sink()>& open, std::string& method) {
  const Description whole = task.description();
  const Index length = fftconv::output_extents(whole)[0];
  if (task.kernel_per_array || task.axes.convolved.size() != 1 ||
      static_cast<double>(sizeof(Value)) * static_cast<double>(task.kernel.size()) > static_cast<double>(task.options.memory)) {
    throw InputError(task.text(one_array));
  }
  // Fewer than the data: otherwise no stretch will fit.
  const Index count = task.kernel.size();
  ConvolutionPlan<Value> plan = plan_of_stretches<Value>(task, one_array, count, length);
  std::vector<Value> taps(static_cast<std::size_t>(count));
  task.kernel.read({{0}, {count}}, std::span<Value>(taps));
  plan.set_kernel(taps);
  method = plan.describe().text();
  const Index block = plan.description().data[0] - count + 1;
  const Index blocks = (length + block - 1) / block;
  const Index first = fftconv::first_output(whole.mode, whole.data[0], whole.kernel[0]);
  const std::size_t axis = task.axes.convolved[0];
  const Pieces pieces(task.data.shape(), task.out_shape, task.axes, 1);

  struct Slot {
    std::vector<Value> in, out;
  };
  std::array<Slot, 3> slots;
  for (Slot& slot : slots) {
    slot.in.resize(static_cast<std::size_t>(block + count - 1));
    slot.out.resize(static_cast<std::size_t>(block));
  }
  const auto slot_of = [&](Index i) -> Slot& { return slots[static_cast<std::size_t>(i % 3)]; };
  Sink sink = open();
  const auto load = [&](Index i) {
    stop_if_interrupted();
    read_stretch(task, pieces.piece(i / blocks).in, first + i % blocks * block - (count - 1), std::span<Value>(slot_of(i).in));
  };
  const auto compute = [&](Index i) { plan.apply(slot_of(i).in, slot_of(i).out); };
  const auto store = [&](Index i) {
    data::Box box = pieces.piece(i / blocks).out;
    box.start[axis] = i % blocks * block;
    box.count[axis] = std::min(block, length - box.start[axis]);
    sink.writer.write(box, std::span<const Value>(slot_of(i).out).first(static_cast<std::size_t>(box.count[axis])));
    if ((i + 1) % blocks == 0) {
      ++sink.counters.done;
      sink.progress.update(sink.counters);
    }
  };
  data::pipeline(task.arrays() * blocks, load, compute, store);
  sink.progress.finish(sink.counters);
}

template void convolve_long_arrays<float>(const Task&, double, const std::function<Sink()>&, std::string&);
template void convolve_long_arrays<double>(const Task&, double, const std::function<Sink()>&, std::string&);
template void convolve_long_arrays<std::complex<float>>(const Task&, double, const std::function<Sink()>&, std::string&);
template void convolve_long_arrays<std::complex<double>>(const Task&, double, const std::function<Sink()>&, std::string&);

}  // namespace kindred::app::convolve
