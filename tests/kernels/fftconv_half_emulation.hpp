#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

#include <kindred/kernels/fftconv/half/half_plan.hpp>
#include <kindred/kernels/fftconv/half/instances.hpp>
#include <kindred/kernels/fftconv/workspace.hpp>

// The kernels of the half-precision convolution carried out on the CPU: the very code of the device, with warps that have all their lanes
// and carry out each tensor-core instruction as its fragment layout is documented. Factors are words of the format; products are exact and
// a sum of 8 or 16 of them is added to the fp32 accumulator with one rounding. (Tensor cores may cut off instead of rounding there, which
// is far below the rounding of the factors.)

namespace half_test {

using namespace kindred::fftconv;
using kindred::Index;

struct HostWarp {
  static constexpr int lanes = 32;

  template <class T, int n>
  struct Registers {
    T values[lanes][n];
    T& operator()(int lane, int i) { return values[lane][i]; }
    const T& operator()(int lane, int i) const { return values[lane][i]; }
  };

  template <class F>
  void each(const F& f) const {
    for (int lane = 0; lane < lanes; ++lane) {
      f(lane);
    }
  }

  void sync() const {}

  std::uint32_t largest(const Registers<std::uint32_t, 1>& r) const {
    std::uint32_t most = 0;
    each([&](int lane) { most = std::max(most, r(lane, 0)); });
    return most;
  }

  /// ldmatrix: matrix m of 8 × 8 numbers has its rows where lanes 8 m … 8 m + 7 say; with .trans a lane receives those of rows 2 (lane mod
  /// 4) and the next, column lane / 4.
  template <int columns, class Row>
  void load_transposed(Registers<std::uint32_t, 4>& to, const std::uint16_t* from, const Row& row) const {
    for (int m = 0; m < columns / 4; ++m) {
      each([&](int lane) {
        const std::uint16_t* low = from + row(8 * m + 2 * (lane % 4));
        const std::uint16_t* high = from + row(8 * m + 2 * (lane % 4) + 1);
        to(lane, m) = low[lane / 4] | (static_cast<std::uint32_t>(high[lane / 4]) << 16U);
      });
    }
  }

  /// mma.sync.m16n8k16 and .m16n8k8, PTX ISA: fragments of A, B and the accumulators.
  template <class Format, int columns, int depth>
  void multiply(Registers<float, 8>& d, const Registers<std::uint32_t, 4>& a, const Registers<std::uint32_t, 4>& b) const {
    for (int tile = 0; tile < columns / 8; ++tile) {
      double left[16][depth];
      double right[depth][8];
      each([&](int lane) {
        const int group = lane / 4;
        const int thread = lane % 4;
        for (int r = 0; r < depth / 4; ++r) {
          for (int e = 0; e < 2; ++e) {
            left[group + 8 * (r % 2)][2 * thread + e + 8 * (r / 2)] = half_of<Format>(a(lane, r), e);
          }
        }
        for (int r = 0; r < depth / 8; ++r) {
          for (int e = 0; e < 2; ++e) {
            right[2 * thread + e + 8 * r][group] = half_of<Format>(b(lane, 2 * tile + r), e);
          }
        }
      });
      double sums[16][8] = {};
      for (int i = 0; i < 16; ++i) {
        for (int k = 0; k < depth; ++k) {
          for (int j = 0; j < 8; ++j) {
            sums[i][j] += left[i][k] * right[k][j];
          }
        }
      }
      each([&](int lane) {
        for (int i = 0; i < 4; ++i) {
          float& c = d(lane, 4 * tile + i);
          c = static_cast<float>(static_cast<double>(c) + sums[lane / 4 + 8 * (i / 2)][2 * (lane % 4) + i % 2]);
        }
      });
    }
  }

