#include <kindred/kernels/fftconv/cost_model.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

#include <kindred/kernels/fftconv/engine/sequence_transform.hpp>
#include <kindred/kernels/fftconv/scalar.hpp>

namespace kindred::fftconv {

template <class Real>
double transform_seconds(Index length) {
  return 1e-9 * static_cast<double>(length) * std::log2(static_cast<double>(length) + 16) * 0.5;
}

template <class Value>
Index best_block_length(const Axis& axis) {
  using Transform = SequenceTransform<Real<Value>>;
  const auto length_of = [](Index period) { return Transform::good_length(is_complex<Value> ? period : (period + 1) / 2); };
  const Index longest = length_of(axis.outputs + axis.taps - 1);
  Index best = longest;
  double least = std::numeric_limits<double>::infinity();
  for (Index length = length_of(axis.taps + axis.taps / 4 + 16); length < 2 * longest;
       length = Transform::good_length(length + length / 8)) {
    const Index use = std::min(length, longest);
    const Index step = (is_complex<Value> ? use : 2 * use) - (axis.taps - 1);
    const double seconds = static_cast<double>((axis.outputs + step - 1) / step) * transform_seconds<Real<Value>>(use);
    if (seconds < least) {
      least = seconds;
      best = use;
    }
  }
  return best;
}

template <class Value>
double hybrid_seconds(Index length, Index residues) {
  return static_cast<double>(residues) * transform_seconds<Real<Value>>(length);
}

template <class Value>
Index best_residues(Index numbers) {
  return numbers > (Index{1} << 16) ? 4 : 2;
}

template double hybrid_seconds<float>(Index, Index);
template double hybrid_seconds<double>(Index, Index);
template double hybrid_seconds<std::complex<float>>(Index, Index);
template double hybrid_seconds<std::complex<double>>(Index, Index);
template Index best_residues<float>(Index);
template Index best_residues<double>(Index);
template Index best_residues<std::complex<float>>(Index);
template Index best_residues<std::complex<double>>(Index);
template double transform_seconds<float>(Index);
template double transform_seconds<double>(Index);
template Index best_block_length<float>(const Axis&);
template Index best_block_length<double>(const Axis&);
template Index best_block_length<std::complex<float>>(const Axis&);
template Index best_block_length<std::complex<double>>(const Axis&);

}  // namespace kindred::fftconv
