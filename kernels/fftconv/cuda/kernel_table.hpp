#pragma once

#include <complex>
#include <span>

#include <kindred/kernels/fftconv/cuda/memory.hpp>
#include <kindred/kernels/fftconv/cuda/pipeline.hpp>

namespace kindred::fftconv::device {

/// The transforms of a plan's kernels on the device.
template <class Value>
class KernelTable {
 public:
  /// Transforms them in temporary memory of 256 MiB, or of one padded array if that is more; planes of even kernels: of a quarter of one,
  /// and 256 MiB. Returns when it is done.
  /// @param planes  laid out for MultiplyPlanes
  void set_kernel(const PaddedShape& shape, std::span<const Value> taps, bool planes);
  /// Periodic convolutions alone.
  void set_spectrum(const PaddedShape& shape, std::span<const std::complex<Real<Value>>> spectrum);

  [[nodiscard]] const FactorTable& factors() const { return factors_; }
  [[nodiscard]] std::size_t bytes() const { return memory_.bytes(); }

 private:
  Memory memory_;
  FactorTable factors_;
};

extern template class KernelTable<float>;
extern template class KernelTable<double>;
extern template class KernelTable<std::complex<float>>;
extern template class KernelTable<std::complex<double>>;

}  // namespace kindred::fftconv::device
