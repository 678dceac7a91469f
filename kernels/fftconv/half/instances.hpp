#pragma once

#include <kindred/kernels/fftconv/half/outer.hpp>

// The instances of the kernels that there are.

namespace kindred::fftconv::half {

/// f(Fused<Format, log_length>)
template <class Format, int log_length = FusedShape::least_log_length, class F>
void with_fused(int wanted, const F& f) {
  if (wanted == log_length) {
    f(Fused<Format, log_length>());
  } else if constexpr (log_length < FusedShape::most_log_length) {
    with_fused<Format, log_length + 1>(wanted, f);
  }
}

/// f(Outer<Format, tiles>)
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
