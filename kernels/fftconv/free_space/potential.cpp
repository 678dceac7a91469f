#include <kindred/kernels/fftconv/free_space/potential.hpp>

namespace kindred::fftconv {
namespace {

Description convolution(const FreeSpaceDescription& description) {
  require(description);
  Description convolution;
  convolution.data = description.cells;
  for (const Index n : description.cells) {
    convolution.kernel.push_back(2 * n - 1);
  }
  convolution.mode = Mode::same;
  convolution.batch = description.batch;
  convolution.method = description.method;
  convolution.threads = description.threads;
  return convolution;
}

}  // namespace

template <class Value>
FreeSpacePotential<Value>::FreeSpacePotential(const FreeSpaceDescription& description) : plan_(convolution(description)) {
  const auto taps = free_space_kernel<Value>(description);
  self_ = taps[taps.size() / 2];
  plan_.set_kernel(taps);
}

template class FreeSpacePotential<double>;
template class FreeSpacePotential<std::complex<double>>;

}  // namespace kindred::fftconv
