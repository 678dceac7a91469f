#pragma once

#include <complex>
#include <vector>

#include <kindred/operators/toeplitz/toeplitz_operator.hpp>

namespace kindred {

/// Eigenvalues of a circulant matrix, the discrete Fourier transform of its first column: as many along every level as it has rows there,
/// but of the last level only k = 0 … n/2, in C order; those of −k are the complex conjugates.
struct CirculantSpectrum {
  std::vector<Index> extents;
  std::vector<std::complex<double>> eigenvalues;
};

/// A circulant matrix of one to three levels, (A x)_i = sum over j of c_{(i−j) mod n} x_j: a periodic convolution. O(n log n) for any n,
/// but fastest where the extents are products of small primes. Const and thread-safe. P. Davis, "Circulant Matrices" (1979).
class CirculantOperator final : public MatrixFreeOperator {
 public:
  /// @param extents  n_a, one to three levels, the slowest first
  /// @param column   the first column c, n_1 × n_2 × n_3 numbers in C order
  /// @throws InputError for another number of levels or entries, extents < 1, or an entry that is not finite
  CirculantOperator(std::vector<Index> extents, std::vector<double> column, const ConvolutionOptions& options = {});
  /// @throws InputError as above, also where the eigenvalues cannot be those of a real matrix
  explicit CirculantOperator(CirculantSpectrum spectrum, const ConvolutionOptions& options = {});

  [[nodiscard]] Index size() const override { return size_; }
  void apply(std::span<const double> x, std::span<double> y) const override;
  void apply_transpose(std::span<const double> x, std::span<double> y) const override;
  void diagonal(std::span<double> entries) const override;
  [[nodiscard]] std::uint64_t pattern() const override { return pattern_; }
  [[nodiscard]] std::uint64_t fingerprint() const override { return fingerprint_; }
  [[nodiscard]] std::size_t bytes() const override { return plan_.describe().spectrum_bytes; }

  [[nodiscard]] const std::vector<Index>& extents() const { return extents_; }
  [[nodiscard]] fftconv::Report describe() const { return plan_.describe(); }

 private:
  std::vector<Index> extents_;
  Index size_;
  fftconv::ConvolutionPlan<double> plan_;
  double diagonal_;
  std::uint64_t pattern_;
  std::uint64_t fingerprint_;
};

/// Eigenvalues from the first column, by FFTW. @throws InputError as CirculantOperator
CirculantSpectrum circulant_spectrum(std::vector<Index> extents, std::span<const double> column);
/// First column from the eigenvalues.
std::vector<double> circulant_column(const CirculantSpectrum& spectrum);

/// PETSc's matrix (a shell of one process) in one call; it owns the operator. @throws InputError as CirculantOperator
petsc::Matrix circulant_matrix(std::vector<Index> extents, std::vector<double> column, const ConvolutionOptions& options = {});

/// First column of the circulant matrix that copies the central diagonals of A: c_k = t_k for k < n/2 and t_{k−n} for k > n/2 along every
/// level, their mean for k = n/2. Not always definite where A is. G. Strang, Stud. Appl. Math. 74 (1986) 171-176.
std::vector<double> strang_circulant(const ToeplitzOperator& a);

/// First column of the circulant matrix nearest to A in the Frobenius norm: along every level c_k = ((n − k) t_k + k t_{k−n}) / n.
/// Symmetric definite where A is, with its eigenvalues between the least and the largest of A. T. Chan, SIAM J. Sci. Stat. Comput. 9 (1988)
/// 766-771; E. Tyrtyshnikov, SIAM J. Matrix Anal. Appl. 13 (1992) 459-473.
std::vector<double> optimal_circulant(const ToeplitzOperator& a);

/// First column of the smallest circulant matrix that has A as a block, 2 n_a − 1 rows along every level: c_k = t_k, c_{−k} = t_{−k}. Not
/// always definite where A is.
std::vector<double> embedding_circulant(const ToeplitzOperator& a);

}  // namespace kindred
