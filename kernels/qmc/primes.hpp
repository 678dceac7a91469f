#pragma once

#include <cstdint>
#include <vector>

namespace kindred::qmc {

inline constexpr int max_primes = 1000;  // the last one is 7919

/// The first primes. @param count at most max_primes (not checked)
std::vector<std::uint32_t> first_primes(int count);

}  // namespace kindred::qmc
