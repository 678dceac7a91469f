#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include <kindred/kernels/qmc/block_kernels.hpp>

namespace kindred::qmc {

/// Writes any range of points by a function that writes whole blocks: broken ones at the ends pass through a block of words.
/// @param whole  (Format, void* out, first block, blocks)
template <class Whole>
void write_blocks(const BlockKernels& kernels, Format format, void* out, std::uint64_t first, std::size_t count, const Whole& whole) {
  auto* target = static_cast<unsigned char*>(out);
  while (count > 0) {
    const auto offset = static_cast<std::size_t>(first % block_size);
    std::size_t taken = 0;
    if (offset == 0 && count >= block_size) {
      taken = count / block_size * block_size;
      whole(format, target, first / block_size, taken / block_size);
    } else {
      std::uint64_t words[block_size];
      whole(Format::u64, words, first / block_size, std::size_t{1});
      taken = std::min(count, block_size - offset);
      kernels.convert[static_cast<std::size_t>(format)](target, words + offset, taken);
    }
    target += taken * format_bytes(format);
    first += taken;
    count -= taken;
  }
}

/// Writes any range of points by a function that gives words, some at a time.
/// @param words  (std::uint64_t* out, first, count)
template <class WordSource>
void write_words(const BlockKernels& kernels, Format format, void* out, std::uint64_t first, std::size_t count, const WordSource& words) {
  constexpr std::size_t tile = 512;
  alignas(64) std::uint64_t buffer[tile];
  auto* target = static_cast<unsigned char*>(out);
  while (count > 0) {
    // Tiles end at multiples of the tile, so that only the first and the last hold broken blocks.
    const std::size_t taken = std::min(count, tile - static_cast<std::size_t>(first % tile));
    words(buffer, first, taken);
    kernels.convert[static_cast<std::size_t>(format)](target, buffer, taken);
    target += taken * format_bytes(format);
    first += taken;
    count -= taken;
  }
}

}  // namespace kindred::qmc
