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

/// Numbers of one stream, s = first … last − 1, that the window holds; place 0 of the stream is `place` of the window.
struct Part {
  Index place = 0;
  Index first = 0;
  Index last = 0;
};

Part part_of(Index begin, Index m, Window window) {
  const Index first = std::clamp<Index>(window.offset - begin, 0, m);
  const Index last = std::clamp<Index>(window.offset + window.length - begin, first, m);
  return {begin - window.offset, first, last};
}

/// Blocks are runs of three kinds: all numbers of the stream's block lie in the window, none, or some; a block with some is a run by
/// itself and passes through a buffer. The end of the run that block b begins.
Index run_end(const Part& part, Index b, Index block, Index blocks) {
  const Index s = b * block;
  if (s >= part.last) {
    return blocks;
  }
  if (s >= part.first) {
    return s + block <= part.last ? part.last / block : b + 1;
  }
  return s + block <= part.first ? part.first / block : b + 1;
}

enum class Coverage { none, some, all };

Coverage coverage(const Part& part, Index s, Index block) {
  if (s >= part.last || s + block <= part.first || part.first == part.last) {
    return Coverage::none;
  }
  return s >= part.first && s + block <= part.last ? Coverage::all : Coverage::some;
}

/// A stream's numbers in memory: `scalars` Reals each.
template <class Real>
struct Stream {
  Part part;
  Index scalars = 1;
  const Real** pointer = nullptr;
  Index* step = nullptr;
};

template <class Real>
struct alignas(64) Buffers {
  Real blocks[2 * lanes<Real>][2 * lanes<Real>];  // of streams of which a block is partly in the window
  Real rows[lanes<Real> * row_size<Real>];        // of the last block, where the length is no multiple
  Real unused[2 * lanes<Real>];                   // zeros on loading; what nobody wants on storing
};

/// Calls visit(streams, partial) for each run of blocks, with the pointers of `streams` set.
template <class Real>
class Runs {
 public:
  /// @param period  places of the window: 2 M with the second half in the imaginary parts (Source::halves), or M
  Runs(const Real* data, Window window, Source source, Index m, Buffers<Real>& buffers) : data_(data), m_(m), buffers_(buffers) {
    constexpr Index count = lanes<Real>;
    for (Index t = 0; t < count; ++t) {
      add(part_of(t * m, m, window), source == Source::pairs ? 2 : 1, streams_.real[t], streams_.real_step[t]);
    }
    if (source == Source::halves) {
      bool any = false;
      for (Index t = 0; t < count; ++t) {
        const Part part = part_of((count + t) * m, m, window);
        any = any || part.first < part.last;
        add(part, 1, streams_.imaginary[t], streams_.imaginary_step[t]);
      }
      if (!any) {
        source = Source::real;
        used_ = count;
      }
    }
    streams_.source = source;
  }

  template <class Visit>
  void each(const Visit& visit) {
    constexpr Index block = lanes<Real>;
    const Index blocks = (m_ + block - 1) / block;
    for (Index b = 0; b < blocks;) {
      Index end = blocks;
      for (Index k = 0; k < used_; ++k) {
        end = std::min(end, run_end(all_[k].part, b, block, blocks));
      }
      if (m_ % block != 0 && b < blocks - 1) {
        end = std::min(end, blocks - 1);
      }
      for (Index k = 0; k < used_; ++k) {
        const Stream<Real>& stream = all_[k];
        const Coverage covered = coverage(stream.part, b * block, block);
        const Real* const place = data_ + (stream.part.place + b * block) * stream.scalars;
        *stream.pointer = covered == Coverage::all ? place : covered == Coverage::some ? buffers_.blocks[k] : buffers_.unused;
        *stream.step = covered == Coverage::all ? block * stream.scalars : 0;
      }
      streams_.first_block = b;
      streams_.blocks = end - b;
      visit(streams_);
      b = end;
    }
  }

  /// copy(number in the buffer, number in memory) for the buffers of this run.
  template <class Copy>
  void each_partial(const Copy& copy) {
    constexpr Index block = lanes<Real>;
    const Index s = streams_.first_block * block;
    for (Index k = 0; k < used_; ++k) {
      const Stream<Real>& stream = all_[k];
      if (*stream.pointer == buffers_.blocks[k]) {
        const Index first = std::max(s, stream.part.first);
        const Index last = std::min(s + block, stream.part.last);
        for (Index i = first * stream.scalars; i < last * stream.scalars; ++i) {
          copy(buffers_.blocks[k][i - s * stream.scalars], stream.part.place * stream.scalars + i);
        }
      }
    }
  }

  [[nodiscard]] bool partial(Index k) const { return *all_[k].pointer == buffers_.blocks[k]; }

 private:
  void add(const Part& part, Index scalars, const Real*& pointer, Index& step) { all_[used_++] = {part, scalars, &pointer, &step}; }

  const Real* data_;
  Index m_;
  Buffers<Real>& buffers_;
  Streams<Real> streams_;
  Stream<Real> all_[2 * lanes<Real>];
  Index used_ = 0;
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
  Buffers<Real> buffers = {};
  Runs<Real> runs(data, window, source, m, buffers);
  const EngineKernels<Real>& kernels = engine_kernels<Real>();
  runs.each([&](const Streams<Real>& streams) {
    std::fill(&buffers.blocks[0][0], &buffers.blocks[0][0] + sizeof(buffers.blocks) / sizeof(Real), Real(0));
    runs.each_partial([&](Real& number, Index at) { number = data[at]; });
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
  Buffers<Real> buffers = {};
  Runs<Real> runs(data, window, source, m, buffers);
  const EngineKernels<Real>& kernels = engine_kernels<Real>();
  runs.each([&](const Streams<Real>& streams) {
    runs.each_partial([&](Real& number, Index at) { number = add ? data[at] : Real(0); });
    const Real* in = rows + streams.first_block * lanes<Real> * row_size<Real>;
    const Index left = m - streams.first_block * lanes<Real>;
    if (left < lanes<Real>) {
      std::copy(in, in + left * row_size<Real>, buffers.rows);
      in = buffers.rows;
    }
    kernels.store(pass, streams, in, add);
    runs.each_partial([&](Real& number, Index at) { data[at] = number; });
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
