#include <kindred/kernels/fftconv/engine/lengths.hpp>

#include <algorithm>
#include <limits>

namespace kindred::fftconv {
namespace {

/// One pass there and back, cycles for a row: what the adders take, and never less than the stores.
double cycles(Index radix) {
  switch (radix) {
    case 2:
      return 10.0;
    case 3:
    case 4:
      return 12.0;
    case 5:
      return 17.0;
    case 7:
      return 22.0;
    default:
      return 16.0;
  }
}

}  // namespace

std::vector<Index> radices_of(Index length) {
  std::vector<Index> radices;
  for (const Index prime : {Index{7}, Index{5}, Index{3}}) {
    for (; length % prime == 0; length /= prime) {
      radices.push_back(prime);
    }
  }
  int twos = 0;
  for (; length % 2 == 0; length /= 2) {
    ++twos;
  }
  if (length != 1) {
    return {};
  }
  for (; twos % 3 != 0 && twos != 1; twos -= 2) {
    radices.push_back(4);
  }
  if (twos == 1) {
    radices.push_back(2);
    twos = 0;
  }
  for (; twos > 0; twos -= 3) {
    radices.push_back(8);
  }
  return radices;
}

bool smooth(Index length) { return length == 1 || (length > 1 && !radices_of(length).empty()); }

double cycles_of_passes(Index length) {
  double sum = 0.0;
  for (const Index radix : radices_of(length)) {
    sum += cycles(radix);
  }
  return sum;
}

Index cheapest_length(Index least, const std::function<double(Index)>& cycles) {
  Index best = 0;
  double fewest = std::numeric_limits<double>::infinity();
  // Of every product of 3, 5 and 7, the least multiple by a power of two.
  const auto consider = [&](Index odd) {
    while (odd < least) {
      odd *= 2;
    }
    if (const double taken = cycles(odd); taken < fewest || (taken == fewest && odd < best)) {
      fewest = taken;
      best = odd;
    }
  };
  const Index enough = std::max<Index>(least, 1) * 2;
  for (Index sevens = 1; sevens < enough; sevens *= 7) {
    for (Index fives = sevens; fives < enough; fives *= 5) {
      for (Index threes = fives; threes < enough; threes *= 3) {
        consider(threes);
      }
    }
  }
  return best;
}

}  // namespace kindred::fftconv
