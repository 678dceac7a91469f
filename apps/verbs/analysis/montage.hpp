#pragma once

#include <string>
#include <vector>

#include <kindred/apps/verbs/analysis/gnuplot.hpp>
#include <kindred/data/reader.hpp>

/// Figures of samples: what a field looks like in one, two and three dimensions.
namespace kindred::app {

struct MontageOptions {
  std::vector<Index> samples;       ///< global sample numbers; empty: `count` finished ones, evenly spread over the rows
  std::vector<std::string> fields;  ///< empty: all on the whole grid that are not one constant
  int count = 4;
};

/// 2-D: one row per sample, one heat map per field, colours on one scale per field unless the samples differ too much.
/// Constants are named in the title. 1-D: one panel per field, the samples as curves. 3-D: one row per sample and field, the three
/// mid-planes.
/// @throws InputError for unknown samples or fields, or if no sample is finished
Figure montage(const data::DatasetReader& reader, const MontageOptions& options);

}  // namespace kindred::app
