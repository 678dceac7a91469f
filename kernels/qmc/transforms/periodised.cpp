#include <kindred/kernels/qmc/transforms/periodised.hpp>

#include <cstddef>

namespace kindred::qmc {

void Periodised::evaluate(const PointBlock& block, std::span<double> values) {
  points_.assign(block.points.begin(), block.points.end());
  weights_.resize(block.count);
  periodize(periodization_, points_, dimensions(), weights_);
  PointBlock mapped = block;
  mapped.points = points_;
  integrand_.evaluate(mapped, values);

  const auto outputs = static_cast<std::size_t>(this->outputs());
  for (std::size_t i = 0; i < block.count; ++i) {
    for (std::size_t j = 0; j < outputs; ++j) {
      if (block.needed.empty() || block.needed[j] != 0) {
        values[i * outputs + j] *= weights_[i];
      }
    }
  }
}

}  // namespace kindred::qmc
