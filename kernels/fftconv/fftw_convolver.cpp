#include <kindred/kernels/fftconv/fftw_convolver.hpp>

#include <algorithm>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/fftconv/axis.hpp>
#include <kindred/kernels/fftconv/cost_model.hpp>
#include <kindred/kernels/fftconv/fftw_planner.hpp>
#include <kindred/kernels/fftconv/pointwise.hpp>
#include <kindred/kernels/fftconv/scalar.hpp>
#include <kindred/kernels/fftconv/workspace.hpp>

#if defined(KINDRED_FFTW)
#include <kindred/kernels/fftconv/fftw_library.hpp>
#endif

namespace kindred::fftconv {

std::mutex& fftw_planner_mutex() {
  static std::mutex mutex;
  return mutex;
}

Index fftw_good_length(Index least) {
  for (Index n = std::max<Index>(least, 1);; ++n) {
    Index rest = n;
    for (const Index p : {2, 3, 5, 7}) {
      while (rest % p == 0) {
        rest /= p;
      }
    }
    if (rest == 1 || rest == 11 || rest == 13) {
      return n;
    }
  }
}

#if defined(KINDRED_FFTW)

namespace {

/// Transforms of one padded array, in place: real rows are padded to whole complex numbers.
template <class Value>
class FftwTransform {
 public:
  using Number = Real<Value>;
  using Library = FftwLibrary<Number>;

  FftwTransform(const std::array<Index, 3>& period, int axes, Effort effort) {
    half_ = is_complex<Value> ? period[2] : period[2] / 2 + 1;
    size_ = period[0] * period[1] * half_;
    row_ = is_complex<Value> ? half_ : 2 * half_;
    const std::array<Index, 3> complex_strides = {period[1] * half_, half_, 1};
    std::vector<typename Library::Dimension> forward;
    std::vector<typename Library::Dimension> backward;
    for (std::size_t d = 3 - static_cast<std::size_t>(axes); d < 3; ++d) {
      const Index complex_stride = complex_strides[d];
      const Index value_stride = is_complex<Value> || d == 2 ? complex_stride : 2 * complex_stride;
      forward.push_back({period[d], value_stride, complex_stride});
      backward.push_back({period[d], complex_stride, value_stride});
    }
    LineVector<std::complex<Number>> scratch(static_cast<std::size_t>(size_));
    auto* const spectrum = reinterpret_cast<typename Library::Complex*>(scratch.data());
    auto* const values = reinterpret_cast<Number*>(scratch.data());
    const FftwPlanning<Number> planning(effort);
    if constexpr (is_complex<Value>) {
      forward_ = Library::plan_complex(axes, forward.data(), 0, nullptr, spectrum, spectrum, FFTW_FORWARD, planning.flags());
      backward_ = Library::plan_complex(axes, backward.data(), 0, nullptr, spectrum, spectrum, FFTW_BACKWARD, planning.flags());
    } else {
      forward_ = Library::plan_forward(axes, forward.data(), 0, nullptr, values, spectrum, planning.flags());
      backward_ = Library::plan_backward(axes, backward.data(), 0, nullptr, spectrum, values, planning.flags());
    }
    if (forward_ == nullptr || backward_ == nullptr) {
      throw Error("FFTW has no plan for a transform of " + std::to_string(product(period)) + " numbers");
    }
  }
  FftwTransform(const FftwTransform&) = delete;
  FftwTransform& operator=(const FftwTransform&) = delete;
  ~FftwTransform() {
    const std::scoped_lock lock(fftw_planner_mutex());
    Library::destroy(forward_);
    Library::destroy(backward_);
  }

  [[nodiscard]] Index size() const { return size_; }  ///< complex numbers of the spectrum
  [[nodiscard]] Index row() const { return row_; }    ///< values from one row to the next

