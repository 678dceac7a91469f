#include <kindred/kernels/qmc/spectral/roots_of_unity.hpp>

#include <cmath>
#include <complex>
#include <cstddef>
#include <mutex>
#include <numbers>
#include <string>
#include <vector>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/qmc/aligned.hpp>

namespace kindred::qmc {
namespace {

using Long = std::complex<long double>;

Long root(std::size_t j, std::size_t order) {
  const long double angle = 2.0L * std::numbers::pi_v<long double> * (static_cast<long double>(j) / static_cast<long double>(order));
  return {std::cos(angle), -std::sin(angle)};
}

/// Products of two short tables in extended precision: rounded once, from some 2^-63.
LineVector<double> table(int k) {
  const std::size_t order = std::size_t{1} << static_cast<unsigned>(k);
  const std::size_t half = order > 1 ? order / 2 : 1;
  LineVector<double> values(2 * half);
  const auto set = [&](std::size_t j, double real, double imaginary) {
    values[j] = real;
    values[half + j] = imaginary;
  };
  set(0, 1.0, 0.0);
  if (k == 2) {
    set(1, 0.0, -1.0);
  }
  if (k < 3) {
    return values;
  }
  // The first octant gives the others: j ↔ order/4 − j exchanges the parts, j → j + order/4 turns by −i.
  const std::size_t fine = std::size_t{1} << static_cast<unsigned>(k / 2);
  std::vector<Long> fines(fine);
  for (std::size_t j = 0; j < fine; ++j) {
    fines[j] = root(j, order);
  }
  for (std::size_t first = 0; first <= order / 8; first += fine) {
    const Long coarse = root(first, order);
    for (std::size_t j = first; j < first + fine && j <= order / 8; ++j) {
      const Long& step = fines[j - first];
      const auto cosine = static_cast<double>(coarse.real() * step.real() - coarse.imag() * step.imag());
      const auto sine = -static_cast<double>(coarse.real() * step.imag() + coarse.imag() * step.real());
      set(j, cosine, -sine);
      set(order / 4 - j, sine, -cosine);
      set(order / 4 + j, -sine, -cosine);
      if (j > 0) {
        set(half - j, -cosine, -sine);
      }
    }
  }
  return values;
}

}  // namespace

const RootTables& roots_of_unity(int log2_order) {
  static std::array<std::once_flag, std::tuple_size_v<RootTables>> made;
  static RootTables tables;
  // Never destroyed: transforms on other threads may outlive the objects with static storage.
  static auto& storage = *new std::array<LineVector<double>, std::tuple_size_v<RootTables>>;
  if (log2_order >= static_cast<int>(tables.size())) {
    throw InputError("roots_of_unity: of order 2^" + std::to_string(log2_order) + ", at most 2^" + std::to_string(tables.size() - 1));
  }
  for (int k = 0; k <= log2_order; ++k) {
    std::call_once(made[static_cast<std::size_t>(k)], [&] {
      LineVector<double>& values = storage[static_cast<std::size_t>(k)];
      values = table(k);
      tables[static_cast<std::size_t>(k)] = {values.data(), values.data() + values.size() / 2};
    });
  }
  return tables;
}

}  // namespace kindred::qmc
