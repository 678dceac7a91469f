#pragma once

#include <map>
#include <optional>
#include <string>

#include <kindred/core/registry/parameter.hpp>

namespace kindred::app {

/// The deck's [integrate] table.
struct IntegrateParameters {
  std::map<std::string, std::string> quantities;
  Value rule = Value("replicated_student_t");
  std::optional<double> absolute;
  std::optional<double> relative;
  std::string tolerance_rule = "either";
  double confidence = 0.99;
  std::int64_t seed = 0;
  std::int64_t dimensions = 64;
  int levels = 0;
  std::int64_t most_points = std::int64_t{1} << 30U;
  int chunk = 64;
  std::string checkpoint;

  static Schema<IntegrateParameters> schema();
  void check(const Value& table, Diagnostics& diagnostics) const;
};

}  // namespace kindred::app
