// Pieces of whole arrays.

#include <algorithm>
#include <array>
#include <map>

#include <kindred/apps/verbs/convolve/task.hpp>
#include <kindred/apps/verbs/result_file.hpp>

namespace kindred::app::convolve {
namespace {

using fftconv::ConvolutionPlan;
using fftconv::Description;

template <class Value>
struct Slot {
  std::vector<Value> in, kernels, out;
};

/// The taps of the arrays at `offset` and `count − 1` strides further, one dense kernel after another.
template <class Value>
std::vector<Value> dense_kernels(const std::vector<Value>& box, const Loop& loop, Index offset, const std::vector<Index>& extents) {
  std::vector<Value> taps;
  std::vector<Index> at(extents.size(), 0);
  for (Index array = 0; array < loop.batch; ++array) {
    const Index first = offset + array * loop.batch_stride;
    std::ranges::fill(at, 0);
    for (bool more = true; more;) {
      Index place = first;
      for (std::size_t k = 0; k < at.size(); ++k) {
        place += at[k] * loop.axes[k];
      }
      taps.push_back(box[static_cast<std::size_t>(place)]);
      std::size_t k = at.size();
      while (k > 0 && ++at[k - 1] == extents[k - 1]) {
        at[--k] = 0;
      }
      more = k > 0;
    }
  }
  return taps;
}

/// Plans for the boxes that occur: most have one shape, the last ones of an axis another.
template <class Value>
class Plans {
 public:
  Plans(const Task& task, std::vector<Value> taps) : task_(task), taps_(std::move(taps)) {}

  void apply(Slot<Value>& slot, const Piece& piece) {
    const std::size_t longest = longest_batch_axis(piece.in.count, task_.axes);
    const Loop in = loop_over(piece.in.count, task_.axes, longest);
    const Loop out = loop_over(piece.out.count, task_.axes, longest);
    ConvolutionPlan<Value>& plan = plan_for(in, out);
    const Description& description = plan.description();
    const Loop kernels = task_.kernel_per_array ? loop_over(kernel_box(piece).count, task_.axes, longest) : Loop{};
    for (std::size_t k = 0; k < in.offsets.size(); ++k) {
      if (task_.kernel_per_array) {
        plan.set_kernel(dense_kernels(slot.kernels, kernels, kernels.offsets[k], description.kernel));
      }
      plan.apply(part(std::span<const Value>(slot.in), in, in.offsets[k], description.data),
                 part(std::span<Value>(slot.out), out, out.offsets[k], fftconv::output_extents(description)));
    }
  }

  [[nodiscard]] data::Box kernel_box(const Piece& piece) const {
    data::Box box = piece.in;
    for (const std::size_t axis : task_.axes.convolved) {
      box.count[axis] = task_.kernel.shape()[axis];
    }
    return box;
  }

 private:
  /// From the first to the last number that a batch touches.
  template <class T>
  static std::span<T> part(std::span<T> box, const Loop& loop, Index offset, const std::vector<Index>& extents) {
    Index last = (loop.batch - 1) * loop.batch_stride;
    for (std::size_t k = 0; k < extents.size(); ++k) {
      last += (extents[k] - 1) * loop.axes[k];
    }
    return box.subspan(static_cast<std::size_t>(offset), static_cast<std::size_t>(last + 1));
  }

  ConvolutionPlan<Value>& plan_for(const Loop& in, const Loop& out) {
    std::vector<Index> key = in.axes;
    key.insert(key.end(), out.axes.begin(), out.axes.end());
    key.insert(key.end(), {in.batch, in.batch_stride, out.batch_stride});
    const auto found = plans_.find(key);
    if (found != plans_.end()) {
      return found->second;
    }
    Description description = task_.description();
    description.batch = in.batch;
    description.kernel_per_array = task_.kernel_per_array;
    description.in = {.axes = in.axes, .batch = in.batch_stride};
    description.out = {.axes = out.axes, .batch = out.batch_stride};
    ConvolutionPlan<Value>& plan = plans_.emplace(key, ConvolutionPlan<Value>(description)).first->second;
    if (!task_.kernel_per_array) {
      plan.set_kernel(taps_);
    }
    return plan;
  }

