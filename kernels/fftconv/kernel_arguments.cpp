#include <kindred/kernels/fftconv/kernel_arguments.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/fftconv/axis.hpp>
#include <kindred/kernels/fftconv/scalar.hpp>

namespace kindred::fftconv {
namespace {

[[noreturn]] void refuse(const std::string& what) { throw InputError("Convolution: " + what); }

void require_size(const char* what, std::size_t given, Index wanted) {
  if (given != static_cast<std::size_t>(wanted)) {
    refuse(std::string(what) + " has " + std::to_string(given) + " numbers, but the description makes them " + std::to_string(wanted));
  }
}

bool finite(double value) { return std::isfinite(value); }
template <class Number>
bool finite(const std::complex<Number>& value) {
  return std::isfinite(value.real()) && std::isfinite(value.imag());
}

template <class Value>
void require_finite(const char* what, std::span<const Value> values) {
  const auto at = std::ranges::find_if(values, [](const Value& value) { return !finite(value); });
  if (at != values.end()) {
    refuse(std::string(what) + " " + std::to_string(at - values.begin()) + " is not finite: give finite numbers");
  }
}

/// Along planes where a wave number and its opposite are both given, k = 0 and, for an even extent, k = L/2 of the last axis.
template <class Number>
void require_hermitian(std::span<const std::complex<Number>> spectrum, const std::array<Index, 3>& data) {
  const Index half = data[2] / 2 + 1;
  const auto at = [&](Index i, Index j, Index k) { return spectrum[static_cast<std::size_t>((i * data[1] + j) * half + k)]; };
  Number greatest = 0;
  for (const auto& value : spectrum) {
    greatest = std::max(greatest, std::abs(value));
  }
  const Number tolerance = std::sqrt(std::numeric_limits<Number>::epsilon()) * greatest;
  for (Index k = 0; k < half; k += std::max<Index>(1, data[2] % 2 == 0 ? half - 1 : half)) {
    for (Index line = 0; line < data[0] * data[1]; ++line) {
      const Index i = line / data[1];
      const Index j = line % data[1];
      if (std::abs(at(i, j, k) - std::conj(at((data[0] - i) % data[0], (data[1] - j) % data[1], k))) > tolerance) {
        refuse("the spectrum is not that of a real kernel: at wave number (" + std::to_string(i) + ", " + std::to_string(j) + ", " +
               std::to_string(k) +
               ") it is not the conjugate of the value at the opposite one. Odd derivatives: set the values at L/2 to zero");
      }
    }
  }
}

}  // namespace

template <class Value>
void require_kernel(const Description& description, std::span<const Value> taps) {
  const Index kernels = (description.kernel_per_array ? description.batch : 1) * description.inputs;
  require_size("the kernel", taps.size(), kernels * product(geometry_of(description).kernel));
  require_finite("tap", taps);
}

template <class Value>
void require_spectrum(const Description& description, std::span<const std::complex<Real<Value>>> spectrum) {
  if (description.mode != Mode::periodic || description.inputs != 1 || description.kernel_per_array) {
    refuse("a spectrum can be set for one periodic kernel: mode periodic, inputs 1, the same kernel for all arrays");
  }
  const std::array<Index, 3> data = geometry_of(description).data();
  const Index rows = data[0] * data[1];
  require_size("the spectrum", spectrum.size(), rows * (is_complex<Value> ? data[2] : data[2] / 2 + 1));
  require_finite("spectrum value", spectrum);
  if constexpr (!is_complex<Value>) {
    require_hermitian(spectrum, data);
  }
}

template void require_kernel(const Description&, std::span<const float>);
template void require_kernel(const Description&, std::span<const double>);
template void require_kernel(const Description&, std::span<const std::complex<float>>);
template void require_kernel(const Description&, std::span<const std::complex<double>>);
template void require_spectrum<float>(const Description&, std::span<const std::complex<float>>);
template void require_spectrum<double>(const Description&, std::span<const std::complex<double>>);
template void require_spectrum<std::complex<float>>(const Description&, std::span<const std::complex<float>>);
template void require_spectrum<std::complex<double>>(const Description&, std::span<const std::complex<double>>);

}  // namespace kindred::fftconv
