#pragma once

#include <algorithm>
#include <iterator>

#include <kindred/kernels/fftconv/engine/kernels.hpp>
#include <kindred/kernels/fftconv/engine/sequence_transform.hpp>

// The first pass of SequenceTransform over any part of its period: which of a window's numbers are in which block of which stream.

namespace kindred::fftconv {

/// @param length  M, of one residue
/// @param shift   of its frequencies; folds: streams of phases, u = 0 … folds − 1
/// @param scale   divides what goes back
template <class Real>
FirstPass<Real> first_pass(Index length, long double shift, Index folds, Index scale);

/// Of each stream, the m numbers s = 0 … m − 1 that one line of the first pass takes, what the window holds. Its places are consecutive:
/// the first is number `first_number` of stream `first_stream`, and streams between first and last have all of theirs in the window.
struct Span {
  Span(Window window, Index m)
      : offset(window.offset),
        length(window.length),
        first_stream(window.offset / m),
        first_number(window.offset % m),
        last_stream((window.offset + window.length) / m),
        last_number((window.offset + window.length) % m) {}

  [[nodiscard]] Index first(Index stream, Index m) const { return stream < first_stream ? m : stream == first_stream ? first_number : 0; }
  [[nodiscard]] Index last(Index stream, Index m) const { return stream < last_stream ? m : stream == last_stream ? last_number : 0; }

  Index offset;
  Index length;
  Index first_stream;
  Index first_number;
  Index last_stream;  ///< and last_number: just after the window
  Index last_number;
};

/// Blocks of `lanes` numbers of every stream, in runs: throughout a run, a stream's block lies in the window as a whole, or not at all, or
/// (in runs of one block) in part, and then passes through a buffer.
template <class Real>
class Runs {
 public:
  static constexpr Index block = lanes<Real>;
  struct Partial {
    Real* buffer;  ///< the first of
    Index at;      ///< and its place in the array, in Reals
    Index count;   ///< of Reals
  };

  /// @param readable  numbers after a stream's last one may be read, where they belong to the array, but not written
  Runs(const FirstPass<Real>& pass, const qmc::LineVector<Real>& phases, const Real* data, Window window, bool pairs, Index m,
       bool readable);

  /// visit(streams) for each run.
  template <class Visit>
  void each(const Visit& visit) {
    const Index blocks = (m_ + block - 1) / block;
    Index ends[] = {span_.first_number / block,
                    (span_.first_number + block - 1) / block,
                    span_.last_number / block,
                    (span_.last_number + block - 1) / block,
                    m_ / block,
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

  /// visit(partial) for each stream that passes through a buffer in this run.
  template <class Visit>
  void each_partial(const Visit& visit) const {
    std::for_each(partial_, partial_ + partial_count_, visit);
  }
  /// Zeros in the buffers of this run.
  void clear_buffers() { std::fill(&buffers_[0][0], &buffers_[partial_count_][0], Real(0)); }

 private:
  void set(Index first, Index end);
  void set_stream(Index stream, const Real*& pointer, Index& step);

  const Real* data_;
  Span span_;
  Index m_;
  Index scalars_;
  bool readable_;
  Index first_fold_;
  Index partial_count_ = 0;
  Streams<Real> streams_;
  Partial partial_[most_folds * lanes<Real>];
  alignas(64) Real unused_[2 * lanes<Real>] = {};  // zeros on loading; what nobody wants on storing
  alignas(64) Real buffers_[most_folds * lanes<Real> + 1][2 * lanes<Real>];
};

}  // namespace kindred::fftconv
