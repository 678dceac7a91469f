#include <algorithm>
#include <complex>
#include <string>
#include <utility>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/fftconv/cuda/memory.hpp>
#include <kindred/kernels/fftconv/fused/fused_cuda.hpp>
#include <kindred/kernels/fftconv/fused/launch.hpp>
#include <kindred/kernels/fftconv/fused/schedule.hpp>
#include <kindred/kernels/fftconv/inverse_dft.hpp>
#include <kindred/kernels/fftconv/kernel_arguments.hpp>

namespace kindred::fftconv {
namespace fused {

void check(cudaError_t code, const char* what) {
  if (code != cudaSuccess) {
    throw SolveError(std::string("Fused convolution: ") + what + " failed: " + cudaGetErrorString(code) +
                     "; check that arrays are in the memory of the current device and that this GPU is supported (compute capability 8.0 "
                     "or newer)");
  }
}

namespace {

[[noreturn]] void refuse(const std::string& what) { throw InputError("Fused convolution: " + what); }

int current_device() {
  int number = 0;
  check(cudaGetDevice(&number), "looking for a GPU");
  return number;
}

std::size_t most_shared_bytes(int device) {
  int bytes = 0;
  check(cudaDeviceGetAttribute(&bytes, cudaDevAttrMaxSharedMemoryPerBlockOptin, device), "asking for the GPU's shared memory");
  return static_cast<std::size_t>(bytes);
}

bool one_axis(const Description& d) { return d.data.size() == 1 && d.kernel.size() == 1; }

template <class Value>
int log_length_of(Index period) {
  for (int log_length = least_log_length<Real<Value>>; log_length <= most_log_length<Real<Value>>; ++log_length) {
    if (period_of<Value>(shape_of<Real<Value>>(log_length)) == period) {
      return log_length;
    }
  }
  refuse("there are no transforms of period " + std::to_string(period) + ": choose one of periods(), or 0");
}

template <class Value>
Schedule chosen(const Axis& axis, Index period, std::size_t shared) {
  const auto schedule = period == 0 ? best_schedule<Value>(axis, shared) : schedule_of<Value>(axis, log_length_of<Value>(period));
  if (!schedule) {
    refuse(period == 0 ? "a kernel of " + std::to_string(axis.taps) + " taps is too long for the transforms that this GPU has room for"
                       : "a kernel of " + std::to_string(axis.taps) + " taps is too long for a period of " + std::to_string(period));
  }
  if (shared_bytes<Value>(schedule->shape) > shared) {
    refuse("a period of " + std::to_string(period) + " wants " + std::to_string(shared_bytes<Value>(schedule->shape)) +
           " bytes of shared memory and this GPU has " + std::to_string(shared) + ": choose a shorter one, or 0");
  }
  return *schedule;
}

constexpr Index most_items = Index{1} << 31;  ///< blocks of one launch

}  // namespace
}  // namespace fused

template <class Value>
struct FusedConvolution<Value>::State {
  Description description;
  Index period;  ///< as it was asked for
  int device;
  Layout data;
  Layout outputs;
  fused::Schedule schedule;
  static const fused::Complex<Real<Value>>* numbers(const device::Memory& memory) {
    return reinterpret_cast<const fused::Complex<Real<Value>>*>(memory.data());
  }

  device::Memory roots;
  device::Memory spectra;

  State(const Description& d, Index wanted)
      : description(d),
        period(wanted),
        device(fused::current_device()),
        data(layout_of(d.in, "in", d.data, d.batch, d.inputs)),
        outputs(layout_of(d.out, "out", output_extents(d), d.batch, 1)) {
    plan(geometry_of(d).axes[2]);
  }

  void plan(const Axis& axis) {
    schedule = fused::chosen<Value>(axis, period, fused::most_shared_bytes(device));
    if (std::max(schedule.blocks, schedule.adjoint_blocks) > fused::most_items) {
      fused::refuse("more than 2^31 blocks: choose a longer period");
    }
    roots = device::Memory(fused::roots_of<Value>(schedule.shape));
  }

