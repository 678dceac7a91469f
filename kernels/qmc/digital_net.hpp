#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include <kindred/kernels/qmc/bits.hpp>

namespace kindred::qmc {

/// A digital net or sequence in base 2: digit vector of coordinate j of point i = C_j · (binary digits of i), over GF(2).
/// With interlacing α > 1, coordinate j interlaces the digits of components jα … jα + α − 1, a net of higher order.
struct DigitalNet {
  static constexpr int max_interlacing = 5;

  int dimensions = 0;
  int interlacing = 1;  // α
  int columns = 0;      // 2^columns points
  int digits = 0;       // rows of the generating matrices, at most 64

  /// [component][column], dimensions · α components: column c as a word, row 1 in bit 63.
  std::vector<std::uint64_t> matrices;

  [[nodiscard]] int components() const { return dimensions * interlacing; }
  [[nodiscard]] std::span<const std::uint64_t> matrix(int component) const {
    return std::span(matrices).subspan(static_cast<std::size_t>(component) * static_cast<std::size_t>(columns),
                                       static_cast<std::size_t>(columns));
  }
};

/// Sobol' sequence with the direction numbers of S. Joe and F. Kuo, SIAM J. Sci. Comput. 30 (2008) 2635-2654, criterion D(6), in the order
/// of their table, which has 21201 dimensions.
/// @param columns  1 … 64: up to 2^columns points. A larger number keeps the points: it adds digits that are zero for them.
/// @param interlacing  α: uses α · dimensions of the table
/// @throws InputError if an argument is out of range
/// Cost O(dimensions · α · columns · 18) operations.
DigitalNet sobol(int dimensions, int columns = 32, int interlacing = 1);

/// Niederreiter-Xing net, matrices of G. Pirsic: 4 to 8 dimensions with 2^30 points, 9 to 32 with 2^32.
/// @throws InputError if dimensions is out of range
DigitalNet niederreiter_xing(int dimensions);

/// The net of the carried table of this name, for example "nx_b2_m30_s9" or "nx_s5_alpha2_m32".
DigitalNet digital_net_table(std::string_view name);

/// A net of given matrices, [dimensions · interlacing][columns] as in DigitalNet.
/// @throws InputError if sizes disagree or a column has digits beyond `digits`
DigitalNet digital_net(int dimensions, int columns, int digits, std::span<const std::uint64_t> matrices, int interlacing = 1);

/// The same points as a plain net: its matrices are the interlaced ones.
DigitalNet multiply_out(const DigitalNet& net);

/// Quality parameter t of the first 2^m points in the given dimensions (0-based): 2^m points are a (t, m, s)-net; m − t is the largest k
/// for which any k leading rows of the matrices together are independent (Niederreiter 1987).
/// @throws InputError if m > columns or a dimension is out of range
/// Cost O(C(m + s − 1, s − 1)) rank updates of m bits.
int t_value(const DigitalNet& net, std::span<const int> dimensions, int m);

}  // namespace kindred::qmc
