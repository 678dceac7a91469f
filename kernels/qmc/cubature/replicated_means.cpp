#include <kindred/kernels/qmc/cubature/replicated_means.hpp>

#include <utility>

namespace kindred::qmc {

void evaluate_replicates(Integrand& integrand, int level, const Sampler& sampler, std::uint64_t n0, std::uint64_t n1,
                         std::span<const std::uint8_t> needed, const TakeReplicateValues& take) {
  constexpr std::size_t block_bytes = std::size_t{1} << 20U;
  const auto d = static_cast<std::size_t>(sampler.dimensions());
  const auto outputs = static_cast<std::size_t>(integrand.outputs());
  FillOptions options;
  options.centred = true;
  std::vector<double> values;
  for (const auto& block : sampler.blocks<double>(n0, n1, block_bytes, options)) {
    values.resize(block.count * outputs);
    for (int r = 0; r < sampler.replicates(); ++r) {
      const auto points = block.values.subspan(static_cast<std::size_t>(r) * block.count * d, block.count * d);
      integrand.evaluate({.points = points, .count = block.count, .first = block.first, .replicate = r, .level = level, .needed = needed},
                         values);
      take(r, values);
    }
  }
}

ReplicatedMeans::ReplicatedMeans(Sampler sampler, Integrand& integrand, int level)
    : sampler_(std::move(sampler)),
      integrand_(integrand),
      level_(level),
      outputs_(static_cast<std::size_t>(integrand.outputs())),
      sums_(static_cast<std::size_t>(sampler_.replicates()) * outputs_) {}

void ReplicatedMeans::extend(std::uint64_t points, std::span<const std::uint8_t> needed) {
  evaluate_replicates(integrand_, level_, sampler_, points_, points, needed, [this](int replicate, std::span<const double> values) {
    Sum* const sums = sums_.data() + static_cast<std::size_t>(replicate) * outputs_;
    for (std::size_t k = 0; k < values.size(); k += outputs_) {
      for (std::size_t i = 0; i < outputs_; ++i) {
        sums[i].add(values[k + i]);
      }
    }
  });
  points_ = points;
}

double ReplicatedMeans::mean(int replicate, std::size_t output) const {
  return sums_[static_cast<std::size_t>(replicate) * outputs_ + output].value() / static_cast<double>(points_);
}

ReplicatedMeans::Moments ReplicatedMeans::moments(std::size_t output) const {
  const double count = replicates();
  Sum sum;
  for (int r = 0; r < replicates(); ++r) {
    sum.add(mean(r, output));
  }
  const double average = sum.value() / count;
  Sum squares;
  for (int r = 0; r < replicates(); ++r) {
    const double deviation = mean(r, output) - average;
    squares.add(deviation * deviation);
  }
  return {average, squares.value() / (count * (count - 1.0))};
}

}  // namespace kindred::qmc
