#pragma once

#include <span>
#include <vector>

#include <eigen3/Eigen/Core>

#include <kindred/operators/linear_system.hpp>
#include <kindred/operators/stencil_operator.hpp>

// Small linear systems written down entry by entry, independently of the project's discretisation, and their dense solutions.

namespace kindred::test {

enum class Sides { dirichlet, neumann, periodic, robin };

struct SystemOptions {
  std::vector<Index> cells;
  Sides sides = Sides::dirichlet;
  double shift = 0.0;      ///< multiple of the identity that is added
  double advection = 0.0;  ///< upwind advection along the first axis: not symmetric
  std::uint64_t seed = 1;  ///< of coefficient and right-hand side
};

/// Diffusion with a coefficient of 3 or 12 in blocks of four cells, unit spacing, all sides alike.
LinearSystem make_system(const SystemOptions& options);

/// The matrix column by column, from applications to unit vectors.
Eigen::MatrixXd dense(const LinearSystem& system);

struct DenseSolution {
  Eigen::VectorXd x;
  double condition = 0.0;  ///< of the matrix that was inverted
};

/// With constants in the null space, A + 11ᵀ/n is regular and has, for b orthogonal to the constants, the solution of mean zero.
DenseSolution dense_solution(const LinearSystem& system);

/// ‖x − y‖ / ‖y‖
double relative_error(std::span<const double> x, const Eigen::VectorXd& y);

}  // namespace kindred::test
