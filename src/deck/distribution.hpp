#pragma once

#include <optional>
#include <string>
#include <vector>

#include <kindred/core/deck/diagnostics.hpp>
#include <kindred/core/deck/value.hpp>

namespace kindred {

/// Distribution of one swept parameter, written in a deck as `{ uniform = [0, 1] }`, `{ log_uniform = [0.01, 100] }`,
/// `{ normal = [mean, deviation] }` (optionally `low`, `high` truncate it), `{ choice = [3, 5, 7] }`,
/// `{ linspace = [0, 1, 11] }`, `{ logspace = [0.1, 10, 5] }` or `{ list = [...] }` (same as choice).
class Distribution {
 public:
  enum class Kind { uniform, log_uniform, normal, choice };
  Kind kind = Kind::uniform;
  double low = 0.0;  ///< uniform, log_uniform; truncation of normal
  double high = 1.0;
  double mean = 0.0;  ///< normal
  double deviation = 1.0;
  std::vector<Value> values;  ///< choice: numbers or strings (linspace and logspace become choices)

  /// Number of distinct levels; 0 for a continuous distribution.
  [[nodiscard]] std::size_t levels() const { return values.size(); }
  /// Value at the quantile u in (0, 1).
  [[nodiscard]] Value quantile(double u) const;
};

/// Reads a distribution; std::nullopt (with the complaints in `diagnostics`) if it is not one.
std::optional<Distribution> parse_distribution(const Value& value, Diagnostics& diagnostics);

}  // namespace kindred
