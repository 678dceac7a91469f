#include <kindred/kernels/fftconv/engine/sequence_transform.hpp>

#include <algorithm>
#include <limits>
#include <string>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/fftconv/engine/kernels.hpp>
#include <kindred/kernels/fftconv/engine/roots.hpp>

namespace kindred::fftconv {
namespace {

template <class Real>
Index lane_length(Index length) {
  const Index m = length / lanes<Real>;
  if (length < 1 || length % lanes<Real> != 0 || LaneTransform<Real>::good_length(m) != m) {
    throw InputError("SequenceTransform: length " + std::to_string(length) + " must be " + std::to_string(lanes<Real>) +
                     " times a product of 2, 3, 5 and 7; take SequenceTransform::good_length().");
  }
  return m;
}

template <class Real>
FirstPass<Real> first_pass(Index length, double shift) {
  constexpr Index count = lanes<Real>;
  FirstPass<Real> pass;
  pass.shifted = shift != 0.0;
  for (Index t = 0; t < count; ++t) {
    const auto phase = root(static_cast<long double>(t) * static_cast<long double>(shift) / count);
    pass.phases[2 * t] = static_cast<Real>(phase.real());
    pass.phases[2 * t + 1] = static_cast<Real>(phase.imag());
    pass.unphases[2 * t] = static_cast<Real>(phase.real() / static_cast<long double>(length));
    pass.unphases[2 * t + 1] = static_cast<Real>(-phase.imag() / static_cast<long double>(length));
  }
  const Index m = length / count;
  const Index blocks = (m + count - 1) / count;
  pass.roots.resize(static_cast<std::size_t>(blocks * count * row_size<Real>));
  for (Index s = 0; s < m; ++s) {
    for (Index r = 0; r < count; ++r) {
      const auto w = root(static_cast<long double>(s) * (static_cast<long double>(r) + static_cast<long double>(shift)) /
                          static_cast<long double>(length));
      Real* const at = pass.roots.data() + (s / count * count + r) * row_size<Real> + s % count;
      at[0] = static_cast<Real>(w.real());
      at[count] = static_cast<Real>(w.imag());
    }
  }
  return pass;
}

/// A stream is the m numbers that one line of the first pass takes, s = 0 … m − 1. Of the window's places, which are consecutive, the
/// first falls to number `first_number` of stream `first_stream`; streams between hold nothing but places of the window.
struct Span {
  Span(Window window, Index m)
      : offset(window.offset),
        first_stream(window.offset / m),
        first_number(window.offset % m),
        last_stream((window.offset + window.length) / m),
        last_number((window.offset + window.length) % m),
        length(window.length) {}

  /// Numbers of the stream that the window holds.
  [[nodiscard]] Index first(Index stream, Index m) const { return stream < first_stream ? m : stream == first_stream ? first_number : 0; }
  [[nodiscard]] Index last(Index stream, Index m) const { return stream < last_stream ? m : stream == last_stream ? last_number : 0; }

  Index offset;
  Index first_stream;
  Index first_number;
  Index last_stream;  ///< and its last_number: just after the window
  Index last_number;
  Index length;
};

template <class Real>
struct alignas(64) Buffers {
  Real blocks[2 * lanes<Real>][2 * lanes<Real>];  // of streams of which a block is partly in the window
  Real rows[lanes<Real> * row_size<Real>];        // of the last block, where the length is no multiple
  Real unused[2 * lanes<Real>];                   // zeros on loading; what nobody wants on storing
};

/// Blocks of `lanes` numbers of every stream, in runs: throughout a run, a stream's block lies in the window as a whole, or not at all, or
/// (in runs of one block) in part, and then passes through a buffer.
template <class Real>
class Runs {
 public:
  static constexpr Index block = lanes<Real>;

  /// @param readable  numbers after a stream's last one may be read, where they belong to the array, but not written
  Runs(const Real* data, Window window, Source source, Index m, bool readable, Buffers<Real>& buffers)
      : data_(data), span_(window, m), m_(m), scalars_(source == Source::pairs ? 2 : 1), readable_(readable), buffers_(buffers) {
    streams_.source = source == Source::halves && span_.last_stream * m + span_.last_number <= block * m ? Source::real : source;
  }

