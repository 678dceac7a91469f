// One correlation function as a table: piecewise polynomials of its logarithm.

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <string>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/bessel/instruction_set.hpp>
#include <kindred/kernels/bessel/matern.hpp>
#include <kindred/kernels/bessel/piecewise_exponential.hpp>

namespace kindred::kernels::matern {
namespace {

using bessel::piece_coefficients;

constexpr int nodes = piece_coefficients;
constexpr double tolerance = 0x1p-48;  // 32 eps

std::int64_t leading_bits(double z) { return static_cast<std::int64_t>(bessel::to_bits(z) >> bessel::piece_shift); }
double first_argument(std::int64_t piece) { return bessel::from_bits(static_cast<std::uint64_t>(piece) << bessel::piece_shift); }

using Piece = std::array<double, nodes>;

double node(std::size_t i) { return std::cos(std::numbers::pi * (2.0 * static_cast<double>(i) + 1.0) / (2 * nodes)); }

/// Coefficients of powers of t from values at the Chebyshev nodes, by way of Chebyshev's polynomials, whose coefficients fall so fast
/// that the large numbers of the second step meet none of the rounding of the first.
Piece interpolate(const Piece& values) {
  Piece powers{};
  Piece before{};  // T_{k-1} and T_k
  Piece chebyshev{};
  chebyshev[0] = 1.0;
  for (std::size_t k = 0; k < nodes; ++k) {
    double sum = 0.0;
    for (std::size_t i = 0; i < nodes; ++i) {
      sum += values[i] * std::cos(std::numbers::pi * static_cast<double>(k * (2 * i + 1)) / (2 * nodes));
    }
    Piece next{};
    for (std::size_t e = 0; e < nodes; ++e) {
      powers[e] += (k == 0 ? 1.0 : 2.0) / nodes * sum * chebyshev[e];
      next[e] = e > 0 ? (k == 0 ? 1.0 : 2.0) * chebyshev[e - 1] - before[e] : -before[e];
    }
    before = chebyshev;
    chebyshev = next;
  }
  return powers;
}

/// The argument below which M = 1 - O(eps); for small ν it lies nowhere near, and the table begins at 2^-28 all the same.
double beginning(double nu) {
  double z = 1.0;
  while (z > 0x1p-60 && variogram(nu, z) > 0x1p-55) {
    z *= 0.5;
  }
  return nu < 0.5 ? 0x1p-28 : z;
}

}  // namespace

Table::Table(double nu) : nu_(nu), first_(beginning(nu)), first_piece_(leading_bits(first_)) {
  coefficients_.assign(piece_coefficients, 0.0);  // M = 1
  bool vanished = false;
  for (std::int64_t piece = first_piece_; !vanished; ++piece) {
    const double low = first_argument(piece);
    const double high = first_argument(piece + 1);
    Piece values;
    for (std::size_t i = 0; i < nodes; ++i) {
      values[i] = log_correlation(nu, 0.5 * (low + high) + 0.5 * (high - low) * node(i));
    }
    const double middle = values[nodes / 2];  // the rounding of a large logarithm is not to be amplified
    for (double& value : values) {
      value -= middle;
    }
    Piece powers = interpolate(values);
    powers[0] += middle;
    coefficients_.insert(coefficients_.end(), powers.begin(), powers.end());
    vanished = log_correlation(nu, high) < bessel::smallest_exponent;
  }
  coefficients_.insert(coefficients_.end(), piece_coefficients, 0.0);
  coefficients_[coefficients_.size() - piece_coefficients] = 2.0 * bessel::smallest_exponent;

  const auto inner = static_cast<std::int64_t>(coefficients_.size()) / piece_coefficients - 2;
  for (std::int64_t piece = first_piece_; piece < first_piece_ + inner; ++piece) {
    for (const double t : {0.02, 0.27, 0.515, 0.76, 0.99}) {
      const double z = first_argument(piece) + t * (first_argument(piece + 1) - first_argument(piece));
      const double truth = correlation(nu, z);
      if (truth > 1e-303) {
        error_ = std::max(error_, std::abs((*this)(z)-truth) / (truth * (1.0 - std::log(truth))));
      }
    }
  }
  if (!(error_ <= tolerance)) {
    throw SolveError("Matérn table: nu = " + std::to_string(nu) + " differs by " + std::to_string(error_ * 0x1p53) +
                     " eps from the function; evaluate kindred::kernels::matern::correlation instead");
  }
}

double Table::operator()(double z) const {
  double value = 0.0;
  evaluate({&z, 1}, {&value, 1});
  return value;
}

void Table::evaluate(std::span<const double> z, std::span<double> values) const {
  if (z.size() != values.size()) {
    throw InputError("Matérn table: " + std::to_string(z.size()) + " arguments and room for " + std::to_string(values.size()) + " values");
  }
  const auto inner = static_cast<std::int64_t>(coefficients_.size()) / piece_coefficients - 2;
  constexpr std::size_t block = 1024;
  std::array<double, block> arguments;  // values may be z
  for (std::size_t begin = 0; begin < z.size(); begin += block) {
    const std::size_t count = std::min(block, z.size() - begin);
    std::copy_n(z.data() + begin, count, arguments.data());
    bessel::instructions().piecewise_exponential(coefficients_.data(), first_piece_, inner, count, arguments.data(), values.data() + begin);
    if (nu_ < 0.5) {
      for (std::size_t i = 0; i < count; ++i) {
        if (arguments[i] < first_ && arguments[i] > 0.0) {
          values[begin + i] = correlation(nu_, arguments[i]);
        }
      }
    }
  }
}

}  // namespace kindred::kernels::matern
