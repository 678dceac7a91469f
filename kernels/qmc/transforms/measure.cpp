#include <kindred/kernels/qmc/transforms/measure.hpp>

#include <algorithm>
#include <cstddef>
#include <string>

#include <kindred/core/base/error.hpp>
#include <kindred/core/base/parallel.hpp>

namespace kindred::qmc {

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

void fill(const Sampler& sampler, const Measure& measure, std::span<double> out, std::uint64_t n0, std::uint64_t n1, int threads) {
  const auto dimensions = static_cast<std::size_t>(sampler.dimensions());
  if (measure.dimensions() != sampler.dimensions()) {
    throw InputError("points of " + std::to_string(dimensions) + " dimensions cannot be mapped to a measure of " +
                     std::to_string(measure.dimensions()) + ": let both agree");
  }
  const FillOptions centred{.centred = true};
  if (n0 > n1 || out.size() != (n1 - n0) * dimensions * static_cast<std::size_t>(sampler.replicates())) {
    sampler.fill(out, n0, n1, centred);  // says what is wrong
  }
  constexpr std::size_t bytes = std::size_t{1} << 17U;  // of a piece, which stays in the second-level cache
  const std::size_t row = static_cast<std::size_t>(n1 - n0) * dimensions;
  parallel(static_cast<Index>(n1 - n0), Index{1} << 10U, threads > 0 ? threads : available_cores(), [&](Index begin, Index end) {
    for (const auto& block :
         sampler.blocks<double>(n0 + static_cast<std::uint64_t>(begin), n0 + static_cast<std::uint64_t>(end), bytes, centred)) {
      const std::size_t size = static_cast<std::size_t>(block.count) * dimensions;
      for (std::size_t replicate = 0; replicate < static_cast<std::size_t>(sampler.replicates()); ++replicate) {
        const auto piece = out.subspan(replicate * row + static_cast<std::size_t>(block.first - n0) * dimensions, size);
        const auto values = block.values.subspan(replicate * size, size);
        std::copy(values.begin(), values.end(), piece.begin());
        measure.map(piece);
      }
    }
  });
}

}  // namespace kindred::qmc
