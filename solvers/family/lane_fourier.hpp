#pragma once

#include <memory>
#include <vector>

#include <kindred/core/base/types.hpp>

namespace kindred {

/// Complex sequences that are transformed side by side, one per lane of the vector unit. Their elements lie in rows of 64 bytes: `lanes`
/// real parts, then `lanes` imaginary parts. Longer rows were no faster with AVX2, and waste more where there are few sequences.
template <class Real>
constexpr Index lanes = 32 / sizeof(Real);
template <class Real>
constexpr Index row_size = 2 * lanes<Real>;

/// Discrete Fourier transforms X_k = sum over j of exp(−2πi j k / n) x_j of `lanes` sequences at a time. Every operation acts on whole
/// rows, so that any length runs at the speed of the vector unit: Stockham's mixed-radix algorithm, natural order in and out, with dense
/// transforms for prime factors from 7 (C. Van Loan, Computational Frameworks for the Fast Fourier Transform, SIAM 1992, sections 1.7 and
/// 2.3), and Bluestein's algorithm (section 4.2.3) for lengths with a prime factor above `largest_prime`. No plan is searched for:
/// the steps depend on the length alone. Not for two threads at a time.
template <class Real>
class LaneFourier {
 public:
  static constexpr Index largest_prime = 199;

  explicit LaneFourier(Index length);
  ~LaneFourier();
  LaneFourier(LaneFourier&&) noexcept;
  LaneFourier& operator=(LaneFourier&&) noexcept;

  /// @param data, other  one row per element; both are overwritten
  /// @returns the one of them that holds the result
  Real* operator()(Real* data, Real* other) const;
  [[nodiscard]] std::size_t bytes() const;

  /// One pass over the rows: butterflies of `radix` rows.
  struct Stage {
    Index radix = 1;
    Index done = 1;             ///< product of the radices before
    Index left = 1;             ///< product of those after
    std::vector<Real> twiddle;  ///< left × (radix − 1) complex numbers
    std::vector<Real> cosine;   ///< dense stages: cos 2π j k / radix for j, k from 1 to (radix − 1) / 2
    std::vector<Real> sine;
    mutable std::vector<Real> sums;  ///< dense stages: work rows
  };

 private:
  struct Chirp;

  std::vector<Stage> stages_;
  std::unique_ptr<Chirp> chirp_;
};

extern template class LaneFourier<float>;
extern template class LaneFourier<double>;

}  // namespace kindred
