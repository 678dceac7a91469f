#include <kindred/kernels/qmc/primes.hpp>

namespace kindred::qmc {

std::vector<std::uint32_t> first_primes(int count) {
  std::vector<std::uint32_t> primes;
  primes.reserve(static_cast<std::size_t>(count));
  for (std::uint32_t candidate = 2; primes.size() < static_cast<std::size_t>(count); ++candidate) {
    bool prime = true;
    for (std::size_t k = 0; k < primes.size() && primes[k] * primes[k] <= candidate && prime; ++k) {
      prime = candidate % primes[k] != 0;
    }
    if (prime) {
      primes.push_back(candidate);
    }
  }
  return primes;
}

}  // namespace kindred::qmc
