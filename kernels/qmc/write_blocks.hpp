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
      whole(format_at(format, target), target, first / block_size, taken / block_size);
    } else {
      std::uint64_t words[block_size];
      whole(Format::u64, words, first / block_size, std::size_t{1});
      taken = std::min(count, block_size - offset);
      kernels.convert[static_cast<std::size_t>(format_at(format, target))](target, words + offset, taken);
    }
    target += taken * format_bytes(format);
    first += taken;
    count -= taken;
  }
}

constexpr std::size_t word_tile = 512;

/// Writes any range of points by a function that gives words, word_tile at a time.
/// @param words  (std::uint64_t* out, first, count)
template <class WordSource>
void write_words(const BlockKernels& kernels, Format format, void* out, std::uint64_t first, std::size_t count, const WordSource& words) {
  alignas(64) std::uint64_t buffer[word_tile];
  auto* target = static_cast<unsigned char*>(out);
  while (count > 0) {
    // Tiles end at multiples of the tile, so that only the first and the last hold broken blocks.
    const std::size_t taken = std::min(count, word_tile - static_cast<std::size_t>(first % word_tile));
    words(buffer, first, taken);
    kernels.convert[static_cast<std::size_t>(format_at(format, target))](target, buffer, taken);
    target += taken * format_bytes(format);
    first += taken;
    count -= taken;
  }
}

/// Writes interlaced words of components.
/// @param component  (r, std::uint64_t* words, first, count)
template <class Component>
void write_interlaced(const BlockKernels& kernels, Format format, void* out, std::uint64_t first, std::size_t count,
                      const Interlacing& interlacing, const Component& component) {
  write_words(kernels, format, out, first, count, [&](std::uint64_t* words, std::uint64_t from, std::size_t number) {
    std::uint64_t digits[word_tile];
    std::fill(words, words + number, 0);
    for (int r = 0; r < interlacing.order(); ++r) {
      component(r, digits, from, number);
      for (std::size_t k = 0; k < number; ++k) {
        words[k] |= interlacing.spread(digits[k], r);
      }
    }
  });
}

/// Writes a coordinate made of components, of which there is one unless they are interlaced.
/// @param component  (r, Format, void* out, first, count)
template <class Component>
void write_components(const BlockKernels& kernels, Format format, void* out, std::uint64_t first, std::size_t count,
                      const Interlacing& interlacing, const Component& component) {
  if (interlacing.order() == 1) {
    component(0, format, out, first, count);
    return;
  }
  write_interlaced(
      kernels, format, out, first, count, interlacing,
      [&](int r, std::uint64_t* words, std::uint64_t from, std::size_t number) { component(r, Format::u64, words, from, number); });
}

}  // namespace kindred::qmc
