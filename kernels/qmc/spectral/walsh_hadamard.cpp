#include <kindred/kernels/qmc/spectral/walsh_hadamard.hpp>

#include <bit>
#include <cmath>
#include <string>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/qmc/spectral/transform_kernels.hpp>

namespace kindred::qmc {

void walsh_hadamard(std::span<double> values) {
  const std::size_t n = values.size();
  if (!std::has_single_bit(n)) {
    throw InputError("walsh_hadamard: " + std::to_string(n) + " values: their number must be a power of two");
  }
  transform_kernels().walsh_hadamard(values.data(), n, 1.0 / std::sqrt(static_cast<double>(n)));
}

}  // namespace kindred::qmc
