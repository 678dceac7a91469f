#include <kindred/kernels/qmc/cubature/control_variates.hpp>

namespace kindred::qmc {

std::vector<double> solve_normal_equations(std::vector<double> matrix, std::vector<double> rhs) {
  constexpr double lost = 1e-12;  // of the diagonal: six digits of the variate itself
  const std::size_t n = rhs.size();
  const auto at = [&](std::size_t i, std::size_t j) -> double& { return matrix[i * n + j]; };
  std::vector<bool> kept(n, true);
  // L D L^T of the lower triangle, in place.
  for (std::size_t j = 0; j < n; ++j) {
    const double diagonal = at(j, j);
    double pivot = diagonal;
    for (std::size_t k = 0; k < j; ++k) {
      pivot -= kept[k] ? at(j, k) * at(j, k) * at(k, k) : 0.0;
    }
    kept[j] = pivot > lost * diagonal;
    at(j, j) = pivot;
    for (std::size_t i = j + 1; i < n && kept[j]; ++i) {
      double sum = at(i, j);
      for (std::size_t k = 0; k < j; ++k) {
        sum -= kept[k] ? at(i, k) * at(j, k) * at(k, k) : 0.0;
      }
      at(i, j) = sum / pivot;
    }
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < i; ++k) {
      rhs[i] -= kept[k] ? at(i, k) * rhs[k] : 0.0;
    }
  }
  for (std::size_t i = n; i-- > 0;) {
    rhs[i] = kept[i] ? rhs[i] / at(i, i) : 0.0;
    for (std::size_t k = i + 1; k < n && kept[i]; ++k) {
      rhs[i] -= kept[k] ? at(k, i) * rhs[k] : 0.0;
    }
  }
  return rhs;
}

}  // namespace kindred::qmc
