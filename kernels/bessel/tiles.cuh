#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <type_traits>

#include <cuda_runtime.h>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/bessel/launch.hpp>
#include <kindred/kernels/bessel/target.hpp>

// How the CUDA log-Bessel kernels run over arrays. Neighbours in an array may need different methods ("regions"), which a warp would
// execute one after the other. A block therefore takes a tile of elements, sorts it in shared memory and hands out chunks of one region
// each to its warps: no warp diverges, and a result depends on its own arguments only. The price is a part of a chunk per region and tile;
// a tile of one region is not sorted.
//
// A function is a class with
//   Real                   of arguments and results
//   key(v, x)              0 <= key < keys, by which elements are sorted
//   region(key), first_key(region)   each region is a range of keys
//   values(region, v, x, y)          of lane_elements pairs of arguments; `region` is the same in all lanes

namespace kindred::kernels::bessel {
inline namespace KINDRED_BESSEL_TARGET {

constexpr int warp_size = 32;
constexpr int block_size = 256;
constexpr int resident_blocks = 3;  ///< per multiprocessor: leaves 80 registers to a thread
constexpr int block_warps = block_size / warp_size;
constexpr int thread_elements = 8;
constexpr int tile_size = block_size * thread_elements;
constexpr int lane_elements = 2;  ///< evaluated together: one load of a coefficient serves both, and their latencies overlap
constexpr int chunk_size = warp_size * lane_elements;
constexpr unsigned all_lanes = 0xFFFFFFFFU;

/// A block's shared memory.
template <class Function>
struct Tile {
  static constexpr int lane_keys = (Function::keys + warp_size - 1) / warp_size;
  static constexpr int padded_keys = lane_keys * warp_size;
  static_assert(Function::regions < warp_size);

  typename Function::Real v[tile_size];
  typename Function::Real x[tile_size];  ///< then the results
  std::uint16_t order[tile_size];        ///< indices into v and x, sorted by key
  int counts[padded_keys];               ///< elements of a key
  std::uint16_t key_begin[padded_keys];  ///< where they begin in `order`
  std::uint16_t region_begin[warp_size];
  std::uint16_t region_chunk[warp_size];  ///< the first chunk of a region, or a later one
  int first_key;
  int count;
  int chunks;
  bool sorted;  ///< or of one key: `order` is then not written
};

/// The sum over this lane and those below.
__device__ inline int sum_up_to_lane(int value) {
  const int lane = static_cast<int>(threadIdx.x) % warp_size;
  for (int distance = 1; distance < warp_size; distance *= 2) {
    const int before = __shfl_up_sync(all_lanes, value, distance);
    value += lane >= distance ? before : 0;
  }
  return value;
}

/// From the counts, where keys and regions begin and how many chunks there are. Called by the first warp.
template <class Function>
__device__ void scan_counts(Tile<Function>& tile) {
  constexpr int lane_keys = Tile<Function>::lane_keys;
  const int lane = static_cast<int>(threadIdx.x);
  int counts[lane_keys];
  int total = 0;
#pragma unroll
  for (int k = 0; k < lane_keys; ++k) {
    counts[k] = tile.counts[lane * lane_keys + k];
    total += counts[k];
  }
  int position = sum_up_to_lane(total) - total;
#pragma unroll
  for (int k = 0; k < lane_keys; ++k) {
    tile.key_begin[lane * lane_keys + k] = static_cast<std::uint16_t>(position);
    position += counts[k];
  }
  const int end = __shfl_sync(all_lanes, position, warp_size - 1);
  __syncwarp();
  const auto begin_of = [&](int region) { return region < Function::regions ? tile.key_begin[Function::first_key(region)] : end; };
  const int begin = begin_of(lane);
  const int chunks = (begin_of(lane + 1) - begin + chunk_size - 1) / chunk_size;
  const int last = sum_up_to_lane(chunks);
  tile.region_begin[lane] = static_cast<std::uint16_t>(begin);
  tile.region_chunk[lane] = static_cast<std::uint16_t>(last - chunks);
  if (lane == warp_size - 1) {
    tile.chunks = last;
  }
}

/// A byte for each of a thread's elements, in registers: the arrays that rolled loops would index lie in slow memory.
class Bytes {
 public:
  __device__ void push(int value) { bits_ = bits_ >> 8U | static_cast<std::uint64_t>(value) << (8U * (thread_elements - 1)); }
  /// In the order of the last thread_elements pushes.
  __device__ int operator[](int k) const { return static_cast<int>(bits_ >> (8U * k) & 0xFFU); }
  __device__ bool all_equal(int value) const { return bits_ == 0x0101010101010101U * static_cast<std::uint64_t>(value); }

 private:
  std::uint64_t bits_ = 0;
};
static_assert(thread_elements == sizeof(std::uint64_t));

/// Counts an element of each lane and returns which of its key it is. Two keys of the warp, likely its most frequent ones, are counted by
/// one lane each: counters that many lanes increment are slow.
template <class Function>
__device__ int count_key(Tile<Function>& tile, int key, bool valid) {
  const int lane = static_cast<int>(threadIdx.x) % warp_size;
  int counting_lane = lane;
  unsigned peers = 1U << lane;
  unsigned waiting = __ballot_sync(all_lanes, valid);
#pragma unroll
  for (int round = 0; round < 2; ++round) {
    const int first = __ffs(static_cast<int>(waiting)) - 1;
    const bool same = key == __shfl_sync(all_lanes, key, first);
    const unsigned all_same = __ballot_sync(all_lanes, same) & waiting;
    const bool taken = (all_same >> lane & 1U) != 0;
    counting_lane = taken ? first : counting_lane;
    peers = taken ? all_same : peers;
    waiting &= ~all_same;
  }
  const int before = valid && lane == counting_lane ? atomicAdd(&tile.counts[key], __popc(peers)) : 0;
  return __shfl_sync(all_lanes, before, counting_lane) + __popc(peers & ((1U << lane) - 1U));
}

/// Fills `order` from the keys of this thread's elements; the counts are zero.
template <class Function>
__device__ void sort_tile(Tile<Function>& tile, Bytes keys, int count) {
  int ranks[thread_elements];
#pragma unroll
  for (int k = 0; k < thread_elements; ++k) {
    ranks[k] = count_key(tile, keys[k], static_cast<int>(threadIdx.x) + k * block_size < count);
  }
  __syncthreads();
  if (threadIdx.x < warp_size) {
    scan_counts(tile);
  }
  __syncthreads();
#pragma unroll
  for (int k = 0; k < thread_elements; ++k) {
    const int i = static_cast<int>(threadIdx.x) + k * block_size;
    if (i < count) {
      tile.order[tile.key_begin[keys[k]] + ranks[k]] = static_cast<std::uint16_t>(i);
    }
  }
  __syncthreads();
}

/// Reads `count` elements from `start` on, and sorts them unless all have the same key.
template <class Function>
__device__ void read_tile(Tile<Function>& tile, const DeviceArrays<typename Function::Real>& arrays, std::int64_t start, int count) {
  const auto* const v = arrays.v + start * arrays.v_stride;
  const auto* const x = arrays.x + start * arrays.x_stride;
#pragma unroll
  for (int k = 0; k < thread_elements; ++k) {
    const int i = static_cast<int>(threadIdx.x) + k * block_size;
    const int from = min(i, count - 1);
    tile.v[i] = v[from * arrays.v_stride];
    tile.x[i] = x[from * arrays.x_stride];
  }
  for (int key = static_cast<int>(threadIdx.x); key < Tile<Function>::padded_keys; key += block_size) {
    tile.counts[key] = 0;
  }
  Bytes keys;
#pragma unroll 1
  for (int i = static_cast<int>(threadIdx.x); i < tile_size; i += block_size) {
    keys.push(Function::key(tile.v[i], tile.x[i]));
  }
  if (threadIdx.x == 0) {
    tile.count = count;
    tile.first_key = keys[0];
  }
  __syncthreads();
  const bool sorted = __syncthreads_and(keys.all_equal(tile.first_key)) == 0;
  if (threadIdx.x == 0) {
    tile.sorted = sorted;
  }
  if (sorted) {
    sort_tile<Function>(tile, keys, count);
  } else {
    __syncthreads();
  }
}

/// f(std::integral_constant of the index), which is in [begin, end) and the same in all lanes.
template <int begin, int end, class Case>
__device__ void with_index(int index, const Case& f) {
  if constexpr (begin + 1 == end) {
    f(std::integral_constant<int, begin>{});
  } else {
    constexpr int middle = (begin + end) / 2;
    index < middle ? with_index<begin, middle>(index, f) : with_index<middle, end>(index, f);
  }
}

/// One warp evaluates a chunk, places [begin, end) of the order. Lanes beyond its end repeat its first element.
template <class Function>
__device__ void evaluate_chunk(Tile<Function>& tile, int region, int begin, int end) {
  typename Function::Real v[lane_elements];
  typename Function::Real x[lane_elements];
  typename Function::Real y[lane_elements];
  int from[lane_elements];
#pragma unroll
  for (int k = 0; k < lane_elements; ++k) {
    const int place = begin + k * warp_size + static_cast<int>(threadIdx.x) % warp_size;
    const int valid_place = place < end ? place : begin;
    from[k] = tile.sorted ? tile.order[valid_place] : valid_place;
    v[k] = tile.v[from[k]];
    x[k] = tile.x[from[k]];
    from[k] = place < end ? from[k] : -1;
  }
  Function::values(region, v, x, y);
  __syncwarp();  // all lanes have read
#pragma unroll
  for (int k = 0; k < lane_elements; ++k) {
    if (from[k] >= 0) {
      tile.x[from[k]] = y[k];
    }
  }
}

template <class Function>
__device__ void evaluate_tile(Tile<Function>& tile) {
  const int warp = static_cast<int>(threadIdx.x) / warp_size;
  const int lane = static_cast<int>(threadIdx.x) % warp_size;
  const int chunks = tile.sorted ? tile.chunks : (tile.count + chunk_size - 1) / chunk_size;
  for (int chunk = warp; chunk < chunks; chunk += block_warps) {
    int region = Function::region(tile.first_key);
    int begin = chunk * chunk_size;
    int end = tile.count;
    if (tile.sorted) {
      region = 31 - __clz(static_cast<int>(__ballot_sync(all_lanes, tile.region_chunk[lane] <= chunk && lane < Function::regions)));
      begin = tile.region_begin[region] + (chunk - tile.region_chunk[region]) * chunk_size;
      end = tile.region_begin[region + 1];
    }
    evaluate_chunk<Function>(tile, region, begin, end);
  }
}

template <class Function>
__global__ void __launch_bounds__(block_size, resident_blocks) evaluate_tiles(DeviceArrays<typename Function::Real> arrays) {
  extern __shared__ __align__(16) unsigned char shared_memory[];
  auto& tile = *reinterpret_cast<Tile<Function>*>(shared_memory);
  for (std::int64_t start = std::int64_t{blockIdx.x} * tile_size; start < arrays.size; start += std::int64_t{gridDim.x} * tile_size) {
    read_tile(tile, arrays, start, static_cast<int>(min(std::int64_t{tile_size}, arrays.size - start)));
    evaluate_tile(tile);
    __syncthreads();
    auto* const out = arrays.out + start;
#pragma unroll
    for (int k = 0; k < thread_elements; ++k) {
      const int i = static_cast<int>(threadIdx.x) + k * block_size;
      if (i < tile.count) {
        out[i] = tile.x[i];
      }
    }
    __syncthreads();
  }
}

inline void check_launch(cudaError_t code) {
  if (code != cudaSuccess) {
    throw SolveError(std::string("the CUDA log-Bessel kernel could not be started: ") + cudaGetErrorString(code) +
                     "; check that the arrays are in device memory and that this GPU is supported (compute capability 8.0 or newer)");
  }
}

/// Queues the kernel.
/// @throws SolveError if it could not be started
template <class Function>
void launch(const DeviceArrays<typename Function::Real>& arrays, cudaStream_t stream) {
  constexpr std::size_t shared_size = sizeof(Tile<Function>);
  check_launch(cudaFuncSetAttribute(evaluate_tiles<Function>, cudaFuncAttributeMaxDynamicSharedMemorySize, static_cast<int>(shared_size)));
  const std::int64_t tiles = (arrays.size + tile_size - 1) / tile_size;
  const auto blocks = static_cast<unsigned>(std::min<std::int64_t>(tiles, 1 << 15));
  evaluate_tiles<Function><<<blocks, block_size, shared_size, stream>>>(arrays);
  check_launch(cudaGetLastError());
}

}  // namespace KINDRED_BESSEL_TARGET
}  // namespace kindred::kernels::bessel
