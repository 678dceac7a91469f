#include <kindred/kernels/qmc/transforms/transformed.hpp>

#include <string>

#include <kindred/core/base/error.hpp>

namespace kindred::qmc {

Transformed::Transformed(Integrand& integrand, const Measure& measure) : integrand_(integrand), measure_(measure) {
  if (integrand.dimensions() != measure.dimensions()) {
    throw InputError("an integrand of " + std::to_string(integrand.dimensions()) + " variables was given a measure of " +
                     std::to_string(measure.dimensions()) + ": let both agree");
  }
}

void Transformed::evaluate(const PointBlock& block, std::span<double> values) {
  points_.assign(block.points.begin(), block.points.end());
  measure_.map(points_);
  PointBlock mapped = block;
  mapped.points = points_;
  integrand_.evaluate(mapped, values);
}

}  // namespace kindred::qmc
