#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "functions.hpp"

namespace bench {

/// One way to evaluate one function at many points. A routine has either the double or the float form.
struct Routine {
  NamedFunction function;
  std::string name;
  std::function<void(std::span<const double>, std::span<const double>, std::span<double>)> in_double;
  std::function<void(std::span<const float>, std::span<const float>, std::span<float>)> in_float;
  bool sorted = false;  ///< gets its points in ascending order of R
};

/// Kindred's: arrays and scalars, both accuracies and single precision, all functions.
std::vector<Routine> own_routines();

/// log I_v and log K_v by the published method and by what is installed of Boost.Math, GSL and the standard library.
std::vector<Routine> peer_routines();

}  // namespace bench
