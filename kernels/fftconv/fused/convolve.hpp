#pragma once

#include <kindred/kernels/fftconv/fused/thread.hpp>

namespace kindred::fftconv::fused {

/// The whole convolution. Run: each(f) calls f(thread, memory) for every thread, wait<n>() waits for the n neighbouring threads.
template <class Thread, int residue = 0, class Run>
KINDRED_FUSED_INLINE void convolve(const typename Thread::Work& job, Run& run) {
  constexpr Shape shape = Thread::shape;
  run.each([&](auto& thread, auto& memory) { thread.template load<residue>(job, memory); });
  unrolled<shape.passes - 1>([&](auto pass) {
    run.each([&](auto& thread, auto& memory) {
      thread.template forward<residue, pass>(job, memory);
      thread.template write<pass>(memory);
    });
    run.template wait<shape.stride(pass)>();
    run.each([&](auto& thread, auto& memory) { thread.template read<pass + 1>(memory); });
  });
  run.each([&](auto& thread, auto& memory) {
    thread.template forward<residue, shape.passes - 1>(job, memory);
    thread.template multiply<residue>(job, memory);
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
    thread.template store<residue>(job, memory);
  });
  if constexpr (residue + 1 < shape.residues) {
    convolve<Thread, residue + 1>(job, run);
  }
}

}  // namespace kindred::fftconv::fused
