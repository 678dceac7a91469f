#pragma once

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include <kindred/kernels/qmc/cubature/spectral_basis.hpp>

namespace kindred::qmc {

/// A permutation κ of coefficients under which their size tends to fall: the data-based ordering of wavenumbers of F. J. Hickernell and
/// Ll. A. Jiménez Rugama, Reliable adaptive cubature using digital sequences, MCQMC 2014, 367-383, section 4. Entries trade places only
/// with those that the next coarser set of points cannot tell apart, κ(k) and κ(k + 2^l), so that it can be continued when points double.
class DecayOrder {
 public:
  static constexpr std::uint64_t most = std::uint64_t{1} << 32U;  ///< coefficients

  std::size_t operator[](std::size_t k) const { return index_[k]; }
  [[nodiscard]] std::size_t size() const { return index_.size(); }

  /// The identity of n = 2^m coefficients.
  void reset(std::size_t n) {
    index_.resize(n);
    std::iota(index_.begin(), index_.end(), 0U);
  }

  /// For twice as many coefficients, the second half in the order of the first.
  void extend() {
    const std::size_t n = index_.size();
    index_.resize(2 * n);
    for (std::size_t k = 0; k < n; ++k) {
      index_[n + k] = index_[k] + static_cast<std::uint32_t>(n);
    }
  }

  /// Passes over the `levels` finest levels l = m − 1, m − 2, …, none below 1. O(levels · n).
  /// @param c  n coefficients, real or complex
  template <class Coefficients>
  void sort(const Coefficients& c, int levels) {
    const std::size_t n = index_.size();
    std::size_t half = n / 2;
    for (int level = 0; level < levels && half > 1; ++level, half /= 2) {
      for (std::size_t i = 1; i < half; ++i) {
        if (squared(c[index_[half + i]]) > squared(c[index_[i]])) {
          for (std::size_t q = i; q < n; q += 2 * half) {
            std::swap(index_[q], index_[q + half]);
          }
        }
      }
    }
  }

 private:
  std::vector<std::uint32_t> index_;
};

}  // namespace kindred::qmc
