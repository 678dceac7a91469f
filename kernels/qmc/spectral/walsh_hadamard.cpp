#include <kindred/kernels/qmc/spectral/walsh_hadamard.hpp>

#include <bit>
#include <cmath>
#include <string>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/multiversion.hpp>
#include <kindred/kernels/qmc/spectral/transform_kernels.hpp>

namespace kindred::qmc {
namespace {

KINDRED_MULTIVERSION void join(double* a, double* b, std::size_t n, double scale) {
  for (std::size_t k = 0; k < n; ++k) {
    const double sum = a[k] + b[k];
    const double difference = a[k] - b[k];
    a[k] = scale * sum;
    b[k] = scale * difference;
  }
}

}  // namespace

void walsh_hadamard(std::span<double> values) { walsh_hadamard(values, 1); }

void walsh_hadamard(std::span<double> values, std::size_t rows) {
  if (rows == 0 || values.size() % rows != 0 || !std::has_single_bit(values.size() / rows)) {
    throw InputError("walsh_hadamard: " + std::to_string(values.size()) + " values in " + std::to_string(rows) +
                     " rows: a row must have a power of two of them");
  }
  const std::size_t n = values.size() / rows;
  const double scale = 1.0 / std::sqrt(static_cast<double>(n));
  for (std::size_t first = 0; first < values.size(); first += n) {
    transform_kernels().walsh_hadamard(values.data() + first, n, scale);
  }
}

void join_walsh_hadamard(std::span<double> first, std::span<double> second, double scale) {
  if (first.size() != second.size()) {
    throw InputError("join_walsh_hadamard: halves of " + std::to_string(first.size()) + " and " + std::to_string(second.size()) +
                     " values");
  }
  join(first.data(), second.data(), first.size(), scale);
}

}  // namespace kindred::qmc
