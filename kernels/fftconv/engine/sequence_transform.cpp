#include <kindred/kernels/fftconv/engine/sequence_transform.hpp>

#include <algorithm>
#include <string>
#include <type_traits>
#include <vector>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/fftconv/engine/first_pass.hpp>
#include <kindred/kernels/fftconv/engine/lengths.hpp>

namespace kindred::fftconv {
namespace {

template <class Real>
Index lane_length(Index length, Index residues) {
  if (residues < 1 || 2 * residues > most_folds) {
    throw InputError("SequenceTransform: " + std::to_string(residues) + " residues; from 1 to " + std::to_string(most_folds / 2) +
                     " can be had.");
  }
  const Index m = length / (lanes<Real> * residues);
  if (length < 1 || length % (lanes<Real> * residues) != 0 || !smooth(m)) {
    throw InputError("SequenceTransform: length " + std::to_string(length) + " must be " + std::to_string(lanes<Real> * residues) +
                     " times a product of 2, 3, 5 and 7; take SequenceTransform::good_length().");
  }
  return m;
}

template <class Real, class Value>
struct Array {
  static constexpr bool pairs = !std::is_same_v<std::remove_const_t<Value>, Real>;
  static constexpr Index parts = pairs ? 1 : 2;  // of a period, in numbers of z
};

}  // namespace

template <class Real>
struct SequenceTransform<Real>::State {
  State(Index n, double shift, Index residues) : length(n), rows(lane_length<Real>(n, residues)) {
    for (Index r = 0; r < residues; ++r) {
      first.push_back(
          first_pass<Real>(n / residues, (static_cast<long double>(r) + shift) / static_cast<long double>(residues), 2 * residues, n));
    }
  }

  template <class Value>
  void require(Window window) const {
    const Index period = length * Array<Real, Value>::parts;
    if (window.offset < 0 || window.length < 0 || window.offset + window.length > period) {
      throw InputError("SequenceTransform: places " + std::to_string(window.offset) + " to " +
                       std::to_string(window.offset + window.length) + " do not lie in the period, 0 to " + std::to_string(period) + ".");
    }
  }

  [[nodiscard]] Index residues() const { return static_cast<Index>(first.size()); }
  [[nodiscard]] Index residue_numbers() const { return 2 * length / residues(); }

  template <class Value>
  void load(Index residue, const Value* data, Window window, Real* to) const;
  template <class Value>
  void store(Index residue, const Real* from, Value* data, Window window, bool add) const;

