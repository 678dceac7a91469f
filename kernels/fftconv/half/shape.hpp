#pragma once

namespace kindred::fftconv::half {

/// Which instance of the fused kernel, and how many threads.
struct FusedShape {
  int tiles = 0;         ///< 0: two digits; else three, the first of up to 16 · tiles values
  int columns = 16;      ///< values of the last digit
  int warps = 1;         ///< of a transform
  int side_by_side = 1;  ///< transforms of a thread block
};

}  // namespace kindred::fftconv::half
