#pragma once

#include <complex>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <kindred/kernels/qmc/construction/lattice_error.hpp>

// The points of a lattice of n = 2^m points in the order in which multiplication by a component of a generating vector is a rotation.
// i = 0 … n − 1 is 2^(m−l) k with k odd mod 2^l, on level l = 0 … m; up to sign, which kernels do not see, k = 5^g, g = 0 … 2^(l−2) − 1,
// and z = 5^h takes g to g + h. D. Nuyens, R. Cools, J. Complexity 22 (2006) 4-28 (n no prime).

namespace kindred::qmc {

/// Levels of a lattice of 2^m points, one after the other in an array of 2^(m−1) + 1 numbers.
class OrbitLevels {
 public:
  explicit OrbitLevels(int m) : m_(m) {}
  [[nodiscard]] int last() const { return m_; }
  [[nodiscard]] std::size_t size() const { return (std::size_t{1} << static_cast<unsigned>(m_ - 1)) + 1; }
  [[nodiscard]] static std::size_t length(int level) { return level < 3 ? 1 : std::size_t{1} << static_cast<unsigned>(level - 2); }
  [[nodiscard]] static std::size_t offset(int level) { return level < 2 ? static_cast<std::size_t>(level) : length(level) + 1; }
  /// How many i share an entry: ±k.
  [[nodiscard]] static double multiplicity(int level) { return level < 2 ? 1.0 : 2.0; }

 private:
  int m_;
};

/// The kernel of a space on the levels, ready for correlations.
class OrbitKernel {
 public:
  OrbitKernel(const LatticeSpace& space, const OrbitLevels& levels);
  /// ω(5^g / 2^level)
  [[nodiscard]] std::span<const double> level(int level) const {
    return std::span(values_).subspan(OrbitLevels::offset(level), OrbitLevels::length(level));
  }
  /// Σ ω over the points of the level.
  [[nodiscard]] double sum(int level) const { return sums_[static_cast<std::size_t>(level)]; }
  [[nodiscard]] double rms(int level) const { return rms_[static_cast<std::size_t>(level)]; }

  /// Σ_g b[g] ω[g + h] over the points of the level, for all h, in the real parts.
  /// @param b  its real parts are b; overwritten
  void correlate(int level, std::span<std::complex<double>> b) const;

 private:
  std::vector<double> values_;
  std::vector<std::complex<double>> spectra_;  // in bit-reversed order
  std::vector<double> sums_;
  std::vector<double> rms_;
};

/// Σ over the sets u of the coordinates so far of γ_u Π_{j ∈ u} ω(i z_j / n), at every i.
class OrbitSums {
 public:
  OrbitSums(const OrbitLevels& levels, const LatticeWeights& weights, int dimensions);

  /// What the next coordinate's kernel is multiplied by, but for its weight: less the share of the empty set, which is the same everywhere.
  void next_factor(int level, std::span<std::complex<double>> b) const;
  [[nodiscard]] double next_factor_of_empty() const { return ratios_.empty() ? 1.0 : ratios_.front(); }

  /// The next coordinate: weight γ, component ±5^h.
  void extend(const OrbitKernel& kernel, double weight, std::size_t h);

  /// n e² of the points of a level: the sum over u ≠ ∅.
  [[nodiscard]] double level_sum(int level) const;

 private:
  OrbitLevels levels_;
  std::vector<double> ratios_;
  std::vector<std::vector<double>> sums_;  // [size of u − 1], or of all sizes together for product weights
};

}  // namespace kindred::qmc
