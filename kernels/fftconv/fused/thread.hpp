#pragma once

#include <type_traits>

#include <kindred/kernels/fftconv/fused/butterflies.hpp>
#include <kindred/kernels/fftconv/fused/job.hpp>
#include <kindred/kernels/fftconv/fused/shape.hpp>

namespace kindred::fftconv::fused {

/// What one thread of a convolution does between two barriers: its registers, and functions of its number that a processor can carry out
/// as well. Memory: load(address, slot), store(address, value, slot), table(address), write(place, value, slot), read(place, slot); the
/// slot numbers the accesses that the threads of a warp make at the same time.
///
/// Forward, X_k = Σ_j exp(−2πi j (k + s) / M) z_j: every two-point step reduces polynomials modulo x^{2h} − c² to those modulo x^h ∓ c, so
/// that the root depends on the block alone and a shift s of all frequencies is a change of the roots. Back by decimation in time, whose
/// roots depend on the place in the block: they too come before the sums, where they cost no operation of their own (the other form, the
/// transpose of the first, would cost eight for a step instead of six), but the shift is undone at the end.
///
/// Real numbers: s = −1/4, z_j = x_j + i x_{j + M}; complex ones: s = 0.
template <class Scalar_, int log_length>
class Thread {
 public:
  using Scalar = Scalar_;
  static constexpr bool real = std::is_arithmetic_v<Scalar>;
  using Real = typename PartsOf<Scalar>::type;
  using Number = Complex<Real>;
  using Work = Job<Scalar>;
  static constexpr Shape shape = shape_of<Real>(log_length);
  static constexpr int elements = shape.elements();
  static constexpr int length = shape.length();
  static constexpr int threads = shape.threads();

  /// @param item  block of an array; beyond the last, the thread takes part without reading or writing arrays
  KINDRED_FUSED_INLINE Thread(const Work& job, std::uint32_t item, unsigned thread) : thread_(thread) {
    active_ = item < job.items;
    if (active_ && job.blocks == 1) {
      array_ = item;
    } else if (active_) {
      array_ = item / job.blocks;
      block_ = item - array_ * job.blocks;
    }
  }

  /// The numbers, and the first step of the first pass, of which one operand may be known to be zero.
  template <class Memory>
  KINDRED_FUSED_INLINE void load(const Work& job, Memory& memory) {
    if (job.read.step == 1 && !job.wraps && job.aligned) {
      load<true>(job, memory);
    } else {
      load<false>(job, memory);
    }
  }

  /// The first pass without its first step, or a later one.
  template <int pass, class Memory>
  KINDRED_FUSED_INLINE void forward(const Work& job, Memory& memory) {
    constexpr int bits = shape.bits[pass];
    if constexpr (pass == 0) {
      unrolled<bits - 1>([&](auto level) { first_step<level + 1>(); });
    } else {
      constexpr int blocks = 1 << (log_length - shape.block_bits(pass));
      constexpr int at = shape.forward_roots(pass);
      constexpr unsigned neighbours = shape.stride(pass);
      const Number* const roots = job.tables + at + thread_ / neighbours;
      Number powers[bits];
      unrolled<bits>([&](auto j) { powers[j] = memory.table(roots + j * blocks); });
      unrolled<bits>([&](auto level) {
        unrolled<(1 << level)>([&](auto block) {
          const Number w = times_root<reversed(block, level) * (64 >> level)>(powers[bits - 1 - level]);
          for_pairs<pass, level, block>([&](Number& a, Number& b) { butterfly(a, b, w); });
        });
      });
    }
  }

  /// Also divides by the length, which the spectrum contains.
  template <class Memory>
  KINDRED_FUSED_INLINE void multiply(const Work& job, Memory& memory) {
    const Number* const spectrum = job.spectra + static_cast<Index>(array_) * job.spectrum_array + thread_;
    const Real sign = job.conjugate ? Real{-1} : Real{1};
    unrolled<elements>([&](auto c) {
      const Number h = memory.load(spectrum + c * threads, c);
      z_[c] = product(z_[c], {h.re, sign * h.im});
    });
  }

