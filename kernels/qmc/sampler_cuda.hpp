#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include <kindred/kernels/qmc/device_points.hpp>
#include <kindred/kernels/qmc/sampler.hpp>

namespace kindred::qmc {

/// The CUDA twin of a sampler: its tables in the memory of a GPU, to generate points where they are used. The bits are those of
/// Sampler::fill(), for every set, scramble, order, layout and type; they do not depend on the GPU or the sizes of its grids. Value type;
/// copies share the tables, which never change: safe to use from several threads and streams. In the library `kindred::kernels_cuda`.
class DeviceSampler {
 public:
  /// Copies the sampler's tables to the current device: for nets 256 to 512 bytes a component and a replicate that has matrices of its own.
  /// The memory is given back with the last copy, once queued fills have ended.
  /// @throws SolveError if there is no device or no memory
  explicit DeviceSampler(const Sampler& sampler);

  [[nodiscard]] const Sampler& sampler() const { return sampler_; }

  /// Points n0 … n1 − 1 of all replicates, as Sampler::fill(). Returns once the kernel is queued.
  /// Of the options, `threads` and `stores` have no meaning here.
  /// @param out  replicates · (n1 − n0) · dimensions numbers in the memory of the sampler's device, which must be the current one
  /// @param stream  a cudaStream_t; nullptr: the default stream
  /// @throws InputError as Sampler::fill(), SolveError if the kernel could not be started
  template <class T>
  void fill(std::span<T> out, std::uint64_t n0, std::uint64_t n1, const FillOptions& options = {}, void* stream = nullptr) const;

  /// Views of the tables, for kernels that use points as they make them. In a kernel, of the alternative that was visited:
  ///     const auto coordinate = points.coordinate(replicate, dimension);
  ///     const double x = to_double(coordinate.word(index_of(order, i)));
  /// Valid as long as a copy of this sampler.
  [[nodiscard]] const device::Points& points() const;

 private:
  struct Tables;
  Sampler sampler_;
  std::shared_ptr<const Tables> tables_;
};

}  // namespace kindred::qmc
