#include <algorithm>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/fftconv/cuda/pipeline_convolver.cuh>
#include <kindred/kernels/fftconv/scalar.hpp>

namespace kindred::fftconv {
namespace {

constexpr std::size_t default_padded_bytes = std::size_t{2} << 30U;

std::size_t padded_bytes(const DeviceOptions& options) {
  if (options.padded_bytes != 0) {
    return options.padded_bytes;
  }
  std::size_t free = 0;
  std::size_t total = 0;
  device::check(cudaMemGetInfo(&free, &total), "asking for free memory");
  return std::min(default_padded_bytes, free / 2);
}

/// cuFFT's transforms of whole padded arrays.
template <class Value>
class ArrayConvolver final : public device::PipelineConvolver<Value, device::ArrayPipeline<Value, device::StreamExecutor<Value>>> {
 public:
  using device::PipelineConvolver<Value, device::ArrayPipeline<Value, device::StreamExecutor<Value>>>::PipelineConvolver;

  void set_kernel(std::span<const Value> taps) override { this->table_.set_kernel(this->shape_, taps, false); }
  void set_spectrum(std::span<const std::complex<Real<Value>>> spectrum) override { this->table_.set_spectrum(this->shape_, spectrum); }

  [[nodiscard]] Report describe() const override {
    Report report = this->report();
    const Index chunks = (this->shape_.batch - 1) / this->size_ + 1;
    report.predicted_bytes = device::predicted_bytes_of_arrays(this->shape_, this->callbacks_, report.spectrum_bytes, chunks);
    report.reason = std::string(this->callbacks_ ? "cuFFT with callbacks" : "cuFFT and kernels between its transforms") + ", " +
                    std::to_string(this->size_) + " arrays at a time";
    return report;
  }
};

}  // namespace

template <class Value>
std::unique_ptr<DeviceConvolver<Value>> make_array_convolver(const Description& description, const DeviceOptions& options, bool callbacks,
                                                             std::string& refusal) {
  const auto shape = device::padded_shape(description, !is_complex<Value>, sizeof(Real<Value>) == 4);
  const Index arrays = device::arrays_of_chunk(shape, padded_bytes(options));
  if (callbacks) {
    return device::make_with_callbacks<ArrayConvolver<Value>>(shape, arrays, 2 * shape.slot() * shape.inputs * arrays, refusal);
  }
  return std::make_unique<ArrayConvolver<Value>>(shape, arrays, false);
}

template std::unique_ptr<DeviceConvolver<float>> make_array_convolver(const Description&, const DeviceOptions&, bool, std::string&);
template std::unique_ptr<DeviceConvolver<double>> make_array_convolver(const Description&, const DeviceOptions&, bool, std::string&);
template std::unique_ptr<DeviceConvolver<std::complex<float>>> make_array_convolver(const Description&, const DeviceOptions&, bool,
                                                                                    std::string&);
template std::unique_ptr<DeviceConvolver<std::complex<double>>> make_array_convolver(const Description&, const DeviceOptions&, bool,
                                                                                     std::string&);

}  // namespace kindred::fftconv
