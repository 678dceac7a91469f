#pragma once

#include <memory>
#include <vector>

#include <kindred/kernels/fftconv/free_space/potential.hpp>
#include <kindred/operators/matrix_free_operator.hpp>

namespace kindred {

/// Potentials of densities on one box, made once and shared by the systems of a family.
class FreeSpaceField {
 public:
  /// @param gradient  whether the derivatives along all axes are wanted too, each with a kernel of its own
  /// @throws InputError as fftconv::require()
  FreeSpaceField(const fftconv::FreeSpaceDescription& description, bool gradient);
  /// One of the last description that was asked for, kept for the next problem of a sweep; thread-safe.
  static std::shared_ptr<const FreeSpaceField> shared(const fftconv::FreeSpaceDescription& description, bool gradient);

  [[nodiscard]] const fftconv::FreeSpacePotential<double>& potential() const { return potential_; }
  /// One for each axis; empty if the gradient was not asked for.
  [[nodiscard]] const std::vector<fftconv::FreeSpacePotential<double>>& gradient() const { return gradient_; }
  [[nodiscard]] Index size() const { return size_; }
  [[nodiscard]] std::uint64_t fingerprint() const { return fingerprint_; }

 private:
  fftconv::FreeSpacePotential<double> potential_;
  std::vector<fftconv::FreeSpacePotential<double>> gradient_;
  Index size_;
  std::uint64_t fingerprint_;
};

/// A = I + G V: with G the potential of a density and V a potential energy, (I + G V) u = G f is −Δu + V u = f in all of space, for V and f
/// that vanish outside the box. An integral equation of the second kind: singular values cluster at one.
class FreeSpaceOperator final : public MatrixFreeOperator {
 public:
  /// @param potential  V in every cell; empty: zero, and the matrix is the identity
  FreeSpaceOperator(std::shared_ptr<const FreeSpaceField> field, std::vector<double> potential);

  [[nodiscard]] Index size() const override { return field_->size(); }
  void apply(std::span<const double> x, std::span<double> y) const override;
  void apply_transpose(std::span<const double> x, std::span<double> y) const override;
  void diagonal(std::span<double> entries) const override;
  [[nodiscard]] std::uint64_t pattern() const override;
  [[nodiscard]] std::uint64_t fingerprint() const override;
  [[nodiscard]] std::size_t bytes() const override;

 private:
  std::shared_ptr<const FreeSpaceField> field_;
  std::vector<double> potential_;
};

}  // namespace kindred
