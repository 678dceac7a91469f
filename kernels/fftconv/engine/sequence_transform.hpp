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
///   Comp. 62 (1994) 305-324; the twist is merged with the first pass' roots).
/// A period may be taken as q *residues* of its frequencies, k = r, r + q, r + 2 q, …: transforms of length M/q, one after the other, of
/// the period's q parts added up with phases (J. Bowman, M. Roberts, Efficient dealiased convolutions without padding, SIAM J. Sci. Comput.
/// 33 (2011) 386-406; N. Murasko, J. Bowman, Hybrid dealiasing of complex convolutions, SIAM J. Sci. Comput. 46 (2024) B159). convolve()
/// then needs rows for one residue only: with q = 2, as much memory as the data of a period that is half empty. Time grows by a tenth for
/// q = 2, by half for q = 4 and threefold for q = 8; very long ones (2^20 doubles) gain.
/// Immutable, safe to use from several threads. O(M log M).
///
/// Fastest are arrays that take no more than half of a real period, on the way in and on the way out, from place 0; real spectra; M a power
/// of 2, or that times 3 or 5, and at least lanes².
template <class Real>
class SequenceTransform {
 public:
  /// @throws InputError if the length is not q · lanes · (a length of LaneTransform), or q > 8
  SequenceTransform(Index length, double shift, Index residues = 1);
  /// The least usable length from `least`, or a slightly larger one that takes less time.
  static Index good_length(Index least);

  [[nodiscard]] Index length() const;
  [[nodiscard]] Index residues() const;
  /// Numbers of Real in the spectrum's `rows`, of all residues one after the other: 2 M.
  [[nodiscard]] Index row_numbers() const;
  /// Of one residue, and all that convolve() needs: 2 M / q.
  [[nodiscard]] Index residue_numbers() const;
  /// k of lane l of row p, so that the frequency is (k + shift) / M.
  [[nodiscard]] Index frequency(Index position, Index lane) const;

  /// @tparam Value  Real (a period of 2 M, negacyclic; shift −1/4) or std::complex<Real> (a period of M)
  template <class Value>
  void forward(const Value* data, Window window, Real* rows) const;
  /// Back, divided by M. `rows` are overwritten; the other numbers of `out` are left alone. add: to what is there.
  template <class Value>
  void backward(Real* rows, Window window, Value* out, bool add = false) const;
  /// rows ← spectrum · rows, or sums ← sums + spectrum · rows if there are sums.
  void multiply(Real* rows, const Real* spectrum, bool real_spectrum, bool conjugate, Real* sums = nullptr) const;

  /// out ← backward(spectrum · forward(in)), residue after residue, depth first. spectrum: 2 M numbers as forward() gives them, or M real
  /// ones (even kernels). in and out may be the same place only where there is one residue.
  /// @param rows  workspace of residue_numbers(), aligned to 64 bytes
  template <class Value>
  void convolve(const Value* in, Window in_window, const Real* spectrum, bool real_spectrum, bool conjugate, Value* out, Window out_window,
                Real* rows) const;
  /// One residue's share of it. add: to what is there; convolve() adds all but the first.
  template <class Value>
  void convolve_residue(Index residue, const Value* in, Window in_window, const Real* spectrum, bool real_spectrum, bool conjugate,
                        Value* out, Window out_window, bool add, Real* rows) const;

  /// Of length M / (q lanes).
  [[nodiscard]] const LaneTransform<Real>& lane_transform() const;
  [[nodiscard]] std::size_t bytes() const;

 private:
  struct State;
  std::shared_ptr<const State> state_;
};

extern template class SequenceTransform<float>;
extern template class SequenceTransform<double>;

}  // namespace kindred::fftconv
