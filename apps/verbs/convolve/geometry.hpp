#pragma once

#include <string>
#include <vector>

#include <kindred/data/array.hpp>
#include <kindred/kernels/fftconv/plan.hpp>

namespace kindred::app::convolve {

/// Which axes of an array are convolved; the others count arrays.
struct Axes {
  std::vector<std::size_t> convolved;  ///< ascending
  std::vector<std::size_t> batch;      ///< ascending
};

/// @param given  as on the command line, negative ones counted from the end; empty: the last `kernel_rank` ones
/// @throws InputError for axes that there are not, that are given twice, or whose number is not the kernel's or not 1 to 3
Axes choose_axes(const std::vector<int>& given, std::size_t data_rank, std::size_t kernel_rank);

/// Extents along some axes.
std::vector<Index> along(const std::vector<Index>& shape, const std::vector<std::size_t>& axes);

/// A piece of the work: a box of the data, the box of the output that it gives.
struct Piece {
  data::Box in;
  data::Box out;
};

/// Boxes of whole arrays, so that nothing but the arrays' number differs between them.
class Pieces {
 public:
  /// @param out_shape  of the data's rank
  /// @param arrays  that a piece may hold, at least 1
  /// @param chunk  of the data, empty if they are stored as a whole: a piece that holds several chunks cuts none along its axis
  Pieces(std::vector<Index> data_shape, std::vector<Index> out_shape, Axes axes, Index arrays, const std::vector<Index>& chunk = {});
  [[nodiscard]] Index count() const { return count_; }
  [[nodiscard]] Piece piece(Index i) const;
  /// Most arrays of a piece.
  [[nodiscard]] Index arrays() const;

 private:
  std::vector<Index> data_shape_;
  std::vector<Index> out_shape_;
  Axes axes_;
  std::vector<Index> batch_;  ///< arrays of a piece along every batch axis
  Index count_ = 1;
};

/// How the arrays of a box lie in memory, for a plan: the arrays along the batch axis with most of them are the plan's batch, those along
/// the others are gone through one by one.
struct Loop {
  std::vector<Index> axes;     ///< strides of the convolved axes
  Index batch = 1;             ///< arrays along the plan's batch axis
  Index batch_stride = 1;      ///< between them
  std::vector<Index> offsets;  ///< where each batch begins; C order over the other batch axes
};

/// @param longest  the batch axis (number in axes.batch) that is the plan's; axes.batch.size(): none
Loop loop_over(const std::vector<Index>& box, const Axes& axes, std::size_t longest);
std::size_t longest_batch_axis(const std::vector<Index>& box, const Axes& axes);

}  // namespace kindred::app::convolve
