#include <kindred/kernels/fftconv/grid/grid_spectrum.hpp>

#include <algorithm>
#include <cstring>
#include <tuple>

#include <kindred/core/base/parallel.hpp>
#include <kindred/kernels/fftconv/scalar.hpp>

namespace kindred::fftconv {
namespace {

/// The frequency of ±k that is not beyond the middle of the period.
Index folded(Index k, Index period) { return std::min(k, period - k); }

template <Index Width, class Scalar>
void expand(const Scalar* stored, const std::vector<Index>& entry, Scalar* expanded) {
  for (const Index i : entry) {
    std::memcpy(expanded, stored + i * Width, Width * sizeof(Scalar));
    expanded += Width;
  }
}

/// Rows of `taps` at their places of a period, the others zero.
/// @param row  the row of tap k
template <class Scalar, class Row>
void place_taps(const GridAxis& axis, const Row& row, Scalar* period) {
  std::fill_n(period, axis.period() * row_size<Scalar>, Scalar(0));
  for (Index k = 0; k < axis.taps; ++k) {
    std::copy_n(row(k), row_size<Scalar>, period + axis.place(k) * row_size<Scalar>);
  }
}

}  // namespace

template <class Value>
GridSpectrum<Value>::GridSpectrum(const GridLayout& layout, const GridTransforms<Scalar>& transforms,
                                  std::span<const std::vector<Value>> kernels, int threads)
    : layout_(layout), kernels_(static_cast<Index>(kernels.size())) {
  for (const std::vector<Value>& kernel : kernels) {
    const Symmetry symmetry = symmetry_of(layout, kernel);
    symmetry_.hermitian = symmetry_.hermitian && symmetry.hermitian;
    symmetry_.even_x = symmetry_.even_x && symmetry.even_x;
    symmetry_.even_y = symmetry_.even_y && symmetry.even_y;
  }
  x_taps_ = distinct(layout.x, symmetry_.even_x);
  y_taps_ = distinct(layout.y, symmetry_.even_y);
  set_order(transforms);

  const Index row_numbers = tables() * table_numbers();
  values_.resize(static_cast<std::size_t>(kernels_ * layout.rows * row_numbers));
  for (Index j = 0; j < kernels_; ++j) {
    const LineVector<Scalar> transformed = pencils(transforms, kernels[static_cast<std::size_t>(j)], threads);
    parallel(layout.rows, 1, threads, [&](Index begin, Index end) {
      for (Index row = begin; row < end; ++row) {
        transform_row(transforms, transformed.data() + row * row_size<Scalar>, values_.data() + (j * layout.rows + row) * row_numbers);
      }
    });
  }
}

template <class Value>
auto GridSpectrum<Value>::distinct(const GridAxis& axis, bool even) -> Distinct {
  Distinct distinct;
  distinct.of_tap.resize(static_cast<std::size_t>(axis.taps));
  for (Index k = 0; k < axis.taps; ++k) {
    const Index mirrored = even ? axis.partner(k) : k;
    if (k <= mirrored) {
      distinct.of_tap[static_cast<std::size_t>(k)] = distinct.of_tap[static_cast<std::size_t>(mirrored)] =
          static_cast<Index>(distinct.taps.size());
      distinct.taps.push_back(k);
    }
  }
  return distinct;
}

template <class Value>
void GridSpectrum<Value>::set_order(const GridTransforms<Scalar>& transforms) {
  const Index columns = layout_.y.period();
  columns_.resize(static_cast<std::size_t>(symmetry_.even_y ? columns / 2 + 1 : columns));
  for (Index i = 0; i < columns; ++i) {
    columns_[static_cast<std::size_t>(symmetry_.even_y ? folded(transforms.y.frequency(i), columns) : i)].push_back(i);
  }
  if (symmetry_.even_x) {
    const Index period = layout_.x.period();
    entry_.resize(static_cast<std::size_t>(period));
    for (Index i = 0; i < period; ++i) {
      entry_[static_cast<std::size_t>(i)] = folded(transforms.x.frequency(i), period);
    }
  }
}

template <class Value>
LineVector<Real<Value>> GridSpectrum<Value>::pencils(const GridTransforms<Scalar>& transforms, const std::vector<Value>& kernel,
                                                     int threads) const {
  const auto& [x, y, z] = std::tie(layout_.x, layout_.y, layout_.z);
  const auto columns = static_cast<Index>(y_taps_.taps.size());
  const Index count = static_cast<Index>(x_taps_.taps.size()) * columns;
  const Index numbers = layout_.rows * row_size<Scalar>;
  LineVector<Scalar> pencils(static_cast<std::size_t>(count * numbers));
  parallel(count, 16, threads, [&](Index begin, Index end) {
    std::vector<Value> line(static_cast<std::size_t>(z.period()));
    for (Index i = begin; i < end; ++i) {
      const Index a = x.source(x_taps_.taps[static_cast<std::size_t>(i / columns)]);
      const Index b = y.source(y_taps_.taps[static_cast<std::size_t>(i % columns)]);
      std::ranges::fill(line, Value(0));
      for (Index k = 0; k < z.taps && a >= 0 && b >= 0; ++k) {
        if (const Index c = z.source(k); c >= 0) {
          const Value tap = kernel[static_cast<std::size_t>((a * y.given + b) * z.given + c)];
          // Real numbers change their sign on the way around.
          line[static_cast<std::size_t>(z.place(k))] = !is_complex<Value> && k < z.centre ? -tap : tap;
        }
      }
      transforms.z.forward(line.data(), {.offset = 0, .length = z.period()}, pencils.data() + i * numbers);
    }
  });
  return pencils;
}

template <class Value>
void GridSpectrum<Value>::transform_row(const GridTransforms<Scalar>& transforms, const Scalar* pencils, Scalar* tables) const {
  const auto& [x, y] = std::tie(layout_.x, layout_.y);
  const Index width = row_size<Scalar>;
  const auto distinct_x = static_cast<Index>(x_taps_.taps.size());
  const auto distinct_y = static_cast<Index>(y_taps_.taps.size());
  LineVector<Scalar> natural(static_cast<std::size_t>(std::max(x.period(), y.period()) * width));
  LineVector<Scalar> transformed(natural.size());
  LineVector<Scalar> plane(static_cast<std::size_t>(distinct_x * this->tables() * width));
  for (Index i = 0; i < distinct_x; ++i) {
    const auto pencil = [&](Index k) {
      return pencils + (i * distinct_y + y_taps_.of_tap[static_cast<std::size_t>(k)]) * layout_.rows * width;
    };
    place_taps(y, pencil, natural.data());
    transforms.y.forward(natural.data(), width, {.begin = 0, .count = y.period(), .place = 0}, transformed.data());
    for (Index table = 0; table < this->tables(); ++table) {
      std::copy_n(transformed.data() + columns(table).front() * width, width, plane.data() + (table * distinct_x + i) * width);
    }
  }
  for (Index table = 0; table < this->tables(); ++table) {
    const auto row = [&](Index k) { return plane.data() + (table * distinct_x + x_taps_.of_tap[static_cast<std::size_t>(k)]) * width; };
    place_taps(x, row, natural.data());
    transforms.x.forward(natural.data(), width, {.begin = 0, .count = x.period(), .place = 0}, transformed.data());
    store(transformed.data(), tables + table * table_numbers());
  }
}

template <class Value>
void GridSpectrum<Value>::store(const Scalar* rows, Scalar* table) const {
  const auto scale = static_cast<Scalar>(1.0 / static_cast<double>(layout_.x.period() * layout_.y.period()));
  for (Index i = 0; i < layout_.x.period(); ++i) {
    const Scalar* const row = rows + i * row_size<Scalar>;  // real parts first
    Scalar* const entry = table + (symmetry_.even_x ? entry_[static_cast<std::size_t>(i)] : i) * width();
    std::transform(row, row + width(), entry, [scale](Scalar value) { return scale * value; });
  }
}

template <class Value>
auto GridSpectrum<Value>::table(Index kernel, Index row, Index table, Scalar* expanded) const -> const Scalar* {
  const Scalar* const stored = values_.data() + ((kernel * layout_.rows + row) * tables() + table) * table_numbers();
  if (!symmetry_.even_x) {
    return stored;
  }
  symmetry_.hermitian ? expand<lanes<Scalar>>(stored, entry_, expanded) : expand<row_size<Scalar>>(stored, entry_, expanded);
  return expanded;
}

template class GridSpectrum<float>;
template class GridSpectrum<double>;
template class GridSpectrum<std::complex<float>>;
template class GridSpectrum<std::complex<double>>;

}  // namespace kindred::fftconv