  void set_taps(const Axis& axis, std::span<const Value> taps, Index kernels) {
    if (axis.taps != schedule.axis.taps) {
      plan(axis);
    }
    spectra = device::Memory(fused::spectra_of<Value>(schedule.shape, taps, kernels));
  }

  /// Arrays from one pointer to another; of several inputs, one.
  void convolve(bool adjoint, Index input, const Value* in, Value* out, const Operation<Value>& operation, cudaStream_t stream) const {
    const Layout& read = adjoint ? outputs : data;
    const Layout& write = adjoint ? data : outputs;
    const Index in_at = read.origin + (adjoint ? 0 : input * read.input);
    const Index out_at = write.origin + (adjoint ? input * write.input : 0);
    auto job = fused::job_of<Value>(schedule, adjoint, read, write);
    const Index arrays = fused::most_items / job.blocks;
    const Index kernel = schedule.shape.numbers();
    job.alpha = device::element(operation.alpha);
    job.beta = device::element(operation.beta);
    job.tables = numbers(roots);
    job.spectrum_array = description.kernel_per_array ? description.inputs * kernel : 0;
    for (Index first = 0; first < description.batch; first += arrays) {
      const Index from = in_at + first * read.batch;
      const Index to = out_at + first * write.batch;
      job.in = device_numbers(in) + from;
      job.out = device_numbers(out) + to;
      job.pre = operation.pre.empty() ? nullptr : device_numbers(operation.pre.data()) + from;
      job.post = operation.post.empty() ? nullptr : device_numbers(operation.post.data()) + to;
      job.aligned = aligned(job.in) && aligned(job.out) && aligned(job.pre) && aligned(job.post);
      job.spectra = numbers(spectra) + input * kernel + first * job.spectrum_array;
      job.items = static_cast<std::uint32_t>(std::min(arrays, description.batch - first) * job.blocks);
      fused::launch(job, fused::log_length_of<Value>(fused::period_of<Value>(schedule.shape)), stream);
    }
  }

  void require(std::span<const Value> in, std::span<Value> out, const Operation<Value>& operation, bool adjoint) const {
    if (spectra.data() == nullptr) {
      fused::refuse("no kernel has been set: call set_kernel() first");
    }
    if (const int current = fused::current_device(); current != device) {
      fused::refuse("its tables are on device " + std::to_string(device) + " and the current device is " + std::to_string(current));
    }
    const auto require_size = [](const char* name, std::size_t size, const Layout& layout, bool optional) {
      if (size != static_cast<std::size_t>(layout.reach) && !(optional && size == 0)) {
        fused::refuse(std::string(name) + " has " + std::to_string(size) + " numbers and the description wants " +
                      std::to_string(layout.reach));
      }
    };
    require_size("in", in.size(), adjoint ? outputs : data, false);
    require_size("out", out.size(), adjoint ? data : outputs, false);
    require_size("pre", operation.pre.size(), adjoint ? outputs : data, true);
    require_size("post", operation.post.size(), adjoint ? data : outputs, true);
  }

