#pragma once

#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include <kindred/kernels/qmc/cubature/estimate.hpp>
#include <kindred/kernels/qmc/cubature/integrand.hpp>

/// What the tests of statistical cubature share.
namespace cubature_test {

using namespace kindred::qmc;

inline Goal goal_of(double absolute, double relative = 0.0, Tolerance::Rule rule = Tolerance::Rule::either) {
  Goal goal;
  goal.tolerance = {absolute, relative, rule};
  return goal;
}

/// Met by the first step.
inline Goal one_step() { return goal_of(std::numeric_limits<double>::max()); }

using Output = std::function<double(std::span<const double> x)>;

/// Outputs by functions of the point. Those that are not needed are not a number, so that a rule that reads them gives none.
/// @param evaluations  counts of the outputs' evaluations, if wanted
inline FunctionIntegrand integrand_of(int dimensions, std::vector<Output> outputs, std::vector<std::uint64_t>* evaluations = nullptr) {
  const int count = static_cast<int>(outputs.size());
  return {dimensions, count, [outputs = std::move(outputs), evaluations](const PointBlock& block, std::span<double> values) {
            const std::size_t d = block.points.size() / block.count;
            for (std::size_t k = 0; k < values.size(); ++k) {
              const std::size_t i = k % outputs.size();
              const bool needed = block.needed.empty() || block.needed[i] != 0;
              values[k] = needed ? outputs[i](block.points.subspan(k / outputs.size() * d, d)) : std::nan("");
              if (evaluations != nullptr && needed) {
                ++(*evaluations)[i];
              }
            }
          }};
}

}  // namespace cubature_test
