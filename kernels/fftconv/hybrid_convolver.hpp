#pragma once

#include <memory>

#include <kindred/kernels/fftconv/convolver.hpp>

namespace kindred::fftconv {

/// One axis: the padded period as q residues, transforms of a q-th of its length each, of folded data:
///   u_s = Σ_t c^t x_{s + t M},  v = h_r ∗ u,  y_{s + t M} = (1/q) Σ_r conj(c^t) v_s,  c = exp(−2πi (r + shift) / q),
/// which no stored zero takes part in and which need little memory, one after another, or keep several threads busy with one array
/// (J. Bowman, M. Roberts, Efficient dealiased convolutions without padding, SIAM J. Sci. Comput. 33 (2011) 386-406; N. Murasko,
/// J. Bowman, Hybrid dealiasing of complex convolutions, SIAM J. Sci. Comput. 46 (2024) B159). Real numbers: shift −1/4, and the real part.
/// @param residues  q; 0: the one that the cost model prefers
template <class Value>
std::unique_ptr<Convolver<Value>> make_hybrid_convolver(const Description& description, Index residues = 0);

}  // namespace kindred::fftconv
