#include <kindred/kernels/fftconv/engine/lane_transform.hpp>

#include <array>
#include <string>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/fftconv/engine/kernels.hpp>
#include <kindred/kernels/fftconv/engine/roots.hpp>

namespace kindred::fftconv {
namespace {

/// From the first pass to the last: radices 8 last, where the largest saves most multiplications by roots. Empty: another prime factor.
std::vector<Index> radices_of(Index length) {
  std::vector<Index> radices;
  for (const Index prime : {Index{7}, Index{5}, Index{3}}) {
    for (; length % prime == 0; length /= prime) {
      radices.push_back(prime);
    }
  }
  int twos = 0;
  for (; length % 2 == 0; length /= 2) {
    ++twos;
  }
  if (length != 1) {
    return {};
  }
  for (; twos % 3 != 0 && twos != 1; twos -= 2) {
    radices.push_back(4);
  }
  if (twos == 1) {
    radices.push_back(2);
    twos = 0;
  }
  for (; twos > 0; twos -= 3) {
    radices.push_back(8);
  }
  return radices;
}

bool smooth(Index n) {
  for (const Index prime : {Index{2}, Index{3}, Index{5}, Index{7}}) {
    for (; n % prime == 0; n /= prime) {
    }
  }
  return n == 1;
}

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
  Index length = least < 1 ? 1 : least;
  while (!smooth(length)) {
    ++length;
  }
  return length;
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
