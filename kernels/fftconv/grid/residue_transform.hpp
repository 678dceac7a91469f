#pragma once

#include <memory>
#include <vector>

#include <kindred/kernels/fftconv/engine/lane_transform.hpp>
#include <kindred/kernels/fftconv/grid/grid_axis.hpp>

namespace kindred::fftconv {

/// Fourier transforms over a period of q · m rows as q transforms of length m, one for every residue of the frequency modulo q:
///   X_{q k + r} = Σ_s exp(−2πi k s / m) · exp(−2πi r s / (q m)) Σ_t exp(−2πi r t / q) x_{t m + s},
/// so that rows of zeros are neither stored nor transformed where m rows hold the data (J. Bowman, M. Roberts, SIAM J. Sci. Comput. 33
/// (2011) 386-406). Rows are `lanes` sequences side by side and may lie apart; transformed ones are dense, residue after residue, each in
/// LaneTransform's order. Immutable, safe to use from several threads.
template <class Real>
class ResidueTransform {
 public:
  ResidueTransform(Index residues, Index length);

  [[nodiscard]] Index period() const { return residues_ * lane_.length(); }
  /// Of transformed row i, in [0, period).
  [[nodiscard]] Index frequency(Index i) const;

  /// @param in  row j at in + j · stride, of which rows.begin … take part; out: period() rows
  void forward(const Real* in, Index stride, Placed rows, Real* out) const;
  /// Back; not divided by the period. `transformed` is overwritten.
  void backward(Real* transformed, Placed rows, Real* out, Index stride) const;
  /// rows ← spectrum · rows, or sums ← sums + spectrum · rows.
  void multiply(Real* rows, const Real* spectrum, SpectrumForm form, bool conjugate, Real* sums = nullptr) const;

  struct Strided {
    const Real* in;
    Index in_stride;
    Real* out;
    Index out_stride;
    GridAxis::Windows windows;
  };
  /// backward(spectrum · forward()); out may be in.
  /// @param work  period() rows
  void convolve(const Strided& arrays, const Real* spectrum, SpectrumForm form, bool conjugate, Real* work) const;

  [[nodiscard]] std::size_t bytes() const;

 private:
  void gather(Index residue, const Real* in, Index stride, Placed rows, Real* out) const;
  void scatter(Index residue, const Real* transformed, Placed rows, Real* out, Index stride) const;

  LaneTransform<Real> lane_;
  Index residues_;
  std::shared_ptr<const std::vector<Real>> roots_;  ///< exp(−2πi r j / (q m)): r = 1 … q − 1, j < q m
};

extern template class ResidueTransform<float>;
extern template class ResidueTransform<double>;

}  // namespace kindred::fftconv