 private:
  static auto device_numbers(const Value* values) { return device::elements(values); }
  static auto device_numbers(Value* values) { return device::elements(values); }
  template <class T>
  static bool aligned(const T* values) {
    return reinterpret_cast<std::uintptr_t>(values) % sizeof(T) == 0;
  }
};

template <class Value>
std::vector<Index> FusedConvolution<Value>::periods() {
  std::vector<Index> all;
  for (int log_length = fused::least_log_length<Real<Value>>; log_length <= fused::most_log_length<Real<Value>>; ++log_length) {
    all.push_back(fused::period_of<Value>(fused::shape_of<Real<Value>>(log_length)));
  }
  return all;
}

template <class Value>
bool FusedConvolution<Value>::possible(const Description& description) {
  if (!fused::one_axis(description)) {
    return false;
  }
  return fused::best_schedule<Value>(geometry_of(description).axes[2], fused::most_shared_bytes(fused::current_device())).has_value();
}

template <class Value>
FusedConvolution<Value>::FusedConvolution(const Description& description, Index period) {
  require(description);
  if (!fused::one_axis(description)) {
    fused::refuse("one axis is wanted, and there are " + std::to_string(description.data.size()));
  }
  state_ = std::make_shared<State>(description, period);
}

template <class Value>
void FusedConvolution<Value>::set_kernel(std::span<const Value> taps) {
  const Description& d = state_->description;
  require_kernel(d, taps);
  const Index kernels = d.inputs * (d.kernel_per_array ? d.batch : 1);
  const Geometry geometry = geometry_of(d);
  std::vector<Value> relevant;
  for (Index kernel = 0; kernel < kernels; ++kernel) {
    const auto some = relevant_taps(geometry, taps.data() + kernel * d.kernel[0]);
    relevant.insert(relevant.end(), some.begin(), some.end());
  }
  state_->set_taps(geometry.axes[2], relevant, kernels);
}

template <class Value>
void FusedConvolution<Value>::set_spectrum(std::span<const std::complex<Real<Value>>> spectrum) {
  const Description& d = state_->description;
  require_spectrum<Value>(d, spectrum);
  Axis axis = geometry_of(d).axes[2];
  axis.taps = axis.data;
  state_->set_taps(axis, kernel_of_spectrum<Value>(spectrum, d.data), 1);
}

template <class Value>
void FusedConvolution<Value>::apply(std::span<const Value> in, std::span<Value> out, const Operation<Value>& operation,
                                    void* stream) const {
  state_->require(in, out, operation, false);
  Operation<Value> one = operation;
  for (Index input = 0; input < state_->description.inputs; ++input) {
    state_->convolve(false, input, in.data(), out.data(), one, static_cast<cudaStream_t>(stream));
    one.beta = Value(1);
  }
}

template <class Value>
void FusedConvolution<Value>::apply_adjoint(std::span<const Value> in, std::span<Value> out, const Operation<Value>& operation,
                                            void* stream) const {
  state_->require(in, out, operation, true);
  for (Index input = 0; input < state_->description.inputs; ++input) {
    state_->convolve(true, input, in.data(), out.data(), operation, static_cast<cudaStream_t>(stream));
  }
}

template <class Value>
const Description& FusedConvolution<Value>::description() const {
  return state_->description;
}

template <class Value>
FusedReport FusedConvolution<Value>::describe() const {
  const fused::Schedule& schedule = state_->schedule;
  const Description& d = state_->description;
  FusedReport report;
  report.period = fused::period_of<Value>(schedule.shape);
  report.blocks = schedule.blocks;
  report.hop = schedule.hop;
  report.threads = schedule.shape.block_threads();
  report.arrays_per_thread_block = schedule.shape.transforms();
  report.shared_memory_bytes = fused::shared_bytes<Value>(schedule.shape);
  const Index kernels = d.inputs * (d.kernel_per_array ? d.batch : 1);
  report.spectrum_bytes = static_cast<std::size_t>(kernels * schedule.shape.numbers()) * sizeof(device::Complex<Real<Value>>);
  report.table_bytes = state_->roots.bytes();
  const auto numbers = static_cast<double>(d.data[0] + (schedule.blocks - 1) * (schedule.axis.taps - 1)) +
                       static_cast<double>(schedule.axis.outputs) * (d.inputs > 1 ? 2.0 - 1.0 / static_cast<double>(d.inputs) : 1.0);
  report.predicted_bytes =
      numbers * static_cast<double>(d.batch) * static_cast<double>(d.inputs) * sizeof(Value) + static_cast<double>(report.spectrum_bytes);
  return report;
}

template class FusedConvolution<float>;
template class FusedConvolution<double>;
template class FusedConvolution<std::complex<float>>;
template class FusedConvolution<std::complex<double>>;

}  // namespace kindred::fftconv
