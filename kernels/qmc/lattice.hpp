#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include <kindred/kernels/qmc/kronecker.hpp>

namespace kindred::qmc {

/// A rank-1 lattice sequence in base 2: coordinate j of point i = frac(z_j φ(i)), φ the radical inverse. In words:
/// X = z_j · reverse_bits(i) mod 2^64, exactly. The first 2^m points are the lattice of 2^m points with this generating vector.
struct Lattice {
  int log2_points = 0;           // the generating vector is made for up to 2^log2_points points
  std::vector<std::uint64_t> z;  // odd, below 2^log2_points

  [[nodiscard]] int dimensions() const { return static_cast<int>(z.size()); }
};

/// What to do about components z_j = ±z_k mod n: the coordinates j and k of all points are then equal or reflected.
enum class Duplicates { refuse, allow };

/// A given generating vector.
/// @throws InputError if log2_points is not in 1 … 64, a component is even or too large, or there are duplicates and they are refused
/// Cost O(d log d).
Lattice lattice(std::span<const std::uint64_t> z, int log2_points, Duplicates duplicates = Duplicates::refuse);

/// The first components of a published vector, up to 2^20 points (2^13: names ending in m13):
/// "kuo_39101_m20" (decaying product weights, 3600 dimensions; the default), "kuo_32001_m20" (order-2 weights, 3600),
/// "kuo_38005_m20" (equal product weights, 5000; repeats itself from dimension 3697 on), "kuo_33002_m20" (order-3 weights, 9125; repeats
/// itself from dimension 4392 on): F. Kuo; R. Cools, F. Kuo, D. Nuyens, SIAM J. Sci. Comput. 28 (2006) 2162-2188;
/// "mps_exod2_m20", "mps_exod2_m13", "mps_exod8_m13" (600), "mps_exod2_ckn_m20" (250), "mps_exew_a3_m20" (10): D. Nuyens, The Magic Point
/// Shop.
/// @throws InputError if there is no such vector, it has fewer dimensions, or there are duplicates and they are refused
Lattice lattice_table(int dimensions, std::string_view name = "kuo_39101_m20", Duplicates duplicates = Duplicates::refuse);

/// The first 2^m points in linear order, x_i = frac(i z / 2^m): a Kronecker sequence with α_j = z_j / 2^m, which begins anew after 2^m
/// points. Under one seed the same set as the lattice's first 2^m points, shifted or not; point i here is point reverse(i) there, of m
/// bits.
/// @throws InputError if m is not in 1 … lattice.log2_points
Kronecker linear_order(const Lattice& lattice, int m);

}  // namespace kindred::qmc
