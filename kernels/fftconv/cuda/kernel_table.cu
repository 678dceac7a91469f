#include <kindred/kernels/fftconv/cuda/kernel_table.hpp>

#include <algorithm>
#include <vector>

#include <kindred/kernels/fftconv/cuda/executor.cuh>
#include <kindred/kernels/fftconv/scalar.hpp>

namespace kindred::fftconv::device {
namespace {

constexpr std::size_t buffer_bytes = std::size_t{256} << 20U;

template <class T>
Memory copy_to_device(const T* values, std::size_t count) {
  Memory memory(count * sizeof(T));
  check(cudaMemcpy(memory.data(), values, memory.bytes(), cudaMemcpyHostToDevice), "copying a kernel to the device");
  return memory;
}

}  // namespace

template <class Value>
void KernelTable<Value>::set_kernel(const PaddedShape& shape, std::span<const Value> taps, bool planes) {
  const std::vector<Value> relevant = all_relevant_taps(shape, taps);
  const bool even = is_even(shape, relevant);
  const bool real = even && !is_complex<Value>;
  const TableShape table = shape.table(even, planes);
  const std::size_t factor_bytes = sizeof(Real<Value>) * (real ? 1 : 2);
  Memory memory(factor_bytes * static_cast<std::size_t>(table.of_kernel * shape.kernels()));
  const FactorTable factors{table, memory.data(), real};
  {
    const Memory copy = copy_to_device(relevant.data(), relevant.size());
    const auto* const on_device = reinterpret_cast<const Value*>(copy.data());
    StreamExecutor<Value> executor;
    executor.keep_work_area();
    if (planes && even) {
      const Index group = planes_of_group(shape, buffer_bytes);
      const Memory buffer(sizeof(Complex<Real<Value>>) * static_cast<std::size_t>(even_kernel_numbers(shape, group)));
      transform_even_kernels(executor, shape, group, on_device, buffer.data(), factors, memory.data());
      check(cudaDeviceSynchronize(), "the transform of a kernel");
    } else {
      const auto room = static_cast<Index>(buffer_bytes / shape.slot_bytes());
      const Index slots = std::clamp<Index>(room, 1, shape.kernels());
      const Memory buffer(shape.slot_bytes() * static_cast<std::size_t>(slots));
      transform_kernels(executor, shape, slots, on_device, buffer.data(), factors, memory.data());
      check(cudaDeviceSynchronize(), "the transform of a kernel");  // other streams need not wait for the default one
    }
  }
  memory_ = std::move(memory);
  factors_ = factors;
}

template <class Value>
void KernelTable<Value>::set_spectrum(const PaddedShape& shape, std::span<const std::complex<Real<Value>>> spectrum) {
  std::vector<std::complex<Real<Value>>> scaled(spectrum.begin(), spectrum.end());
  const auto scale = static_cast<Real<Value>>(1.0 / static_cast<double>(product(shape.period)));
  for (auto& value : scaled) {
    value *= scale;
  }
  memory_ = copy_to_device(scaled.data(), scaled.size());
  check(cudaDeviceSynchronize(), "copying a spectrum to the device");
  factors_ = {shape.table(false, false), memory_.data(), false};
}

template class KernelTable<float>;
template class KernelTable<double>;
template class KernelTable<std::complex<float>>;
template class KernelTable<std::complex<double>>;

}  // namespace kindred::fftconv::device
