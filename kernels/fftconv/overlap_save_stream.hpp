#pragma once

#include <memory>
#include <span>
#include <vector>

#include <kindred/kernels/fftconv/plan.hpp>

namespace kindred::fftconv {

/// The convolution of numbers that arrive a few at a time, by overlap-save. What push() and flush() give, one after the other, is
/// y_n = Σ_k h_k x_{n−k}, all L + K − 1 of them: without flush(), as far as it goes, the causal convolution. The bits do not depend on how
/// the numbers are cut into pushes.
///
///     OverlapSaveStream<float> stream(taps);
///     while (read(block)) write(stream.push(block));
///     write(stream.flush());
template <class Value>
class OverlapSaveStream {
 public:
  /// @param step  outputs that are computed at a time; 0: the number that takes least time
  /// @throws InputError if there are no taps, one is not finite, or step < 0
  explicit OverlapSaveStream(std::span<const Value> taps, Index step = 0);
  ~OverlapSaveStream();
  OverlapSaveStream(OverlapSaveStream&&) noexcept;
  OverlapSaveStream& operator=(OverlapSaveStream&&) noexcept;

  /// Any number of numbers. @returns the outputs that have become complete
  std::vector<Value> push(std::span<const Value> numbers);
  /// The end of the input. @returns the outstanding outputs, with the K − 1 that follow the last number; after it a new signal may begin
  std::vector<Value> flush();

  /// Numbers that may have to arrive after number n before output n is given, at most.
  [[nodiscard]] Index latency() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

extern template class OverlapSaveStream<float>;
extern template class OverlapSaveStream<double>;
extern template class OverlapSaveStream<std::complex<float>>;
extern template class OverlapSaveStream<std::complex<double>>;

}  // namespace kindred::fftconv
