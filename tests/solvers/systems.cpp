#include "systems.hpp"

#include <memory>

#include <eigen3/Eigen/Dense>

#include <kindred/core/base/random.hpp>

namespace kindred::test {

LinearSystem make_system(const SystemOptions& options) {
  Grid grid;
  for (std::size_t axis = 0; axis < options.cells.size(); ++axis) {
    grid.axes.push_back({static_cast<char>('x' + axis), options.cells[axis], 0.0, static_cast<double>(options.cells[axis]),
                         options.sides == Sides::periodic});
  }
  auto a = std::make_shared<StencilOperator>(grid);
  const std::size_t n = a->center.size();
  const Draws blocks(options.seed, "test_blocks", 0);
  const auto coefficient = [&](std::size_t cell) {
    std::size_t block = 0;
    for (std::size_t axis = grid.axes.size(); axis-- > 0;) {
      const auto cells = static_cast<std::size_t>(grid.axes[axis].cells);
      block = 1000 * block + (cell % cells) / 4;
      cell /= cells;
    }
    return blocks.uniform(block) < 0.5 ? 3.0 : 12.0;
  };
  for (std::size_t cell = 0; cell < n; ++cell) {
    a->center[cell] += options.shift;
    std::size_t stride = 1;
    for (std::size_t axis = grid.axes.size(); axis-- > 0;) {
      const auto cells = static_cast<std::size_t>(grid.axes[axis].cells);
      const std::size_t position = (cell / stride) % cells;
      const bool wraps = options.sides == Sides::periodic;
      const auto couple = [&](bool at_end, std::size_t neighbour, std::vector<double>& off_diagonal) {
        const double own = coefficient(cell);
        if (at_end && !wraps) {
          a->center[cell] += options.sides == Sides::dirichlet ? 2.0 * own
                             : options.sides == Sides::robin   ? 2.0 * own / (2.0 * own + 1.0)
                                                               : 0.0;
          return;
        }
        const double face = 2.0 * own * coefficient(neighbour) / (own + coefficient(neighbour));
        a->center[cell] += face;
        off_diagonal[cell] -= face;
      };
      couple(position == 0, position == 0 ? cell + (cells - 1) * stride : cell - stride, a->lower[axis]);
      couple(position == cells - 1, position == cells - 1 ? cell - (cells - 1) * stride : cell + stride, a->upper[axis]);
      if (axis == 0) {
        a->center[cell] += options.advection;
        if (position > 0 || wraps) {
          a->lower[axis][cell] -= options.advection;
        }
      }
      stride *= cells;
    }
  }
  LinearSystem system;
  system.symmetric = options.advection == 0.0;
  system.positive_definite = system.symmetric && options.shift >= 0.0;
  system.constant_null_space = options.shift == 0.0 && (options.sides == Sides::neumann || options.sides == Sides::periodic);
  const Draws entries(options.seed, "test_rhs", 1);
  double mean = 0.0;
  for (std::size_t i = 0; i < n; ++i) {
    system.rhs.push_back(entries.normal(i));
    mean += system.rhs.back() / static_cast<double>(n);
  }
  if (system.constant_null_space) {
    for (double& b : system.rhs) {
      b -= mean;
    }
  }
  system.matrix = std::move(a);
  return system;
}

Eigen::MatrixXd dense(const LinearSystem& system) {
  const auto n = static_cast<Eigen::Index>(system.matrix->size());
  Eigen::MatrixXd matrix(n, n);
  std::vector<double> unit(static_cast<std::size_t>(n), 0.0);
  for (Eigen::Index column = 0; column < n; ++column) {
    unit[static_cast<std::size_t>(column)] = 1.0;
    system.matrix->apply(unit, {matrix.col(column).data(), static_cast<std::size_t>(n)});
    unit[static_cast<std::size_t>(column)] = 0.0;
  }
  return matrix;
}

DenseSolution dense_solution(const LinearSystem& system) {
  Eigen::MatrixXd matrix = dense(system);
  if (system.constant_null_space) {
    matrix.array() += 1.0 / static_cast<double>(matrix.rows());
  }
  const Eigen::Map<const Eigen::VectorXd> b(system.rhs.data(), static_cast<Eigen::Index>(system.rhs.size()));
  const Eigen::VectorXd singular = matrix.bdcSvd().singularValues();
  return {matrix.fullPivLu().solve(b), singular(0) / singular(singular.size() - 1)};
}

double relative_error(std::span<const double> x, const Eigen::VectorXd& y) {
  const Eigen::Map<const Eigen::VectorXd> given(x.data(), static_cast<Eigen::Index>(x.size()));
  return (given - y).norm() / y.norm();
}

}  // namespace kindred::test
