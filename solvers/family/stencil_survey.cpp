#include <algorithm>
#include <array>

#include <kindred/kernels/multiversion.hpp>
#include <kindred/solvers/family/survey_row.hpp>

// Sums run in eight strands, so that the vector unit can do them and their order does not depend on the processor.

namespace kindred {
namespace {

constexpr Index strands = 8;

struct Products {
  double significand[strands];
  Index exponent[strands];
};

/// `count` is a multiple of the strands.
KINDRED_MULTIVERSION void multiply(Index count, const double* x, Products& products) {
  Products p;
  std::ranges::fill(p.significand, 1.0);
  std::ranges::fill(p.exponent, Index{0});
  for (Index i = 0; i < count; i += strands) {
    for (Index l = 0; l < strands; ++l) {
      p.significand[l] *= GeometricMean::significand(x[i + l]);
      p.exponent[l] += GeometricMean::exponent(x[i + l]);
    }
  }
  products = p;
}

/// A row's entries: the diagonal, and per axis those to the low and the high neighbour.
using Entries = std::array<const double*, 7>;

template <std::size_t Count>
[[gnu::always_inline]] inline double sum_entries(Index n, const Entries& entries) {
  const auto row = [&](Index i) __attribute__((always_inline)) {
    double sum = entries[0][i];
    for (std::size_t k = 1; k < Count; ++k) {
      sum += entries[k][i];
    }
    return sum;
  };
  double sum[strands] = {};
  const Index whole = n - n % strands;
  for (Index i = 0; i < whole; i += strands) {
    for (Index l = 0; l < strands; ++l) {
      sum[l] += row(i + l);
    }
  }
  for (Index i = whole; i < n; ++i) {
    sum[i - whole] += row(i);
  }
  double total = 0.0;
  for (const double s : sum) {
    total += s;
  }
  return total;
}

KINDRED_MULTIVERSION double sum_rows_1d(Index n, const Entries& entries) { return sum_entries<3>(n, entries); }
KINDRED_MULTIVERSION double sum_rows_2d(Index n, const Entries& entries) { return sum_entries<5>(n, entries); }
KINDRED_MULTIVERSION double sum_rows_3d(Index n, const Entries& entries) { return sum_entries<7>(n, entries); }

class StencilSurveyor {
 public:
  StencilSurveyor(const StencilOperator& a, const ConstantOperator& grid) : a_(a), grid_(grid), axes_(grid.axes.size()) {
    survey_.diagonal = a.center;
  }

  MatrixSurvey operator()() {
    const Index n = grid_.axes.back().cells;
    std::array<Index, 3> position{};
    for (Index start = 0; start < a_.size(); start += n) {
      position[axes_ - 1] = 0;
      add_line(start, n, position);
      for (std::size_t k = axes_ - 1; k-- > 0 && ++position[k] == grid_.axes[k].cells;) {
        position[k] = 0;
      }
    }
    return std::move(survey_);
  }

 private:
  void add_line(Index start, Index n, std::array<Index, 3> position) {
    for (Index i = 0; i < n; ++i) {
      require_positive(start + i, a_.center[static_cast<std::size_t>(start + i)]);
    }
    bool inner = n > 2;
    for (std::size_t k = 0; k + 1 < axes_; ++k) {
      inner = inner && position[k] > 0 && position[k] + 1 < grid_.axes[k].cells;
    }
    if (inner) {
      add_cell(start, position);
      add_inner(start + 1, n - 2);
      position[axes_ - 1] = n - 1;
      add_cell(start + n - 1, position);
      return;
    }
    for (Index i = 0; i < n; ++i) {
      position[axes_ - 1] = i;
      add_cell(start + i, position);
    }
  }

  void add_inner(Index start, Index n) {
    Entries entries{a_.center.data() + start};
    for (std::size_t k = 0; k < axes_; ++k) {
      entries[2 * k + 1] = a_.lower[k].data() + start;
      entries[2 * k + 2] = a_.upper[k].data() + start;
      survey_.coupling[k].add(n, entries[2 * k + 2]);
    }
    survey_.interior_sum += axes_ == 1 ? sum_rows_1d(n, entries) : axes_ == 2 ? sum_rows_2d(n, entries) : sum_rows_3d(n, entries);
    survey_.interior_rows += n;
  }

  void add_cell(Index cell, const std::array<Index, 3>& position) {
    const auto i = static_cast<std::size_t>(cell);
    SurveyRow row;
    row.position = position;
    row.sum = row.diagonal = a_.center[i];
    for (std::size_t k = 0; k < axes_; ++k) {
      const ConstantAxis& axis = grid_.axes[k];
      if (axis.periodic || position[k] > 0) {
        row.coupling[k][0] = -a_.lower[k][i];
      }
      if (axis.periodic || position[k] + 1 < axis.cells) {
        row.coupling[k][1] = -a_.upper[k][i];
      }
      row.sum -= row.coupling[k][0] + row.coupling[k][1];
    }
    add_row(row, grid_, survey_);
  }

  const StencilOperator& a_;
  const ConstantOperator& grid_;
  std::size_t axes_;
  MatrixSurvey survey_;
};

}  // namespace

void GeometricMean::add(Index count, const double* x) {
  constexpr Index most_in_strands = most_factors * strands;
  const Index whole = count - count % strands;
  for (Index start = 0; start < whole; start += most_in_strands) {
    const Index n = std::min(most_in_strands, whole - start);
    Products products;
    multiply(n, x + start, products);
    for (Index l = 0; l < strands; ++l) {
      logarithm_ += std::log2(products.significand[l]);
      exponent_ += products.exponent[l];
    }
    count_ += n;
  }
  fold();
  for (Index i = whole; i < count; ++i) {
    add(x[i]);
  }
}

MatrixSurvey survey_stencil(const StencilOperator& stencil, const ConstantOperator& grid) { return StencilSurveyor(stencil, grid)(); }

}  // namespace kindred
