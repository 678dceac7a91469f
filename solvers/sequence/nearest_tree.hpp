#pragma once

#include <limits>
#include <span>
#include <vector>

#include <kindred/core/base/types.hpp>

namespace kindred {

/// Squared Euclidean distance; gives up, returning a partial sum above `limit`, once it exceeds that.
double squared_distance(std::span<const double> x, std::span<const double> y, double limit = std::numeric_limits<double>::infinity());

/// A k-d tree over the rows of a matrix from which rows can be taken away: the nearest of those left.
/// Bentley, "Multidimensional binary search trees used for associative searching", Comm. ACM 18 (1975) 509-517; removal by counting
/// the rows left below each node, "K-d trees for semidynamic point sets", SoCG 1990.
/// Queries take O(log count) in few dimensions and approach a scan of all rows in many; boxes bound the leading coordinates only, which
/// should therefore be the widest (see principal_coordinates). Building takes O(count log² count).
class NearestTree {
 public:
  /// @param points count × dim; must outlive the tree
  explicit NearestTree(MatrixView points);

  /// Row nearest to the query among those left, the lowest of equally near ones; -1 if none is left. Exact: distances are compared as
  /// squared_distance computes them.
  [[nodiscard]] Index nearest(std::span<const double> query) const;
  /// Takes one row away; it must still be there.
  void remove(Index row);

 private:
  struct Node {
    Index first = 0;  ///< of its rows in rows_
    Index count = 0;
    Index left = 0;   ///< rows not yet removed; in a leaf they come first
    Index child = 0;  ///< the first of two adjacent children; 0 in a leaf
    Index parent = -1;
    Index lowest = 0;  ///< lowest row ever below it
  };
  struct Best {
    double distance = std::numeric_limits<double>::infinity();
    Index row = -1;
  };
  void build(Index node);
  void measure(Index node);
  void search(Index node, std::span<const double> query, Best& best) const;
  [[nodiscard]] double bound(Index node, std::span<const double> query) const;

  MatrixView points_;
  Index box_columns_;
  std::vector<Index> rows_;
  std::vector<Index> leaf_;  ///< of each row
  std::vector<Node> nodes_;
  std::vector<double> boxes_;  ///< low and high of every box column, per node
};

}  // namespace kindred