  Index length;
  LaneTransform<Real> rows;
  std::vector<FirstPass<Real>> first;  ///< of each residue
};

template <class Real>
template <class Value>
void SequenceTransform<Real>::State::load(Index residue, const Value* data, Window window, Real* to) const {
  const auto* const numbers = reinterpret_cast<const Real*>(data);
  const FirstPass<Real>& pass = first[static_cast<std::size_t>(residue)];
  const EngineKernels<Real>& kernels = engine_kernels<Real>();
  Runs<Real> runs(pass, pass.phases, numbers, window, Array<Real, Value>::pairs, rows.length(), true);
  runs.each([&](const Streams<Real>& streams) {
    runs.clear_buffers();
    runs.each_partial([&](const auto& partial) { std::copy_n(numbers + partial.at, partial.count, partial.buffer); });
    Real* const out = to + streams.first_block * lanes<Real> * row_size<Real>;
    const Index left = rows.length() - streams.first_block * lanes<Real>;
    if (left >= lanes<Real>) {
      kernels.load(pass, streams, out);
    } else {
      alignas(64) Real last[lanes<Real> * row_size<Real>];
      kernels.load(pass, streams, last);
      std::copy_n(last, left * row_size<Real>, out);
    }
  });
}

template <class Real>
template <class Value>
void SequenceTransform<Real>::State::store(Index residue, const Real* from, Value* data, Window window, bool add) const {
  auto* const numbers = reinterpret_cast<Real*>(data);
  const FirstPass<Real>& pass = first[static_cast<std::size_t>(residue)];
  const EngineKernels<Real>& kernels = engine_kernels<Real>();
  Runs<Real> runs(pass, pass.unphases, numbers, window, Array<Real, Value>::pairs, rows.length(), false);
  runs.each([&](const Streams<Real>& streams) {
    if (add) {
      runs.each_partial([&](const auto& partial) { std::copy_n(numbers + partial.at, partial.count, partial.buffer); });
    }
    const Real* const in = from + streams.first_block * lanes<Real> * row_size<Real>;
    const Index left = rows.length() - streams.first_block * lanes<Real>;
    if (left >= lanes<Real>) {
      kernels.store(pass, streams, in, add);
    } else {
      alignas(64) Real last[lanes<Real> * row_size<Real>] = {};
      std::copy_n(in, left * row_size<Real>, last);
      kernels.store(pass, streams, last, add);
    }
    runs.each_partial([&](const auto& partial) { std::copy_n(partial.buffer, partial.count, numbers + partial.at); });
  });
}

template <class Real>
SequenceTransform<Real>::SequenceTransform(Index length, double shift, Index residues)
    : state_(std::make_shared<const State>(length, shift, residues)) {}

template <class Real>
Index SequenceTransform<Real>::good_length(Index least) {
  constexpr Index count = lanes<Real>;
  return count * cheapest_length((least + count - 1) / count, [](Index m) {
           // Whole blocks are loaded and stored; the numbers of one that is not full pass through a buffer.
           const Index loaded = (m + count - 1) / count * count;
           const double buffered = loaded > m ? 350.0 : 0.0;
           return buffered + static_cast<double>(loaded) * cycles_of_copying + static_cast<double>(m) * cycles_of_passes(m);
         });
}

template <class Real>
Index SequenceTransform<Real>::length() const {
  return state_->length;
}

template <class Real>
Index SequenceTransform<Real>::residues() const {
  return state_->residues();
}

template <class Real>
Index SequenceTransform<Real>::row_numbers() const {
  return 2 * state_->length;
}

template <class Real>
Index SequenceTransform<Real>::residue_numbers() const {
  return state_->residue_numbers();
}

template <class Real>
Index SequenceTransform<Real>::frequency(Index position, Index lane) const {
  const Index m = state_->rows.length();
  return position / m + state_->residues() * (lane + lanes<Real> * state_->rows.frequency(position % m));
}

template <class Real>
template <class Value>
void SequenceTransform<Real>::forward(const Value* data, Window window, Real* rows) const {
  state_->template require<Value>(window);
  for (Index r = 0; r < state_->residues(); ++r) {
    Real* const own = rows + r * state_->residue_numbers();
    state_->load(r, data, window, own);
    state_->rows.forward(own);
  }
}

template <class Real>
template <class Value>
void SequenceTransform<Real>::backward(Real* rows, Window window, Value* out, bool add) const {
  state_->template require<Value>(window);
  for (Index r = 0; r < state_->residues(); ++r) {
    Real* const own = rows + r * state_->residue_numbers();
    state_->rows.backward(own);
    state_->store(r, own, out, window, add || r > 0);
  }
}

template <class Real>
void SequenceTransform<Real>::multiply(Real* rows, const Real* spectrum, bool real_spectrum, bool conjugate, Real* sums) const {
  const SpectrumForm form = real_spectrum ? SpectrumForm::real_lanes : SpectrumForm::complex_lanes;
  engine_kernels<Real>().multiply(rows, state_->length / lanes<Real>, spectrum, form, conjugate, sums);
}

template <class Real>
template <class Value>
void SequenceTransform<Real>::convolve(const Value* in, Window in_window, const Real* spectrum, bool real_spectrum, bool conjugate,
                                       Value* out, Window out_window, Real* rows) const {
  for (Index r = 0; r < state_->residues(); ++r) {
    convolve_residue(r, in, in_window, spectrum, real_spectrum, conjugate, out, out_window, r > 0, rows);
  }
}

template <class Real>
template <class Value>
void SequenceTransform<Real>::convolve_residue(Index residue, const Value* in, Window in_window, const Real* spectrum, bool real_spectrum,
                                               bool conjugate, Value* out, Window out_window, bool add, Real* rows) const {
  state_->template require<Value>(in_window);
  state_->template require<Value>(out_window);
  const SpectrumForm form = real_spectrum ? SpectrumForm::real_lanes : SpectrumForm::complex_lanes;
  state_->load(residue, in, in_window, rows);
  state_->rows.convolve(rows, spectrum + residue * state_->residue_numbers() / (real_spectrum ? 2 : 1), form, conjugate);
  state_->store(residue, rows, out, out_window, add);
}

template <class Real>
const LaneTransform<Real>& SequenceTransform<Real>::lane_transform() const {
  return state_->rows;
}

template <class Real>
std::size_t SequenceTransform<Real>::bytes() const {
  std::size_t numbers = 0;
  for (const FirstPass<Real>& pass : state_->first) {
    numbers += pass.roots.size() + pass.coarse.size() + pass.phases.size() + pass.unphases.size();
  }
  return state_->rows.bytes() + numbers * sizeof(Real);
}

template class SequenceTransform<float>;
template class SequenceTransform<double>;

// NOLINTBEGIN(bugprone-macro-parentheses): types
#define KINDRED_INSTANTIATE(Real, Value)                                                                                              \
  template void SequenceTransform<Real>::forward(const Value*, Window, Real*) const;                                                  \
  template void SequenceTransform<Real>::backward(Real*, Window, Value*, bool) const;                                                 \
  template void SequenceTransform<Real>::convolve(const Value*, Window, const Real*, bool, bool, Value*, Window, Real*) const;        \
  template void SequenceTransform<Real>::convolve_residue(Index, const Value*, Window, const Real*, bool, bool, Value*, Window, bool, \
                                                          Real*) const;
KINDRED_INSTANTIATE(float, float)
KINDRED_INSTANTIATE(float, std::complex<float>)
KINDRED_INSTANTIATE(double, double)
KINDRED_INSTANTIATE(double, std::complex<double>)
#undef KINDRED_INSTANTIATE
// NOLINTEND(bugprone-macro-parentheses)

}  // namespace kindred::fftconv