  /// visit(streams) for each run.
  template <class Visit>
  void each(const Visit& visit) {
    const Index whole = m_ / block;
    const Index blocks = (m_ + block - 1) / block;
    Index ends[] = {span_.first_number / block,
                    (span_.first_number + block - 1) / block,
                    span_.last_number / block,
                    (span_.last_number + block - 1) / block,
                    whole,
                    blocks};
    std::sort(std::begin(ends), std::end(ends));
    Index first = 0;
    for (const Index end : ends) {
      if (end > first) {
        set(first, end);
        visit(streams_);
        first = end;
      }
    }
  }

  /// copy(number in the buffer, index of the number in memory, count) for the buffers of this run.
  template <class Copy>
  void each_partial(const Copy& copy) const {
    for (Index k = 0; k < partial_count_; ++k) {
      const Partial& partial = partial_[k];
      copy(partial.buffer, partial.at, partial.count);
    }
  }

 private:
  struct Partial {
    Real* buffer;
    Index at;
    Index count;
  };

  void set(Index first, Index end) {
    streams_.first_block = first;
    streams_.blocks = end - first;
    partial_count_ = 0;
    for (Index t = 0; t < block; ++t) {
      set_stream(t, streams_.real[t], streams_.real_step[t]);
    }
    if (streams_.source == Source::halves) {
      for (Index t = 0; t < block; ++t) {
        set_stream(block + t, streams_.imaginary[t], streams_.imaginary_step[t]);
      }
    }
  }

  void set_stream(Index stream, const Real*& pointer, Index& step) {
    const Index s = streams_.first_block * block;
    const Index at = stream * m_ + s - span_.offset;
    const Index first = span_.first(stream, m_);
    const Index last = span_.last(stream, m_);
    pointer = data_ + at * scalars_;
    step = block * scalars_;
    if (s >= last || s + block <= first) {
      pointer = buffers_.unused;
      step = 0;
    } else if (s < first || (s + block > last && !(readable_ && last == m_ && at + block <= span_.length))) {
      const Index begin = std::max(s, first);
      const Index count = std::min(s + block, last) - begin;
      Real* const buffer = buffers_.blocks[partial_count_];
      partial_[partial_count_++] = {buffer + (begin - s) * scalars_, (at + begin - s) * scalars_, count * scalars_};
      pointer = buffer;
      step = 0;
    }
  }

