#include <kindred/core/base/error.hpp>
#include <kindred/kernels/fftconv/cuda/device_convolver.hpp>
#include <kindred/kernels/fftconv/cuda/shape.hpp>
#include <kindred/kernels/fftconv/fused/fused_cuda.hpp>
#include <kindred/kernels/fftconv/scalar.hpp>

namespace kindred::fftconv {
namespace {

/// One kernel from data to result.
template <class Value>
class FusedConvolver final : public DeviceConvolver<Value> {
 public:
  explicit FusedConvolver(const Description& description) : convolution_(description) {}

  void set_kernel(std::span<const Value> taps) override { convolution_.set_kernel(taps); }
  void set_spectrum(std::span<const std::complex<Real<Value>>> spectrum) override { convolution_.set_spectrum(spectrum); }
  void apply(std::span<const Value> in, std::span<Value> out, const Operation<Value>& operation, cudaStream_t stream,
             std::byte* /*workspace*/) const override {
    convolution_.apply(in, out, operation, stream);
  }
  void apply_adjoint(std::span<const Value> in, std::span<Value> out, const Operation<Value>& operation, cudaStream_t stream,
                     std::byte* /*workspace*/) const override {
    convolution_.apply_adjoint(in, out, operation, stream);
  }
  [[nodiscard]] std::size_t workspace_bytes() const override { return 0; }

  [[nodiscard]] Report describe() const override {
    const FusedReport fused = convolution_.describe();
    Report report;
    report.padded = {fused.period};
    report.spectrum_bytes = fused.spectrum_bytes;
    report.predicted_bytes = fused.predicted_bytes;
    report.reason = std::to_string(fused.blocks) + (fused.blocks == 1 ? " block an array" : " blocks an array") + " of " +
                    std::to_string(fused.threads) + " threads";
    return report;
  }

 private:
  FusedConvolution<Value> convolution_;
};

}  // namespace

template <class Value>
std::unique_ptr<DeviceConvolver<Value>> make_fused_convolver(const Description& description, const DeviceOptions& options,
                                                             std::string& refusal) {
  if (!FusedConvolution<Value>::possible(description)) {
    refusal = "it takes one axis and kernels that leave room in its longest transform";
    return nullptr;
  }
  const bool asked_for = options.method == DeviceMethod::fused;
  Description whole = description;  // a periodic plan may be given the spectrum of a kernel as long as the data
  whole.kernel = whole.data;
  if (!asked_for && description.mode == Mode::periodic && !FusedConvolution<Value>::possible(whole)) {
    refusal = "a spectrum might be set, and this period is too long for it";
    return nullptr;
  }
  try {
    auto convolver = std::make_unique<FusedConvolver<Value>>(description);
    const auto shape = device::padded_shape(description, !is_complex<Value>, sizeof(Real<Value>) == 4);
    if (!asked_for && convolver->describe().predicted_bytes > device::predicted_bytes_of_arrays(shape, true, 0, 1)) {
      refusal = "its blocks would overlap so far that whole transforms move fewer bytes";
      return nullptr;
    }
    return convolver;
  } catch (const InputError& error) {  // a GPU with less shared memory
    refusal = error.what();
    return nullptr;
  }
}

template std::unique_ptr<DeviceConvolver<float>> make_fused_convolver(const Description&, const DeviceOptions&, std::string&);
template std::unique_ptr<DeviceConvolver<double>> make_fused_convolver(const Description&, const DeviceOptions&, std::string&);
template std::unique_ptr<DeviceConvolver<std::complex<float>>> make_fused_convolver(const Description&, const DeviceOptions&, std::string&);
template std::unique_ptr<DeviceConvolver<std::complex<double>>> make_fused_convolver(const Description&, const DeviceOptions&,
                                                                                     std::string&);

}  // namespace kindred::fftconv