 private:
  template <class Format>
  static double half_of(std::uint32_t pair, int e) {
    return e == 0 ? low_value<Format>(pair) : high_value<Format>(pair);
  }
};

/// share(std::integral_constant<int, step>) for every step.
template <int step, int steps, class Share>
void in_steps(const Share& share) {
  share(std::integral_constant<int, step>());
  if constexpr (step + 1 < steps) {
    in_steps<step + 1, steps>(share);
  }
}

/// Memory of a thread block, of numbers that nobody should see.
inline LineVector<std::uint16_t> shared_memory(std::size_t bytes) { return LineVector<std::uint16_t>(bytes / 2, 0x7FFF); }

template <class Work>
void run_fused(const half::FusedJob& job) {
  auto shared = shared_memory(Work::shared_bytes);
  for (Index item = 0; item < job.arrays.batch * job.arrays.blocks; ++item) {
    std::ranges::fill(shared, 0x7FFF);
    const auto at = Work::place(job, item, shared.data());
    if (!Work::left_out(job, at)) {
      in_steps<0, Work::steps>([&](auto step) {
        for (int part = 0; part < Work::warps; ++part) {
          Work::template carry_out<decltype(step)::value>(HostWarp(), job, at, part);
        }
      });
    }
  }
}

template <class Work, bool back>
void run_outer(const half::OuterJob& job) {
  auto shared = shared_memory(Work::shared_bytes());
  for (Index item = 0; item < Work::items(job); ++item) {
    std::ranges::fill(shared, 0x7FFF);
    const auto at = Work::place(job, item, shared.data());
    in_steps<0, Work::steps>([&](auto step) {
      for (int part = 0; part < Work::warps; ++part) {
        Work::template carry_out<decltype(step)::value, back>(HostWarp(), job, at, part);
      }
    });
  }
}

/// HalfConvolution on the CPU.
class Emulated {
 public:
  explicit Emulated(const HalfDescription& description)
      : description_(description), geometry_(half::geometry_of(description)), tables_(half::tables_of(description, geometry_)) {
    memory_ = half::memory_of(geometry_, tables_, [](const auto& table) { return table.data(); });
  }

  void set_kernel(std::span<const float> taps) {
    spectra_ = half::spectra_of(description_, geometry_, taps);
    memory_.spectra = spectra_.numbers.data();
    memory_.scales = spectra_.scales.data();
  }

  /// @param call  without workspace
  void apply(half::Call call) const {
    LineVector<std::byte> workspace(half::workspace_bytes(description_, geometry_), std::byte{0x7F});
    call.workspace = workspace.data();
    if (description_.format == HalfFormat::fp16) {
      run<Fp16>(call);
    } else {
      run<Bf16>(call);
    }
  }

  [[nodiscard]] const half::Geometry& geometry() const { return geometry_; }
  [[nodiscard]] const half::Spectra& spectra() const { return spectra_; }

 private:
  template <class Format>
  void run(const half::Call& call) const {
    const half::FusedJob fused = half::fused_job(description_, geometry_, memory_, call);
    const auto convolve = [&] { half::with_fused<Format>(geometry_.shape.log_length, [&]<class Work>(Work) { run_fused<Work>(fused); }); };
    if (geometry_.outer_radix == 1) {
      convolve();
      return;
    }
    const half::OuterJob outer = half::outer_job(description_, geometry_, memory_, call);
    half::with_outer<Format>(geometry_.outer_radix / 16, [&]<class Work>(Work) {
      for (Index array = 0; array < description_.batch; ++array) {
        outer.largest[array] = 0;
        for (Index thread = 0; thread < 3; ++thread) {
          outer.largest[array] = std::max(outer.largest[array], half::greatest_of<Format>(outer, array, thread, 3));
        }
      }
      run_outer<Work, false>(outer);
      convolve();
      run_outer<Work, true>(outer);
    });
  }

  HalfDescription description_;
  half::Geometry geometry_;
  half::Tables tables_;
  half::Spectra spectra_;
  half::Memory memory_;
};

}  // namespace half_test
