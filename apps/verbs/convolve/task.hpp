#pragma once

#include <complex>
#include <functional>
#include <string>
#include <vector>

#include <kindred/apps/verbs/convolve/convolution.hpp>
#include <kindred/apps/verbs/convolve/geometry.hpp>
#include <kindred/core/run/progress.hpp>

namespace kindred::app::convolve {

/// What the files hold and what is to be made of it.
struct Task {
  Options options;
  data::ArrayReader data;
  data::ArrayReader kernel;
  Axes axes = {};
  bool kernel_per_array = false;
  std::vector<Index> out_shape = {};
  bool complex = false;
  data::Precision precision = data::Precision::f64;

  [[nodiscard]] fftconv::Description description() const;  ///< of one array
  [[nodiscard]] Index arrays() const;
  [[nodiscard]] std::string text(double bytes_needed) const;  ///< what to do if memory is short
};

/// One output file under way.
struct Sink {
  const data::ArrayWriter& writer;
  Progress& progress;
  Counters counters = {};
};

/// Whole arrays, as many at a time as the memory allows.
/// @returns 0 if all is done; else, having done nothing, about what one array takes, in bytes
template <class Value>
double convolve_arrays(const Task& task, const std::function<Sink()>& open, std::string& method);

/// One axis, arrays that do not fit: cut along it, each piece with the K − 1 numbers before it.
/// @param one_array  what convolve_arrays() returned
/// @throws InputError if the kernel is too long for that
template <class Value>
void convolve_long_arrays(const Task& task, double one_array, const std::function<Sink()>& open, std::string& method);

}  // namespace kindred::app::convolve
