#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/fftconv/convolution_plan_cuda.hpp>
#include <kindred/kernels/fftconv/cuda/device_convolver.hpp>
#include <kindred/kernels/fftconv/cuda/memory.hpp>
#include <kindred/kernels/fftconv/kernel_arguments.hpp>
#include <kindred/kernels/fftconv/layout.hpp>

namespace kindred::fftconv {
namespace {

constexpr std::size_t alignment = 256;

[[noreturn]] void refuse(const std::string& what) { throw InputError("Convolution on a GPU: " + what); }

void require_size(const char* what, std::size_t given, Index wanted) {
  if (given != static_cast<std::size_t>(wanted)) {
    refuse(std::string(what) + " has " + std::to_string(given) + " numbers, but the description makes them " + std::to_string(wanted));
  }
}

template <class Value>
struct Chosen {
  DeviceMethod method = DeviceMethod::automatic;
  std::unique_ptr<DeviceConvolver<Value>> convolver;
  std::string reason;
};

/// nullptr, and why, where it cannot be done.
template <class Value>
std::unique_ptr<DeviceConvolver<Value>> make(DeviceMethod method, const Description& description, const DeviceOptions& options,
                                             std::string& refusal) {
  switch (method) {
    case DeviceMethod::fused:
      return make_fused_convolver<Value>(description, options, refusal);
    case DeviceMethod::planes:
      return make_plane_convolver<Value>(description, options, refusal);
    case DeviceMethod::callbacks:
      return make_array_convolver<Value>(description, options, true, refusal);
    default:
      return make_array_convolver<Value>(description, options, false, refusal);
  }
}

template <class Value>
Chosen<Value> choose(const Description& description, const DeviceOptions& options) {
  if (options.method != DeviceMethod::automatic) {
    std::string refusal;
    auto convolver = make<Value>(options.method, description, options, refusal);
    if (convolver == nullptr) {
      refuse(std::string("method ") + name_of(options.method) + " cannot do this: " + refusal + "; choose method automatic");
    }
    return {options.method, std::move(convolver), "as was asked for"};
  }
  std::string reasons;
  for (const DeviceMethod method : {DeviceMethod::fused, DeviceMethod::planes, DeviceMethod::callbacks, DeviceMethod::library}) {
    std::string refusal = "callbacks are not wanted";
    if (method != DeviceMethod::callbacks || options.callbacks) {
      if (auto convolver = make<Value>(method, description, options, refusal)) {
        return {method, std::move(convolver), reasons.empty() ? "the first choice" : reasons};
      }
    }
    reasons += (reasons.empty() ? "" : "; ") + std::string("not ") + name_of(method) + ": " + refusal;
  }
  refuse(reasons);
}

}  // namespace

const char* name_of(DeviceMethod method) {
  switch (method) {
    case DeviceMethod::automatic:
      return "automatic";
    case DeviceMethod::fused:
      return "fused";
    case DeviceMethod::planes:
      return "planes";
    case DeviceMethod::callbacks:
      return "callbacks";
    case DeviceMethod::library:
      return "library";
  }
  return "unknown";
}

template <class Value>
struct DeviceConvolutionPlan<Value>::State {
  Description description;
  DeviceOptions options;
  Layout in;
  Layout out;
  int device = 0;
  Chosen<Value> chosen;
  device::Memory workspace;
  bool has_kernel = false;

  State(const Description& wanted, const DeviceOptions& how) : description(wanted), options(how) {
    require(description);
    if (description.method != Method::automatic && description.method != Method::fft) {
      refuse("the description's method is one of the processor's: give automatic or fft, and DeviceOptions::method");
    }
    in = layout_of(description.in, "in", description.data, description.batch, description.inputs);
    out = layout_of(description.out, "out", output_extents(description), description.batch, 1);
    device = device::current_device();
    chosen = choose<Value>(description, options);
    if (options.own_workspace) {
      workspace = device::Memory(chosen.convolver->workspace_bytes());
    }
  }

  void require_device() const {
    if (const int current = device::current_device(); current != device) {
      refuse("the plan belongs to device " + std::to_string(device) + " and the current device is " + std::to_string(current) +
             ": make a plan on every device");
    }
  }

