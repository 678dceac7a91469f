#pragma once

#include <string>

#include <kindred/core/registry/parameter.hpp>

namespace kindred::app {

/// The deck's [run] table: how to work, not what to compute. Only the failure policy is part of the data's identity.
struct RunParameters {
  int workers = 1;
  double time_limit = 0.0;
  double grace = 20.0;
  int chunk = 8;
  double commit_interval = 5.0;
  std::string on_failure = "redraw";
  double max_failure_rate = 0.01;

  static Schema<RunParameters> schema();
};

}  // namespace kindred::app
