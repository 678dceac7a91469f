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
    if (item < job.items) {
      array_ = job.blocks == 1 ? item : item / job.blocks;
      const std::uint32_t block = item - array_ * job.blocks;
      out_ = places_written(job, array_, block);
      in_ = places_read(job, array_, block, out_.hi - out_.lo);
    }
  }

  /// The numbers, and the first step of the first pass, of which one operand may be known to be zero.
  template <class Memory>
  KINDRED_FUSED_INLINE void load(const Work& job, Memory& memory) {
    const bool simple = job.read.step == 1 && job.pre == nullptr && !job.wraps && job.aligned;
    const int half = real ? length : length / 2;
    if (!job.wraps && in_.hi <= half) {
      if (simple) {
        load_half([&](int p, int slot) { return in_.has(p) ? memory.load(job.in + in_.at + p, slot) : Scalar{}; });
      } else {
        load_half([&](int p, int slot) { return general_load(job, memory, p, slot); });
      }
    } else if (simple) {
      load_all([&](int p, int slot) { return in_.has(p) ? memory.load(job.in + in_.at + p, slot) : Scalar{}; });
    } else {
      load_all([&](int p, int slot) { return general_load(job, memory, p, slot); });
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
          for_pairs<pass, level, block>([&](Number& a, Number& b, auto) { butterfly(a, b, w); });
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
    const bool simple = job.write.step == 1 && job.post == nullptr && device::is_zero(job.beta) && job.aligned;
    if constexpr (real) {
      constexpr int at = shape.twist();
      const Number twist = memory.table(job.tables + at + thread_) * job.alpha;
      if (out_.hi <= length) {
        unrolled<elements>([&](auto c) {
          const Number w = times_root<c*(32 / elements)>(twist);
          put(job, memory, simple, place(c), std::fma(w.re, z_[c].re, -(w.im * z_[c].im)), c);
        });
      } else {
        unrolled<elements>([&](auto c) {
          const Number y = product(z_[c], times_root<c*(32 / elements)>(twist));
          put(job, memory, simple, place(c), y.re, c);
          put(job, memory, simple, place(c) + length, y.im, c + elements);
        });
      }
    } else {
      unrolled<elements>([&](auto c) { put(job, memory, simple, place(c), product(z_[c], job.alpha), c); });
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
  /// Of element c before the first pass and after the last one.
  [[nodiscard]] KINDRED_FUSED_INLINE int place(int c) const { return static_cast<int>(thread_) + threads * c; }

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

  /// f(a, b, element of a) for the pairs of a block of a step.
  template <int pass, int level, int block, class F>
  KINDRED_FUSED_INLINE void for_pairs(const F& f) {
    constexpr int stride = elements >> shape.bits[pass];
    constexpr int half = (1 << shape.bits[pass]) >> (level + 1);
    unrolled<half * stride>([&](auto r) {
      constexpr int at = block * 2 * half * stride + r;
      f(z_[at], z_[at + half * stride], std::integral_constant<int, at>{});
    });
  }

  /// A step of the first pass: constants.
  template <int level>
  KINDRED_FUSED_INLINE void first_step() {
    unrolled<(1 << level)>([&](auto block) {
      constexpr int turn = reversed(block, level) * (64 >> level) - (real ? 16 >> level : 0);
      for_pairs<0, level, block>([&](Number& a, Number& b, auto) { butterfly<turn>(a, b); });
    });
  }

  template <class Load>
  KINDRED_FUSED_INLINE void load_all(const Load& number) {
    unrolled<elements>([&](auto c) {
      if constexpr (real) {
        z_[c] = {number(place(c), c), number(place(c) + length, c + elements)};
      } else {
        z_[c] = number(place(c), c);
      }
    });
    first_step<0>();
  }

  /// Nothing in the second half of the period.
  template <class Load>
  KINDRED_FUSED_INLINE void load_half(const Load& number) {
    if constexpr (real) {
      unrolled<elements>([&](auto c) { z_[c].re = number(place(c), c); });
      for_pairs<0, 0, 0>([&](Number& a, Number& b, auto) { real_butterfly<-16>(a, b); });
    } else {
      for_pairs<0, 0, 0>([&](Number& a, Number& b, auto c) { a = b = number(place(c), c); });
    }
  }

  template <class Memory>
  KINDRED_FUSED_INLINE Scalar general_load(const Work& job, Memory& memory, int p, int slot) const {
    Index at = in_.at + p * job.read.step;
    if (job.wraps && p < in_.span) {
      at += p < in_.lo ? job.read.length * job.read.step : p >= in_.hi ? -job.read.length * job.read.step : 0;
    } else if (!in_.has(p)) {
      return Scalar{};
    }
    const Scalar value = number_at(job, memory, job.in + at, slot);
    return job.pre == nullptr ? value : times(number_at(job, memory, job.pre + at, slot), value);
  }

  template <class Memory>
  KINDRED_FUSED_INLINE void put(const Work& job, Memory& memory, bool simple, int p, Scalar value, int slot) const {
    if (!out_.has(p)) {
      return;
    }
    if (simple) {
      memory.store(job.out + out_.at + p, value, slot);
      return;
    }
    Scalar* const to = job.out + out_.at + p * job.write.step;
    if (job.post != nullptr) {
      value = times(number_at(job, memory, job.post + (to - job.out), slot), value);
    }
    if (!device::is_zero(job.beta)) {
      value = value + times(job.beta, number_at(job, memory, to, slot));
    }
    if constexpr (!real) {
      if (!job.aligned) {
        memory.store(&to->re, value.re, slot);
        memory.store(&to->im, value.im, slot);
        return;
      }
    }
    memory.store(to, value, slot);
  }

  template <class Memory>
  KINDRED_FUSED_INLINE static Scalar number_at(const Work& job, Memory& memory, const Scalar* from, int slot) {
    if constexpr (!real) {
      if (!job.aligned) {
        return {memory.load(&from->re, slot), memory.load(&from->im, slot)};
      }
    }
    return memory.load(from, slot);
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
  std::uint32_t array_ = 0;
  Places in_;
  Places out_;
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
