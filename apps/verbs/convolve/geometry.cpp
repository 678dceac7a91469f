#include <kindred/apps/verbs/convolve/geometry.hpp>

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace kindred::app::convolve {

Axes choose_axes(const std::vector<int>& given, std::size_t data_rank, std::size_t kernel_rank) {
  constexpr std::size_t most = 3;
  const auto rank = static_cast<int>(data_rank);
  Axes axes;
  for (const int axis : given) {
    if (axis < -rank || axis >= rank) {
      throw InputError(fmt::format("--axes {}: the data have the axes 0 to {}", axis, rank - 1));
    }
    axes.convolved.push_back(static_cast<std::size_t>(axis < 0 ? axis + rank : axis));
  }
  if (given.empty()) {
    for (std::size_t k = data_rank - std::min(kernel_rank, data_rank); k < data_rank; ++k) {
      axes.convolved.push_back(k);
    }
  }
  std::ranges::sort(axes.convolved);
  if (std::ranges::adjacent_find(axes.convolved) != axes.convolved.end()) {
    throw InputError(fmt::format("--axes {}: an axis is given twice", fmt::join(given, ",")));
  }
  if (axes.convolved.empty() || axes.convolved.size() > most) {
    throw InputError(fmt::format("{} axes would be convolved; 1 to 3 can be: name them with --axes", axes.convolved.size()));
  }
  for (std::size_t k = 0; k < data_rank; ++k) {
    if (!std::ranges::binary_search(axes.convolved, k)) {
      axes.batch.push_back(k);
    }
  }
  return axes;
}

std::vector<Index> along(const std::vector<Index>& shape, const std::vector<std::size_t>& axes) {
  std::vector<Index> extents;
  extents.reserve(axes.size());
  for (const std::size_t axis : axes) {
    extents.push_back(shape[axis]);
  }
  return extents;
}

Pieces::Pieces(std::vector<Index> data_shape, std::vector<Index> out_shape, Axes axes, Index arrays, const std::vector<Index>& chunk)
    : data_shape_(std::move(data_shape)), out_shape_(std::move(out_shape)), axes_(std::move(axes)), batch_(axes_.batch.size(), 1) {
  for (std::size_t k = batch_.size(); k-- > 0;) {
    const Index there = data_shape_[axes_.batch[k]];
    batch_[k] = std::clamp<Index>(arrays, 1, std::max<Index>(there, 1));
    arrays /= batch_[k];
    if (batch_[k] < there) {
      if (!chunk.empty() && batch_[k] > chunk[axes_.batch[k]]) {
        batch_[k] -= batch_[k] % chunk[axes_.batch[k]];
      }
      break;
    }
  }
  for (std::size_t k = 0; k < batch_.size(); ++k) {
    count_ *= (data_shape_[axes_.batch[k]] + batch_[k] - 1) / batch_[k];
  }
}

Index Pieces::arrays() const {
  Index product = 1;
  for (const Index n : batch_) {
    product *= n;
  }
  return product;
}

Piece Pieces::piece(Index i) const {
  Piece piece{{std::vector<Index>(data_shape_.size(), 0), data_shape_}, {std::vector<Index>(out_shape_.size(), 0), out_shape_}};
  for (std::size_t k = batch_.size(); k-- > 0;) {
    const std::size_t axis = axes_.batch[k];
    const Index parts = (data_shape_[axis] + batch_[k] - 1) / batch_[k];
    const Index start = i % parts * batch_[k];
    i /= parts;
    for (data::Box* box : {&piece.in, &piece.out}) {
      box->start[axis] = start;
      box->count[axis] = std::min(batch_[k], data_shape_[axis] - start);
    }
  }
  return piece;
}

std::size_t longest_batch_axis(const std::vector<Index>& box, const Axes& axes) {
  std::size_t longest = axes.batch.size();
  for (std::size_t k = 0; k < axes.batch.size(); ++k) {
    if (longest == axes.batch.size() || box[axes.batch[k]] > box[axes.batch[longest]]) {
      longest = k;
    }
  }
  return longest;
}

Loop loop_over(const std::vector<Index>& box, const Axes& axes, std::size_t longest) {
  std::vector<Index> strides(box.size(), 1);
  for (std::size_t k = box.size(); k-- > 1;) {
    strides[k - 1] = strides[k] * box[k];
  }
  Loop loop;
  loop.axes = along(strides, axes.convolved);
  loop.offsets = {0};
  for (std::size_t k = 0; k < axes.batch.size(); ++k) {
    const std::size_t axis = axes.batch[k];
    if (k == longest) {
      loop.batch = box[axis];
      loop.batch_stride = strides[axis];
      continue;
    }
    std::vector<Index> offsets;
    for (const Index offset : loop.offsets) {
      for (Index i = 0; i < box[axis]; ++i) {
        offsets.push_back(offset + i * strides[axis]);
      }
    }
    loop.offsets = std::move(offsets);
  }
  return loop;
}

}  // namespace kindred::app::convolve
