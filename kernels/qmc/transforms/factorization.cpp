#include <kindred/kernels/qmc/transforms/factorization.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>

#if defined(KINDRED_EIGEN)
#include <Eigen/Eigenvalues>
#endif

#include <kindred/core/base/error.hpp>

namespace kindred::qmc {
namespace {

void require_covariance(std::span<const double> covariance, int dimensions) {
  const auto d = static_cast<std::size_t>(std::max(dimensions, 0));
  if (d == 0 || covariance.size() != d * d) {
    throw InputError("a covariance matrix of " + std::to_string(dimensions) + " variables was given as " +
                     std::to_string(covariance.size()) + " numbers: pass d × d, d >= 1");
  }
  for (std::size_t i = 0; i < d; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      const double entry = covariance[i * d + j];
      const double scale = std::sqrt(std::abs(covariance[i * d + i]) * std::abs(covariance[j * d + j]));
      if (!(std::abs(entry - covariance[j * d + i]) <= 1e-12 * scale) || !std::isfinite(scale)) {
        throw InputError("covariance (" + std::to_string(i) + ", " + std::to_string(j) +
                         ") is not finite or differs from its mirror image: pass a symmetric matrix");
      }
    }
  }
}

[[noreturn]] void refuse_negative(const char* what, double value) {
  throw InputError(std::string("the covariance matrix is not nonnegative: it has ") + what + " " + std::to_string(value) +
                   "; check its entries, correlations above 1 among them");
}

std::vector<double> cholesky(std::span<const double> covariance, std::size_t d) {
  std::vector<double> a(d * d, 0.0);
  for (std::size_t k = 0; k < d; ++k) {
    // Column k of Σ less what the columns before have explained.
    double* const column = a.data() + k * d;
    std::copy_n(covariance.begin() + static_cast<std::ptrdiff_t>(k * d + k), d - k, column + k);
    for (std::size_t j = 0; j < k; ++j) {
      const double* const before = a.data() + j * d;
      for (std::size_t i = k; i < d; ++i) {
        column[i] -= before[k] * before[i];
      }
    }
    const double rounding = 1e-15 * static_cast<double>(d) * covariance[k * d + k];
    if (column[k] < -rounding) {
      refuse_negative("pivot", column[k]);
    }
    const double root = column[k] > rounding ? std::sqrt(column[k]) : 0.0;
    std::for_each(column + k, column + d, [&](double& value) { value = root > 0.0 ? value / root : 0.0; });
  }
  return a;
}

#if defined(KINDRED_EIGEN)
std::vector<double> principal_components(std::span<const double> covariance, std::size_t d) {
  const auto size = static_cast<Eigen::Index>(d);
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(Eigen::Map<const Eigen::MatrixXd>(covariance.data(), size, size));
  if (solver.info() != Eigen::Success) {
    throw InputError("the eigenvalues of the covariance matrix could not be found: use Factorization::cholesky");
  }
  const Eigen::VectorXd& eigenvalues = solver.eigenvalues();  // increasing
  const double largest = std::max(eigenvalues[size - 1], 0.0);
  if (eigenvalues[0] < -1e-12 * largest || largest == 0.0) {
    refuse_negative("eigenvalue", eigenvalues[0]);
  }
  std::vector<double> a(d * d);
  for (Eigen::Index k = 0; k < size; ++k) {
    Eigen::Map<Eigen::VectorXd> column(a.data() + k * size, size);
    column = solver.eigenvectors().col(size - 1 - k) * std::sqrt(std::max(eigenvalues[size - 1 - k], 0.0));
    const double most = column.cwiseAbs().maxCoeff();
    const auto large = std::find_if(column.begin(), column.end(), [&](double value) { return std::abs(value) >= 0.5 * most; });
    if (*large < 0.0) {
      column = -column;
    }
  }
  return a;
}
#endif

}  // namespace

std::vector<double> factor(std::span<const double> covariance, int dimensions, Factorization factorization) {
  require_covariance(covariance, dimensions);
  if (factorization == Factorization::cholesky) {
    return cholesky(covariance, static_cast<std::size_t>(dimensions));
  }
#if defined(KINDRED_EIGEN)
  return principal_components(covariance, static_cast<std::size_t>(dimensions));
#else
  throw InputError("principal components need Eigen, which this build of Kindred was made without: use Factorization::cholesky");
#endif
}

}  // namespace kindred::qmc
