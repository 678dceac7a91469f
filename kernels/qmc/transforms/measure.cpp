#include <kindred/kernels/qmc/transforms/measure.hpp>

#include <algorithm>
#include <cstddef>
#include <string>

#include <kindred/core/base/error.hpp>
#include <kindred/core/base/parallel.hpp>
#include <kindred/kernels/qmc/aligned.hpp>
#include <kindred/kernels/qmc/block_kernels.hpp>

namespace kindred::qmc {
namespace {

/// Copies past the caches, but for the broken lines at both ends.
void stream_out(std::span<const double> from, double* to) {
  const std::size_t broken = (line_bytes - reinterpret_cast<std::uintptr_t>(to) % line_bytes) % line_bytes / sizeof(double);
  const std::size_t head = std::min(broken, from.size());
  const std::size_t whole = (from.size() - head) * sizeof(double) / line_bytes * line_bytes;
  const std::size_t tail = head + whole / sizeof(double);
  std::copy_n(from.data(), head, to);
  block_kernels().stream_lines(to + head, from.data() + head, whole);
  std::copy(from.begin() + static_cast<std::ptrdiff_t>(tail), from.end(), to + tail);
}

}  // namespace

void Measure::map(std::span<double> points) const {
  require_whole_points(points.size());
  map_points(points);
}

void Measure::require_whole_points(std::size_t coordinates) const {
  if (coordinates % static_cast<std::size_t>(dimensions()) != 0) {
    throw InputError("a measure of " + std::to_string(dimensions()) + " dimensions was given " + std::to_string(coordinates) +
                     " coordinates: pass whole points, row by row");
  }
}

void fill(const Sampler& sampler, const Measure& measure, std::span<double> out, std::uint64_t n0, std::uint64_t n1,
          const FillOptions& options) {
  const auto dimensions = static_cast<std::size_t>(sampler.dimensions());
  const auto replicates = static_cast<std::size_t>(sampler.replicates());
  if (measure.dimensions() != sampler.dimensions()) {
    throw InputError("points of " + std::to_string(dimensions) + " dimensions cannot be mapped to a measure of " +
                     std::to_string(measure.dimensions()) + ": let both agree");
  }
  if (options.layout != Layout::row_major) {
    throw InputError("measures map points in row-major order: ask for Layout::row_major");
  }
  const FillOptions centred{.order = options.order, .centred = true};
  if (n0 > n1 || out.size() != (n1 - n0) * dimensions * replicates) {
    sampler.fill(out, n0, n1, centred);  // says what is wrong
  }
  const bool streaming =
      options.stores == Stores::streaming || (options.stores == Stores::automatic && out.size_bytes() > last_level_cache());
  constexpr std::size_t bytes = std::size_t{1} << 17U;  // of a piece, which stays in the second-level cache beside its image
  const std::size_t row = static_cast<std::size_t>(n1 - n0) * dimensions;
  parallel(static_cast<Index>(n1 - n0), Index{1} << 10U, options.threads > 0 ? options.threads : available_cores(),
           [&](Index begin, Index end) {
             LineVector<double> image(streaming ? bytes / sizeof(double) + dimensions : 0);
             for (const auto& block :
                  sampler.blocks<double>(n0 + static_cast<std::uint64_t>(begin), n0 + static_cast<std::uint64_t>(end), bytes, centred)) {
               const std::size_t size = static_cast<std::size_t>(block.count) * dimensions;
               for (std::size_t replicate = 0; replicate < replicates; ++replicate) {
                 const auto points = block.values.subspan(replicate * size, size);
                 double* const to = out.data() + replicate * row + static_cast<std::size_t>(block.first - n0) * dimensions;
                 const std::span<double> mapped(streaming ? image.data() : to, size);
                 std::copy(points.begin(), points.end(), mapped.begin());
                 measure.map(mapped);
                 if (streaming) {
                   stream_out(mapped, to);
                 }
               }
             }
             stream_fence();
           });
}

}  // namespace kindred::qmc
