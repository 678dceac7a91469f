#pragma once

#include <span>

#include <kindred/core/base/types.hpp>
#include <kindred/solvers/recycling/column_block.hpp>

namespace kindred {

/// Solutions of one matrix for right-hand sides in a space of few dimensions: A x_i = b_i known, then b = Σ c_i b_i has the
/// solution Σ c_i x_i. Kept as an orthonormal basis Q of the right-hand sides, orthogonalised twice against the basis as they come
/// (L. Giraud, J. Langou, M. Rozložník, A. van den Eshof, Rounding error analysis of the classical Gram-Schmidt
/// orthogonalization process, Numer. Math. 101 (2005) 87-100), and the solutions Y = A⁻¹Q.
/// Memory 16 n bytes per dimension.
class Superposition {
 public:
  /// @param most_dimensions after which nothing more is kept
  /// @param tolerance part of ‖b‖ outside the space that still counts as rounding
  explicit Superposition(Index most_dimensions = 16, double tolerance = 1e-12);

  /// The solution for `b` if it lies in the space. Reads Q three times and Y once; for a b that does not lie there, Q twice as a rule.
  /// @returns false, with `solution` untouched, if it does not, or the space is empty
  bool solve(std::span<const double> b, std::span<double> solution) const;
  /// Takes in a solved system. The solution's error grows by ‖b‖ over the part of b that is new: parts below `tolerance` are left out.
  /// @returns false if nothing was added
  bool add(std::span<const double> b, std::span<const double> solution);
  void clear();

  [[nodiscard]] Index dimensions() const { return dimensions_; }
  [[nodiscard]] bool full() const { return dimensions_ >= most_; }
  [[nodiscard]] std::size_t bytes() const;

 private:
  /// b in the basis.
  struct Projection {
    Eigen::VectorXd coefficients;
    Eigen::VectorXd rest;  ///< what is left outside
    bool inside = false;   ///< which is rounding
    double outside = 0.0;  ///< ‖rest‖; after one pass only where that shows it not to be rounding
  };
  enum class Passes { as_needed, both };
  [[nodiscard]] Projection project(std::span<const double> b, Passes passes) const;

  Index most_;
  double tolerance_;
  Index dimensions_ = 0;
  recycling::ColumnBlock rhs_;        ///< Q
  recycling::ColumnBlock solutions_;  ///< Y
};

}  // namespace kindred