  /// The workspace to use.
  std::byte* require_call(bool adjoint, std::span<const Value> from, std::span<const Value> to, const Operation<Value>& operation,
                          std::span<std::byte> given) const {
    const Layout& source = adjoint ? out : in;
    const Layout& target = adjoint ? in : out;
    if (!has_kernel) {
      refuse("no kernel has been set: call set_kernel() or set_spectrum() first");
    }
    require_device();
    require_size("in", from.size(), source.reach);
    require_size("out", to.size(), target.reach);
    if (!operation.pre.empty()) {
      require_size("pre", operation.pre.size(), source.reach);
    }
    if (!operation.post.empty()) {
      require_size("post", operation.post.size(), target.reach);
    }
    if (!target.disjoint) {
      refuse("the strides of in let numbers share places, so that the adjoint has nowhere to put its results: describe disjoint ones");
    }
    if (from.data() == to.data() ||
        (source.contiguous && target.contiguous && from.data() < to.data() + to.size() && to.data() < from.data() + from.size())) {
      refuse("in and out share memory: give out memory of its own");
    }
    const std::size_t bytes = chosen.convolver->workspace_bytes();
    if (given.empty() && workspace.bytes() < bytes) {
      refuse("the plan has no workspace of its own: give one of " + std::to_string(bytes) + " bytes");
    }
    if (!given.empty() && given.size() < bytes) {
      refuse("the workspace has " + std::to_string(given.size()) + " bytes of " + std::to_string(bytes));
    }
    if (reinterpret_cast<std::uintptr_t>(given.data()) % alignment != 0) {
      refuse("the workspace does not begin at a multiple of 256 bytes: align it");
    }
    return given.empty() ? workspace.data() : given.data();
  }
};

template <class Value>
DeviceConvolutionPlan<Value>::DeviceConvolutionPlan(const Description& description, const DeviceOptions& options)
    : state_(std::make_unique<State>(description, options)) {}
template <class Value>
DeviceConvolutionPlan<Value>::~DeviceConvolutionPlan() = default;
template <class Value>
DeviceConvolutionPlan<Value>::DeviceConvolutionPlan(DeviceConvolutionPlan&&) noexcept = default;
template <class Value>
DeviceConvolutionPlan<Value>& DeviceConvolutionPlan<Value>::operator=(DeviceConvolutionPlan&&) noexcept = default;

template <class Value>
void DeviceConvolutionPlan<Value>::set_kernel(std::span<const Value> taps) {
  require_kernel(state_->description, taps);
  state_->require_device();
  state_->chosen.convolver->set_kernel(taps);
  state_->has_kernel = true;
}

template <class Value>
void DeviceConvolutionPlan<Value>::set_spectrum(std::span<const std::complex<Real<Value>>> spectrum) {
  require_spectrum<Value>(state_->description, spectrum);
  state_->require_device();
  state_->chosen.convolver->set_spectrum(spectrum);
  state_->has_kernel = true;
}

template <class Value>
void DeviceConvolutionPlan<Value>::apply(std::span<const Value> in, std::span<Value> out, const Operation<Value>& operation, void* stream,
                                         std::span<std::byte> workspace) const {
  std::byte* const memory = state_->require_call(false, in, out, operation, workspace);
  state_->chosen.convolver->apply(in, out, operation, static_cast<cudaStream_t>(stream), memory);
}

template <class Value>
void DeviceConvolutionPlan<Value>::apply_adjoint(std::span<const Value> in, std::span<Value> out, const Operation<Value>& operation,
                                                 void* stream, std::span<std::byte> workspace) const {
  std::byte* const memory = state_->require_call(true, in, out, operation, workspace);
  state_->chosen.convolver->apply_adjoint(in, out, operation, static_cast<cudaStream_t>(stream), memory);
}

template <class Value>
const Description& DeviceConvolutionPlan<Value>::description() const {
  return state_->description;
}

template <class Value>
std::size_t DeviceConvolutionPlan<Value>::workspace_bytes() const {
  return state_->chosen.convolver->workspace_bytes();
}

template <class Value>
DeviceMethod DeviceConvolutionPlan<Value>::method() const {
  return state_->chosen.method;
}

template <class Value>
Report DeviceConvolutionPlan<Value>::describe() const {
  Report report = state_->chosen.convolver->describe();
  report.method = Method::fft;
  report.reason = std::string(name_of(state_->chosen.method)) + " (" + report.reason + "): " + state_->chosen.reason;
  report.workspace_bytes = workspace_bytes();
  report.instruction_set = "CUDA";
  return report;
}

template class DeviceConvolutionPlan<float>;
template class DeviceConvolutionPlan<double>;
template class DeviceConvolutionPlan<std::complex<float>>;
template class DeviceConvolutionPlan<std::complex<double>>;

}  // namespace kindred::fftconv
