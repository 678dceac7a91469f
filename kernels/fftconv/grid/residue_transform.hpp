#pragma once

#include <memory>

#include <kindred/kernels/fftconv/engine/lane_transform.hpp>
#include <kindred/kernels/fftconv/grid/grid_axis.hpp>

namespace kindred::fftconv {

template <class Real>
struct ResiduePass;
template <class Number>
struct PeriodRows;

/// Fourier transforms over a period of m or 2 m rows, of which few or many are there, as one transform of length m for every residue of the
/// frequency modulo 1 or 2:
///   X_{2 k + r} = Σ_s exp(−2πi k s / m) exp(−2πi r s / 2m) (x_s + (−1)^r x_{m + s}),
/// so that no row of zeros is stored or transformed where m rows hold the data (J. Bowman, M. Roberts, Efficient dealiased convolutions
/// without padding, SIAM J. Sci. Comput. 33 (2011) 386-406). The outermost step reads rows where they lie and takes the factors exp(−2πi r
/// s / 2m) with its roots; what follows works on dense rows. A row is `lanes` sequences side by side. Immutable, safe to use from several
/// threads.
template <class Real>
class ResidueTransform {
 public:
  /// @param residues  1 or 2; length: one of LaneTransform
  ResidueTransform(Index residues, Index length);

  [[nodiscard]] Index period() const { return period_; }
  /// Of transformed row i, in [0, period).
  [[nodiscard]] Index frequency(Index i) const;

  /// @param in  row j at in + j · stride, of which rows.begin … take part; out: period() dense rows
  void forward(const Real* in, Index stride, Placed rows, Real* out) const;
  /// Back; not divided by the period. `transformed` is overwritten.
  void backward(Real* transformed, Placed rows, Real* out, Index stride) const;
  /// rows ← spectrum · rows, or sums ← sums + spectrum · rows.
  void multiply(Real* rows, const Real* spectrum, SpectrumForm form, bool conjugate, Real* sums = nullptr) const;

  struct Column {
    const Real* in;
    Real* out;  ///< may be in
    Index stride;
    GridAxis::Windows windows;
  };
  /// backward(spectrum · forward()).
  /// @param work  period() rows
  void convolve(const Column& column, const Real* spectrum, SpectrumForm form, bool conjugate, Real* work) const;

  [[nodiscard]] std::size_t bytes() const;

 private:
  template <class Number>
  PeriodRows<Number> period_rows(Number* rows, Index stride, Placed placed) const;

  std::shared_ptr<const ResiduePass<Real>> pass_;
  LaneTransform<Real> lane_;
  Index period_;
};

extern template class ResidueTransform<float>;
extern template class ResidueTransform<double>;

}  // namespace kindred::fftconv
