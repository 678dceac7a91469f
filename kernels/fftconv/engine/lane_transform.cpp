#include <kindred/kernels/fftconv/engine/lane_transform.hpp>

#include <string>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/fftconv/engine/kernels.hpp>
#include <kindred/kernels/fftconv/engine/lengths.hpp>
#include <kindred/kernels/fftconv/engine/roots.hpp>

namespace kindred::fftconv {
namespace {

template <class Real>
typename LaneTransform<Real>::Pass pass_of(Index radix, Index part) {
  typename LaneTransform<Real>::Pass pass;
  pass.radix = radix;
  pass.part = part;
  if (part > 1) {
    pass.roots.reserve(static_cast<std::size_t>(2 * part * (radix - 1)));
    for (Index j = 0; j < part; ++j) {
      for (Index k = 1; k < radix; ++k) {
        const auto w = root(j * k, radix * part);
        pass.roots.push_back(static_cast<Real>(w.real()));
        pass.roots.push_back(static_cast<Real>(w.imag()));
      }
    }
  }
  return pass;
}

}  // namespace

template <class Real>
LaneTransform<Real>::LaneTransform(Index length) : length_(length) {
  if (length < 1 || !smooth(length)) {
    throw InputError("LaneTransform: length " + std::to_string(length) +
                     " must be a product of 2, 3, 5 and 7; take LaneTransform::good_length().");
  }
  auto passes = std::make_shared<std::vector<Pass>>();
  Index part = length;
  for (const Index radix : radices_of(length)) {
    part /= radix;
    passes->push_back(fftconv::pass_of<Real>(radix, part));
  }
  passes_ = std::move(passes);
}

template <class Real>
Index LaneTransform<Real>::good_length(Index least) {
  return cheapest_length(least, [](Index n) { return static_cast<double>(n) * (cycles_of_copying + cycles_of_passes(n)); });
}

template <class Real>
Index LaneTransform<Real>::length() const {
  return length_;
}

template <class Real>
Index LaneTransform<Real>::frequency(Index position) const {
  Index k = 0;
  Index step = 1;
  for (const Pass& pass : *passes_) {
    k += step * (position / pass.part);
    position %= pass.part;
    step *= pass.radix;
  }
  return k;
}

template <class Real>
void LaneTransform<Real>::forward(Real* rows) const {
  engine_kernels<Real>().forward({passes_->data(), static_cast<Index>(passes_->size())}, rows);
}

template <class Real>
void LaneTransform<Real>::backward(Real* rows) const {
  engine_kernels<Real>().backward({passes_->data(), static_cast<Index>(passes_->size())}, rows);
}

template <class Real>
void LaneTransform<Real>::convolve(Real* rows, const Real* spectrum, SpectrumForm form, bool conjugate) const {
  engine_kernels<Real>().convolve({passes_->data(), static_cast<Index>(passes_->size())}, rows, spectrum, form, conjugate);
}

template <class Real>
void LaneTransform<Real>::multiply(Real* rows, const Real* spectrum, SpectrumForm form, bool conjugate, Real* sums) const {
  engine_kernels<Real>().multiply(rows, length_, spectrum, form, conjugate, sums);
}

template <class Real>
std::size_t LaneTransform<Real>::bytes() const {
  std::size_t numbers = 0;
  for (const Pass& pass : *passes_) {
    numbers += pass.roots.size();
  }
  return numbers * sizeof(Real);
}

void copy_rows(const RowCopy<float>& copy) { engine_kernels<float>().copy_rows(copy); }
void copy_rows(const RowCopy<double>& copy) { engine_kernels<double>().copy_rows(copy); }

template class LaneTransform<float>;
template class LaneTransform<double>;

}  // namespace kindred::fftconv
