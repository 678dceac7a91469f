#pragma once

#include <kindred/kernels/bessel/method.hpp>

// Arrays: blocks are sorted by region, each region is evaluated by its vectorised loop, and the results go back to their places.

namespace kindred::kernels::bessel {
inline namespace KINDRED_BESSEL_TARGET {

inline constexpr int block_size = 2048;  // arguments, sorted arguments and results stay in the second-level cache
inline constexpr int max_regions = 32;
inline constexpr int max_keys = 160;
inline constexpr int sorted_size = block_size + max_regions * lanes;

/// An argument of evaluate(): `stride` is 1, or 0 where one element serves for all.
template <class Real>
struct Argument {
  const Real* data;
  int stride;
};

struct Block {
  alignas(64) double v[block_size];
  alignas(64) double x[block_size];
  alignas(64) std::uint8_t keys[block_size];
  std::uint16_t place[block_size];  // of an element in the sorted arrays
  alignas(64) double sorted_v[sorted_size];
  alignas(64) double sorted_x[sorted_size];
  alignas(64) double results[sorted_size];
};

template <class Real>
void load(const Argument<Real>& argument, std::int64_t begin, int count, double* out) {
  if (argument.stride == 0) {
    const double value = argument.data[0];
    for (int i = 0; i < count; ++i) {
      out[i] = value;
    }
    return;
  }
  const Real* from = argument.data + begin;
  for (int i = 0; i < count; ++i) {
    out[i] = from[i];
  }
}

KINDRED_BESSEL_INLINE bool all_equal(const std::uint8_t* keys, int count) {
  unsigned differences = 0;
  for (int i = 0; i < count; ++i) {
    differences |= static_cast<unsigned>(keys[i] ^ keys[0]);
  }
  return differences == 0;
}

KINDRED_BESSEL_INLINE int round_up(int count) { return (count + lanes - 1) & -lanes; }

/// Elements behind the last one of a region repeat it, so that every lane has harmless arguments.
KINDRED_BESSEL_INLINE void pad(double* v, double* x, int count) {
  for (int i = count; i < round_up(count); ++i) {
    v[i] = v[count - 1];
    x[i] = x[count - 1];
  }
}

/// Counting sort into `sorted_v` and `sorted_x`, where every region begins at a multiple of `lanes`, then the regions' loops.
/// Two counters per key, for the two halves of the block: increments of one counter wait for each other.
inline void evaluate_sorted(const Method& method, Block& block, int count) {
  int counters[2][max_keys] = {};
  const int half = count / 2;
  for (int i = 0; i < half; ++i) {
    ++counters[0][block.keys[i]];
    ++counters[1][block.keys[half + i]];
  }
  if (count % 2 == 1) {
    ++counters[1][block.keys[count - 1]];
  }

  int begin[max_regions];
  int end[max_regions];
  int position = 0;
  for (int r = 0; r < method.region_count; ++r) {
    begin[r] = position;
    const int key_end = r + 1 < method.region_count ? method.regions[r + 1].first_key : method.keys;
    for (int key = method.regions[r].first_key; key < key_end; ++key) {
      const int first = counters[0][key];
      const int second = counters[1][key];
      counters[0][key] = position;
      counters[1][key] = position + first;
      position += first + second;
    }
    end[r] = position;
    position = round_up(position);
  }

  const auto place = [&](int i, int* counter) {
    const int to = counter[block.keys[i]]++;
    block.place[i] = static_cast<std::uint16_t>(to);
    block.sorted_v[to] = block.v[i];
    block.sorted_x[to] = block.x[i];
  };
  for (int i = 0; i < half; ++i) {
    place(i, counters[0]);
    place(half + i, counters[1]);
  }
  if (count % 2 == 1) {
    place(count - 1, counters[1]);
  }

  for (int r = 0; r < method.region_count; ++r) {
    const int size = end[r] - begin[r];
    if (size > 0) {
      pad(block.sorted_v + begin[r], block.sorted_x + begin[r], size);
      method.regions[r].map(block.sorted_v + begin[r], block.sorted_x + begin[r], block.results + begin[r], round_up(size));
    }
  }
}

inline const Region& region_of(const Method& method, int key) {
  int region = method.region_count - 1;
  while (method.regions[region].first_key > key) {
    --region;
  }
  return method.regions[region];
}

/// out[i] for i in [begin, end).
template <class Real>
void evaluate_range(const Method& method, const Argument<Real>& v, const Argument<Real>& x, Real* out, std::int64_t begin,
                    std::int64_t end) {
  Block block;
  for (std::int64_t start = begin; start < end; start += block_size) {
    const int count = static_cast<int>(end - start < block_size ? end - start : block_size);
    if (v.stride != 0 || start == begin) {
      load(v, start, count, block.v);
    }
    if (x.stride != 0 || start == begin) {
      load(x, start, count, block.x);
    }
    method.classify(block.v, block.x, block.keys, count);
    if (all_equal(block.keys, count)) {
      pad(block.v, block.x, count);
      region_of(method, block.keys[0]).map(block.v, block.x, block.results, round_up(count));
      for (int i = 0; i < count; ++i) {
        out[start + i] = static_cast<Real>(block.results[i]);
      }
    } else {
      evaluate_sorted(method, block, count);
      for (int i = 0; i < count; ++i) {
        out[start + i] = static_cast<Real>(block.results[block.place[i]]);
      }
    }
  }
}

}  // namespace KINDRED_BESSEL_TARGET
}  // namespace kindred::kernels::bessel
