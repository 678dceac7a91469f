#include <kindred/data/checksum.hpp>

#include <algorithm>

#include <isa-l/crc.h>

namespace kindred::data {

std::uint32_t crc32c(std::span<const std::byte> bytes, std::uint32_t previous) {
  constexpr std::size_t block = std::size_t{1} << 30;  // the library counts in int
  std::uint32_t crc = ~previous;
  while (!bytes.empty()) {
    const std::size_t count = std::min(block, bytes.size());
    // The library neither inverts at the start nor at the end, and takes its input as non-const without changing it.
    auto* data = const_cast<unsigned char*>(reinterpret_cast<const unsigned char*>(bytes.data()));  // NOLINT
    crc = crc32_iscsi(data, static_cast<int>(count), crc);
    bytes = bytes.subspan(count);
  }
  return ~crc;
}

}  // namespace kindred::data
