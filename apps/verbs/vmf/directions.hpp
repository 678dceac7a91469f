#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include <kindred/core/run/run.hpp>
#include <kindred/data/array.hpp>

namespace kindred::app::vmf {

/// Consecutive rows of a matrix, scaled to unit length.
struct DirectionBlock {
  Index number = 0;  ///< of the block
  Index first = 0;   ///< row of the matrix
  Index rows = 0;
  Index dimension = 0;
  std::span<const double> unit;          ///< rows × dimension
  std::span<const unsigned char> valid;  ///< rows; 0 where the row had no direction (zero or not finite): its unit row is zeros

  [[nodiscard]] std::span<const double> row(Index i) const {
    return unit.subspan(static_cast<std::size_t>(i * dimension), static_cast<std::size_t>(dimension));
  }
};

/// Directions that can be passed over again and again, always in the same blocks.
class Directions {
 public:
  using Visit = std::function<void(const DirectionBlock&)>;
  virtual ~Directions() = default;
  [[nodiscard]] virtual Index rows() const = 0;
  [[nodiscard]] virtual Index dimension() const = 0;
  /// Calls `compute` for each block, in order; then `store` (which may be empty), from the thread that does the input and output,
  /// while `compute` may be at the next block already.
  virtual void pass(const Visit& compute, const Visit& store) = 0;
  void pass(const Visit& compute) { pass(compute, {}); }
};

/// The rows of a two-dimensional dataset, read block by block: memory for four blocks, whatever the size of the file.
class DirectionFile final : public Directions {
 public:
  /// @param progress  counts the rows of every pass
  /// @throws InputError if the dataset is no matrix with at least one row and two columns
  DirectionFile(const data::ArrayReader& matrix, int threads, Progress& progress);
  [[nodiscard]] Index rows() const override { return matrix_.shape()[0]; }
  [[nodiscard]] Index dimension() const override { return matrix_.shape()[1]; }
  void pass(const Visit& compute, const Visit& store) override;
  using Directions::pass;
  /// Progress counted over all passes.
  [[nodiscard]] const Counters& counters() const { return counters_; }

 private:
  template <class T>
  void pass_of(const Visit& compute, const Visit& store);

  const data::ArrayReader& matrix_;
  int threads_;
  Progress& progress_;
  Counters counters_;
  Index block_rows_ = 1;
};

/// Directions in memory.
class DirectionSample final : public Directions {
 public:
  explicit DirectionSample(Index dimension) : dimension_(dimension) {}
  void append(std::span<const double> unit) { unit_.insert(unit_.end(), unit.begin(), unit.end()); }
  [[nodiscard]] Index rows() const override { return static_cast<Index>(unit_.size()) / dimension_; }
  [[nodiscard]] Index dimension() const override { return dimension_; }
  [[nodiscard]] std::span<const double> row(Index i) const {
    return std::span(unit_).subspan(static_cast<std::size_t>(i * dimension_), static_cast<std::size_t>(dimension_));
  }
  void pass(const Visit& compute, const Visit& store) override;
  using Directions::pass;

 private:
  Index dimension_;
  std::vector<double> unit_;
};

}  // namespace kindred::app::vmf
