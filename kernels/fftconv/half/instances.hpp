#pragma once

#include <kindred/kernels/fftconv/half/outer.hpp>
#include <kindred/kernels/fftconv/half/shape.hpp>

// The instances of the kernels that there are.

namespace kindred::fftconv::half {

/// f(Fused<…>) of a shape.
template <class Format, class F>
void with_fused(const FusedShape& shape, const F& f) {
  if (shape.tiles == 0 && shape.columns == 8) {
    f(Fused<Format, 0, 8>());
  } else if (shape.tiles == 0) {
    f(Fused<Format, 0, 16>());
  } else if (shape.tiles == 1) {
    f(Fused<Format, 1, 16>());
  } else if (shape.tiles == 2) {
    f(Fused<Format, 2, 16>());
  } else {
    f(Fused<Format, 4, 16>());
  }
}

template <class Format, class F>
void with_outer(int tiles, const F& f) {
  if (tiles == 1) {
    f(Outer<Format, 1>());
  } else if (tiles == 2) {
    f(Outer<Format, 2>());
  } else if (tiles == 4) {
    f(Outer<Format, 4>());
  } else {
    f(Outer<Format, 8>());
  }
}

}  // namespace kindred::fftconv::half
