#pragma once

#include <type_traits>

#include <kindred/kernels/fftconv/fused/butterflies.hpp>
#include <kindred/kernels/fftconv/fused/job.hpp>

namespace kindred::fftconv::fused {

/// A number that the compiler does not recognise: it would keep the addresses of all elements from one loop to the next, and there are no
/// registers for them.
KINDRED_FUSED_INLINE unsigned forgotten(unsigned x) {
#if defined(__CUDA_ARCH__)
  asm volatile("" : "+r"(x));
#endif
  return x;
}

KINDRED_FUSED_INLINE float times(float a, float b) { return a * b; }
KINDRED_FUSED_INLINE double times(double a, double b) { return a * b; }
template <class Real>
KINDRED_FUSED_INLINE Complex<Real> times(Complex<Real> a, Complex<Real> b) {
  return product(a, b);
}
template <class Real>
KINDRED_FUSED_INLINE Complex<Real> times(Complex<Real> a, Real b) {
  return {a.re * b, a.im * b};
}

/// The numbers of an array at places after a thread's first one.
/// @tparam simple  without gaps, and aligned
template <bool simple, class S>
class Window {
 public:
  using Scalar = std::remove_const_t<S>;
  static constexpr bool real = std::is_arithmetic_v<Scalar>;

  KINDRED_FUSED_INLINE Window(S* array, const Places& places, Index step, bool aligned, unsigned thread)
      : step_(step), count_(static_cast<unsigned>(places.hi - places.lo)), aligned_(aligned) {
    const auto first = static_cast<int>(forgotten(thread));
    first_ = array + (places.at + first * (simple ? 1 : step));
    from_ = static_cast<unsigned>(first - places.lo);
  }

  KINDRED_FUSED_INLINE bool has(int place) const { return from_ + static_cast<unsigned>(place) < count_; }

  template <class Memory>
  KINDRED_FUSED_INLINE Scalar get(Memory& memory, int place, int slot) const {
    const S* const from = at(place);
    if constexpr (!real && !simple) {
      if (!aligned_) {
        return {memory.load(&from->re, slot), memory.load(&from->im, slot)};
      }
    }
    return memory.load(from, slot);
  }

  template <class Memory>
  KINDRED_FUSED_INLINE void put(Memory& memory, int place, Scalar value, int slot) const {
    S* const to = at(place);
    if constexpr (!real && !simple) {
      if (!aligned_) {
        memory.store(&to->re, value.re, slot);
        memory.store(&to->im, value.im, slot);
        return;
      }
    }
    memory.store(to, value, slot);
  }

 private:
  KINDRED_FUSED_INLINE S* at(int place) const { return first_ + (simple ? place : place * step_); }

  S* first_;
  Index step_;
  unsigned from_;  ///< of the first place, counted from the window's
  unsigned count_;
  bool aligned_;
};

}  // namespace kindred::fftconv::fused
