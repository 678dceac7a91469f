#include <kindred/kernels/qmc/kronecker.hpp>

#include <string>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/qmc/primes.hpp>
#include <kindred/kernels/qmc/tables.hpp>

namespace kindred::qmc {
namespace {

/// ⌊2^64 frac(√p)⌋, two digits of p at a time (the square root as taught at school).
std::uint64_t root_fraction(std::uint32_t p) {
  using Wide = unsigned __int128;
  Wide root = 0;
  Wide remainder = 0;
  for (int step = 15 + 64; step >= 0; --step) {  // 16 pairs of binary digits of p, then 64 pairs of zeros
    const Wide digits = step >= 64 ? (p >> static_cast<unsigned>(2 * (step - 64))) & 3U : 0U;
    remainder = (remainder << 2U) | digits;
    const Wide trial = (root << 2U) | 1U;
    root <<= 1U;
    if (remainder >= trial) {
      remainder -= trial;
      root |= 1U;
    }
  }
  return static_cast<std::uint64_t>(root);
}

void check(const char* what, int dimensions, int high) {
  if (dimensions < 1 || dimensions > high) {
    throw InputError(std::string(what) + ": dimensions = " + std::to_string(dimensions) + " is not in 1 … " + std::to_string(high));
  }
}

}  // namespace

Kronecker richtmyer(int dimensions) {
  check("richtmyer", dimensions, max_primes);
  Kronecker sequence;
  for (const std::uint32_t p : first_primes(dimensions)) {
    sequence.a.push_back(root_fraction(p));
  }
  return sequence;
}

Kronecker kronecker_cbc(int dimensions) {
  const auto table = tables::find(tables::Kind::kronecker, "kronecker_cbc");
  check("kronecker_cbc", dimensions, table.rows);
  Kronecker sequence;
  for (std::size_t j = 0; j < static_cast<std::size_t>(dimensions); ++j) {
    sequence.a.push_back(tables::word64(table, j));
  }
  return sequence;
}

Kronecker kronecker(std::span<const double> alpha) {
  Kronecker sequence;
  for (const double value : alpha) {
    if (!(value > 0.0 && value < 1.0)) {
      throw InputError("kronecker: multiplier " + std::to_string(value) + " of dimension " + std::to_string(sequence.a.size() + 1) +
                       " is not in (0, 1)");
    }
    sequence.a.push_back(static_cast<std::uint64_t>(value * 0x1.0p64));
  }
  check("kronecker", sequence.dimensions(), 1 << 20);
  return sequence;
}

}  // namespace kindred::qmc
