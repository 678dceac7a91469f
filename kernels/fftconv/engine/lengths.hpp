#pragma once

#include <functional>
#include <vector>

#include <kindred/core/base/types.hpp>

namespace kindred::fftconv {

/// Passes of a transform of `length`, from the first to the last. Radices 8 come last: the last pass has no roots, which saves the largest
/// most. Empty for 1, and where there are other prime factors than 2, 3, 5 and 7.
std::vector<Index> radices_of(Index length);

/// Whether 2, 3, 5 and 7 are the only prime factors.
bool smooth(Index length);

/// Clock cycles of the passes for each row, forward and back; of first-level data, a Zen 4 core with AVX-512.
double cycles_of_passes(Index length);
/// The same of loading, storing and copying each row.
constexpr double cycles_of_copying = 32.0;

/// Of the smooth numbers from `least`, that for which cycles() is least.
Index cheapest_length(Index least, const std::function<double(Index)>& cycles);

}  // namespace kindred::fftconv
