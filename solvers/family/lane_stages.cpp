#include <kindred/solvers/family/lane_stages.hpp>

#include <algorithm>

#include <kindred/kernels/multiversion.hpp>

// Every loop over l runs over the lanes and becomes vector instructions; the rows of one butterfly do not overlap.

namespace kindred {
namespace {

template <class Real>
struct Complex {
  Real re, im;
};

template <class Real>
[[gnu::always_inline]] inline Complex<Real> load(const Real* row, Index l) {
  return {row[l], row[lanes<Real> + l]};
}

template <class Real>
[[gnu::always_inline]] inline void store(Real* row, Index l, Complex<Real> z) {
  row[l] = z.re;
  row[lanes<Real> + l] = z.im;
}

/// z times the k-th twiddle factor.
template <class Real>
[[gnu::always_inline]] inline Complex<Real> turn(Complex<Real> z, const Real* twiddle, Index k) {
  return {z.re * twiddle[2 * k - 2] - z.im * twiddle[2 * k - 1], z.re * twiddle[2 * k - 1] + z.im * twiddle[2 * k - 2]};
}

template <class Real>
[[gnu::always_inline]] inline Complex<Real> operator+(Complex<Real> a, Complex<Real> b) {
  return {a.re + b.re, a.im + b.im};
}
template <class Real>
[[gnu::always_inline]] inline Complex<Real> operator-(Complex<Real> a, Complex<Real> b) {
  return {a.re - b.re, a.im - b.im};
}
template <class Real>
[[gnu::always_inline]] inline Complex<Real> operator*(Real a, Complex<Real> b) {
  return {a * b.re, a * b.im};
}
/// a − i b and a + i b.
template <class Real>
[[gnu::always_inline]] inline Complex<Real> minus_i(Complex<Real> a, Complex<Real> b) {
  return {a.re + b.im, a.im - b.re};
}
template <class Real>
[[gnu::always_inline]] inline Complex<Real> plus_i(Complex<Real> a, Complex<Real> b) {
  return {a.re - b.im, a.im + b.re};
}

/// The rows of one butterfly: row k of the input lies `step` numbers after row k − 1; the output likewise.
template <class Real>
struct Butterfly {
  const Real* in;
  Index in_step;
  Real* out;
  Index out_step;
  const Real* twiddle;
};

template <class Real>
[[gnu::always_inline]] inline void butterfly_2(const Butterfly<Real>& b) {
  const Real* __restrict in = b.in;
  Real* __restrict out = b.out;
#pragma GCC ivdep
#pragma GCC unroll 1
  for (Index l = 0; l < lanes<Real>; ++l) {
    const auto x0 = load(in, l);
    const auto x1 = load(in + b.in_step, l);
    store(out, l, x0 + x1);
    store(out + b.out_step, l, turn(x0 - x1, b.twiddle, 1));
  }
}

template <class Real>
[[gnu::always_inline]] inline void butterfly_3(const Butterfly<Real>& b) {
  constexpr Real sine = static_cast<Real>(0.86602540378443864676);
  const Real* __restrict in = b.in;
  Real* __restrict out = b.out;
#pragma GCC ivdep
#pragma GCC unroll 1
  for (Index l = 0; l < lanes<Real>; ++l) {
    const auto x0 = load(in, l);
    const auto x1 = load(in + b.in_step, l);
    const auto x2 = load(in + 2 * b.in_step, l);
    const auto sum = x1 + x2;
    const auto even = x0 - Real{0.5} * sum;
    const auto odd = sine * (x1 - x2);
    store(out, l, x0 + sum);
    store(out + b.out_step, l, turn(minus_i(even, odd), b.twiddle, 1));
    store(out + 2 * b.out_step, l, turn(plus_i(even, odd), b.twiddle, 2));
  }
}

template <class Real>
[[gnu::always_inline]] inline void butterfly_4(const Butterfly<Real>& b) {
  const Real* __restrict in = b.in;
  Real* __restrict out = b.out;
#pragma GCC ivdep
#pragma GCC unroll 1
  for (Index l = 0; l < lanes<Real>; ++l) {
    const auto x0 = load(in, l);
    const auto x1 = load(in + b.in_step, l);
    const auto x2 = load(in + 2 * b.in_step, l);
    const auto x3 = load(in + 3 * b.in_step, l);
    const auto p = x0 + x2;
    const auto m = x0 - x2;
    const auto q = x1 + x3;
    const auto d = x1 - x3;
    store(out, l, p + q);
    store(out + b.out_step, l, turn(minus_i(m, d), b.twiddle, 1));
    store(out + 2 * b.out_step, l, turn(p - q, b.twiddle, 2));
    store(out + 3 * b.out_step, l, turn(plus_i(m, d), b.twiddle, 3));
  }
}

template <class Real>
[[gnu::always_inline]] inline void butterfly_5(const Butterfly<Real>& b) {
  constexpr Real c1 = static_cast<Real>(0.30901699437494742410);
  constexpr Real c2 = static_cast<Real>(-0.80901699437494742410);
  constexpr Real s1 = static_cast<Real>(0.95105651629515357212);
  constexpr Real s2 = static_cast<Real>(0.58778525229247312917);
  const Real* __restrict in = b.in;
  Real* __restrict out = b.out;
#pragma GCC ivdep
#pragma GCC unroll 1
  for (Index l = 0; l < lanes<Real>; ++l) {
    const auto x0 = load(in, l);
    const auto x1 = load(in + b.in_step, l);
    const auto x2 = load(in + 2 * b.in_step, l);
    const auto x3 = load(in + 3 * b.in_step, l);
    const auto x4 = load(in + 4 * b.in_step, l);
    const auto p = x1 + x4;
    const auto q = x2 + x3;
    const auto d = x1 - x4;
    const auto e = x2 - x3;
    const auto even1 = x0 + (c1 * p + c2 * q);
    const auto even2 = x0 + (c2 * p + c1 * q);
    const auto odd1 = s1 * d + s2 * e;
    const auto odd2 = s2 * d - s1 * e;
    store(out, l, x0 + (p + q));
    store(out + b.out_step, l, turn(minus_i(even1, odd1), b.twiddle, 1));
    store(out + 2 * b.out_step, l, turn(minus_i(even2, odd2), b.twiddle, 2));
    store(out + 3 * b.out_step, l, turn(plus_i(even2, odd2), b.twiddle, 3));
    store(out + 4 * b.out_step, l, turn(plus_i(even1, odd1), b.twiddle, 4));
  }
}

/// Sums and differences of the rows r and p − r, two rows of `sums` each; the sum of all is the first row of the result.
template <class Real>
[[gnu::always_inline]] inline void fold_rows(const Butterfly<Real>& b, Index radix, Real* __restrict sums) {
  const Real* __restrict in = b.in;
  alignas(64) Real total[row_size<Real>];
  std::copy_n(in, row_size<Real>, total);
  for (Index r = 1; r <= (radix - 1) / 2; ++r) {
    const Real* const low = in + r * b.in_step;
    const Real* const high = in + (radix - r) * b.in_step;
    Real* const both = sums + 2 * row_size<Real> * (r - 1);
#pragma GCC ivdep
#pragma GCC unroll 1
    for (Index l = 0; l < row_size<Real>; ++l) {
      both[l] = low[l] + high[l];
      both[row_size<Real> + l] = low[l] - high[l];
      total[l] += low[l] + high[l];
    }
  }
  std::copy_n(total, row_size<Real>, b.out);
}

/// Output rows k and p − k.
template <class Real>
struct OutputPair {
  const Real* cosine;
  const Real* sine;
  Real* low;
  Real* high;
  const Real* low_twiddle;
  const Real* high_twiddle;
};

template <class Real>
[[gnu::always_inline]] inline void store_pair(const OutputPair<Real>& o, Index l, Complex<Real> even, Complex<Real> odd) {
  store(o.low, l, turn(minus_i(even, odd), o.low_twiddle, 1));
  store(o.high, l, turn(plus_i(even, odd), o.high_twiddle, 1));
}

/// Two pairs of rows at a time, so that every row loaded serves four sums.
template <class Real>
[[gnu::always_inline]] inline void two_pairs(const Real* __restrict first, const Real* __restrict sums, Index half, OutputPair<Real> a,
                                             OutputPair<Real> b) {
#pragma GCC ivdep
#pragma GCC unroll 1
  for (Index l = 0; l < lanes<Real>; ++l) {
    Complex<Real> even_a = load(first, l);
    Complex<Real> even_b = even_a;
    Complex<Real> odd_a{Real{0}, Real{0}};
    Complex<Real> odd_b = odd_a;
    for (Index r = 0; r < half; ++r) {
      const auto sum = load(sums + 2 * row_size<Real> * r, l);
      const auto difference = load(sums + 2 * row_size<Real> * r + row_size<Real>, l);
      even_a = even_a + a.cosine[r] * sum;
      odd_a = odd_a + a.sine[r] * difference;
      even_b = even_b + b.cosine[r] * sum;
      odd_b = odd_b + b.sine[r] * difference;
    }
    store_pair(a, l, even_a, odd_a);
    store_pair(b, l, even_b, odd_b);
  }
}

template <class Real>
[[gnu::always_inline]] inline void butterfly_odd(const Butterfly<Real>& b, const typename LaneFourier<Real>::Stage& stage) {
  const Index half = (stage.radix - 1) / 2;
  fold_rows(b, stage.radix, stage.sums.data());
  const auto pair = [&](Index k) {
    const Index mirror = stage.radix - k;
    return OutputPair<Real>{stage.cosine.data() + (k - 1) * half,
                            stage.sine.data() + (k - 1) * half,
                            b.out + k * b.out_step,
                            b.out + mirror * b.out_step,
                            b.twiddle + 2 * (k - 1),
                            b.twiddle + 2 * (mirror - 1)};
  };
  for (Index k = 1; k <= half; k += 2) {
    two_pairs(b.in, stage.sums.data(), half, pair(k), pair(std::min(k + 1, half)));
  }
}

template <class Real, class Apply>
[[gnu::always_inline]] inline void for_each_butterfly(const typename LaneFourier<Real>::Stage& stage, const Real* in, Real* out,
                                                      Apply apply) {
  const Index groups = stage.done;
  for (Index j = 0; j < stage.left; ++j) {
    const Real* const twiddle = stage.twiddle.data() + 2 * j * (stage.radix - 1);
    for (Index q = 0; q < groups; ++q) {
      apply(Butterfly<Real>{in + row_size<Real> * (q + groups * j), row_size<Real> * groups * stage.left,
                            out + row_size<Real> * (q + groups * stage.radix * j), row_size<Real> * groups, twiddle});
    }
  }
}

template <class Real>
[[gnu::always_inline]] inline void stage_of(const typename LaneFourier<Real>::Stage& stage, const Real* in, Real* out) {
  switch (stage.radix) {
    case 2:
      for_each_butterfly(
          stage, in, out, [](const Butterfly<Real>& b) __attribute__((always_inline)) { butterfly_2(b); });
      break;
    case 3:
      for_each_butterfly(
          stage, in, out, [](const Butterfly<Real>& b) __attribute__((always_inline)) { butterfly_3(b); });
      break;
    case 4:
      for_each_butterfly(
          stage, in, out, [](const Butterfly<Real>& b) __attribute__((always_inline)) { butterfly_4(b); });
      break;
    case 5:
      for_each_butterfly(
          stage, in, out, [](const Butterfly<Real>& b) __attribute__((always_inline)) { butterfly_5(b); });
      break;
    default:
      for_each_butterfly(
          stage, in, out, [&](const Butterfly<Real>& b) __attribute__((always_inline)) { butterfly_odd(b, stage); });
      break;
  }
}

template <class Real>
[[gnu::always_inline]] inline void multiply(const Real* in, const Real* factor, bool conjugate, Real* out) {
  const Real sign = conjugate ? Real{-1} : Real{1};
#pragma GCC ivdep
#pragma GCC unroll 1
  for (Index l = 0; l < lanes<Real>; ++l) {
    const auto z = turn(load(in, l), factor, 1);
    store(out, l, {z.re, sign * z.im});
  }
}

/// A row and its mirror image, which are the same where it is its own image.
template <class Real>
[[gnu::always_inline]] inline void combine_rows(Real* row, Real* other, const Real* c, const Real* o) {
#pragma GCC ivdep
#pragma GCC unroll 1
  for (Index l = 0; l < lanes<Real>; ++l) {
    const auto a = load(row, l);
    const auto b = load(other, l);
    store(other, l, turn(b, o, 1) + turn(a, o, 2));
    store(row, l, turn(a, c, 1) + turn(b, c, 2));
  }
}

template <class Real>
[[gnu::always_inline]] inline void combine(Index length, bool mirror_about_zero, const Real* combination, Real* line) {
  Index low = 0;
  Index high = length - 1;
  if (mirror_about_zero) {
    combine_rows(line, line, combination, combination);
    low = 1;
  }
  for (; low <= high; ++low, --high) {
    combine_rows(line + low * row_size<Real>, line + high * row_size<Real>, combination + 4 * low, combination + 4 * high);
  }
}

}  // namespace

KINDRED_MULTIVERSION void run_stage(const LaneFourier<float>::Stage& stage, const float* in, float* out) { stage_of(stage, in, out); }
KINDRED_MULTIVERSION void run_stage(const LaneFourier<double>::Stage& stage, const double* in, double* out) { stage_of(stage, in, out); }
KINDRED_MULTIVERSION void multiply_row(const float* in, const float* factor, bool conjugate, float* out) {
  multiply(in, factor, conjugate, out);
}
KINDRED_MULTIVERSION void multiply_row(const double* in, const double* factor, bool conjugate, double* out) {
  multiply(in, factor, conjugate, out);
}

KINDRED_MULTIVERSION void combine_line(Index length, bool mirror_about_zero, const float* combination, float* line) {
  combine(length, mirror_about_zero, combination, line);
}
KINDRED_MULTIVERSION void combine_line(Index length, bool mirror_about_zero, const double* combination, double* line) {
  combine(length, mirror_about_zero, combination, line);
}

}  // namespace kindred
