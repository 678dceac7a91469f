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
  typename Function::Real x[tile_size];               ///< then the results
  std::uint16_t order[tile_size];                     ///< indices into v and x, sorted by key
  std::uint16_t positions[block_warps][padded_keys];  ///< per warp and key: the number of elements, then where they begin in `order`
  std::uint16_t key_begin[padded_keys + 1];
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

/// Turns counts into positions and divides the regions into chunks. Called by the first warp.
template <class Function>
__device__ void scan_counts(Tile<Function>& tile) {
  constexpr int lane_keys = Tile<Function>::lane_keys;
  const int lane = static_cast<int>(threadIdx.x);
  int total = 0;
#pragma unroll
  for (int key = lane * lane_keys; key < (lane + 1) * lane_keys; ++key) {
#pragma unroll
    for (int warp = 0; warp < block_warps; ++warp) {
      total += tile.positions[warp][key];
    }
  }
  int position = sum_up_to_lane(total) - total;
  for (int key = lane * lane_keys; key < (lane + 1) * lane_keys; ++key) {
    int counts[block_warps];  // all loads before the first store
#pragma unroll
    for (int warp = 0; warp < block_warps; ++warp) {
      counts[warp] = tile.positions[warp][key];
    }
    tile.key_begin[key] = static_cast<std::uint16_t>(position);
#pragma unroll
    for (int warp = 0; warp < block_warps; ++warp) {
      tile.positions[warp][key] = static_cast<std::uint16_t>(position);
      position += counts[warp];
    }
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

/// This lane's mask of the lanes with the same key.
template <int Keys>
__device__ unsigned lanes_of_key(int key) {
  unsigned same = all_lanes;
#pragma unroll
  for (int bit = 1; bit < Keys; bit *= 2) {
    const bool set = (key & bit) != 0;
    const unsigned votes = __ballot_sync(all_lanes, set);
    same &= set ? votes : ~votes;
  }
  return same;
}

/// A byte for each of a thread's elements, in registers: the arrays that rolled loops would index lie in slow memory.
class Bytes {
 public:
  __device__ void push(int value) { bits_ = bits_ >> 8U | static_cast<std::uint64_t>(value) << (8U * (thread_elements - 1)); }
  /// The byte pushed thread_elements pushes ago.
  __device__ int first() const { return static_cast<int>(bits_ & 0xFFU); }
  __device__ void rotate() { push(first()); }
  __device__ bool all_equal(int value) const { return bits_ == 0x0101010101010101U * static_cast<std::uint64_t>(value); }

 private:
  std::uint64_t bits_ = 0;
};
static_assert(thread_elements == sizeof(std::uint64_t));

/// Fills `order` from the keys of this thread's elements.
template <class Function>
__device__ void sort_tile(Tile<Function>& tile, Bytes keys, int count) {
  const int warp = static_cast<int>(threadIdx.x) / warp_size;
  const unsigned lower_lanes = (1U << (threadIdx.x % warp_size)) - 1U;
  for (int i = static_cast<int>(threadIdx.x) % warp_size; i < Tile<Function>::padded_keys; i += warp_size) {
    tile.positions[warp][i] = 0;
  }
  __syncwarp();
  Bytes ranks;  // among the warp's elements of the same key
#pragma unroll 1
  for (int i = static_cast<int>(threadIdx.x); i < tile_size; i += block_size) {
    const int key = keys.first();
    keys.rotate();
    const unsigned peers = lanes_of_key<Function::keys>(key) & __ballot_sync(all_lanes, i < count);
    const int before = tile.positions[warp][key];
    ranks.push(before + __popc(peers & lower_lanes));
    __syncwarp();
    if (i < count && (peers & lower_lanes) == 0) {
      tile.positions[warp][key] = static_cast<std::uint16_t>(before + __popc(peers));
    }
    __syncwarp();
  }
  __syncthreads();
  if (warp == 0) {
    scan_counts(tile);
  }
  __syncthreads();
#pragma unroll 1
  for (int i = static_cast<int>(threadIdx.x); i < count; i += block_size) {
    tile.order[tile.positions[warp][keys.first()] + ranks.first()] = static_cast<std::uint16_t>(i);
    keys.rotate();
    ranks.rotate();
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
  Bytes keys;
#pragma unroll 1
  for (int i = static_cast<int>(threadIdx.x); i < tile_size; i += block_size) {
    keys.push(Function::key(tile.v[i], tile.x[i]));
  }
  if (threadIdx.x == 0) {
    tile.count = count;
    tile.first_key = keys.first();
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
