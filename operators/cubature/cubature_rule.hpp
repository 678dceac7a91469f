#pragma once

#include <cstdint>
#include <optional>

#include <kindred/core/registry/registry.hpp>
#include <kindred/kernels/qmc/cubature/estimate.hpp>
#include <kindred/kernels/qmc/cubature/integrand.hpp>
#include <kindred/kernels/qmc/cubature/multilevel.hpp>

namespace kindred {

/// What a rule is made for.
struct CubatureContext {
  int dimensions = 1;
  int outputs = 1;
  std::uint64_t seed = 0;
  double confidence = 0.99;
};

struct CubatureResult : qmc::Estimate {
  std::optional<qmc::MultilevelReport> multilevel;  ///< of multilevel rules
};

/// Plugin kind `cubature`: computes an integral over the unit cube to a tolerance. Rules with the capability `multilevel` spread their
/// points over all levels of the integrand; the others see level 0 alone, and get an integrand that has no other.
class CubatureRule {
 public:
  virtual ~CubatureRule() = default;
  /// @throws InputError if the goal cannot be met by such a rule; Error if a value is not finite; whatever the integrand throws
  [[nodiscard]] virtual CubatureResult integrate(qmc::MultilevelIntegrand& integrand, const qmc::Goal& goal) const = 0;
};

/// Factories throw InputError if such an integrand cannot be integrated by the rule: too many dimensions for its point set.
template <>
struct PluginTraits<CubatureRule> {
  static constexpr const char* kind = "cubature";
  using Arguments = void(const CubatureContext&);
};

}  // namespace kindred
