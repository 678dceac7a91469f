#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <utility>

namespace kindred::qmc {

/// Points at which a rule wants an integrand's values.
struct PointBlock {
  std::span<const double> points;  ///< count × dimensions, row by row, in the open cube (0, 1)^d
  std::size_t count = 0;
  std::uint64_t first = 0;  ///< number of the first point in its replicate
  int replicate = 0;
  int level = 0;                         ///< of multilevel rules; 0 elsewhere
  std::span<const std::uint8_t> needed;  ///< for every output; 0: its value is used no more and may be left as it is
};

/// A function of the unit cube with several outputs. Rules ask for blocks of a replicate in the order of its points, never twice, and
/// the values of a point must be a pure function of the block's level, replicate and the point's number.
class Integrand {
 public:
  virtual ~Integrand() = default;
  [[nodiscard]] virtual int dimensions() const = 0;
  [[nodiscard]] virtual int outputs() const { return 1; }
  /// @param values  count × outputs, row by row, to be filled. A value that is not finite makes the rule throw.
  virtual void evaluate(const PointBlock& block, std::span<double> values) = 0;
};

/// A sum over levels, E P_L = E P_0 + Σ E (P_l − P_{l−1}): evaluate() gives P_0 on level 0 and P_l − P_{l−1} at the same points above.
/// M. B. Giles, Multilevel Monte Carlo methods, Acta Numerica 24 (2015) 259-328.
class MultilevelIntegrand : public Integrand {
 public:
  /// Levels 0 … levels() − 1 exist.
  [[nodiscard]] virtual int levels() const = 0;
  /// Coordinates that the level uses; the first ones of dimensions(), never fewer than the level below.
  [[nodiscard]] virtual int dimensions_of(int /*level*/) const { return dimensions(); }
  /// Cost of one evaluation on the level, in any unit; must be the same in every run of one study.
  [[nodiscard]] virtual double cost(int level) const = 0;
};

/// An integrand from a function of a block.
class FunctionIntegrand final : public Integrand {
 public:
  using Function = std::function<void(const PointBlock& block, std::span<double> values)>;
  FunctionIntegrand(int dimensions, int outputs, Function function)
      : dimensions_(dimensions), outputs_(outputs), function_(std::move(function)) {}
  [[nodiscard]] int dimensions() const override { return dimensions_; }
  [[nodiscard]] int outputs() const override { return outputs_; }
  void evaluate(const PointBlock& block, std::span<double> values) override { function_(block, values); }

 private:
  int dimensions_;
  int outputs_;
  Function function_;
};

}  // namespace kindred::qmc
