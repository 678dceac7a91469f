#pragma once

#include <type_traits>

#include <kindred/kernels/fftconv/fused/shape.hpp>
#include <kindred/kernels/fftconv/fused/window.hpp>

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
///
/// A period of q M is the transforms of q residues r (J. Bowman, M. Roberts, SIAM J. Sci. Comput. 33 (2011) 386-406), one after another in
/// the same registers: frequencies q l + r of z are those of Σ_t exp(−2πi t (r + s) / q) z_{j + t M} with the shift (r + s) / q, and back
/// each adds its share to the result.
/// @tparam log_period  of the period in complex numbers
template <class Scalar_, int log_period>
class Thread {
 public:
  using Scalar = Scalar_;
  static constexpr bool real = std::is_arithmetic_v<Scalar>;
  using Real = typename PartsOf<Scalar>::type;
  using Number = Complex<Real>;
  using Work = Job<Scalar>;
  static constexpr Shape shape = shape_of<Real>(log_period);
  static constexpr int elements = shape.elements();
  static constexpr int length = shape.length();
  static constexpr int threads = shape.threads();
  static constexpr int residues = shape.residues;
  /// (r + s) / q, in 64ths.
  static constexpr int shift(int residue) { return (64 * residue - (real ? 16 : 0)) / residues; }

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
  template <int residue, class Memory>
  KINDRED_FUSED_INLINE void load(const Work& job, Memory& memory) {
    if (job.read.step == 1 && !job.wraps && job.aligned) {
      load<residue, true>(job, memory);
    } else {
      load<residue, false>(job, memory);
    }
  }

