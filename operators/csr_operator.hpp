#pragma once

#include <vector>

#include <kindred/operators/csr_arrays.hpp>
#include <kindred/operators/linear_system.hpp>

namespace kindred {

/// A general sparse square matrix, for what is no stencil on a grid. apply moves 12 bytes per entry and 20 per row (with PETSc's
/// 32-bit integers). The pattern is the hash of offsets and columns, the fingerprint also that of the values' bits.
class CsrOperator final : public LinearOperator {
 public:
  /// @throws InputError if the arrays are no square matrix: offsets that fall or do not end at the number of entries, columns
  /// outside of the matrix or not ascending
  explicit CsrOperator(CsrArrays arrays);

  [[nodiscard]] const CsrArrays& arrays() const { return arrays_; }
  [[nodiscard]] Index size() const override { return arrays_.rows(); }
  void apply(std::span<const double> x, std::span<double> y) const override;
  void assemble(petsc::Matrix& matrix) const override;
  [[nodiscard]] std::uint64_t pattern() const override { return pattern_; }
  [[nodiscard]] std::uint64_t fingerprint() const override;
  [[nodiscard]] std::size_t bytes() const override;

 private:
  CsrArrays arrays_;
  std::uint64_t pattern_;
};

}  // namespace kindred
