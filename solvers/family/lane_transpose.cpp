#include <kindred/solvers/family/lane_transpose.hpp>

#include <cstring>
#include <type_traits>

namespace kindred {
namespace {

// Squares of numbers that fill 16 bytes in both directions: vectors that every processor has.

template <class Real>
constexpr Index width = 16 / sizeof(Real);

using Floats [[gnu::vector_size(16)]] = float;
using Doubles [[gnu::vector_size(16)]] = double;

template <class Vector>
Vector read(const void* p) {
  Vector v;
  std::memcpy(&v, p, sizeof v);
  return v;
}

template <class Vector>
void write(void* p, Vector v) {
  std::memcpy(p, &v, sizeof v);
}

template <class Real>
using VectorOf = std::conditional_t<std::is_same_v<Real, float>, Floats, Doubles>;

void transpose(Floats (&v)[4]) {
  const auto low01 = __builtin_shufflevector(v[0], v[1], 0, 4, 1, 5);
  const auto high01 = __builtin_shufflevector(v[0], v[1], 2, 6, 3, 7);
  const auto low23 = __builtin_shufflevector(v[2], v[3], 0, 4, 1, 5);
  const auto high23 = __builtin_shufflevector(v[2], v[3], 2, 6, 3, 7);
  v[0] = __builtin_shufflevector(low01, low23, 0, 1, 4, 5);
  v[1] = __builtin_shufflevector(low01, low23, 2, 3, 6, 7);
  v[2] = __builtin_shufflevector(high01, high23, 0, 1, 4, 5);
  v[3] = __builtin_shufflevector(high01, high23, 2, 3, 6, 7);
}

void transpose(Doubles (&v)[2]) {
  const auto low = __builtin_shufflevector(v[0], v[1], 0, 2);
  v[1] = __builtin_shufflevector(v[0], v[1], 1, 3);
  v[0] = low;
}

struct InOrder {
  Index operator()(Index k) const { return k; }
};

struct AtPosition {
  const Index* position;
  Index operator()(Index k) const { return position[k]; }
};

struct One {
  template <class V>
  V operator()(Index /*k*/, V v) const {
    return v;
  }
};

template <class Real>
struct Times {
  const Real* factor;
  template <class V>
  V operator()(Index k, V v) const {
    return factor[k] * v;
  }
};

template <class Real, class Place, class Scale>
void to_lines(Index n, const Real* in, Place place, Scale scale, Index stride, Real* out) {
  constexpr Index w = width<Real>;
  const Index whole = n - n % w;
  for (Index k = 0; k < whole; k += w) {
    for (Index l = 0; l < row_size<Real>; l += w) {
      VectorOf<Real> square[w];
      for (Index r = 0; r < w; ++r) {
        square[r] = scale(k + r, read<VectorOf<Real>>(in + row_size<Real> * place(k + r) + l));
      }
      transpose(square);
      for (Index r = 0; r < w; ++r) {
        write(out + stride * (l + r) + k, square[r]);
      }
    }
  }
  for (Index k = whole; k < n; ++k) {
    for (Index l = 0; l < row_size<Real>; ++l) {
      out[stride * l + k] = scale(k, in[row_size<Real> * place(k) + l]);
    }
  }
}

template <class Real, class Place, class Scale>
void to_rows(Index n, const Real* in, Index stride, Place place, Scale scale, Real* out) {
  constexpr Index w = width<Real>;
  const Index whole = n - n % w;
  for (Index k = 0; k < whole; k += w) {
    for (Index l = 0; l < row_size<Real>; l += w) {
      VectorOf<Real> square[w];
      for (Index r = 0; r < w; ++r) {
        square[r] = read<VectorOf<Real>>(in + stride * (l + r) + k);
      }
      transpose(square);
      for (Index r = 0; r < w; ++r) {
        write(out + row_size<Real> * place(k + r) + l, scale(k + r, square[r]));
      }
    }
  }
  for (Index k = whole; k < n; ++k) {
    for (Index l = 0; l < row_size<Real>; ++l) {
      out[row_size<Real> * place(k) + l] = scale(k, in[stride * l + k]);
    }
  }
}

}  // namespace

template <class Real>
void rows_to_lines(Index n, const Real* in, Index stride, Real* out) {
  to_lines(n, in, InOrder{}, One{}, stride, out);
}

template <class Real>
void lines_to_rows(Index n, const Real* in, Index stride, Real* out) {
  to_rows(n, in, stride, InOrder{}, One{}, out);
}

template <class Real>
void lines_to_places(Index n, const Real* in, Index stride, const Index* position, const Real* factor, Real* out) {
  to_rows(n, in, stride, AtPosition{position}, Times<Real>{factor}, out);
}

template <class Real>
void places_to_lines(Index n, const Real* in, const Index* position, const Real* factor, Index stride, Real* out) {
  to_lines(n, in, AtPosition{position}, Times<Real>{factor}, stride, out);
}

template void rows_to_lines(Index, const float*, Index, float*);
template void rows_to_lines(Index, const double*, Index, double*);
template void lines_to_rows(Index, const float*, Index, float*);
template void lines_to_rows(Index, const double*, Index, double*);
template void lines_to_places(Index, const float*, Index, const Index*, const float*, float*);
template void lines_to_places(Index, const double*, Index, const Index*, const double*, double*);
template void places_to_lines(Index, const float*, const Index*, const float*, Index, float*);
template void places_to_lines(Index, const double*, const Index*, const double*, Index, double*);

}  // namespace kindred
