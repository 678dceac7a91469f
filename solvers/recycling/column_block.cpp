#include <kindred/solvers/recycling/column_block.hpp>

#include <algorithm>

#include <kindred/kernels/tall/tall.hpp>

namespace kindred::recycling {
namespace {

using Eigen::Index;
using kernels::TallMatrix;

constexpr Index doubles_per_line = 8;
constexpr Index doubles_per_page = 512;
constexpr Index product_rows = 512;  // of the matrix products, whose result is a block of its own

Index padded(Index rows) {
  const Index whole_lines = (rows + doubles_per_line - 1) / doubles_per_line * doubles_per_line;
  return whole_lines % doubles_per_page == 0 ? whole_lines + doubles_per_line : whole_lines;
}

TallMatrix tall(const ColumnBlock& block, Index first, Index count) {
  const auto view = block.view(first, count);
  return {view.data(), view.rows(), view.cols(), view.outerStride()};
}

}  // namespace

ColumnBlock::ColumnBlock(Index rows, Index columns)
    : rows_(rows), columns_(columns), stride_(padded(rows)), values_(new double[static_cast<std::size_t>(stride_ * columns)]) {}

void project(const ColumnBlock& basis, Index count, double* vector, Eigen::VectorXd& sums) {
  sums.resize(count + 1);
  kernels::tall_subtract_and_project(tall(basis, 0, count), nullptr, vector, sums.data());
}

void subtract_and_project(const ColumnBlock& basis, const Eigen::VectorXd& h, double* vector, Eigen::VectorXd& sums) {
  sums.resize(h.size() + 1);
  kernels::tall_subtract_and_project(tall(basis, 0, h.size()), h.data(), vector, sums.data());
}

void accumulate(const ColumnBlock& basis, Index first_column, const Eigen::VectorXd& coefficients, double* target) {
  kernels::tall_accumulate(tall(basis, first_column, coefficients.size()), coefficients.data(), target);
}

void products(const ColumnBlock& left, Index left_count, const ColumnBlock& right, Index right_count, Eigen::MatrixXd& result) {
  result.resize(left_count, right_count);
  kernels::tall_products(tall(left, 0, left_count), tall(right, 0, right_count), result.data(), left_count);
}

void products(const ColumnBlock& left, Index left_count, const double* vector, double* result) {
  kernels::tall_products(tall(left, 0, left_count), {vector, left.rows(), 1, left.rows()}, result, left_count);
}

void combine(ColumnBlock& block, Index own, const ColumnBlock& other, Index first, const Eigen::MatrixXd& coefficients) {
  const Index borrowed = coefficients.rows() - own;
  const Index count = coefficients.cols();
  auto target = block.view(0, count);
  Eigen::MatrixXd rows_of_result(product_rows, count);
  for (Index row = 0; row < block.rows(); row += product_rows) {
    const Index rows = std::min(product_rows, block.rows() - row);
    const auto part = [&](const ColumnBlock& source, Index column, Index columns) {
      const TallMatrix whole = tall(source, column, columns);
      return TallMatrix{whole.values + row, rows, columns, whole.stride};
    };
    kernels::tall_multiply(part(block, 0, own), coefficients.data(), coefficients.rows(), count, false, rows_of_result.data(),
                           product_rows);
    if (borrowed > 0) {
      kernels::tall_multiply(part(other, first, borrowed), coefficients.data() + own, coefficients.rows(), count, true,
                             rows_of_result.data(), product_rows);
    }
    target.middleRows(row, rows) = rows_of_result.topRows(rows);
  }
}

}  // namespace kindred::recycling
