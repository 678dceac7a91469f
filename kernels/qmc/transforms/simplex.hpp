#pragma once

#include <span>
#include <vector>

#include <kindred/kernels/qmc/transforms/measure.hpp>

namespace kindred::qmc {

/// The uniform measure on a simplex of R^d; d = 2 a triangle. The map is the inverse of Rosenblatt's: barycentric coordinate j takes the
/// part 1 − (1 − u_j)^(1/(d − j)), j = 0, …, of what those before have left. It is smooth inside the cube, unlike the gaps of sorted
/// uniforms. M. Rosenblatt, Ann. Math. Stat. 23 (1952) 470-472; K.-T. Fang, Y. Wang, Number-theoretic Methods in Statistics (1994), 1.5.
class UniformSimplex final : public Measure {
 public:
  /// {x ≥ 0, Σ x ≤ 1}.
  /// @throws InputError if dimensions < 1
  explicit UniformSimplex(int dimensions);
  /// @param vertices  (d + 1) × d, row by row
  /// @throws InputError if the size is another or a number is not finite
  UniformSimplex(int dimensions, std::vector<double> vertices);
  [[nodiscard]] int dimensions() const override { return dimensions_; }

 private:
  void map_points(std::span<double> points) const override;

  int dimensions_;
  std::vector<double> vertices_;  // none: the standard simplex
};

}  // namespace kindred::qmc
