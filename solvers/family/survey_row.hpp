#pragma once

#include <array>

#include <kindred/solvers/family/matrix_survey.hpp>

namespace kindred {

/// A row's place in the grid and what it has been found to hold.
struct SurveyRow {
  std::array<Index, 3> position{};
  double diagonal = 0.0;
  double sum = 0.0;
  std::array<std::array<double, 2>, 3> coupling{};  ///< to the low and the high neighbour
};

/// Adds a row to all sums of the survey but the diagonal.
void add_row(const SurveyRow& row, const ConstantOperator& grid, MatrixSurvey& survey);

/// Finite, and not so small that its logarithm would be wrong.
bool is_coupling(double x);

/// @throws Unfittable unless the diagonal entry is positive and finite
void require_positive(Index row, double diagonal);

}  // namespace kindred