  void forward(std::complex<Number>* spectrum) const {
    auto* const numbers = reinterpret_cast<typename Library::Complex*>(spectrum);
    if constexpr (is_complex<Value>) {
      Library::execute_complex(forward_, numbers, numbers);
    } else {
      Library::execute_forward(forward_, reinterpret_cast<Number*>(spectrum), numbers);
    }
  }
  void backward(std::complex<Number>* spectrum) const {
    auto* const numbers = reinterpret_cast<typename Library::Complex*>(spectrum);
    if constexpr (is_complex<Value>) {
      Library::execute_complex(backward_, numbers, numbers);
    } else {
      Library::execute_backward(backward_, numbers, reinterpret_cast<Number*>(spectrum));
    }
  }

 private:
  typename Library::Plan forward_ = nullptr;
  typename Library::Plan backward_ = nullptr;
  Index half_ = 0;
  Index size_ = 0;
  Index row_ = 0;
};

template <class Value>
class FftwConvolver final : public Convolver<Value> {
 public:
  using Number = Real<Value>;
  using Complex = std::complex<Number>;

  explicit FftwConvolver(const Description& description)
      : description_(description),
        geometry_(geometry_of(description)),
        period_(period_of(geometry_)),
        transform_(period_, geometry_.count, description.effort) {}

  void set_kernel(std::span<const Value> taps, Index kernels) override {
    const auto size = static_cast<Index>(taps.size()) / kernels;
    spectra_.assign(static_cast<std::size_t>(kernels * pitch()), Complex(0));
    for (Index kernel = 0; kernel < kernels; ++kernel) {
      const std::vector<Value> relevant = relevant_taps(geometry_, taps.data() + kernel * size);
      Complex* const spectrum = spectra_.data() + kernel * pitch();
      load(relevant.data(), geometry_.taps(), {}, spectrum);
      transform_.forward(spectrum);
    }
    scale();
  }

  void set_spectrum(std::span<const std::complex<Number>> spectrum) override {
    spectra_.assign(spectrum.begin(), spectrum.end());
    scale();
  }

  void apply(std::span<const Value* const> in, Index first_kernel, Value* out, std::byte* workspace, int /*threads*/) const override {
    auto* const sums = reinterpret_cast<Complex*>(workspace);
    for (std::size_t j = 0; j < in.size(); ++j) {
      Complex* const spectrum = j == 0 ? sums : second(workspace);
      load(in[j], geometry_.data(), {}, spectrum);
      transform_.forward(spectrum);
      multiply_spectra(spectrum, kernel(first_kernel + static_cast<Index>(j)), false, sums, j > 0, transform_.size());
    }
    transform_.backward(sums);
    store(sums, firsts(), geometry_.outputs(), out);
  }

  void apply_adjoint(const Value* in, Index first_kernel, std::span<Value* const> out, std::byte* workspace,
                     int /*threads*/) const override {
    auto* const spectrum = reinterpret_cast<Complex*>(workspace);
    load(in, geometry_.outputs(), firsts(), spectrum);
    transform_.forward(spectrum);
    for (std::size_t j = 0; j < out.size(); ++j) {
      Complex* const product = j + 1 == out.size() ? spectrum : second(workspace);
      multiply_spectra(spectrum, kernel(first_kernel + static_cast<Index>(j)), true, product, false, transform_.size());
      transform_.backward(product);
      store(product, {}, geometry_.data(), out[j]);
    }
  }

  [[nodiscard]] std::size_t workspace_bytes(int /*threads*/) const override {
    return (description_.inputs > 1 ? 2 : 1) * aligned_bytes<Complex>(transform_.size());
  }

  [[nodiscard]] Report describe() const override {
    Report report;
    report.padded.assign(period_.end() - geometry_.count, period_.end());
    report.workspace_bytes = workspace_bytes(1);
    report.spectrum_bytes = static_cast<std::size_t>(kernels_of(description_) * pitch()) * sizeof(Complex);
    const double inputs = static_cast<double>(description_.inputs);
    const auto bytes = static_cast<double>(transform_.size() * Index{sizeof(Complex)});
    report.predicted_seconds = inputs * fftw_seconds<Number>(transform_.size());
    report.predicted_bytes =
        static_cast<double>((description_.inputs * product(geometry_.data()) + product(geometry_.outputs())) * Index{sizeof(Value)}) +
        7.0 * inputs * bytes;  // two passes each of filling, transforms there and back; the kernel's spectrum
    report.instruction_set = FftwLibrary<Number>::version();
    return report;
  }

