#pragma once

#include <span>
#include <vector>

#include <kindred/kernels/qmc/cubature/integrand.hpp>
#include <kindred/kernels/qmc/transforms/measure.hpp>

namespace kindred::qmc {

/// The expectation of an integrand under a measure as an integral over the cube: the inner integrand's block holds the measure's
/// variables in place of points of the cube. Keeps memory of the size of one block.
class Transformed final : public Integrand {
 public:
  /// @param integrand, measure  kept by reference
  /// @throws InputError if their dimensions differ
  Transformed(Integrand& integrand, const Measure& measure);
  [[nodiscard]] int dimensions() const override { return integrand_.dimensions(); }
  [[nodiscard]] int outputs() const override { return integrand_.outputs(); }
  void evaluate(const PointBlock& block, std::span<double> values) override;

 private:
  Integrand& integrand_;
  const Measure& measure_;
  std::vector<double> points_;
};

}  // namespace kindred::qmc
