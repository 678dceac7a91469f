#pragma once

#include <cstddef>
#include <cstdint>
#include <variant>

#include <kindred/kernels/qmc/additive_points.hpp>
#include <kindred/kernels/qmc/halton.hpp>
#include <kindred/kernels/qmc/independent.hpp>
#include <kindred/kernels/qmc/net_points.hpp>
#include <kindred/kernels/qmc/sampler.hpp>

namespace kindred::qmc {

/// Point sets with their randomisation drawn.
using PreparedPoints = std::variant<LinearNet, NestedNet, OwenNet, AdditivePoints, HaltonPoints, IndependentPoints>;

/// What lies behind a sampler, for twins of Sampler::fill().
struct SamplerAccess {
  static const PreparedPoints& points(const Sampler& sampler);
  /// @param size of the output
  /// @throws InputError as Sampler::fill()
  static void check_fill(const Sampler& sampler, std::size_t size, std::uint64_t n0, std::uint64_t n1, const FillOptions& options);
};

struct FillJob {
  Format format;
  void* out;
  int replicates;
  int dimensions;
  std::uint64_t n0;
  std::uint64_t n1;
  FillOptions options;
};

/// Carries out a checked job with the given kernels.
void fill(const PreparedPoints& points, const FillJob& job, const BlockKernels& kernels);

}  // namespace kindred::qmc