  const Real* data_;
  Span span_;
  Index m_;
  Index scalars_;
  bool readable_;
  Buffers<Real>& buffers_;
  Streams<Real> streams_;
  Partial partial_[2 * lanes<Real>];
  Index partial_count_ = 0;
};

void require_window(Window window, Index period) {
  if (window.offset < 0 || window.length < 0 || window.offset + window.length > period) {
    throw InputError("SequenceTransform: places " + std::to_string(window.offset) + " to " + std::to_string(window.offset + window.length) +
                     " do not lie in the period, 0 to " + std::to_string(period) + ".");
  }
}

template <class Real>
void load_rows(const FirstPass<Real>& pass, const Real* data, Window window, Source source, Index m, Real* rows) {
  require_window(window, (source == Source::halves ? 2 : 1) * m * lanes<Real>);
  Buffers<Real> buffers;
  std::fill(std::begin(buffers.unused), std::end(buffers.unused), Real(0));
  Runs<Real> runs(data, window, source, m, true, buffers);
  const EngineKernels<Real>& kernels = engine_kernels<Real>();
  runs.each([&](const Streams<Real>& streams) {
    runs.each_partial([&](Real* buffer, Index at, Index count) {
      Real* const begin = buffers.blocks[(buffer - buffers.blocks[0]) / (2 * lanes<Real>)];
      std::fill(begin, begin + 2 * lanes<Real>, Real(0));
      std::copy(data + at, data + at + count, buffer);
    });
    Real* const out = rows + streams.first_block * lanes<Real> * row_size<Real>;
    const Index left = m - streams.first_block * lanes<Real>;
    if (left >= lanes<Real>) {
      kernels.load(pass, streams, out);
    } else {
      kernels.load(pass, streams, buffers.rows);
      std::copy(buffers.rows, buffers.rows + left * row_size<Real>, out);
    }
  });
}

template <class Real>
void store_rows(const FirstPass<Real>& pass, const Real* rows, Real* data, Window window, Source source, Index m, bool add) {
  require_window(window, (source == Source::halves ? 2 : 1) * m * lanes<Real>);
  Buffers<Real> buffers;
  Runs<Real> runs(data, window, source, m, false, buffers);
  const EngineKernels<Real>& kernels = engine_kernels<Real>();
  runs.each([&](const Streams<Real>& streams) {
    if (add) {
      runs.each_partial([&](Real* buffer, Index at, Index count) { std::copy(data + at, data + at + count, buffer); });
    }
    const Real* in = rows + streams.first_block * lanes<Real> * row_size<Real>;
    const Index left = m - streams.first_block * lanes<Real>;
    if (left < lanes<Real>) {
      std::fill(std::copy(in, in + left * row_size<Real>, buffers.rows), std::end(buffers.rows), Real(0));
      in = buffers.rows;
    }
    kernels.store(pass, streams, in, add);
    runs.each_partial([&](const Real* buffer, Index at, Index count) { std::copy(buffer, buffer + count, data + at); });
  });
}

}  // namespace

template <class Real>
struct SequenceTransform<Real>::State {
  State(Index length_, double shift) : length(length_), rows(lane_length<Real>(length_)), first(first_pass<Real>(length_, shift)) {}
  Index length;
  LaneTransform<Real> rows;
  FirstPass<Real> first;
};

template <class Real>
SequenceTransform<Real>::SequenceTransform(Index length, double shift) : state_(std::make_shared<const State>(length, shift)) {}

template <class Real>
Index SequenceTransform<Real>::good_length(Index least) {
  return lanes<Real> * LaneTransform<Real>::good_length((std::max<Index>(least, 1) + lanes<Real> - 1) / lanes<Real>);
}

template <class Real>
Index SequenceTransform<Real>::length() const {
  return state_->length;
}

template <class Real>
Index SequenceTransform<Real>::row_numbers() const {
  return 2 * state_->length;
}

template <class Real>
Index SequenceTransform<Real>::frequency(Index position, Index lane) const {
  return lane + lanes<Real> * state_->rows.frequency(position);
}

template <class Real>
void SequenceTransform<Real>::forward(const Real* data, Window window, Real* rows) const {
  load_rows(state_->first, data, window, Source::halves, state_->rows.length(), rows);
  state_->rows.forward(rows);
}

template <class Real>
void SequenceTransform<Real>::forward(const std::complex<Real>* data, Window window, Real* rows) const {
  load_rows(state_->first, reinterpret_cast<const Real*>(data), window, Source::pairs, state_->rows.length(), rows);
  state_->rows.forward(rows);
}

template <class Real>
void SequenceTransform<Real>::backward(Real* rows, Window window, Real* out, bool add) const {
  state_->rows.backward(rows);
  store_rows(state_->first, rows, out, window, Source::halves, state_->rows.length(), add);
}

template <class Real>
void SequenceTransform<Real>::backward(Real* rows, Window window, std::complex<Real>* out, bool add) const {
  state_->rows.backward(rows);
  store_rows(state_->first, rows, reinterpret_cast<Real*>(out), window, Source::pairs, state_->rows.length(), add);
}

template <class Real>
template <class Value>
void SequenceTransform<Real>::convolve(const Value* in, Window in_window, const Real* spectrum, bool real_spectrum, bool conjugate,
                                       Value* out, Window out_window, Real* rows) const {
  constexpr Source source = std::is_same_v<Value, Real> ? Source::halves : Source::pairs;
  const Index m = state_->rows.length();
  load_rows(state_->first, reinterpret_cast<const Real*>(in), in_window, source, m, rows);
  state_->rows.convolve(rows, spectrum, real_spectrum ? SpectrumForm::real_lanes : SpectrumForm::complex_lanes, conjugate);
  store_rows(state_->first, rows, reinterpret_cast<Real*>(out), out_window, source, m, false);
}

template <class Real>
const LaneTransform<Real>& SequenceTransform<Real>::lane_transform() const {
  return state_->rows;
}

template <class Real>
std::size_t SequenceTransform<Real>::bytes() const {
  return state_->rows.bytes() + state_->first.roots.size() * sizeof(Real);
}

template class SequenceTransform<float>;
template class SequenceTransform<double>;
template void SequenceTransform<float>::convolve(const float*, Window, const float*, bool, bool, float*, Window, float*) const;
template void SequenceTransform<double>::convolve(const double*, Window, const double*, bool, bool, double*, Window, double*) const;
template void SequenceTransform<float>::convolve(const std::complex<float>*, Window, const float*, bool, bool, std::complex<float>*, Window,
                                                 float*) const;
template void SequenceTransform<double>::convolve(const std::complex<double>*, Window, const double*, bool, bool, std::complex<double>*,
                                                  Window, double*) const;

}  // namespace kindred::fftconv
