#pragma once

#include <kindred/kernels/fftconv/axis.hpp>
#include <kindred/kernels/fftconv/plan.hpp>

namespace kindred::fftconv {

/// How a convolution over one axis is done by transforms of engine/.
struct SequenceShape {
  Index length = 0;      ///< complex numbers of a transform; of real data twice as many make a period
  Index residues = 1;    ///< of the period, one transform after the other
  Index step = 0;        ///< outputs of a block; 0: everything in one transform
  bool cyclic = false;   ///< the extent is the period, and real numbers are taken as complex ones
  double seconds = 0.0;  ///< of one array and one input, by the cost model
};

/// One transform of the padded length that takes least time. Periodic extents are their own period where the engine has transforms of that
/// length and this is quicker; others are extended by their own numbers.
template <class Value>
SequenceShape whole_shape(const Axis& axis, Index residues);

/// Overlap-save, with blocks of the length that takes least time.
template <class Value>
SequenceShape block_shape(const Axis& axis);

}  // namespace kindred::fftconv
