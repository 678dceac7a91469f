#pragma once

#include <span>
#include <vector>

#include <kindred/core/base/types.hpp>
#include <kindred/operators/grid/grid.hpp>
#include <kindred/solvers/solver.hpp>

namespace kindred {

/// Means of the values over a coarse grid of blocks: m blocks along each axis (one a cell where there are fewer cells), with m the
/// largest number whose power m^dimension does not exceed `most`. C order over the blocks. O(cells · m).
std::vector<double> block_means(const Grid& grid, std::span<const double> values, Index most);

/// The lowest m cosine coefficients along each axis (type II), m as in block_means, scaled so that the sum of squares of all n
/// coefficients is the mean of the squared values: the same function gives nearly the same numbers at every resolution. O(cells · m).
std::vector<double> cosine_coefficients(const Grid& grid, std::span<const double> values, Index most);

/// A dense matrix, one row after another.
struct FeatureMatrix {
  std::vector<double> values;
  Index rows = 0;
  Index columns = 0;

  [[nodiscard]] MatrixView view() const { return {values, rows, columns}; }
};

/// Collects what an ordering compares, sample by sample.
/// A field that is positive in every sample is compared by its logarithm, because diffusion operators with a and b differ
/// spectrally by the range of log(a / b). Each field's features are divided by their common standard deviation over the samples,
/// so that fields of different units weigh alike; fields that are the same in all samples are left out. A swept parameter is
/// replaced by its rank among its distinct values, in [0, 1], which no choice of unit and no logarithmic axis changes.
class FeatureTable {
 public:
  explicit FeatureTable(FeatureRequest request);

  /// Adds one sample. Fields are looked at for `blocks` and `spectrum`, parameters for `parameters`.
  /// @throws InputError if the numbers of fields, cells or parameters differ from the first sample's
  void add(std::span<const Field> inputs, std::span<const double> parameters);
  /// Adds a sample of which nothing is known, as is one whose fields cannot be drawn; it gets the average features. The same goes for
  /// single features that are not finite.
  void add_unknown();

  [[nodiscard]] Index rows() const { return static_cast<Index>(raw_.size()); }
  [[nodiscard]] FeatureMatrix finish() const;

 private:
  /// Columns of one field, or one parameter.
  struct Group {
    Index columns = 0;
    bool positive = true;  ///< in all samples so far
  };
  [[nodiscard]] std::vector<double> reduce(const Grid& grid, std::span<const double> values) const;
  void add_row(const std::vector<Group>& groups, std::vector<double> raw, std::vector<double> logarithmic);
  [[nodiscard]] std::vector<double> column(bool logarithmic, Index number) const;

  FeatureRequest request_;
  std::vector<Group> groups_;
  std::vector<std::vector<double>> raw_;          ///< a row per sample; empty for one of which nothing is known
  std::vector<std::vector<double>> logarithmic_;  ///< the same of the logarithms, NaN where a value is not positive
};

}  // namespace kindred
