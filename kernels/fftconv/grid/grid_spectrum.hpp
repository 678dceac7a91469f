#pragma once

#include <span>
#include <vector>

#include <kindred/kernels/fftconv/grid/grid_layout.hpp>
#include <kindred/kernels/fftconv/grid/grid_symmetry.hpp>
#include <kindred/kernels/fftconv/grid/residue_transform.hpp>
#include <kindred/kernels/fftconv/plan.hpp>
#include <kindred/kernels/fftconv/workspace.hpp>

namespace kindred::fftconv {

template <class Real>
struct GridTransforms {
  SequenceTransform<Real> z;
  ResidueTransform<Real> y, x;
};

/// The transformed kernels of a grid, divided by the periods of x and y: for every row of z and every column of y a table along x.
/// Along axes of which all kernels are even, frequencies k and −k share one entry.
template <class Value>
class GridSpectrum {
 public:
  using Scalar = Real<Value>;

  GridSpectrum() = default;
  /// Needs about as much memory again as the tables of one kernel.
  /// @param kernels  as relevant_taps() gives them
  GridSpectrum(const GridLayout& layout, const GridTransforms<Scalar>& transforms, std::span<const std::vector<Value>> kernels,
               int threads);

  [[nodiscard]] SpectrumForm form() const { return symmetry_.hermitian ? SpectrumForm::real_lanes : SpectrumForm::complex_lanes; }
  /// Tables for one row of z.
  [[nodiscard]] Index tables() const { return static_cast<Index>(columns_.size()); }
  /// Columns of y, as ResidueTransform orders them, that a table is for: one or two.
  [[nodiscard]] std::span<const Index> columns(Index table) const { return columns_[static_cast<std::size_t>(table)]; }
  /// A table in ResidueTransform's order: where it is stored, or put together in `expanded`, x.period() · row_numbers numbers.
  const Scalar* table(Index kernel, Index row, Index table, Scalar* expanded) const;
  [[nodiscard]] std::size_t bytes() const { return values_.size() * sizeof(Scalar); }
  [[nodiscard]] bool empty() const { return values_.empty(); }
  [[nodiscard]] Index kernels() const { return kernels_; }

 private:
  /// Rows of the taps along an axis without those that are mirror images, and which of them stands for tap k.
  struct Distinct {
    std::vector<Index> taps;
    std::vector<Index> of_tap;
  };
  static Distinct distinct(const GridAxis& axis, bool even);

  void set_order(const GridTransforms<Scalar>& transforms);
  LineVector<Scalar> pencils(const GridTransforms<Scalar>& transforms, const std::vector<Value>& kernel, int threads) const;
  void transform_row(const GridTransforms<Scalar>& transforms, const Scalar* pencils, Scalar* tables) const;
  void store(const Scalar* rows, Scalar* table) const;

  [[nodiscard]] Index width() const { return symmetry_.hermitian ? lanes<Scalar> : row_size<Scalar>; }
  [[nodiscard]] Index table_rows() const { return symmetry_.even_x ? layout_.x.period() / 2 + 1 : layout_.x.period(); }
  [[nodiscard]] Index table_numbers() const { return table_rows() * width(); }

  GridLayout layout_;
  Symmetry symmetry_;
  Distinct x_taps_, y_taps_;
  std::vector<std::vector<Index>> columns_;
  std::vector<Index> entry_;  ///< of a table, for row i of ResidueTransform along x; empty: i
  LineVector<Scalar> values_;
  Index kernels_ = 0;
};

extern template class GridSpectrum<float>;
extern template class GridSpectrum<double>;
extern template class GridSpectrum<std::complex<float>>;
extern template class GridSpectrum<std::complex<double>>;

}  // namespace kindred::fftconv
