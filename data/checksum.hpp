#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace kindred::data {

/// CRC-32C (Castagnoli; RFC 3720, appendix B.4): the bytes "123456789" give 0xE3069283. Several GB/s.
/// @param previous the checksum of the bytes before these, of which they are the continuation
std::uint32_t crc32c(std::span<const std::byte> bytes, std::uint32_t previous = 0);

}  // namespace kindred::data
