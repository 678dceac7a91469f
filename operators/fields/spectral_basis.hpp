#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include <kindred/core/base/types.hpp>
#include <kindred/operators/fields/fftw.hpp>

namespace kindred {

/// Eigenfunctions of the negative Laplacian on an interval of length L, by their condition at the ends.
enum class BasisKind {
  cosine,   ///< homogeneous Neumann: cos(k pi x / L), k = 0, 1, 2, …
  sine,     ///< homogeneous Dirichlet: sin(k pi x / L), k = 1, 2, …
  fourier,  ///< periodic: 1, cos(2 pi x / L), sin(2 pi x / L), cos(4 pi x / L), …
};

/// One side of a box: its basis, its cells and its length L.
struct BasisAxis {
  BasisKind kind = BasisKind::cosine;
  Index cells = 1;
  double extent = 1.0;

  friend bool operator==(const BasisAxis&, const BasisAxis&) = default;
};

/// Square of the frequency of the wave number k: (pi k / L)^2 for cosine and sine, (2 pi k / L)^2 for fourier.
double eigenvalue(const BasisAxis& axis, Index wave_number);

/// The orthonormal eigenfunctions of −Δ on a box, as far as a grid of cells carries them, and their sum at the cells' centres by
/// one fast transform (FFTW's REDFT01, RODFT01 and HC2R along the axes; a half-cell rotation makes HC2R one of cell centres).
/// An axis of n cells carries k = 0 … n−1 (cosine), k = 1 … n (sine), k < n/2 (fourier: for even n the highest wave is left out,
/// because its cosine vanishes at every centre).
class SpectralBasis {
 public:
  /// One function along one axis. Functions are numbered the same at every resolution.
  struct Function {
    double eigenvalue = 0.0;
    double scale = 1.0;        ///< from the coefficient of the orthonormal function to FFTW's; 0 if the grid does not carry it
    std::uint64_t number = 0;  ///< cosine, sine: k; fourier: 0, then 2k−1 for cos k and 2k for sin k
    Index wave_number = 0;     ///< k
    Index position = 0;        ///< 0 for the axis' first wave number (0, or 1 for sine), 1 for its second, …
  };

  /// @throws InputError for no axis, more than three, or an axis of more than 2^20 cells
  static void require(std::span<const BasisAxis> axes);
  /// @throws InputError as require()
  explicit SpectralBasis(std::vector<BasisAxis> axes);

  [[nodiscard]] Index size() const { return size_; }
  [[nodiscard]] const std::vector<BasisAxis>& axes() const { return axes_; }
  /// The functions along x, y, z in the order of `synthesize`'s coefficients; one constant along an axis that is absent.
  [[nodiscard]] const std::array<std::vector<Function>, 3>& functions() const { return functions_; }
  /// Replaces coefficients, already multiplied by the functions' scales, by the values of the sum at the cells' centres.
  /// Both in C order over functions() and cells. Thread-safe. O(size log size).
  void synthesize(fftw::Buffer& data) const;

 private:
  std::vector<BasisAxis> axes_;
  std::array<std::vector<Function>, 3> functions_;
  Index size_ = 1;
  fftw::Plan plan_;
};

/// Identity of a mode on a box, the same at every resolution: the numbers of its functions along x, y and z, 21 bits each.
constexpr std::uint64_t mode_number(std::uint64_t x, std::uint64_t y, std::uint64_t z) { return x | (y << 21U) | (z << 42U); }

}  // namespace kindred
