#pragma once

#include "reference.hpp"

namespace bench {

/// The ten functions at v >= 0, x > 0 in ball arithmetic (Arb), good to 110 bits relative; about a millisecond.
/// R >= 60: DLMF 10.41.3-4 with 44 terms, whose remainder is below 1e-37; else the library's I_v and K_v. Derivatives by v are central
/// differences over 2^-60 R, in arithmetic that has the bits to spare.
/// @throws kindred::SolveError if 32768 bits do not suffice
ReferenceRow arb_reference(double v, double x);

/// The x at which log I_v(x) = 0, to double precision.
double zero_of_log_i(double v);
/// The x at which log K_v(x) = 0.
double zero_of_log_k(double v);

}  // namespace bench