  template <int pass, class Memory>
  KINDRED_FUSED_INLINE void backward(const Work& job, Memory& memory) {
    constexpr int bits = shape.bits[pass];
    constexpr int stride = elements >> bits;
    Number powers[bits];
    if constexpr (pass < shape.passes - 1) {
      constexpr int at = shape.backward_roots(pass);
      constexpr unsigned neighbours = shape.stride(pass);
      const Number* const roots = job.tables + at + thread_ % neighbours;
      unrolled<bits>([&](auto j) { powers[j] = memory.table(roots + j * neighbours); });
    }
    unrolled<bits>([&](auto step) {
      constexpr int level = bits - 1 - step;
      constexpr int half = 1 << step;
      unrolled<half * stride>([&](auto r) {  // place r / stride in the block, butterfly r mod stride of the thread
        constexpr int turn = -((r / stride) * (64 / half) + (r % stride) * ((128 / elements) << level));
        const auto apply = [&](auto with) {
          unrolled<(1 << level)>([&](auto block) {
            constexpr int at = block * 2 * half * stride + r;
            with(z_[at], z_[at + half * stride]);
          });
        };
        if constexpr (pass < shape.passes - 1) {
          const Number w = times_root<turn>(powers[level]);
          apply([&](Number& a, Number& b) { butterfly(a, b, w); });
        } else {
          apply([&](Number& a, Number& b) { butterfly<turn>(a, b); });
        }
      });
    });
  }

  template <class Memory>
  KINDRED_FUSED_INLINE void store(const Work& job, Memory& memory) {
    if (job.write.step == 1 && job.aligned) {
      store<true>(job, memory);
    } else {
      store<false>(job, memory);
    }
  }

  template <int pass, class Memory>
  KINDRED_FUSED_INLINE void write(Memory& memory) const {
    for_places<pass>([&](unsigned place, auto c) { memory.write(place, z_[c], c); });
  }

  template <int pass, class Memory>
  KINDRED_FUSED_INLINE void read(Memory& memory) {
    for_places<pass>([&](unsigned place, auto c) { z_[c] = memory.read(place, c); });
  }

 private:
  /// f(place in shared memory, c)
  template <int pass, class F>
  KINDRED_FUSED_INLINE void for_places(const F& f) const {
    constexpr unsigned neighbours = shape.stride(pass);
    constexpr unsigned bits = shape.log_elements;
    const unsigned first = ((thread_ & ~(neighbours - 1)) << bits) + (thread_ & (neighbours - 1));
    const unsigned padded = first + (first >> bits);
    unrolled<elements>([&](auto c) {
      constexpr unsigned offset = shape.padded(static_cast<int>(neighbours) * c);
      f(padded + offset, c);
    });
  }

  static constexpr int reversed(int value, int bits) {
    int result = 0;
    for (int bit = 0; bit < bits; ++bit) {
      result = 2 * result + ((value >> bit) & 1);
    }
    return result;
  }

  /// f(a, b) for the pairs of a block of a step.
  template <int pass, int level, int block, class F>
  KINDRED_FUSED_INLINE void for_pairs(const F& f) {
    constexpr int stride = elements >> shape.bits[pass];
    constexpr int half = (1 << shape.bits[pass]) >> (level + 1);
    unrolled<half * stride>([&](auto r) {
      constexpr int at = block * 2 * half * stride + r;
      f(z_[at], z_[at + half * stride]);
    });
  }

  /// A step of the first pass: constants.
  template <int level>
  KINDRED_FUSED_INLINE void first_step() {
    unrolled<(1 << level)>([&](auto block) {
      constexpr int turn = reversed(block, level) * (64 >> level) - (real ? 16 >> level : 0);
      for_pairs<0, level, block>([&](Number& a, Number& b) { butterfly<turn>(a, b); });
    });
  }

  // Loads of all elements follow each other without branches between them, so that they are under way together.

