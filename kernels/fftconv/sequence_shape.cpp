#include <kindred/kernels/fftconv/sequence_shape.hpp>

#include <algorithm>
#include <limits>

#include <kindred/kernels/fftconv/cost_model.hpp>
#include <kindred/kernels/fftconv/engine/sequence_transform.hpp>
#include <kindred/kernels/fftconv/scalar.hpp>

namespace kindred::fftconv {
namespace {

/// Complex numbers for a period of so many of Value.
template <class Value>
Index complex_numbers(Index period) {
  return is_complex<Value> ? period : (period + 1) / 2;
}

/// Lengths a little above the least one may be quicker.
template <class Real>
Index quick_length(Index least, Index residues) {
  const auto next = [residues](Index length) {
    return residues * SequenceTransform<Real>::good_length((length + residues - 1) / residues);
  };
  Index best = next(least);
  for (Index length = best; length <= least + least / 2; length = next(length + 1)) {
    if (transform_seconds<Real>(length, residues) < transform_seconds<Real>(best, residues)) {
      best = length;
    }
  }
  return best;
}

template <class Value>
SequenceShape padded_shape(Index period, Index step, Index residues) {
  using Number = Real<Value>;
  const Index numbers = complex_numbers<Value>(period);
  const Index length = quick_length<Number>(numbers, residues);
  return {.length = length, .residues = residues, .step = step, .cyclic = false, .seconds = transform_seconds<Number>(length, residues)};
}

}  // namespace

template <class Value>
SequenceShape whole_shape(const Axis& axis, Index residues) {
  if (!axis.periodic) {
    return padded_shape<Value>(least_period(axis), 0, residues);
  }
  SequenceShape extended = padded_shape<Value>(axis.data + axis.taps - 1, axis.data, residues);
  if (SequenceTransform<Real<Value>>::good_length(axis.data) == axis.data) {
    const double seconds = transform_seconds<Real<Value>>(axis.data, 1);
    if (residues == 1 && seconds < extended.seconds) {
      return {.length = axis.data, .residues = 1, .step = 0, .cyclic = true, .seconds = seconds};
    }
  }
  return extended;
}

template <class Value>
SequenceShape block_shape(const Axis& axis) {
  using Number = Real<Value>;
  const Index longest = quick_length<Number>(complex_numbers<Value>(axis.outputs + axis.taps - 1), 1);
  SequenceShape best;
  best.seconds = std::numeric_limits<double>::infinity();
  for (Index least = complex_numbers<Value>(axis.taps + axis.taps / 4 + 1);; least += least / 8 + 1) {
    const Index length = std::min(quick_length<Number>(least, 1), longest);
    const Index step = (is_complex<Value> ? length : 2 * length) - (axis.taps - 1);
    const Index blocks = (axis.outputs + step - 1) / step;
    const double seconds = static_cast<double>(blocks) * block_seconds<Number>(length);
    if (seconds < best.seconds) {
      best = {.length = length, .residues = 1, .step = step, .cyclic = false, .seconds = seconds};
    }
    if (length == longest) {
      return best;
    }
  }
}

template SequenceShape whole_shape<float>(const Axis&, Index);
template SequenceShape whole_shape<double>(const Axis&, Index);
template SequenceShape whole_shape<std::complex<float>>(const Axis&, Index);
template SequenceShape whole_shape<std::complex<double>>(const Axis&, Index);
template SequenceShape block_shape<float>(const Axis&);
template SequenceShape block_shape<double>(const Axis&);
template SequenceShape block_shape<std::complex<float>>(const Axis&);
template SequenceShape block_shape<std::complex<double>>(const Axis&);

}  // namespace kindred::fftconv
