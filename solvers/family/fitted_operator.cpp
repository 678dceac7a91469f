#include <kindred/solvers/family/fitted_operator.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/multiversion.hpp>
#include <kindred/solvers/family/matrix_survey.hpp>

namespace kindred {
namespace {

double share_of(SideChoice choice) { return choice == SideChoice::dirichlet ? 2.0 : choice == SideChoice::node ? 1.0 : 0.0; }

/// Values near those of a Neumann side, a node or a Dirichlet side are taken for them.
double measured_share(const SideSums& side, double reaction) {
  if (side.rows == 0 || side.coupling <= 0.0) {
    return 2.0;
  }
  const double share = (side.excess - reaction * static_cast<double>(side.rows)) / side.coupling;
  constexpr double near = 0.1;
  for (const double known : {0.0, 1.0, 2.0}) {
    if (std::abs(share - known) < near) {
      return known;
    }
  }
  return std::clamp(share, 0.0, 2.0);
}

ConstantOperator empty_grid(const GridChoice& choice, Index rows) {
  const std::size_t dimension = choice.cells.size();
  if (dimension < 1 || dimension > 3) {
    throw InputError(fmt::format("a grid has 1 to 3 axes, but {} numbers of cells were given", dimension));
  }
  if (!choice.spacing.empty() && choice.spacing.size() != dimension) {
    throw InputError(fmt::format("{} spacings were given for {} axes: give one per axis", choice.spacing.size(), dimension));
  }
  if (!choice.sides.empty() && choice.sides.size() != dimension) {
    throw InputError(fmt::format("sides were given for {} axes of {}: give two per axis", choice.sides.size(), dimension));
  }
  ConstantOperator grid;
  for (std::size_t k = 0; k < dimension; ++k) {
    ConstantAxis axis;
    axis.cells = choice.cells[k];
    if (axis.cells < 1) {
      throw InputError(fmt::format("axis {} has {} cells: give at least one", k, axis.cells));
    }
    if (!choice.spacing.empty() && !(choice.spacing[k] > 0.0 && std::isfinite(choice.spacing[k]))) {
      throw InputError(fmt::format("the spacing of axis {} is {}, but it must be positive and finite", k, choice.spacing[k]));
    }
    if (!choice.sides.empty()) {
      const auto& sides = choice.sides[k];
      axis.periodic = sides[0] == SideChoice::periodic;
      if (axis.periodic != (sides[1] == SideChoice::periodic)) {
        throw InputError(fmt::format("axis {} is periodic on one side only: make both sides periodic, or neither", k));
      }
    }
    grid.axes.push_back(axis);
  }
  if (grid.size() != rows) {
    throw InputError(fmt::format("a grid of {} cells does not fit a matrix of {} rows: give the cells of every axis, slowest first",
                                 fmt::join(choice.cells, " x "), rows));
  }
  return grid;
}

/// Sets the couplings. An axis of one cell has none to measure and takes the mean of the others.
void fit_couplings(const GridChoice& choice, MatrixSurvey& survey, ConstantOperator& model) {
  GeometricMean common;
  for (std::size_t k = 0; k < model.axes.size(); ++k) {
    const double h = choice.spacing.empty() ? 1.0 : choice.spacing[k];
    if (survey.coupling[k].empty() && model.axes[k].cells > 1) {
      throw InputError(
          fmt::format("the matrix has no negative entries between neighbours along axis {} of a grid of {} cells: the matrix is on another "
                      "grid (the slowest axis comes first), or its off-diagonal entries are not negative",
                      k, fmt::join(choice.cells, " x ")));
    }
    if (!survey.coupling[k].empty()) {
      model.axes[k].coupling = survey.coupling[k].value();
      common.add(model.axes[k].coupling * h * h);
    }
  }
  const double scale = common.empty() ? 1.0 : common.value();
  for (std::size_t k = 0; k < model.axes.size(); ++k) {
    if (!choice.spacing.empty()) {
      model.axes[k].coupling = scale / (choice.spacing[k] * choice.spacing[k]);
    } else if (survey.coupling[k].empty()) {
      model.axes[k].coupling = scale;
    }
  }
}

void fit_reaction(const GridChoice& choice, const MatrixSurvey& survey, ConstantOperator& model) {
  if (choice.reaction) {
    model.reaction = *choice.reaction;
  } else if (survey.interior_rows > 0) {
    double couplings = 0.0;
    for (const ConstantAxis& axis : model.axes) {
      couplings += axis.coupling;
    }
    const double mean = survey.interior_sum / static_cast<double>(survey.interior_rows);
    constexpr double rounding = 1e-12;  // of row sums that are zero but for
                                        // rounding, relative to the couplings
    model.reaction = mean > rounding * couplings ? mean : 0.0;
  }
}

void fit_sides(const GridChoice& choice, const MatrixSurvey& survey, ConstantOperator& model) {
  for (std::size_t k = 0; k < model.axes.size(); ++k) {
    for (const std::size_t end : {std::size_t{0}, std::size_t{1}}) {
      const SideChoice given = choice.sides.empty() ? SideChoice::automatic : choice.sides[k][end];
      model.axes[k].side[end] = given == SideChoice::automatic ? measured_share(survey.side[k][end], model.reaction) : share_of(given);
    }
  }
}

FittedOperator fit(const GridChoice& choice, ConstantOperator grid, MatrixSurvey survey) {
  FittedOperator fitted;
  fitted.model = std::move(grid);
  fit_couplings(choice, survey, fitted.model);
  fit_reaction(choice, survey, fitted.model);
  fit_sides(choice, survey, fitted.model);
  fitted.ratio = std::move(survey.diagonal);
  const std::vector<double> diagonal = fitted.model.diagonal();
  if (!std::ranges::all_of(diagonal, [](double d) { return d > 0.0; })) {
    throw Unfittable("the fitted constant operator has no positive diagonal: give the sides and the reaction");
  }
  std::ranges::transform(fitted.ratio, diagonal, fitted.ratio.begin(), std::divides{});
  return fitted;
}

KINDRED_MULTIVERSION void invert_roots(std::size_t n, double* x) {
  for (std::size_t i = 0; i < n; ++i) {
    x[i] = 1.0 / std::sqrt(x[i]);
  }
}

}  // namespace

void reciprocal_roots(std::span<double> x) { invert_roots(x.size(), x.data()); }

FittedOperator fit_constant_operator(Mat matrix, const GridChoice& choice) {
  PetscInt rows = 0;
  KINDRED_PETSC(MatGetSize(matrix, &rows, nullptr));
  ConstantOperator grid = empty_grid(choice, rows);
  MatrixSurvey survey = survey_matrix(matrix, grid);
  return fit(choice, std::move(grid), std::move(survey));
}

FittedOperator fit_constant_operator(const StencilOperator& stencil) {
  GridChoice choice;
  for (const Axis& axis : stencil.grid().axes) {
    const SideChoice side = axis.periodic ? SideChoice::periodic : SideChoice::automatic;
    choice.cells.push_back(axis.cells);
    choice.spacing.push_back(axis.spacing());
    choice.sides.push_back({side, side});
  }
  ConstantOperator grid = empty_grid(choice, stencil.size());
  MatrixSurvey survey = survey_stencil(stencil, grid);
  return fit(choice, std::move(grid), std::move(survey));
}

}  // namespace kindred