  template <bool simple, class Memory>
  KINDRED_FUSED_INLINE void load(const Work& job, Memory& memory) {
    const int last = active_ ? places_read(job, array_, block_, 0).hi : 0;
    if (!job.wraps && last <= (real ? length : length / 2)) {  // nothing in the second half of the period
      load_numbers<simple, true>(job, memory);
      for_pairs<0, 0, 0>([&](Number& a, Number& b) {
        if constexpr (real) {
          real_butterfly<-16>(a, b);
        } else {
          b = a;
        }
      });
    } else {
      load_numbers<simple, false>(job, memory);
      first_step<0>();
    }
  }

  template <bool simple, bool half, class Memory>
  KINDRED_FUSED_INLINE void load_numbers(const Work& job, Memory& memory) {
    for_numbers<half>([&](Scalar& number, auto, int) { number = Scalar{}; });
    const int parts = !active_ ? 0 : simple || !job.wraps ? 1 : 3;
    for (int part = 0; part < parts; ++part) {
      const Places places = places_read(job, array_, block_, part);
      const auto in = window<simple>(job.in, places, job.read.step);
      for_numbers<half>([&](Scalar& number, auto place, int slot) {
        if (in.has(place)) {
          number = get(job, memory, in, place, slot);
        }
      });
      if (job.pre != nullptr) {
        const auto pre = window<simple>(job.pre, places, job.read.step);
        for_numbers<half>([&](Scalar& number, auto place, int slot) {
          if (pre.has(place)) {
            number = times(get(job, memory, pre, place, slot), number);
          }
        });
      }
    }
  }

  template <bool simple, class Memory>
  KINDRED_FUSED_INLINE void store(const Work& job, Memory& memory) {
    const Places places = active_ ? places_written(job, array_, block_) : Places{};
    if constexpr (real) {
      constexpr int at = shape.twist();
      constexpr int quarter = 32 / elements;
      const Number twist = memory.table(job.tables + at + thread_) * job.alpha;
      if (places.hi <= length) {
        unrolled<elements>([&](auto c) {
          const Number w = times_root<quarter * c>(twist);
          z_[c].re = std::fma(w.re, z_[c].re, -(w.im * z_[c].im));
        });
        store_numbers<simple, true>(job, memory, places);
      } else {
        unrolled<elements>([&](auto c) { z_[c] = product(z_[c], times_root<quarter * c>(twist)); });
        store_numbers<simple, false>(job, memory, places);
      }
    } else {
      unrolled<elements>([&](auto c) { z_[c] = product(z_[c], job.alpha); });
      store_numbers<simple, false>(job, memory, places);
    }
  }

  template <bool simple, bool half, class Memory>
  KINDRED_FUSED_INLINE void store_numbers(const Work& job, Memory& memory, const Places& places) {
    if (job.post != nullptr) {
      const auto post = window<simple>(job.post, places, job.write.step);
      for_numbers<half>([&](Scalar& number, auto place, int slot) {
        if (post.has(place)) {
          number = times(get(job, memory, post, place, slot), number);
        }
      });
    }
    if (!device::is_zero(job.beta)) {
      const auto old = window<simple>(job.out, places, job.write.step);
      for_numbers<half>([&](Scalar& number, auto place, int slot) {
        if (old.has(place)) {
          number = number + times(job.beta, get(job, memory, old, place, slot));
        }
      });
    }
    const auto out = window<simple>(job.out, places, job.write.step);
    for_numbers<half>([&](Scalar& number, auto place, int slot) {
      if (out.has(place)) {
        put(job, memory, out, place, number, slot);
      }
    });
  }

  /// f(number, place after the thread's first one, slot) of the numbers of arrays. half: those of the first half of the period.
  template <bool half, class F>
  KINDRED_FUSED_INLINE void for_numbers(const F& f) {
    if constexpr (real) {
      unrolled<elements>([&](auto c) { f(z_[c].re, std::integral_constant<int, threads * c>{}, c); });
      if constexpr (!half) {
        unrolled<elements>([&](auto c) { f(z_[c].im, std::integral_constant<int, threads * c + length>{}, c + elements); });
      }
    } else {
      unrolled<(half ? elements / 2 : elements)>([&](auto c) { f(z_[c], std::integral_constant<int, threads * c>{}, c); });
    }
  }

