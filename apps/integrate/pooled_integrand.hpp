#pragma once

#include <functional>
#include <vector>

#include <kindred/apps/integrate/pool.hpp>
#include <kindred/apps/integrate/record.hpp>
#include <kindred/kernels/qmc/cubature/integrand.hpp>

namespace kindred::app {

/// Thrown out of an evaluation, and so out of the rule, when the run is asked to stop; what was evaluated is in the record.
struct Interruption {};

/// The quantities' means as an integrand: values come from the record, or else from the workers, a chunk of points at a time.
class PooledIntegrand final : public qmc::MultilevelIntegrand {
 public:
  /// @param stopping  whether the run is to stop; asked between pieces
  /// @param tick  called after every finished piece, and ten times a second while waiting
  PooledIntegrand(const Study& study, WorkerPool& pool, Record& record, std::function<bool()> stopping, std::function<void()> tick)
      : study_(study), pool_(pool), record_(record), stopping_(std::move(stopping)), tick_(std::move(tick)) {}

  [[nodiscard]] int dimensions() const override { return study_.inputs().dimensions(); }
  [[nodiscard]] int outputs() const override { return static_cast<int>(study_.plan().outputs().size()); }
  [[nodiscard]] int levels() const override { return static_cast<int>(study_.levels().size()); }
  [[nodiscard]] double cost(int level) const override { return study_.cost(level); }
  /// All outputs, needed or not: it is the solves that cost, and a tighter tolerance may ask for the others later.
  /// @throws Interruption; what the evaluations throw
  void evaluate(const qmc::PointBlock& block, std::span<double> values) override;

  [[nodiscard]] std::int64_t evaluated() const { return evaluated_; }  ///< by the workers, in this run

 private:
  const Study& study_;
  WorkerPool& pool_;
  Record& record_;
  std::function<bool()> stopping_;
  std::function<void()> tick_;
  std::int64_t evaluated_ = 0;
};

}  // namespace kindred::app
