#include <algorithm>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/fftconv/cuda/pipeline_convolver.cuh>
#include <kindred/kernels/fftconv/scalar.hpp>

namespace kindred::fftconv {
namespace {

constexpr std::size_t planes_bytes = std::size_t{24} << 20U;  // about half of the L2 cache of an A100 or H100

/// Three axes, a few planes of the spectrum at a time.
template <class Value>
class PlaneConvolver final : public device::PipelineConvolver<Value, device::PlanePipeline<Value, device::StreamExecutor<Value>>> {
 public:
  using device::PipelineConvolver<Value, device::PlanePipeline<Value, device::StreamExecutor<Value>>>::PipelineConvolver;

  void set_kernel(std::span<const Value> taps) override { this->table_.set_kernel(this->shape_, taps, true); }
  void set_spectrum(std::span<const std::complex<Real<Value>>>) override {
    throw InputError("Convolution: method planes takes no spectrum: set a kernel, or choose method library");
  }

  [[nodiscard]] Report describe() const override {
    Report report = this->report();
    report.predicted_bytes = device::predicted_bytes_of_planes(this->shape_, this->callbacks_, report.spectrum_bytes);
    report.reason = std::string("pencils of the last axis, ") + (this->callbacks_ ? "padded and cropped by callbacks, " : "") + "then " +
                    std::to_string(this->size_) + " planes at a time";
    return report;
  }
};

}  // namespace

template <class Value>
std::unique_ptr<DeviceConvolver<Value>> make_plane_convolver(const Description& description, const DeviceOptions& options,
                                                             std::string& refusal) {
  const auto shape = device::padded_shape(description, !is_complex<Value>, sizeof(Real<Value>) == 4);
  if (shape.geometry.count != 3 || shape.inputs != 1 || shape.periodic) {
    refusal = "planes are for one input of three axes that are padded";
    return nullptr;
  }
  const Index planes = device::planes_of_group(shape, planes_bytes);
  if (options.callbacks) {
    const auto& axes = shape.geometry.axes;
    const Index pencils = std::max(axes[0].data * axes[1].data, axes[0].outputs * axes[1].outputs);
    std::string missing;
    if (auto convolver = device::make_with_callbacks<PlaneConvolver<Value>>(shape, planes, pencils * shape.pitch, missing)) {
      return convolver;
    }
  }
  return std::make_unique<PlaneConvolver<Value>>(shape, planes, false);
}

template std::unique_ptr<DeviceConvolver<float>> make_plane_convolver(const Description&, const DeviceOptions&, std::string&);
template std::unique_ptr<DeviceConvolver<double>> make_plane_convolver(const Description&, const DeviceOptions&, std::string&);
template std::unique_ptr<DeviceConvolver<std::complex<float>>> make_plane_convolver(const Description&, const DeviceOptions&, std::string&);
template std::unique_ptr<DeviceConvolver<std::complex<double>>> make_plane_convolver(const Description&, const DeviceOptions&,
                                                                                     std::string&);

}  // namespace kindred::fftconv
