#pragma once

#include <algorithm>

#include <kindred/core/base/types.hpp>

namespace kindred::fftconv {

/// out_t = x_{(first + t) mod period}, 0 ≤ t < count
template <class Value>
void extend_periodically(const Value* x, Index period, Index first, Index count, Value* out) {
  Index place = ((first % period) + period) % period;
  for (Index copied = 0; copied < count; place = 0) {
    const Index run = std::min(period - place, count - copied);
    std::copy_n(x + place, run, out + copied);
    copied += run;
  }
}

}  // namespace kindred::fftconv
