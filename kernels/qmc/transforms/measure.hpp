#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <kindred/kernels/qmc/sampler.hpp>

namespace kindred::qmc {

/// A probability measure on R^d as the image of the uniform one on the open cube (0, 1)^d. Immutable: safe to use from several threads.
class Measure {
 public:
  virtual ~Measure() = default;
  [[nodiscard]] virtual int dimensions() const = 0;

  /// Maps points in place.
  /// @param points  count × dimensions() numbers, row by row; coordinates in (0, 1) become variables
  /// @throws InputError if these are no whole points
  void map(std::span<double> points) const;

 protected:
  void require_whole_points(std::size_t coordinates) const;

 private:
  virtual void map_points(std::span<double> points) const = 0;
};

/// Points n0 … n1 − 1 of all replicates, in row-major order, centred in their cells of 52 digits and mapped while they are in the caches:
/// memory is written once. The same numbers for any threads.
/// @param out  replicates × (n1 − n0) × dimensions() numbers
/// @throws InputError as Sampler::fill(), or if the dimensions differ or another layout is asked for
void fill(const Sampler& sampler, const Measure& measure, std::span<double> out, std::uint64_t n0, std::uint64_t n1,
          const FillOptions& options = {});

}  // namespace kindred::qmc
