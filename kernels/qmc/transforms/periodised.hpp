#pragma once

#include <span>
#include <vector>

#include <kindred/kernels/qmc/cubature/integrand.hpp>
#include <kindred/kernels/qmc/transforms/periodization.hpp>

namespace kindred::qmc {

/// An integrand f made periodic: its values at x are f(ψ(x)) ψ'(x₁) … ψ'(x_d), with the same integral over the cube.
/// Keeps memory of the size of one block.
class Periodised final : public Integrand {
 public:
  /// @param integrand  kept by reference
  Periodised(Integrand& integrand, Periodization periodization) : integrand_(integrand), periodization_(periodization) {}
  [[nodiscard]] int dimensions() const override { return integrand_.dimensions(); }
  [[nodiscard]] int outputs() const override { return integrand_.outputs(); }
  void evaluate(const PointBlock& block, std::span<double> values) override;

 private:
  Integrand& integrand_;
  Periodization periodization_;
  std::vector<double> points_;
  std::vector<double> weights_;
};

}  // namespace kindred::qmc
