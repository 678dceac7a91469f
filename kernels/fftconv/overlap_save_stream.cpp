#include <kindred/kernels/fftconv/overlap_save_stream.hpp>

#include <algorithm>
#include <string>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/fftconv/engine/sequence_transform.hpp>
#include <kindred/kernels/fftconv/kernel_arguments.hpp>
#include <kindred/kernels/fftconv/scalar.hpp>
#include <kindred/kernels/fftconv/sequence_shape.hpp>
#include <kindred/kernels/fftconv/workspace.hpp>

namespace kindred::fftconv {
namespace {

constexpr Index long_signal = Index{1} << 22;  ///< that the step is chosen for

template <class Value>
SequenceShape shape_of(Index taps, Index step) {
  if (step == 0) {
    return block_shape<Value>(axis_of(Mode::causal, std::max(long_signal, 4 * taps), taps));
  }
  return whole_shape<Value>(axis_of(Mode::valid, step + taps - 1, taps), 1);
}

}  // namespace

template <class Value>
struct OverlapSaveStream<Value>::State {
  using Number = Real<Value>;

  State(std::span<const Value> taps, const SequenceShape& shape, Index wanted)
      : overlap(static_cast<Index>(taps.size()) - 1),
        step(wanted == 0 ? shape.step : wanted),
        transform(shape.length, is_complex<Value> ? 0.0 : -0.25, 1),
        spectrum(static_cast<std::size_t>(transform.row_numbers())),
        rows(spectrum.size()),
        numbers(static_cast<std::size_t>(overlap + step)) {
    transform.forward(taps.data(), {0, overlap + 1}, spectrum.data());
  }

  /// The outputs of the numbers that have arrived since the last ones.
  void convolve(std::vector<Value>& out) {
    const std::size_t before = out.size();
    out.resize(before + static_cast<std::size_t>(arrived));
    transform.convolve(numbers.data(), {0, overlap + arrived}, spectrum.data(), false, false, out.data() + before, {overlap, arrived},
                       rows.data());
    std::copy(numbers.begin() + arrived, numbers.begin() + arrived + overlap, numbers.begin());
    arrived = 0;
  }

  /// next(count, to): the next numbers.
  template <class Next>
  void take(Index count, const Next& next, std::vector<Value>& out) {
    while (count > 0) {
      const Index part = std::min(count, step - arrived);
      next(part, numbers.data() + overlap + arrived);
      arrived += part;
      count -= part;
      if (arrived == step) {
        convolve(out);
      }
    }
  }

  Index overlap;
  Index step;
  Index arrived = 0;
  SequenceTransform<Number> transform;
  LineVector<Number> spectrum;
  LineVector<Number> rows;
  std::vector<Value> numbers;  ///< the last ones of the step before, then those that have arrived
};

template <class Value>
OverlapSaveStream<Value>::OverlapSaveStream(std::span<const Value> taps, Index step) {
  const auto count = static_cast<Index>(taps.size());
  if (count == 0) {
    throw InputError("OverlapSaveStream: no taps: give at least one");
  }
  if (step < 0) {
    throw InputError("OverlapSaveStream: step = " + std::to_string(step) + ": give a number of outputs, or 0 for the quickest one");
  }
  require_kernel({.data = {1}, .kernel = {count}}, taps);
  state_ = std::make_unique<State>(taps, shape_of<Value>(count, step), step);
}

template <class Value>
OverlapSaveStream<Value>::~OverlapSaveStream() = default;
template <class Value>
OverlapSaveStream<Value>::OverlapSaveStream(OverlapSaveStream&&) noexcept = default;
template <class Value>
OverlapSaveStream<Value>& OverlapSaveStream<Value>::operator=(OverlapSaveStream&&) noexcept = default;

template <class Value>
std::vector<Value> OverlapSaveStream<Value>::push(std::span<const Value> numbers) {
  std::vector<Value> out;
  const Value* from = numbers.data();
  state_->take(
      static_cast<Index>(numbers.size()),
      [&from](Index count, Value* to) {
        std::copy_n(from, count, to);
        from += count;
      },
      out);
  return out;
}

template <class Value>
std::vector<Value> OverlapSaveStream<Value>::flush() {
  std::vector<Value> out;
  state_->take(
      state_->overlap, [](Index count, Value* to) { std::fill_n(to, count, Value(0)); }, out);
  if (state_->arrived > 0) {
    state_->convolve(out);
  }
  std::ranges::fill(state_->numbers, Value(0));
  return out;
}

template <class Value>
Index OverlapSaveStream<Value>::latency() const {
  return state_->step - 1;
}

template class OverlapSaveStream<float>;
template class OverlapSaveStream<double>;
template class OverlapSaveStream<std::complex<float>>;
template class OverlapSaveStream<std::complex<double>>;

}  // namespace kindred::fftconv
