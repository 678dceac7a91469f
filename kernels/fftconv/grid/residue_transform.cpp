#include <kindred/kernels/fftconv/grid/residue_transform.hpp>

#include <algorithm>

#include <kindred/kernels/fftconv/engine/roots.hpp>
#include <kindred/kernels/fftconv/grid/residue_kernels.hpp>

namespace kindred::fftconv {
namespace {

Index width(SpectrumForm form, Index lanes) {
  switch (form) {
    case SpectrumForm::complex_lanes:
      return 2 * lanes;
    case SpectrumForm::real_lanes:
      return lanes;
    case SpectrumForm::complex_rows:
      return 2;
    case SpectrumForm::real_rows:
      return 1;
  }
  return 0;
}

Index outer_radix(Index length) {
  for (const Index radix : {8, 4, 7, 5, 3, 2}) {
    if (length % radix == 0) {
      return radix;
    }
  }
  return 1;
}

template <class Real>
void append(LineVector<Real>& roots, const std::complex<long double>& value) {
  roots.push_back(static_cast<Real>(value.real()));
  roots.push_back(static_cast<Real>(value.imag()));
}

template <class Real>
std::shared_ptr<const ResiduePass<Real>> pass_of(Index residues, Index length) {
  ResiduePass<Real> pass;
  pass.radix = outer_radix(length);
  pass.part = length / pass.radix;
  pass.residues = residues;
  for (Index j = 0; j < pass.part; ++j) {
    for (Index k = 0; k < pass.radix; ++k) {
      append(pass.roots, root(j * k, length));
      if (residues == 2) {
        append(pass.other_roots, root(j * (2 * k + 1), 2 * length));
      }
    }
  }
  for (Index t = 0; t < pass.radix; ++t) {
    const auto turn = root(t, 2 * pass.radix);
    pass.turns[2 * t] = static_cast<Real>(turn.real());
    pass.turns[2 * t + 1] = static_cast<Real>(turn.imag());
  }
  return std::make_shared<const ResiduePass<Real>>(std::move(pass));
}

}  // namespace

template <class Real>
ResidueTransform<Real>::ResidueTransform(Index residues, Index length)
    : pass_(pass_of<Real>(residues, length)), lane_(pass_->part), period_(residues * length) {}

template <class Real>
Index ResidueTransform<Real>::frequency(Index i) const {
  const Index length = pass_->length();
  const Index residue = i / length;
  const Index k = i % length / pass_->part + pass_->radix * lane_.frequency(i % pass_->part);
  return pass_->residues * k + residue;
}

template <class Real>
template <class Number>
PeriodRows<Number> ResidueTransform<Real>::period_rows(Number* rows, Index stride, Placed placed) const {
  const Index length = pass_->length();
  Number* const low = rows + (placed.begin - placed.place) * stride;
  const Index end = placed.place + placed.count;
  return {.low = {low, placed.place, std::min(end, length)},
          .high = {low + length * stride, std::max<Index>(placed.place - length, 0), end - length},
          .stride = stride};
}

template <class Real>
void ResidueTransform<Real>::forward(const Real* in, Index stride, Placed rows, Real* out) const {
  residue_kernels<Real>().forward(*pass_, period_rows(in, stride, rows), out);
  for (Index i = 0; i < period_; i += pass_->part) {
    lane_.forward(out + i * row_size<Real>);
  }
}

template <class Real>
void ResidueTransform<Real>::backward(Real* transformed, Placed rows, Real* out, Index stride) const {
  for (Index i = 0; i < period_; i += pass_->part) {
    lane_.backward(transformed + i * row_size<Real>);
  }
  residue_kernels<Real>().backward(*pass_, transformed, period_rows(out, stride, rows));
}

template <class Real>
void ResidueTransform<Real>::multiply(Real* rows, const Real* spectrum, SpectrumForm form, bool conjugate, Real* sums) const {
  for (Index i = 0; i < period_; i += pass_->part) {
    lane_.multiply(rows + i * row_size<Real>, spectrum + i * width(form, lanes<Real>), form, conjugate,
                   sums == nullptr ? nullptr : sums + i * row_size<Real>);
  }
}

template <class Real>
void ResidueTransform<Real>::convolve(const Column& column, const Real* spectrum, SpectrumForm form, bool conjugate, Real* work) const {
  const ResidueKernels<Real>& kernels = residue_kernels<Real>();
  kernels.forward(*pass_, period_rows(column.in, column.stride, column.windows.in), work);
  for (Index i = 0; i < period_; i += pass_->part) {
    lane_.convolve(work + i * row_size<Real>, spectrum + i * width(form, lanes<Real>), form, conjugate);
  }
  kernels.backward(*pass_, work, period_rows(column.out, column.stride, column.windows.out));
}

template <class Real>
std::size_t ResidueTransform<Real>::bytes() const {
  return lane_.bytes() + (pass_->roots.size() + pass_->other_roots.size()) * sizeof(Real);
}

template class ResidueTransform<float>;
template class ResidueTransform<double>;

}  // namespace kindred::fftconv
