#include <string>
#include <utility>
#include <vector>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/fftconv/cuda/memory.hpp>
#include <kindred/kernels/fftconv/half/half_cuda.hpp>
#include <kindred/kernels/fftconv/half/half_plan.hpp>
#include <kindred/kernels/fftconv/half/launch.hpp>

namespace kindred::fftconv {
namespace half {
namespace {

[[noreturn]] void refuse(const std::string& what) { throw InputError("HalfConvolution: " + what); }

int current_device() {
  int number = 0;
  check(cudaGetDevice(&number), "looking for a GPU");
  return number;
}

int attribute(cudaDeviceAttr which, int device) {
  int value = 0;
  check(cudaDeviceGetAttribute(&value, which, device), "asking for the GPU's properties");
  return value;
}

void require_device(int device, std::size_t shared_bytes) {
  if (attribute(cudaDevAttrComputeCapabilityMajor, device) < 8) {
    refuse("this GPU has no tensor cores for both formats: compute capability 8.0 or newer is needed; use a DeviceConvolutionPlan");
  }
  const auto most = static_cast<std::size_t>(attribute(cudaDevAttrMaxSharedMemoryPerBlockOptin, device));
  if (shared_bytes > most) {
    refuse("this period wants " + std::to_string(shared_bytes) + " bytes of shared memory and the GPU has " + std::to_string(most) +
           ": use a shorter one, with method overlap_save or two_level");
  }
}

}  // namespace
}  // namespace half

struct HalfConvolution::State {
  HalfDescription description;
  half::Geometry geometry;
  HalfReport report;
  int device;
  std::vector<device::Memory> tables;
  device::Memory workspace;
  device::Memory spectra;
  device::Memory scales;
  half::Memory memory;

  explicit State(const HalfDescription& d)
      : description(d), geometry(half::geometry_of(d)), report(half::report_of(d, geometry)), device(half::current_device()) {
    half::require_device(device, report.shared_bytes);
    const auto copy = [this](const auto& table) {
      using Entry = typename std::decay_t<decltype(table)>::value_type;
      tables.emplace_back(table);
      return reinterpret_cast<const Entry*>(tables.back().data());
    };
    memory = half::memory_of(geometry, half::tables_of(d, geometry), copy);
    workspace = device::Memory(d.own_workspace ? report.workspace_bytes : 0);
  }

  template <class Format>
  void run(const half::Call& call, cudaStream_t stream) const {
    const half::FusedJob fused = half::fused_job(description, geometry, memory, call);
    if (geometry.outer_radix == 1) {
      half::launch_fused<Format>(fused, geometry.shape.log_length, stream);
      return;
    }
    const half::OuterJob outer = half::outer_job(description, geometry, memory, call);
    const int tiles = geometry.outer_radix / 16;
    half::launch_outer_forward<Format>(outer, tiles, stream);
    half::launch_fused<Format>(fused, geometry.shape.log_length, stream);
    half::launch_outer_backward<Format>(outer, tiles, stream);
  }

  void require_numbers(const char* what, std::size_t size, const void* data, Index length) const {
    const auto wanted = static_cast<std::size_t>(description.batch * length);
    if (size != wanted || data == nullptr || reinterpret_cast<std::uintptr_t>(data) % sizeof(std::uint16_t) != 0) {
      half::refuse(std::string(what) + " has " + std::to_string(size) + " numbers: give " + std::to_string(wanted) +
                   ", in device memory, at a multiple of 2 bytes");
    }
  }

  void apply(bool adjoint, std::span<const std::uint16_t> in, std::span<std::uint16_t> out, const HalfOperation& operation, void* stream,
             std::span<std::byte> given) const {
    require_numbers("in", in.size(), in.data(), adjoint ? geometry.axis.outputs : geometry.axis.data);
    require_numbers("out", out.size(), out.data(), adjoint ? geometry.axis.data : geometry.axis.outputs);
    if (spectra.data() == nullptr) {
      half::refuse("no kernel yet: call set_kernel() first");
    }
    if (const int current = half::current_device(); current != device) {
      half::refuse("made for device " + std::to_string(device) + " and the current one is " + std::to_string(current) +
                   ": make one on every device");
    }
    std::byte* bytes = given.empty() ? workspace.data() : given.data();
    const std::size_t size = given.empty() ? workspace.bytes() : given.size();
    if (size < report.workspace_bytes || reinterpret_cast<std::uintptr_t>(bytes) % 256 != 0) {
      half::refuse("a workspace of " + std::to_string(size) + " bytes: give " + std::to_string(report.workspace_bytes) +
                   " bytes of device memory at a multiple of 256");
    }
    const half::Call call{in.data(), out.data(), operation.pre, operation.post, operation.alpha, adjoint, bytes};
    if (description.format == HalfFormat::fp16) {
      run<Fp16>(call, static_cast<cudaStream_t>(stream));
    } else {
      run<Bf16>(call, static_cast<cudaStream_t>(stream));
    }
  }
};

HalfConvolution::HalfConvolution(const HalfDescription& description) : state_(std::make_unique<State>(description)) {}
HalfConvolution::~HalfConvolution() = default;
HalfConvolution::HalfConvolution(HalfConvolution&&) noexcept = default;
HalfConvolution& HalfConvolution::operator=(HalfConvolution&&) noexcept = default;

void HalfConvolution::set_kernel(std::span<const float> taps) {
  const half::Spectra spectra = half::spectra_of(state_->description, state_->geometry, taps);
  state_->spectra = device::Memory(spectra.numbers);
  state_->scales = device::Memory(spectra.scales);
  state_->memory.spectra = reinterpret_cast<const half::Quad*>(state_->spectra.data());
  state_->memory.scales = reinterpret_cast<const float*>(state_->scales.data());
}

void HalfConvolution::apply(std::span<const std::uint16_t> in, std::span<std::uint16_t> out, const HalfOperation& operation, void* stream,
                            std::span<std::byte> workspace) const {
  state_->apply(false, in, out, operation, stream, workspace);
}

void HalfConvolution::apply_adjoint(std::span<const std::uint16_t> in, std::span<std::uint16_t> out, const HalfOperation& operation,
                                    void* stream, std::span<std::byte> workspace) const {
  state_->apply(true, in, out, operation, stream, workspace);
}

const HalfDescription& HalfConvolution::description() const { return state_->description; }
Index HalfConvolution::outputs() const { return state_->geometry.axis.outputs; }
std::size_t HalfConvolution::workspace_bytes() const { return state_->report.workspace_bytes; }
HalfReport HalfConvolution::describe() const { return state_->report; }

}  // namespace kindred::fftconv
