#pragma once

#include <vector>

#include <kindred/core/base/types.hpp>

namespace kindred {

/// Coordinates of the rows along the principal axes of their cloud, the widest first, relative to its centre.
/// With components = points.columns this is a rotation: all distances are kept, up to rounding. Each axis points so that its
/// largest entry is positive. Products are summed in a fixed order, so that equal input gives equal bits.
/// @param points count × dim
/// @param components at most dim
/// @returns count × components, row by row
/// Cost O(count · dim² + dim³).
std::vector<double> principal_coordinates(MatrixView points, Index components);

}  // namespace kindred
