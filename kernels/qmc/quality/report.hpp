#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <kindred/kernels/qmc/quality/discrepancy.hpp>
#include <kindred/kernels/qmc/quality/lattice_figures.hpp>
#include <kindred/kernels/qmc/quality/t_values.hpp>
#include <kindred/kernels/qmc/sampler.hpp>

namespace kindred::qmc {

struct QualityOptions {
  bool triples = false;  ///< also t of all projections onto three coordinates
  int threads = 1;
  /// What would take more elementary operations than this (some seconds) is left out, and listed as such.
  double most_operations = 2e10;
};

/// How evenly points 0 … n − 1 of one replicate fill the cube.
struct QualityReport {
  std::uint64_t points = 0;
  int dimensions = 0;
  std::optional<TValues> pairs;    ///< digital nets, n = 2^m
  std::optional<TValues> triples;  ///< likewise, if asked for
  std::optional<Discrepancies> discrepancies;
  std::optional<Discrepancies> random;     ///< their expectations for independent points
  std::optional<SpectralValues> spectral;  ///< lattices, n = 2^m
  std::optional<double> p_2;               ///< lattices, n = 2^m: squared worst-case error in Korobov space, α = 1, γ_j = j^−2
  std::optional<double> r_2;               ///< lattices, n = 2^m, γ_j = j^−2
  std::vector<std::string> omitted;        ///< what is left out, and why

  /// A short table.
  [[nodiscard]] std::string text() const;
};

/// @throws InputError as Sampler, or if points is not in 2 … its max_points(), or there is no such replicate
QualityReport quality_report(const PointSet& set, const Randomization& randomization, std::uint64_t points, int replicate = 0,
                             const QualityOptions& options = {});

}  // namespace kindred::qmc
