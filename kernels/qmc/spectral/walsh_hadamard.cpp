#include <kindred/kernels/qmc/spectral/walsh_hadamard.hpp>

#include <bit>
#include <cmath>
#include <string>

#include <kindred/core/base/error.hpp>

namespace kindred::qmc {

void walsh_hadamard(std::span<double> values) {
  const std::size_t n = values.size();
  if (!std::has_single_bit(n)) {
    throw InputError("walsh_hadamard: " + std::to_string(n) + " values: their number must be a power of two");
  }
  for (std::size_t half = 1; half < n; half *= 2) {
    for (std::size_t first = 0; first < n; first += 2 * half) {
      for (std::size_t i = first; i < first + half; ++i) {
        const double a = values[i];
        const double b = values[i + half];
        values[i] = a + b;
        values[i + half] = a - b;
      }
    }
  }
  const double scale = 1.0 / std::sqrt(static_cast<double>(n));
  for (double& value : values) {
    value *= scale;
  }
}

}  // namespace kindred::qmc
