#include <kindred/operators/designs/permutation.hpp>

#include <algorithm>
#include <bit>

#include <kindred/core/base/random.hpp>

namespace kindred {

Permutation::Permutation(Index size, std::uint64_t seed, std::string_view stream) : size_(size), key_(stream_key(seed, stream)) {
  const auto rounds = static_cast<std::uint32_t>(40 + 6 * std::bit_width(static_cast<std::uint64_t>(size)));
  const Draws draws(key_, std::uint64_t{0}, std::uint32_t{0});
  for (std::uint32_t round = 0; round < rounds; ++round) {
    pairing_.push_back(std::min(static_cast<Index>(draws.uniform(round) * static_cast<double>(size)), size - 1));
  }
}

Index Permutation::operator()(Index x) const {
  for (std::size_t round = 0; round < pairing_.size(); ++round) {
    const Index partner = (pairing_[round] - x + size_) % size_;
    const Draws draws(key_, 1 + round, std::uint32_t{0});
    const auto pair = static_cast<std::uint64_t>(std::max(x, partner));
    x = (draws.bits(pair)[0] & 1U) != 0 ? partner : x;
  }
  return x;
}

}  // namespace kindred
