#pragma once

#include <cstddef>
#include <cstdint>

#include <kindred/kernels/qmc/owen.hpp>

// The inner loops, compiled once per instruction set (block_portable.cpp, block_avx2.cpp, block_avx512.cpp) from block_kernels.inc: each
// takes its points in blocks of 16 consecutive indices. The words of a block are one base word combined with 16 words that do not change
// from block to block: index i = 16 b + a contributes C(16 b) ⊕ C(a) (digital nets) or C(16 b) + C(a) mod 2^64 (lattices, whose radical
// inverses of 16 b and a have no digit in common, and Kronecker sequences).

namespace kindred::qmc {

constexpr int block_bits = 4;
constexpr int block_size = 1 << block_bits;

/// How words leave: see to_double and its neighbours in bits.hpp; u32 is the upper half; f64_streamed is f64 past the caches, to whole
/// lines of 64 bytes (other threads see them after stream_fence()).
enum class Format { f64, f64_centred, f32, f32_centred, u32, u64, f64_streamed };
constexpr std::size_t format_count = 7;
constexpr std::size_t format_bytes(Format format) {
  return format == Format::f32 || format == Format::f32_centred || format == Format::u32 ? 4 : 8;
}

constexpr std::size_t line_bytes = 64;

/// The format to write at this place: streaming only where a line begins.
inline Format format_at(Format format, const void* out) {
  return format == Format::f64_streamed && reinterpret_cast<std::uintptr_t>(out) % line_bytes != 0 ? Format::f64 : format;
}

/// One dimension of a digital net, in natural or Gray order.
struct XorColumn {
  std::uint64_t low[block_size] = {};        // C(order(a))
  std::uint64_t step[64 - block_bits] = {};  // base of block b + 1 = base of block b ⊕ step[trailing zeros of b + 1]
  std::uint64_t base = 0;                    // of the first block
};

/// One dimension of a lattice or Kronecker sequence.
struct AddColumn {
  std::uint64_t low[2][block_size] = {};  // for even and odd b: in Gray order the lowest bit of b flips the highest of the low four
  std::uint64_t factor = 0;               // base of block b = factor · r(16 b) + shift
  std::uint64_t shift = 0;
};
/// r: the index itself, its bits reversed, or those of its Gray code with the low four cleared.
enum class IndexMap { identity, reversed, reversed_gray };

/// One dimension of a digital net under the Owen hash: 32 digits, reversed.
struct OwenColumn {
  std::uint32_t low[block_size] = {};
  std::uint32_t step[32 - block_bits] = {};
  std::uint32_t base = 0;
  OwenKey key;
};

/// The Owen hash of points in row-major order; every array but `low` is periodic.
struct OwenRows {
  const std::uint32_t* low = nullptr;
  const std::uint32_t* base = nullptr;
  const std::uint32_t* seed = nullptr;
  const std::uint32_t* tail = nullptr;
};

/// Nested uniform scrambling of one dimension of a net of 32 digits, its upper levels tabulated.
struct NestedColumn {
  NestedKeys keys;
  int table_cut = 0;                     // the table gives the scrambled digits above this cut: 2 (7 levels) or 3 (12)
  const std::uint16_t* table = nullptr;  // one entry for every prefix
};

/// r(16 block).
KINDRED_HOST_DEVICE inline std::uint64_t block_index(IndexMap map, std::uint64_t block, int bits = block_bits) {
  const std::uint64_t low = (std::uint64_t{1} << static_cast<unsigned>(bits)) - 1U;
  const std::uint64_t index = block << static_cast<unsigned>(bits);
  return map == IndexMap::identity ? index : reverse_bits(map == IndexMap::reversed ? index : gray_code(index) & ~low);
}

/// Functions of a format, indexed by it.
template <class... Arguments>
using PerFormat = void (*[format_count])(void* out, Arguments...);

struct BlockKernels {
  const char* instruction_set;
  /// Periodic arrays of the row functions are read up to so many elements beyond their period.
  std::size_t padding;
  /// `blocks` blocks of 16 numbers.
  PerFormat<const XorColumn&, std::uint64_t /*first_block*/, std::size_t /*blocks*/> xor_column;
  PerFormat<const AddColumn&, IndexMap, std::uint64_t /*first_block*/, std::size_t /*blocks*/> add_column;
  PerFormat<const OwenColumn&, std::uint64_t /*first_block*/, std::size_t /*blocks*/> owen_column;
  /// Of unscrambled words' upper halves.
  PerFormat<const std::uint32_t* /*words*/, const NestedColumn&, std::size_t /*count*/> nested;
  PerFormat<const std::uint64_t* /*words*/, std::size_t /*count*/> convert;
  /// Rows of points in row-major order: low[k] ⊕ or + base[(phase + k) mod period], k < count.
  PerFormat<const std::uint64_t* /*low*/, const std::uint64_t* /*base*/, std::size_t /*period*/, std::size_t /*phase*/,
            std::size_t /*count*/>
      xor_rows;
  PerFormat<const std::uint64_t* /*low*/, const std::uint64_t* /*base*/, std::size_t /*period*/, std::size_t /*phase*/,
            std::size_t /*count*/>
      add_rows;
  PerFormat<const OwenRows&, std::size_t /*period*/, std::size_t /*phase*/, std::size_t /*count*/> owen_rows;
  /// Part of a single row: base[j] ⊕= step[j], written; z[j] · factor + shift[j].
  PerFormat<std::uint64_t* /*base*/, const std::uint64_t* /*step*/, std::size_t /*count*/> xor_step;
  PerFormat<const std::uint64_t* /*z*/, const std::uint64_t* /*shift*/, std::uint64_t /*factor*/, std::size_t /*count*/> add_step;
  /// Words 2 first_pair … 2 (first_pair + pairs) − 1 of a stream.
  void (*philox)(std::uint64_t* words, Philox4x32::Key key, std::uint32_t replicate, std::uint32_t dimension, std::uint64_t first_pair,
                 std::size_t pairs);
  /// Copies whole lines of 64 bytes, aligned, to memory that will not be read soon: past the caches.
  void (*stream_lines)(void* to, const void* from, std::size_t bytes);
};

/// The best that this processor runs. The environment variable KINDRED_QMC_ISA (portable, avx2, avx512) asks for a lesser one.
const BlockKernels& block_kernels();

/// Every set that this processor runs, for tests.
struct BlockKernelList {
  const BlockKernels* sets[3] = {};
  int count = 0;
};
BlockKernelList runnable_block_kernels();

extern const BlockKernels block_kernels_portable;
extern const BlockKernels block_kernels_avx2;
extern const BlockKernels block_kernels_avx512;

/// Orders the stores of stream_lines before later ones.
void stream_fence();

/// Size of the last-level cache of this machine in bytes (a usual one where it is not known).
std::size_t last_level_cache();

}  // namespace kindred::qmc
