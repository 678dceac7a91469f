#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <kindred/kernels/qmc/cubature/integrand.hpp>

// Stopping and resuming. Rules are deterministic: which points they want follows from the values so far. So the values are all that must be
// kept; to resume, the rule begins anew, and the record serves what was evaluated before.

namespace kindred::qmc {

/// Whose values a record holds. What is equal here has equal points.
struct RecordOrigin {
  int dimensions = 0;
  int outputs = 0;
  std::string description;  ///< the integrand and the rule with its options, as far as they determine the points
  std::uint64_t seed = 0;

  friend bool operator==(const RecordOrigin&, const RecordOrigin&) = default;
  /// 64 bits of all of it, for file names and attributes.
  [[nodiscard]] std::uint64_t fingerprint() const;
};

/// Values of an integrand at the first points of every replicate of every level.
struct EvaluationRecord {
  RecordOrigin origin;
  /// [(level, replicate)]: points × outputs, row by row; NaN for outputs that were not needed.
  std::map<std::pair<int, int>, std::vector<double>> values;

  [[nodiscard]] std::uint64_t rows(int level, int replicate) const;
  /// Of all levels and replicates.
  [[nodiscard]] std::uint64_t rows() const;
};

/// An integrand that writes down its values and serves those which it has. For any rule, multilevel ones too.
/// It may be resumed with another tolerance or other quantities: outputs that are needed now and were not then are evaluated at the points
/// in question, those outputs alone being asked for.
class RecordedIntegrand final : public MultilevelIntegrand {
 public:
  /// Hears of rows as soon as they are evaluated, to keep them: points × outputs from number `first` on. Rows can come again, when outputs
  /// are added that were NaN.
  using Keep = std::function<void(int level, int replicate, std::uint64_t first, std::span<const double> values)>;

  /// @param integrand  kept by reference, as is the record; a MultilevelIntegrand's levels are passed on
  /// @param origin  given to a record that is empty; dimensions and outputs are filled in
  /// @throws InputError if the record is of another origin, or its sizes are not whole rows
  RecordedIntegrand(Integrand& integrand, EvaluationRecord& record, RecordOrigin origin, Keep keep = {});

  [[nodiscard]] int dimensions() const override { return integrand_.dimensions(); }
  [[nodiscard]] int outputs() const override { return integrand_.outputs(); }
  [[nodiscard]] int levels() const override { return multilevel_ != nullptr ? multilevel_->levels() : 1; }
  [[nodiscard]] int dimensions_of(int level) const override;
  [[nodiscard]] double cost(int level) const override { return multilevel_ != nullptr ? multilevel_->cost(level) : 1.0; }
  void evaluate(const PointBlock& block, std::span<double> values) override;

  /// Evaluations that were made and not found in the record.
  [[nodiscard]] std::uint64_t evaluated() const { return evaluated_; }

 private:
  void complete(const PointBlock& block, std::span<double> recorded);
  void append(const PointBlock& block, std::vector<double>& recorded);

  Integrand& integrand_;
  MultilevelIntegrand* multilevel_;
  EvaluationRecord& record_;
  Keep keep_;
  std::uint64_t evaluated_ = 0;
};

}  // namespace kindred::qmc