 private:
  static std::array<Index, 3> period_of(const Geometry& geometry) {
    std::array<Index, 3> period{};
    std::ranges::transform(geometry.axes, period.begin(),
                           [](const Axis& axis) { return axis.periodic ? axis.data : fftw_good_length(least_period(axis)); });
    return period;
  }

  [[nodiscard]] std::array<Index, 3> firsts() const { return {geometry_.axes[0].first, geometry_.axes[1].first, geometry_.axes[2].first}; }
  /// From one kernel's spectrum to the next: FFTW's plans hold for arrays that are aligned as those they were made for.
  [[nodiscard]] Index pitch() const { return static_cast<Index>(aligned_bytes<Complex>(transform_.size()) / sizeof(Complex)); }
  [[nodiscard]] const Complex* kernel(Index k) const { return spectra_.data() + k * pitch(); }
  [[nodiscard]] Complex* second(std::byte* workspace) const {
    return reinterpret_cast<Complex*>(workspace + aligned_bytes<Complex>(transform_.size()));
  }

  [[nodiscard]] Index place(const std::array<Index, 3>& offset, Index i, Index j) const {
    return ((offset[0] + i) * period_[1] + offset[1] + j) * transform_.row() + offset[2];
  }

  void load(const Value* array, const std::array<Index, 3>& extents, const std::array<Index, 3>& offset, Complex* spectrum) const {
    std::fill_n(spectrum, transform_.size(), Complex(0));
    auto* const values = reinterpret_cast<Value*>(spectrum);
    for (Index line = 0; line < extents[0] * extents[1]; ++line) {
      std::copy_n(array + line * extents[2], extents[2], values + place(offset, line / extents[1], line % extents[1]));
    }
  }

  void store(const Complex* spectrum, const std::array<Index, 3>& offset, const std::array<Index, 3>& extents, Value* array) const {
    const auto* const values = reinterpret_cast<const Value*>(spectrum);
    for (Index line = 0; line < extents[0] * extents[1]; ++line) {
      std::copy_n(values + place(offset, line / extents[1], line % extents[1]), extents[2], array + line * extents[2]);
    }
  }

  /// Transforms there and back multiply by the numbers of a period.
  void scale() {
    const Number factor = Number(1) / static_cast<Number>(product(period_));
    for (Complex& value : spectra_) {
      value *= factor;
    }
  }

  Description description_;
  Geometry geometry_;
  std::array<Index, 3> period_;
  FftwTransform<Value> transform_;
  LineVector<Complex> spectra_;
};

}  // namespace

bool fftw_available() { return true; }

template <class Value>
std::unique_ptr<Convolver<Value>> make_fftw_convolver(const Description& description) {
  return std::make_unique<FftwConvolver<Value>>(description);
}

#else

bool fftw_available() { return false; }

template <class Value>
std::unique_ptr<Convolver<Value>> make_fftw_convolver(const Description& /*description*/) {
  throw InputError(
      "Convolution: method fftw, but Kindred was built without FFTW: choose another method, or install FFTW in double and single "
      "precision and build again");
}

#endif

template std::unique_ptr<Convolver<float>> make_fftw_convolver(const Description&);
template std::unique_ptr<Convolver<double>> make_fftw_convolver(const Description&);
template std::unique_ptr<Convolver<std::complex<float>>> make_fftw_convolver(const Description&);
template std::unique_ptr<Convolver<std::complex<double>>> make_fftw_convolver(const Description&);

}  // namespace kindred::fftconv
