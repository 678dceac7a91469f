#pragma once

#include <vector>

#include <kindred/core/base/types.hpp>

// Pieces that the orders of paths.hpp share.

namespace kindred {

/// Appends the rows listed to the order, each time the one nearest to the order's last row; begins with the first listed if
/// the order is empty. Of equally near rows the one listed first.
void append_chain(MatrixView features, const std::vector<Index>& rows, std::vector<Index>& order);

/// The features, in more than 8 dimensions rotated to their principal axes: distances are the same, but decided by few coordinates.
std::vector<double> rotate_if_wide(MatrixView features);

}  // namespace kindred
