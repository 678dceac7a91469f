#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <kindred/kernels/qmc/digital_net.hpp>
#include <kindred/kernels/qmc/sampler.hpp>

namespace kindred::qmc {

/// Quality parameters t of the projections of a point set onto every `size` of its coordinates; small is good, 0 ideal.
struct TValues {
  int size = 0;                          ///< coordinates a projection has
  int worst = 0;                         ///< the largest t
  std::vector<int> worst_projection;     ///< first projection, in lexicographic order, that has it; 0-based
  std::vector<std::uint64_t> histogram;  ///< [t]: number of projections, t = 0 … worst

  [[nodiscard]] double mean() const;
};

/// Of the first 2^m points of a net, by ranks of its matrices.
/// @param size  1, 2 or 3
/// @throws InputError if m is not in 1 … net.columns, or size is not in 1 … min(3, net.dimensions)
/// Cost O(C(d, size) · C(m + size − 1, size − 1)) eliminations in words of m bits, shared by the threads.
TValues net_t_values(const DigitalNet& net, int m, int size, int threads = 1);

/// Of 2^m given points, by counting those in elementary intervals: for points of any origin, nested scrambles among them.
/// @param words  2^m × dimensions, row by row; word / 2^64 is the coordinate
/// @throws InputError if there are not 2^m points, m ≥ 1, or size is not in 1 … min(3, dimensions)
/// Cost O(C(d, size) · 2^m · C(m + size − 1, size − 1) · log m).
TValues counted_t_values(std::span<const std::uint64_t> words, int dimensions, int size, int threads = 1);

/// The matrices of a linearly scrambled net, of all its interlaced digits: column k is the difference of points 2^k and 0.
/// @param columns  1 … log₂ of the sampler's points
/// @throws InputError if columns is out of range
DigitalNet scrambled_matrices(const Sampler& sampler, int replicate, int columns);

}  // namespace kindred::qmc
