#pragma once

#include <complex>
#include <memory>
#include <span>

#include <kindred/kernels/fftconv/engine/lane_transform.hpp>

namespace kindred::fftconv {

/// Places offset … offset + length − 1 of a period that an array's numbers take; the other places are zero (input) or dropped (output).
struct Window {
  Index offset = 0;
  Index length = 0;
};

/// The transform of one sequence, spread over the lanes: M = lanes · m numbers, the first pass of radix `lanes` on loading, the others
/// LaneTransform's of length m. Frequencies may be shifted,
///   X_k = Σ_j exp(−2πi j (k + shift) / M) z_j,
/// which makes of a product of spectra a convolution in which what wraps around is multiplied by exp(−2πi shift):
/// * complex numbers, shift 0: the cyclic convolution of length M;
/// * real numbers, shift −1/4: 2 M real numbers as z_j = x_j + i x_{j+M}, as place M counts i times place 0: the *negacyclic*
///   convolution of 2 M real numbers (place 2 M counts −1), which is as good as the cyclic one where nothing that is wanted wraps around;
///   of an even kernel, its taps at negative places −j stored negated at 2 M − j, the spectrum is real. No symmetry of spectra, no partner,
///   half the length: "right-angle convolution" (R. Crandall, B. Fagin, Discrete weighted transforms and large-integer arithmetic, Math.
///   Comp. 62 (1994) 305-324; the twist is merged with the first pass' roots);
/// * shift r/q or (r − 1/4)/q: one of q residues of a period q times as long (J. Bowman, M. Roberts, Efficient dealiased convolutions
///   without padding, SIAM J. Sci. Comput. 33 (2011) 386-406).
/// Immutable, safe to use from several threads.
template <class Real>
class SequenceTransform {
 public:
  /// @throws InputError if the length is not lanes · (a length of LaneTransform)
  SequenceTransform(Index length, double shift);
  /// The least usable length from `least`, or a slightly larger one that takes less time.
  static Index good_length(Index least);

  [[nodiscard]] Index length() const;
  /// Numbers of Real in `rows`: 2 M.
  [[nodiscard]] Index row_numbers() const;
  /// k of lane l of row p, so that the frequency is (k + shift) / M.
  [[nodiscard]] Index frequency(Index position, Index lane) const;

  /// From real numbers (a period of 2 M, negacyclic; shift −1/4) or complex ones (a period of M).
  void forward(const Real* data, Window window, Real* rows) const;
  void forward(const std::complex<Real>* data, Window window, Real* rows) const;
  /// Back, divided by M. `rows` are overwritten; the other numbers of `out` are left alone. add: to what is there.
  void backward(Real* rows, Window window, Real* out, bool add = false) const;
  void backward(Real* rows, Window window, std::complex<Real>* out, bool add = false) const;

  /// out ← backward(spectrum · forward(in)), depth first. spectrum: 2 M numbers as forward() gives them, or M real ones (even kernels).
  /// @param rows  workspace of row_numbers(), aligned to 64 bytes
  template <class Value>
  void convolve(const Value* in, Window in_window, const Real* spectrum, bool real_spectrum, bool conjugate, Value* out, Window out_window,
                Real* rows) const;

  [[nodiscard]] const LaneTransform<Real>& lane_transform() const;
  [[nodiscard]] std::size_t bytes() const;

 private:
  struct State;
  std::shared_ptr<const State> state_;
};

extern template class SequenceTransform<float>;
extern template class SequenceTransform<double>;

}  // namespace kindred::fftconv
