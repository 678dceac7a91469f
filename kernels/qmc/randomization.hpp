#pragma once

#include <cstdint>
#include <string_view>

namespace kindred::qmc {

/// How a point set is made random, every single point uniform on [0, 1)^d (but for `none` and `lms`).
enum class Scramble {
  none,
  /// + Δ mod 1. Lattices, Kronecker sequences. Cranley and Patterson (1976).
  shift,
  /// Digitwise + Δ mod b. Digital nets, Halton.
  digital_shift,
  /// Digits times a random lower triangular matrix with a unit (base b: nonzero) diagonal, Matoušek's random linear scramble (J. Complexity
  /// 14 (1998) 527-556). Point 0 stays; t stays. Digital nets, Halton.
  lms,
  /// lms, then digital_shift.
  lms_digital_shift,
  /// A random permutation of {0, …, b − 1} at every digit position. Halton.
  digit_permutation,
  /// lms, then digit_permutation. Halton.
  lms_digit_permutation,
  /// Owen's nested uniform scramble, exactly (1995). Digital nets, Halton.
  nested_uniform,
  /// Its imitation by a hash of 32 digits, the fastest of all. Digital nets with up to 2^32 points.
  owen_hash,
};

std::string_view name(Scramble scramble);

/// Replicates first_replicate, …, first_replicate + replicates − 1: independent, and each the same whichever others are drawn with it.
struct Randomization {
  Scramble scramble = Scramble::none;
  std::uint64_t seed = 0;
  int replicates = 1;
  std::uint32_t first_replicate = 0;
};

}  // namespace kindred::qmc
