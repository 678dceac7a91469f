#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <kindred/data/layout.hpp>

namespace kindred::data {

/// Values as they go to the disk, with their checksum.
struct StoredBytes {
  std::span<const std::byte> bytes;
  std::uint32_t checksum = 0;
};

/// Rounds to the stored precision (to nearest) and takes the CRC-32C in the same pass.
/// @param buffer keeps the bytes if they had to be rounded; overwritten
StoredBytes to_stored(std::span<const double> values, Precision precision, std::vector<float>& buffer);

}  // namespace kindred::data
