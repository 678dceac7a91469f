#include <kindred/kernels/fftconv/grid/residue_transform.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace kindred::fftconv {
namespace {

/// Width of a spectrum's row.
template <class Real>
Index width(SpectrumForm form) {
  switch (form) {
    case SpectrumForm::complex_lanes:
      return row_size<Real>;
    case SpectrumForm::real_lanes:
      return lanes<Real>;
    case SpectrumForm::complex_rows:
      return 2;
    case SpectrumForm::real_rows:
      return 1;
  }
  return 0;
}

/// Calls piece(offset, count, first): rows.place + offset … are `count` places of one stretch of `length`; first: none of them has had a
/// row of its remainder modulo `length` before.
template <class Piece>
void for_pieces(Placed rows, Index length, const Piece& piece) {
  for (Index offset = 0; offset < rows.count;) {
    const Index to_end = length - (rows.place + offset) % length;
    const Index to_repetition = offset < length ? length - offset : rows.count;
    const Index count = std::min({to_end, to_repetition, rows.count - offset});
    piece(offset, count, offset < length);
    offset += count;
  }
}

}  // namespace

template <class Real>
ResidueTransform<Real>::ResidueTransform(Index residues, Index length) : lane_(length), residues_(residues) {
  const Index period = residues * length;
  std::vector<Real> roots;
  roots.reserve(static_cast<std::size_t>(2 * (residues - 1) * period));
  for (Index r = 1; r < residues; ++r) {
    for (Index j = 0; j < period; ++j) {
      const long double angle = -2 * std::numbers::pi_v<long double> * static_cast<long double>(r * j % period) / period;
      roots.push_back(static_cast<Real>(std::cos(angle)));
      roots.push_back(static_cast<Real>(std::sin(angle)));
    }
  }
  roots_ = std::make_shared<const std::vector<Real>>(std::move(roots));
}

template <class Real>
Index ResidueTransform<Real>::frequency(Index i) const {
  return residues_ * lane_.frequency(i % lane_.length()) + i / lane_.length();
}

template <class Real>
void ResidueTransform<Real>::gather(Index residue, const Real* in, Index stride, Placed rows, Real* out) const {
  const Index length = lane_.length();
  const Real* roots = residue == 0 ? nullptr : roots_->data() + 2 * (residue - 1) * period();
  for_pieces(rows, length, [&](Index offset, Index count, bool first) {
    const Index place = rows.place + offset;
    copy_rows({.in = in + (rows.begin + offset) * stride,
               .in_stride = stride,
               .out = out + place % length * row_size<Real>,
               .out_stride = row_size<Real>,
               .count = count,
               .factors = roots == nullptr ? nullptr : roots + 2 * place,
               .add = !first});
  });
  const Placed zeros{.begin = 0, .count = std::max<Index>(0, length - rows.count), .place = rows.place + rows.count};
  for_pieces(zeros, length, [&](Index offset, Index count, bool /*first*/) {
    std::fill_n(out + (zeros.place + offset) % length * row_size<Real>, count * row_size<Real>, Real(0));
  });
}

template <class Real>
void ResidueTransform<Real>::scatter(Index residue, const Real* transformed, Placed rows, Real* out, Index stride) const {
  const Index length = lane_.length();
  const Real* roots = residue == 0 ? nullptr : roots_->data() + 2 * (residue - 1) * period();
  for_pieces(rows, length, [&](Index offset, Index count, bool /*first*/) {
    const Index place = rows.place + offset;
    copy_rows({.in = transformed + place % length * row_size<Real>,
               .in_stride = row_size<Real>,
               .out = out + (rows.begin + offset) * stride,
               .out_stride = stride,
               .count = count,
               .factors = roots == nullptr ? nullptr : roots + 2 * place,
               .conjugate = true,
               .add = residue > 0});
  });
}

template <class Real>
void ResidueTransform<Real>::forward(const Real* in, Index stride, Placed rows, Real* out) const {
  for (Index r = 0; r < residues_; ++r) {
    Real* const transformed = out + r * lane_.length() * row_size<Real>;
    gather(r, in, stride, rows, transformed);
    lane_.forward(transformed);
  }
}

template <class Real>
void ResidueTransform<Real>::backward(Real* transformed, Placed rows, Real* out, Index stride) const {
  for (Index r = 0; r < residues_; ++r) {
    Real* const residue = transformed + r * lane_.length() * row_size<Real>;
    lane_.backward(residue);
    scatter(r, residue, rows, out, stride);
  }
}

template <class Real>
void ResidueTransform<Real>::multiply(Real* rows, const Real* spectrum, SpectrumForm form, bool conjugate, Real* sums) const {
  for (Index r = 0; r < residues_; ++r) {
    const Index begin = r * lane_.length();
    lane_.multiply(rows + begin * row_size<Real>, spectrum + begin * width<Real>(form), form, conjugate,
                   sums == nullptr ? nullptr : sums + begin * row_size<Real>);
  }
}

template <class Real>
void ResidueTransform<Real>::convolve(const Strided& arrays, const Real* spectrum, SpectrumForm form, bool conjugate, Real* work) const {
  const Index length = lane_.length();
  for (Index r = 0; r < residues_; ++r) {
    Real* const residue = work + r * length * row_size<Real>;
    gather(r, arrays.in, arrays.in_stride, arrays.windows.in, residue);
    lane_.convolve(residue, spectrum + r * length * width<Real>(form), form, conjugate);
  }
  for (Index r = 0; r < residues_; ++r) {
    scatter(r, work + r * length * row_size<Real>, arrays.windows.out, arrays.out, arrays.out_stride);
  }
}

template <class Real>
std::size_t ResidueTransform<Real>::bytes() const {
  return lane_.bytes() + roots_->size() * sizeof(Real);
}

template class ResidueTransform<float>;
template class ResidueTransform<double>;

}  // namespace kindred::fftconv
