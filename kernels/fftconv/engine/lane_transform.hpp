#pragma once

#include <memory>
#include <vector>

#include <kindred/core/base/types.hpp>

namespace kindred::fftconv {

/// Complex sequences are transformed side by side, one per lane. Element j of all of them is a row of 128 bytes: `lanes` real parts, then
/// as many imaginary parts; the same on every processor, whatever its vectors' length.
template <class Real>
constexpr Index lanes = 64 / static_cast<Index>(sizeof(Real));
template <class Real>
constexpr Index row_size = 2 * lanes<Real>;

/// What rows are multiplied by between the transforms.
enum class SpectrumForm {
  complex_lanes,  ///< a row for every row
  real_lanes,     ///< `lanes` real numbers for every row: kernels that are even
  complex_rows,   ///< one complex number for every row, the same for all lanes
  real_rows,      ///< one real number for every row
};

/// Discrete Fourier transforms of `lanes` sequences at a time whose results stay in the order in which decimation in frequency leaves
/// them: a convolution needs no other, and no permutation is ever carried out. Lengths with the prime factors 2, 3, 5 and 7. Rows are
/// aligned to 64 bytes. No operation mixes lanes, and additions and multiplications are the same on every instruction set: the same bits.
/// Immutable, safe to use from several threads. O(n log n); 16 n bytes of roots of unity for doubles.
template <class Real>
class LaneTransform {
 public:
  /// @throws InputError for a length < 1 or with another prime factor
  explicit LaneTransform(Index length);
  /// The least length from `least` that can be transformed, or a slightly larger one that takes less time.
  static Index good_length(Index least);

  [[nodiscard]] Index length() const;
  /// Row p of the result of forward() belongs to exp(−2πi j k / n) with k = frequency(p).
  [[nodiscard]] Index frequency(Index position) const;
  /// X_k = Σ_j exp(−2πi j k / n) x_j, natural order to frequency()'s, in place.
  void forward(Real* rows) const;
  /// x_j = Σ_k exp(2πi j k / n) X_k, back from frequency()'s order, in place; not divided by n.
  void backward(Real* rows) const;
  /// backward(spectrum · forward(rows)), in place, depth first: what fits a cache is finished in it.
  /// @param spectrum  in frequency()'s order; conjugate: its conjugate is taken
  void convolve(Real* rows, const Real* spectrum, SpectrumForm form, bool conjugate) const;
  /// rows ← spectrum · rows, or sums ← sums + spectrum · rows if there are sums.
  void multiply(Real* rows, const Real* spectrum, SpectrumForm form, bool conjugate, Real* sums = nullptr) const;
  [[nodiscard]] std::size_t bytes() const;

  struct Pass;  ///< one radix of one length

 private:
  std::shared_ptr<const std::vector<Pass>> passes_;
  Index length_ = 1;
};

/// Copies rows that lie `stride` numbers apart: out_j = factor_j in_j, or its addition to what is there.
/// @param factors  a complex number for every row, or nullptr for ones; conjugate: their conjugates
template <class Real>
struct RowCopy {
  const Real* in;
  Index in_stride;
  Real* out;
  Index out_stride;
  Index count;
  const Real* factors = nullptr;
  bool conjugate = false;
  bool add = false;
};
void copy_rows(const RowCopy<float>& copy);
void copy_rows(const RowCopy<double>& copy);

extern template class LaneTransform<float>;
extern template class LaneTransform<double>;

}  // namespace kindred::fftconv