  /// Numbers of an array at places after the thread's first one.
  template <bool simple_, class S>
  struct Window {
    static constexpr bool simple = simple_;
    S* first;
    Index step;
    unsigned from;  ///< of the first place, counted from the window's
    unsigned count;

    KINDRED_FUSED_INLINE bool has(int place) const { return from + static_cast<unsigned>(place) < count; }
    KINDRED_FUSED_INLINE S* at(int place) const { return first + (simple ? place : place * step); }
  };
  template <bool simple, class S>
  KINDRED_FUSED_INLINE Window<simple, S> window(S* array, const Places& places, Index step) const {
    const auto first = static_cast<int>(forgotten(thread_));
    return {array + (places.at + first * (simple ? 1 : step)), step, static_cast<unsigned>(first - places.lo),
            static_cast<unsigned>(places.hi - places.lo)};
  }

  /// A number that the compiler does not recognise: it would keep the addresses of all elements from one loop to the next, and there are
  /// no registers for them.
  KINDRED_FUSED_INLINE static unsigned forgotten(unsigned x) {
#if defined(__CUDA_ARCH__)
    asm volatile("" : "+r"(x));
#endif
    return x;
  }

  template <class Memory, class From>
  KINDRED_FUSED_INLINE static Scalar get(const Work& job, Memory& memory, const From& window, int place, int slot) {
    const Scalar* const from = window.at(place);
    if constexpr (!real && !From::simple) {
      if (!job.aligned) {
        return {memory.load(&from->re, slot), memory.load(&from->im, slot)};
      }
    }
    return memory.load(from, slot);
  }

  template <class Memory, class To>
  KINDRED_FUSED_INLINE static void put(const Work& job, Memory& memory, const To& window, int place, Scalar value, int slot) {
    Scalar* const to = window.at(place);
    if constexpr (!real && !To::simple) {
      if (!job.aligned) {
        memory.store(&to->re, value.re, slot);
        memory.store(&to->im, value.im, slot);
        return;
      }
    }
    memory.store(to, value, slot);
  }

  KINDRED_FUSED_INLINE static Scalar times(Scalar a, Scalar b) {
    if constexpr (real) {
      return a * b;
    } else {
      return product(a, b);
    }
  }

  Number z_[elements];
  unsigned thread_;
  bool active_;
  std::uint32_t array_ = 0;
  std::uint32_t block_ = 0;
};

/// The whole convolution. Run: each(f) calls f(thread, memory) for every thread, exchange<n>() waits for the n neighbouring threads.
template <class Thread, class Run>
KINDRED_FUSED_INLINE void convolve(const typename Thread::Work& job, Run& run) {
  constexpr Shape shape = Thread::shape;
  run.each([&](auto& thread, auto& memory) { thread.load(job, memory); });
  unrolled<shape.passes - 1>([&](auto pass) {
    run.each([&](auto& thread, auto& memory) {
      thread.template forward<pass>(job, memory);
      thread.template write<pass>(memory);
    });
    run.template wait<shape.stride(pass)>();
    run.each([&](auto& thread, auto& memory) { thread.template read<pass + 1>(memory); });
  });
  run.each([&](auto& thread, auto& memory) {
    thread.template forward<shape.passes - 1>(job, memory);
    thread.multiply(job, memory);
  });
  unrolled<shape.passes - 1>([&](auto i) {
    constexpr int pass = shape.passes - 1 - i;
    run.each([&](auto& thread, auto& memory) {
      thread.template backward<pass>(job, memory);
      thread.template write<pass>(memory);
    });
    run.template wait<shape.stride(pass - 1)>();
    run.each([&](auto& thread, auto& memory) { thread.template read<pass - 1>(memory); });
  });
  run.each([&](auto& thread, auto& memory) {
    thread.template backward<0>(job, memory);
    thread.store(job, memory);
  });
}

}  // namespace kindred::fftconv::fused
