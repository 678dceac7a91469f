#include <kindred/solvers/family/survey_row.hpp>

#include <limits>

#include <fmt/format.h>

#include <kindred/solvers/family/fitted_operator.hpp>

namespace kindred {

bool is_coupling(double x) { return x >= std::numeric_limits<double>::min() && x <= std::numeric_limits<double>::max(); }

void require_positive(Index row, double diagonal) {
  if (!(diagonal > 0.0) || !std::isfinite(diagonal)) {
    throw Unfittable(
        fmt::format("row {} of the matrix has the diagonal entry {}, but a constant operator can be fitted to positive finite ones only",
                    row, diagonal));
  }
}

void add_row(const SurveyRow& row, const ConstantOperator& grid, MatrixSurvey& survey) {
  int open_sides = 0;
  std::size_t open_axis = 0;
  std::size_t open_end = 0;
  for (std::size_t k = 0; k < grid.axes.size(); ++k) {
    for (const std::size_t end : {std::size_t{0}, std::size_t{1}}) {
      if (end == 1 && is_coupling(row.coupling[k][end])) {
        survey.coupling[k].add(row.coupling[k][end]);
      }
      if (!grid.axes[k].periodic && row.position[k] == (end == 0 ? 0 : grid.axes[k].cells - 1)) {
        ++open_sides;
        open_axis = k;
        open_end = end;
      }
    }
  }
  if (open_sides == 0) {
    survey.interior_sum += row.sum;
    ++survey.interior_rows;
  } else if (open_sides == 1) {
    SideSums& side = survey.side[open_axis][open_end];
    side.excess += row.sum;
    side.coupling += row.coupling[open_axis][1 - open_end];
    ++side.rows;
  }
}

}  // namespace kindred
