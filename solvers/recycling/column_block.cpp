#include <kindred/solvers/recycling/column_block.hpp>

#include <algorithm>

namespace kindred::recycling {
namespace {

using Eigen::Index;
using Vector = Eigen::Map<Eigen::VectorXd>;
using ConstVector = Eigen::Map<const Eigen::VectorXd>;

constexpr Index doubles_per_line = 8;
constexpr Index doubles_per_page = 512;
constexpr Index block_rows = 2048;   // times forty columns: within the second-level cache, and long enough for the prefetcher
constexpr Index product_rows = 512;  // of the matrix products, whose result is a block of its own

Index padded(Index rows) {
  const Index whole_lines = (rows + doubles_per_line - 1) / doubles_per_line * doubles_per_line;
  return whole_lines % doubles_per_page == 0 ? whole_lines + doubles_per_line : whole_lines;
}

template <class Body>
void for_row_blocks(Index rows, Index size, Body body) {
  for (Index first = 0; first < rows; first += size) {
    body(first, std::min(size, rows - first));
  }
}

/// x += W c, four columns at a time. A general matrix-vector product goes through all columns at once, more streams than a processor's
/// prefetcher follows, which costs a factor of three from about thirty columns on.
void add_columns(const ColumnBlock& basis, Index first_column, const Eigen::VectorXd& c, Index first_row, Vector& x) {
  const auto w = basis.view(first_column, c.size()).middleRows(first_row, x.size());
  Index j = 0;
  for (; j + 4 <= c.size(); j += 4) {
    x += c(j) * w.col(j) + c(j + 1) * w.col(j + 1) + c(j + 2) * w.col(j + 2) + c(j + 3) * w.col(j + 3);
  }
  for (; j < c.size(); ++j) {
    x += c(j) * w.col(j);
  }
}

}  // namespace

ColumnBlock::ColumnBlock(Index rows, Index columns)
    : rows_(rows), columns_(columns), stride_(padded(rows)), values_(new double[static_cast<std::size_t>(stride_ * columns)]) {}

void project(const ColumnBlock& basis, Index count, const double* vector, Eigen::VectorXd& sums) {
  sums.setZero(count + 1);
  const auto w = basis.view(0, count);
  for_row_blocks(basis.rows(), block_rows, [&](Index first, Index rows) {
    const ConstVector x(vector + first, rows);
    sums.head(count).noalias() += w.middleRows(first, rows).transpose() * x;
    sums(count) += x.squaredNorm();
  });
}

void subtract_and_project(const ColumnBlock& basis, const Eigen::VectorXd& h, double* vector, Eigen::VectorXd& sums) {
  const Index count = h.size();
  const Eigen::VectorXd coefficients = -h;
  sums.setZero(count + 1);
  const auto w = basis.view(0, count);
  for_row_blocks(basis.rows(), block_rows, [&](Index first, Index rows) {
    Vector x(vector + first, rows);
    add_columns(basis, 0, coefficients, first, x);
    sums.head(count).noalias() += w.middleRows(first, rows).transpose() * x;
    sums(count) += x.squaredNorm();
  });
}

void accumulate(const ColumnBlock& basis, Index first_column, const Eigen::VectorXd& coefficients, double* target) {
  for_row_blocks(basis.rows(), block_rows, [&](Index first, Index rows) {
    Vector x(target + first, rows);
    add_columns(basis, first_column, coefficients, first, x);
  });
}

void combine(ColumnBlock& block, Index own, const ColumnBlock& other, Index first, const Eigen::MatrixXd& coefficients) {
  const Index borrowed = coefficients.rows() - own;
  const auto source = block.view(0, own);
  const auto extra = other.view(first, borrowed);
  auto target = block.view(0, coefficients.cols());
  Eigen::MatrixXd rows_of_result;
  for_row_blocks(block.rows(), product_rows, [&](Index row, Index rows) {
    rows_of_result.noalias() = source.middleRows(row, rows) * coefficients.topRows(own);
    if (borrowed > 0) {
      rows_of_result.noalias() += extra.middleRows(row, rows) * coefficients.bottomRows(borrowed);
    }
    target.middleRows(row, rows) = rows_of_result;
  });
}

}  // namespace kindred::recycling
