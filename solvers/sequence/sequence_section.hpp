#pragma once

#include <kindred/core/registry/registry.hpp>

namespace kindred {

/// The deck's [sequence] table.
struct SequenceParameters {
  Value guess = Value("zero");
  Value ordering = Value("none");

  static Schema<SequenceParameters> schema();
};

}  // namespace kindred
