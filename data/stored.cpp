#include <kindred/data/stored.hpp>

#include <algorithm>

#include <kindred/data/checksum.hpp>

// Compiled once per instruction set, the dynamic loader picks one; rounding gives the same bits in all. Left out with the
// address sanitizer, whose run-time may not be ready when the loader asks.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#define KINDRED_DATA_MULTIVERSION __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define KINDRED_DATA_MULTIVERSION
#endif

namespace kindred::data {
namespace {

KINDRED_DATA_MULTIVERSION void round_block(const double* __restrict__ values, float* __restrict__ rounded, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    rounded[i] = static_cast<float>(values[i]);
  }
}

}  // namespace

StoredBytes to_stored(std::span<const double> values, Precision precision, std::vector<float>& buffer) {
  if (precision == Precision::f64) {
    const auto bytes = std::as_bytes(values);
    return {bytes, crc32c(bytes)};
  }
  buffer.resize(values.size());
  // Blocks that stay in the first-level cache between rounding and checksum.
  constexpr std::size_t block = 2048;
  const std::span<const float> rounded(buffer);
  std::uint32_t checksum = 0;
  for (std::size_t first = 0; first < values.size(); first += block) {
    const std::size_t count = std::min(block, values.size() - first);
    round_block(values.data() + first, buffer.data() + first, count);
    checksum = crc32c(std::as_bytes(rounded.subspan(first, count)), checksum);
  }
  return {std::as_bytes(rounded), checksum};
}

}  // namespace kindred::data
