#include <kindred/kernels/fftconv/engine/first_pass.hpp>

#include <kindred/kernels/fftconv/engine/roots.hpp>

namespace kindred::fftconv {
namespace {

/// Reals of a full table of roots; longer ones are products of two short tables.
constexpr Index longest_table = 1 << 15;

template <class Real>
void append(qmc::LineVector<Real>& to, std::complex<long double> z) {
  to.push_back(static_cast<Real>(z.real()));
  to.push_back(static_cast<Real>(z.imag()));
}

}  // namespace

template <class Real>
FirstPass<Real> first_pass(Index length, long double shift, Index folds, Index scale) {
  constexpr Index count = lanes<Real>;
  const auto number = [](Index i) { return static_cast<long double>(i); };
  FirstPass<Real> pass;
  pass.plain = shift == 0.0L;
  for (Index stream = 0; stream < folds * count; ++stream) {
    const auto phase = root(number(stream) * shift / number(count));
    append(pass.phases, phase);
    append(pass.unphases, std::conj(phase) / number(scale));
  }
  const Index m = length / count;
  const Index blocks = (m + count - 1) / count;
  const auto turns = [&](Index s, Index r) { return number(s) * (number(r) + shift) / number(length); };
  const bool two = blocks * count * row_size<Real> > longest_table;
  for (Index block = 0; block < (two ? 1 : blocks); ++block) {
    for (Index r = 0; r < count; ++r) {
      qmc::LineVector<Real> row;
      for (Index s = block * count; s < (block + 1) * count; ++s) {
        append(row, root(turns(s, r)));
      }
      for (std::size_t part : {0, 1}) {
        for (std::size_t s = 0; s < row.size(); s += 2) {
          pass.roots.push_back(row[s + part]);
        }
      }
    }
  }
  for (Index block = 0; block < (two ? blocks : 0); ++block) {
    for (Index r = 0; r < count; ++r) {
      append(pass.coarse, root(turns(block * count, r)));
    }
  }
  return pass;
}

template <class Real>
Runs<Real>::Runs(const FirstPass<Real>& pass, const qmc::LineVector<Real>& phases, const Real* data, Window window, bool pairs, Index m,
                 bool readable)
    : data_(data), span_(window, m), m_(m), scalars_(pairs ? 2 : 1), readable_(readable) {
  const Index last = std::max<Index>(window.offset + window.length - 1, window.offset) / m / block;
  const Index all = static_cast<Index>(pass.phases.size()) / (2 * block);
  first_fold_ = std::min(span_.first_stream / block, all - 1);
  streams_.pairs = pairs;
  streams_.folds = std::min(last, all - 1) - first_fold_ + 1;
  for (Index u = 0; u < streams_.folds; ++u) {
    streams_.phases[u] = phases.data() + 2 * block * (first_fold_ + u);
  }
}

template <class Real>
void Runs<Real>::set(Index first, Index end) {
  streams_.first_block = first;
  streams_.blocks = end - first;
  partial_count_ = 0;
  for (Index u = 0; u < streams_.folds; ++u) {
    for (Index t = 0; t < block; ++t) {
      set_stream((first_fold_ + u) * block + t, streams_.at[u][t], streams_.step[u][t]);
    }
  }
}

template <class Real>
void Runs<Real>::set_stream(Index stream, const Real*& pointer, Index& step) {
  const Index s = streams_.first_block * block;
  const Index at = stream * m_ + s - span_.offset;
  const Index first = span_.first(stream, m_);
  const Index last = span_.last(stream, m_);
  pointer = data_ + at * scalars_;
  step = block * scalars_;
  if (s >= last || s + block <= first) {
    pointer = unused_;
    step = 0;
  } else if (s < first || (s + block > last && !(readable_ && last == m_ && at + block <= span_.length))) {
    const Index begin = std::max(s, first);
    Real* const buffer = buffers_[partial_count_];
    partial_[partial_count_++] = {buffer + (begin - s) * scalars_, (at + begin - s) * scalars_,
                                  (std::min(s + block, last) - begin) * scalars_};
    pointer = buffer;
    step = 0;
  }
}

template FirstPass<float> first_pass<float>(Index, long double, Index, Index);
template FirstPass<double> first_pass<double>(Index, long double, Index, Index);
template class Runs<float>;
template class Runs<double>;

}  // namespace kindred::fftconv