  const Task& task_;
  std::vector<Value> taps_;
  std::map<std::vector<Index>, ConvolutionPlan<Value>> plans_;
};

Index product(const std::vector<Index>& extents) {
  Index all = 1;
  for (const Index n : extents) {
    all *= n;
  }
  return all;
}

/// What pieces of arrays take: three times the arrays themselves (one piece is read, one computed, one written) and a plan's own.
template <class Value>
struct Memory {
  double fixed = 0.0;
  double each = 0.0;  ///< array

  explicit Memory(const Task& task) {
    Description description = task.description();
    const auto bytes = [](const std::vector<Index>& extents) { return sizeof(Value) * static_cast<double>(product(extents)); };
    const double kernel = bytes(description.kernel);
    each = 3.0 * (bytes(description.data) + bytes(fftconv::output_extents(description)) + (task.kernel_per_array ? kernel : 0.0));
    fixed = task.kernel_per_array ? 0.0 : kernel;
    if (each + fixed > static_cast<double>(task.options.memory)) {
      fixed += 2.0 * each;  // about what a plan would take
      return;
    }
    const auto spectrum = static_cast<double>(ConvolutionPlan<Value>(description).describe().spectrum_bytes);
    (task.kernel_per_array ? each : fixed) += spectrum + (task.kernel_per_array ? kernel : 0.0);
    description.batch = std::min<Index>(task.arrays(), description.threads);
    fixed += static_cast<double>(ConvolutionPlan<Value>(description).workspace_bytes());
  }
};

}  // namespace

template <class Value>
double convolve_arrays(const Task& task, const std::function<Sink()>& open, std::string& method) {
  const Memory<Value> memory(task);
  const double fitting = (static_cast<double>(task.options.memory) - memory.fixed) / memory.each;
  if (fitting < 1.0) {
    return memory.fixed + memory.each;
  }
  // More at a time would only delay the first result.
  constexpr double enough = 1U << 26U;
  const auto arrays = static_cast<Index>(std::min(fitting, std::max(1.0, enough / memory.each)));
  method = ConvolutionPlan<Value>(task.description()).describe().text();
  std::vector<Value> taps;
  if (!task.kernel_per_array) {
    taps.resize(static_cast<std::size_t>(task.kernel.size()));
    task.kernel.read({std::vector<Index>(task.kernel.shape().size(), 0), task.kernel.shape()}, std::span<Value>(taps));
  }
  Plans<Value> plans(task, std::move(taps));
  const Pieces pieces(task.data.shape(), task.out_shape, task.axes, arrays, task.data.chunk());
  std::array<Slot<Value>, 3> slots;
  const auto slot_of = [&](Index i) -> Slot<Value>& { return slots[static_cast<std::size_t>(i % 3)]; };
  Sink sink = open();
  const auto load = [&](Index i) {
    stop_if_interrupted();
    const Piece piece = pieces.piece(i);
    Slot<Value>& slot = slot_of(i);
    slot.in.resize(static_cast<std::size_t>(piece.in.size()));
    slot.out.resize(static_cast<std::size_t>(piece.out.size()));
    task.data.read(piece.in, std::span<Value>(slot.in));
    if (task.kernel_per_array) {
      const data::Box box = plans.kernel_box(piece);
      slot.kernels.resize(static_cast<std::size_t>(box.size()));
      task.kernel.read(box, std::span<Value>(slot.kernels));
    }
  };
  const auto compute = [&](Index i) { plans.apply(slot_of(i), pieces.piece(i)); };
  const auto store = [&](Index i) {
    const Piece piece = pieces.piece(i);
    sink.writer.write(piece.out, std::span<const Value>(slot_of(i).out));
    sink.counters.done += product(along(piece.out.count, task.axes.batch));
    sink.progress.update(sink.counters);
  };
  data::pipeline(task.arrays() == 0 ? 0 : pieces.count(), load, compute, store);
  sink.progress.finish(sink.counters);
  return 0.0;
}

template double convolve_arrays<float>(const Task&, const std::function<Sink()>&, std::string&);
template double convolve_arrays<double>(const Task&, const std::function<Sink()>&, std::string&);
template double convolve_arrays<std::complex<float>>(const Task&, const std::function<Sink()>&, std::string&);
template double convolve_arrays<std::complex<double>>(const Task&, const std::function<Sink()>&, std::string&);

}  // namespace kindred::app::convolve
