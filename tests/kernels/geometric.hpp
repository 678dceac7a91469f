#pragma once

#include <vector>

/// from, from · factor, … below `to`.
inline std::vector<double> geometric(double from, double to, double factor) {
  std::vector<double> values;
  while (from < to) {
    values.push_back(from);
    from *= factor;
  }
  return values;
}
