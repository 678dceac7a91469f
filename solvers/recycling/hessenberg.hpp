#pragma once

#include <vector>

#include <eigen3/Eigen/Core>

namespace kindred::recycling {

/// The least squares problem min ‖β e₁ - H̄ y‖ of GMRES, kept in QR form by Givens rotations while H̄ ((p+1) × p, upper Hessenberg) grows
/// column by column. Y. Saad, Iterative Methods for Sparse Linear Systems, 2nd ed., section 6.5.3.
class HessenbergLeastSquares {
 public:
  /// @param capacity the most columns
  void start(double beta, Eigen::Index capacity);

  /// @param column p+2 entries for the new column p (from 0), the last one the subdiagonal entry
  /// @returns min ‖β e₁ - H̄ y‖. O(p).
  double append(const Eigen::Ref<const Eigen::VectorXd>& column);

  /// Takes the last column away again. O(1).
  void drop_last();

  /// y, p entries. A column that depends on those before it, possible for the last one only, gets 0. O(p²).
  [[nodiscard]] Eigen::VectorXd solve() const;
  /// About what rounding adds to the residual of that y: ε · largest entry of R · Σ|y_i|. Large where H̄ is nearly singular. O(p²).
  [[nodiscard]] double rounding_error() const;
  /// β e₁ - H̄ y, p+1 entries, free of cancellation. O(p).
  [[nodiscard]] Eigen::VectorXd residual() const;

  [[nodiscard]] Eigen::Index columns() const { return columns_; }
  /// H̄, (p+1) × p.
  [[nodiscard]] auto matrix() const { return hessenberg_.topLeftCorner(columns_ + 1, columns_); }

 private:
  Eigen::Index columns_ = 0;
  double largest_ = 0.0;  ///< entry of R
  Eigen::MatrixXd hessenberg_;
  Eigen::MatrixXd triangle_;
  Eigen::VectorXd rotated_;  ///< Q β e₁
  std::vector<double> cosines_;
  std::vector<double> sines_;
};

}  // namespace kindred::recycling
