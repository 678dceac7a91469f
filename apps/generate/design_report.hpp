#pragma once

#include <string>

#include <kindred/apps/generate/family.hpp>

namespace kindred::app {

/// How the points of a family's design fill the cube: what they serve, and of the first coordinates the quality parameters t of pairs and
/// the L2 discrepancies beside those of random points (of the training data, where splits are replicates). Empty for designs that are not
/// made of points.
std::string design_text(const Family& family);

/// Logs the design's warnings.
void warn_of_design(const Family& family);

}  // namespace kindred::app
