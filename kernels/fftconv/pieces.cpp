#include <kindred/kernels/fftconv/pieces.hpp>

#include <algorithm>

namespace kindred::fftconv {

Index Pieces::count(bool adjoint) const {
  const Index numbers = adjoint ? axis_.data : axis_.outputs;
  return step_ == 0 ? 1 : (numbers + step_ - 1) / step_;
}

Piece Pieces::piece(Index number, bool adjoint) const {
  const Window data = {0, axis_.data};
  const Window outputs = {0, axis_.outputs};
  if (step_ == 0) {
    return adjoint ? Piece{0, outputs, 0, data} : Piece{0, data, 0, outputs};
  }
  // Output i of the convolution wants x_{first + i − (taps − 1)} … x_{first + i}, output j of the adjoint y_{j − first} … y_{j − first +
  // taps − 1}.
  const Index given = adjoint ? axis_.outputs : axis_.data;
  const Index out = number * step_;
  const Index count = std::min(step_, (adjoint ? axis_.data : axis_.outputs) - out);
  const Window to = {adjoint ? 0 : axis_.taps - 1, count};
  const Index begin = out + (adjoint ? -axis_.first : axis_.first - (axis_.taps - 1));
  const Index end = begin + count + axis_.taps - 1;
  if (axis_.periodic && (begin < 0 || end > given)) {
    return {begin, {0, end - begin}, out, to, true};
  }
  const Index first = std::clamp<Index>(0, begin, end);
  const Index last = std::clamp<Index>(given, first, end);
  return {first, {first - begin, last - first}, out, to};
}

Index Pieces::wrapped() const { return axis_.periodic && step_ != 0 ? std::min(step_, axis_.outputs) + axis_.taps - 1 : 0; }

}  // namespace kindred::fftconv
