#include <kindred/solvers/sequence/nearest_tree.hpp>

#include <algorithm>
#include <numeric>
#include <utility>

namespace kindred {
namespace {

constexpr Index leaf_size = 12;
constexpr Index most_box_columns = 8;

}  // namespace

double squared_distance(std::span<const double> x, std::span<const double> y, double limit) {
  constexpr std::size_t stride = 8;
  double sum = 0.0;
  for (std::size_t first = 0; first < x.size() && !(sum > limit); first += stride) {
    const std::size_t last = std::min(first + stride, x.size());
    for (std::size_t i = first; i < last; ++i) {
      const double difference = x[i] - y[i];
      sum += difference * difference;
    }
  }
  return sum;
}

NearestTree::NearestTree(MatrixView points)
    : points_(points),
      box_columns_(std::min(points.columns, most_box_columns)),
      rows_(static_cast<std::size_t>(points.rows)),
      leaf_(static_cast<std::size_t>(points.rows)) {
  std::iota(rows_.begin(), rows_.end(), Index{0});
  nodes_.push_back({0, points.rows, points.rows, 0, -1, 0});
  for (Index node = 0; node < static_cast<Index>(nodes_.size()); ++node) {
    build(node);
  }
}

/// The node's box and its lowest row.
void NearestTree::measure(Index node) {
  Node& n = nodes_[static_cast<std::size_t>(node)];
  n.lowest = n.count > 0 ? std::numeric_limits<Index>::max() : 0;
  const std::size_t place = boxes_.size();
  for (Index c = 0; c < box_columns_; ++c) {
    boxes_.push_back(std::numeric_limits<double>::infinity());
    boxes_.push_back(-std::numeric_limits<double>::infinity());
  }
  for (Index i = n.first; i < n.first + n.count; ++i) {
    const Index row = rows_[static_cast<std::size_t>(i)];
    n.lowest = std::min(n.lowest, row);
    const auto point = points_.row(row);
    for (std::size_t c = 0; c < static_cast<std::size_t>(box_columns_); ++c) {
      boxes_[place + 2 * c] = std::min(boxes_[place + 2 * c], point[c]);
      boxes_[place + 2 * c + 1] = std::max(boxes_[place + 2 * c + 1], point[c]);
    }
  }
}

/// Measures a node and splits it at the median of its widest column. Equal values are split by row number, so that of many equal
/// points the lowest rows lie together.
void NearestTree::build(Index node) {
  measure(node);
  const Node n = nodes_[static_cast<std::size_t>(node)];
  if (n.count <= leaf_size) {
    for (Index i = n.first; i < n.first + n.count; ++i) {
      leaf_[static_cast<std::size_t>(rows_[static_cast<std::size_t>(i)])] = node;
    }
    return;
  }
  Index widest = 0;
  double width = -1.0;
  for (Index c = 0; c < box_columns_; ++c) {
    const auto place = static_cast<std::size_t>(2 * (node * box_columns_ + c));
    if (boxes_[place + 1] - boxes_[place] > width) {
      width = boxes_[place + 1] - boxes_[place];
      widest = c;
    }
  }
  const auto key = [&](Index row) {
    const double value = box_columns_ > 0 ? points_.row(row)[static_cast<std::size_t>(widest)] : 0.0;
    return std::pair(value, row);
  };
  const Index half = n.count / 2;
  const auto begin = rows_.begin() + n.first;
  std::nth_element(begin, begin + half, begin + n.count, [&](Index a, Index b) { return key(a) < key(b); });
  nodes_[static_cast<std::size_t>(node)].child = static_cast<Index>(nodes_.size());
  nodes_.push_back({n.first, half, half, 0, node, 0});
  nodes_.push_back({n.first + half, n.count - half, n.count - half, 0, node, 0});
}

/// Never above the distance of a row in the box, rounding included: the same sums of smaller terms in the same order.
double NearestTree::bound(Index node, std::span<const double> query) const {
  const double* box = boxes_.data() + 2 * node * box_columns_;
  double sum = 0.0;
  for (std::size_t c = 0; c < static_cast<std::size_t>(box_columns_); ++c) {
    const double difference = std::max({box[2 * c] - query[c], query[c] - box[2 * c + 1], 0.0});
    sum += difference * difference;
  }
  return sum;
}

void NearestTree::search(Index node, std::span<const double> query, Best& best) const {
  const Node& n = nodes_[static_cast<std::size_t>(node)];
  if (n.child == 0) {
    for (Index i = n.first; i < n.first + n.left; ++i) {
      const Index row = rows_[static_cast<std::size_t>(i)];
      const double distance = squared_distance(query, points_.row(row), best.distance);
      if (best.row < 0 || distance < best.distance || (distance == best.distance && row < best.row)) {
        best = {distance, row};
      }
    }
    return;
  }
  std::pair<double, Index> near(bound(n.child, query), n.child);
  std::pair<double, Index> far(bound(n.child + 1, query), n.child + 1);
  if (far < near) {
    std::swap(near, far);
  }
  for (const auto& [distance, child] : {near, far}) {
    const Node& c = nodes_[static_cast<std::size_t>(child)];
    const bool hopeless = distance > best.distance || (distance == best.distance && c.lowest > best.row);
    if (c.left > 0 && (best.row < 0 || !hopeless)) {
      search(child, query, best);
    }
  }
}

Index NearestTree::nearest(std::span<const double> query) const {
  Best best;
  search(0, query, best);
  return best.row;
}

void NearestTree::remove(Index row) {
  Index node = leaf_[static_cast<std::size_t>(row)];
  const Node& leaf = nodes_[static_cast<std::size_t>(node)];
  const auto begin = rows_.begin() + leaf.first;
  std::iter_swap(std::find(begin, begin + leaf.left, row), begin + leaf.left - 1);
  for (; node >= 0; node = nodes_[static_cast<std::size_t>(node)].parent) {
    --nodes_[static_cast<std::size_t>(node)].left;
  }
}

}  // namespace kindred
