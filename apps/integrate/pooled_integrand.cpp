#include <kindred/apps/integrate/pooled_integrand.hpp>

#include <algorithm>

namespace kindred::app {

void PooledIntegrand::evaluate(const qmc::PointBlock& block, std::span<double> values) {
  const auto d = static_cast<std::size_t>(dimensions());
  const auto m = static_cast<std::size_t>(outputs());
  const auto chunk = static_cast<std::uint64_t>(study_.parameters().chunk);
  const std::uint64_t end = block.first + block.count;
  // Chunks begin at multiples of their length, wherever the rule's blocks do, so that another partition gives the same pieces.
  for (std::uint64_t first = block.first; first < end && !stopping_();) {
    const Piece piece{block.level, block.replicate, first, std::min((first / chunk + 1) * chunk, end) - first};
    const std::size_t row = first - block.first;
    const std::span<double> target = values.subspan(row * m, piece.count * m);
    first += piece.count;
    if (record_.find(piece, target)) {
      continue;
    }
    while (!pool_.has_room()) {
      pool_.wait();
      tick_();
    }
    const auto done = [this, target](const Piece& finished, std::span<const double> result, const Effort& effort) {
      std::copy(result.begin(), result.end(), target.begin());
      record_.add(finished, result, effort);
      evaluated_ += effort.evaluations;
    };
    pool_.start(piece, block.points.subspan(row * d, piece.count * d), done);
  }
  while (!pool_.idle()) {
    pool_.wait();
    tick_();
  }
  if (stopping_()) {
    throw Interruption();
  }
}

}  // namespace kindred::app