  /// The first pass without its first step, or a later one.
  template <int residue, int pass, class Memory>
  KINDRED_FUSED_INLINE void forward(const Work& job, Memory& memory) {
    constexpr int bits = shape.bits[pass];
    if constexpr (pass == 0) {
      unrolled<bits - 1>([&](auto level) { first_step<residue, level + 1>(); });
    } else {
      constexpr int blocks = 1 << (shape.log_length - shape.block_bits(pass));
      constexpr int at = residue * shape.table_numbers() + shape.forward_roots(pass);
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

  /// Also divides by the period, which the spectrum contains.
  template <int residue, class Memory>
  KINDRED_FUSED_INLINE void multiply(const Work& job, Memory& memory) {
    const Number* const spectrum = job.spectra + static_cast<Index>(array_) * job.spectrum_array + residue * length + thread_;
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

  template <int residue, class Memory>
  KINDRED_FUSED_INLINE void store(const Work& job, Memory& memory) {
    if (job.write.step == 1 && job.aligned) {
      store<residue, true>(job, memory);
    } else {
      store<residue, false>(job, memory);
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
  template <int residue, int level>
  KINDRED_FUSED_INLINE void first_step() {
    unrolled<(1 << level)>([&](auto block) {
      constexpr int turn = reversed(block, level) * (64 >> level) + (shift(residue) >> level);
      for_pairs<0, level, block>([&](Number& a, Number& b) { butterfly<turn>(a, b); });
    });
  }

  // Loads of all elements follow each other without branches between them, so that they are under way together.

  template <int residue, bool simple, class Memory>
  KINDRED_FUSED_INLINE void load(const Work& job, Memory& memory) {
    if constexpr (residues > 1) {
      load_folded<residue, simple>(job, memory);
      return;
    }
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
      first_step<0, 0>();
    }
  }

  template <bool simple, bool half, class Memory>
  KINDRED_FUSED_INLINE void load_numbers(const Work& job, Memory& memory) {
    for_numbers<half>([&](Scalar& number, auto, int) { number = Scalar{}; });
    for_parts_read<simple>(job, [&](const Places& places) {
      const auto in = window<simple>(job, job.in, places, job.read);
      for_numbers<half>([&](Scalar& number, auto place, int slot) {
        if (in.has(place)) {
          number = in.get(memory, place, slot);
        }
      });
      if (job.pre != nullptr) {
        const auto pre = window<simple>(job, job.pre, places, job.read);
        for_numbers<half>([&](Scalar& number, auto place, int slot) {
          if (pre.has(place)) {
            number = times(pre.get(memory, place, slot), number);
          }
        });
      }
    });
  }

  template <int residue, bool simple, class Memory>
  KINDRED_FUSED_INLINE void load_folded(const Work& job, Memory& memory) {
    unrolled<elements>([&](auto c) { z_[c] = Number{}; });
    unrolled<residues>([&](auto i) {
      constexpr int t = residues - 1 - i;  // a polynomial in exp(−2πi (r + s) / q)
      unrolled<elements>([&](auto c) { z_[c] = i == 0 ? z_[c] : product(z_[c], constant_root<Real, 2 * shift(residue)>()); });
      for_parts_read<simple>(job, [&](const Places& places) {
        const auto in = window<simple>(job, job.in, places, job.read);
        const auto pre = window<simple>(job, job.pre, places, job.read);
        for_groups<t>([&](auto& y, const auto& for_group) {
          for_group([&](Scalar&, int k, auto place, int slot) { y[k] = in.has(place) ? in.get(memory, place, slot) : Scalar{}; });
          if (job.pre != nullptr) {
            for_group([&](Scalar&, int k, auto place, int slot) {
              if (pre.has(place)) {
                y[k] = times(pre.get(memory, place, slot), y[k]);
              }
            });
          }
          for_group([&](Scalar& number, int k, auto, int) { number = number + y[k]; });
        });
      });
    });
    first_step<residue, 0>();
  }

  template <int residue, bool simple, class Memory>
  KINDRED_FUSED_INLINE void store(const Work& job, Memory& memory) {
    const Places places = active_ ? places_written(job, array_, block_) : Places{};
    constexpr int of_element = -2 * shift(residue) / elements;
    if constexpr (shift(residue) == 0) {
      unrolled<elements>([&](auto c) { z_[c] = times(z_[c], job.alpha); });
    } else {
      constexpr int at = residue * shape.table_numbers() + shape.twist();
      const Number twist = times(memory.table(job.tables + at + thread_), job.alpha);
      if (real && residues == 1 && places.hi <= length) {
        unrolled<elements>([&](auto c) {
          const Number w = times_root<of_element * c>(twist);
          z_[c].re = std::fma(w.re, z_[c].re, -(w.im * z_[c].im));
        });
        store_numbers<simple, true>(job, memory, places);
        return;
      }
      unrolled<elements>([&](auto c) { z_[c] = product(z_[c], times_root<of_element * c>(twist)); });
    }
    if constexpr (residues == 1) {
      store_numbers<simple, false>(job, memory, places);
    } else {
      store_unfolded<residue, simple>(job, memory, places);
    }
  }

  template <bool simple, bool half, class Memory>
  KINDRED_FUSED_INLINE void store_numbers(const Work& job, Memory& memory, const Places& places) {
    if (job.post != nullptr) {
      const auto post = window<simple>(job, job.post, places, job.write);
      for_numbers<half>([&](Scalar& number, auto place, int slot) {
        if (post.has(place)) {
          number = times(post.get(memory, place, slot), number);
        }
      });
    }
    if (!device::is_zero(job.beta)) {
      const auto old = window<simple>(job, job.out, places, job.write);
      for_numbers<half>([&](Scalar& number, auto place, int slot) {
        if (old.has(place)) {
          number = number + times(job.beta, old.get(memory, place, slot));
        }
      });
    }
    const auto out = window<simple>(job, job.out, places, job.write);
    for_numbers<half>([&](Scalar& number, auto place, int slot) {
      if (out.has(place)) {
        out.put(memory, place, number, slot);
      }
    });
  }

  template <int residue, bool simple, class Memory>
  KINDRED_FUSED_INLINE void store_unfolded(const Work& job, Memory& memory, const Places& places) {
    const Scalar beta = residue == 0 ? job.beta : one();
    const auto out = window<simple>(job, job.out, places, job.write);
    const auto post = window<simple>(job, job.post, places, job.write);
    unrolled<residues>([&](auto t) {
      unrolled<elements>([&](auto c) { z_[c] = t == 0 ? z_[c] : product(z_[c], constant_root<Real, -2 * shift(residue)>()); });
      for_groups<t>([&](auto& y, const auto& for_group) {
        for_group([&](Scalar& number, int k, auto, int) { y[k] = number; });
        if (job.post != nullptr) {
          for_group([&](Scalar&, int k, auto place, int slot) {
            if (post.has(place)) {
              y[k] = times(post.get(memory, place, slot), y[k]);
            }
          });
        }
        if (!device::is_zero(beta)) {
          for_group([&](Scalar&, int k, auto place, int slot) {
            if (out.has(place)) {
              y[k] = y[k] + times(beta, out.get(memory, place, slot));
            }
          });
        }
        for_group([&](Scalar&, int k, auto place, int slot) {
          if (out.has(place)) {
            out.put(memory, place, y[k], slot);
          }
        });
      });
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

  /// f(y, for_group): for_group(g) is g(number, its place in y, place after the thread's first one, slot) of a few numbers of the t-th
  /// stretch of `length` places.
  template <int t, class F>
  KINDRED_FUSED_INLINE void for_groups(const F& f) {
    constexpr int group = 4;
    unrolled<(real ? 2 : 1) * elements / group>([&](auto i) {
      Scalar y[group];
      f(y, [&](const auto& g) {
        unrolled<group>([&](auto k) {
          constexpr int slot = group * i + k;
          constexpr int place = threads * (slot % elements) + length * (t + slot / elements * residues);
          if constexpr (!real) {
            g(z_[slot], k, std::integral_constant<int, place>{}, slot);
          } else if constexpr (slot < elements) {
            g(z_[slot].re, k, std::integral_constant<int, place>{}, slot);
          } else {
            g(z_[slot - elements].im, k, std::integral_constant<int, place>{}, slot);
          }
        });
      });
    });
  }

  /// f(places): one stretch, or the two ends of an array that wraps as well.
  template <bool simple, class F>
  KINDRED_FUSED_INLINE void for_parts_read(const Work& job, const F& f) const {
    const int parts = !active_ ? 0 : simple || !job.wraps ? 1 : 3;
    for (int part = 0; part < parts; ++part) {
      f(places_read(job, array_, block_, part));
    }
  }

  template <bool simple, class S>
  KINDRED_FUSED_INLINE Window<simple, S> window(const Work& job, S* array, const Places& places, const Side& side) const {
    return {array, places, side.step, job.aligned, thread_};
  }

  KINDRED_FUSED_INLINE static constexpr Scalar one() {
    if constexpr (real) {
      return 1;
    } else {
      return {1, 0};
    }
  }

  Number z_[elements];
  unsigned thread_;
  bool active_;
  std::uint32_t array_ = 0;
  std::uint32_t block_ = 0;
};

}  // namespace kindred::fftconv::fused
