#pragma once

#include <span>
#include <vector>

#include <kindred/kernels/fftconv/axis.hpp>
#include <kindred/kernels/fftconv/half/half_description.hpp>
#include <kindred/kernels/fftconv/half/job.hpp>
#include <kindred/kernels/fftconv/half/shape.hpp>

namespace kindred::fftconv::half {

/// How a convolution is cut into blocks and digits.
struct Geometry {
  Axis axis;
  HalfMethod method = HalfMethod::one_pass;
  Index period = 0;     ///< N
  Index blocks = 1;     ///< of an array's output
  Index hop = 0;        ///< outputs of a block
  Index shift = 0;      ///< the kernel's tap k lies at place k − shift of the period
  int outer_radix = 1;  ///< of the digit that is transformed through memory
  FusedShape shape;     ///< of the other digits

  [[nodiscard]] Index length() const { return period / 2; }  ///< M
  [[nodiscard]] std::vector<int> digits() const;
  [[nodiscard]] bool half_band(const HalfBand& band) const { return shape.columns() == 16 && band.last > 0 && band.last <= 8; }
};

/// @throws InputError as HalfConvolution's constructor, but for what depends on the device
Geometry geometry_of(const HalfDescription& description);

HalfReport report_of(const HalfDescription& description, const Geometry& geometry);

/// Matrices in the order of a warp's registers, and twiddle factors.
struct Tables {
  struct Stage {
    std::vector<Quad> forward;
    std::vector<Quad> backward;
  };
  Stage outer;
  std::vector<Complex> outer_low;
  std::vector<Complex> outer_high;
  Stage stage;
  std::vector<Quad> first;
  std::vector<Quad> first_adjoint;
  std::vector<Quad> last;
  std::vector<Quad> last_adjoint;
  std::vector<Complex> twiddles;
  std::vector<Complex> twiddles_back;
};
Tables tables_of(const HalfDescription& description, const Geometry& geometry);

/// The kernels' transforms, 0 where the band leaves them out: (k − 1/4)/M cycles a number, in the order of the fused kernel's registers,
/// pairs of fp16, divided by the power of two that brings the largest of a kernel into [1/2, 1).
struct Spectra {
  std::vector<Quad> numbers;  ///< [kernel][k_0][k_1][lanes' order]
  std::vector<float> scales;  ///< of the kernels' results: that power, and what the stages' powers of two lack of 1/M
};
/// @param taps  kernels × K
/// @throws InputError as HalfConvolution::set_kernel()
Spectra spectra_of(const HalfDescription& description, const Geometry& geometry, std::span<const float> taps);

/// Where tables and spectra have been copied to.
struct Memory {
  StageTables outer;
  Twiddles outer_twiddles;
  StageTables stage;
  CoreTables core;
  const Quad* spectra = nullptr;
  const float* scales = nullptr;
};

/// @param copy  copy(vector) returns the address of the copy
template <class Copy>
Memory memory_of(const Geometry& geometry, const Tables& tables, const Copy& copy) {
  Memory memory;
  if (geometry.outer_radix > 1) {
    memory.outer = {copy(tables.outer.forward), copy(tables.outer.backward)};
    memory.outer_twiddles = {copy(tables.outer_low), copy(tables.outer_high),
                             static_cast<int>(geometry.length() / geometry.outer_radix / 16)};
  }
  if (geometry.shape.staged()) {
    memory.stage = {copy(tables.stage.forward), copy(tables.stage.backward)};
  }
  memory.core = {copy(tables.first),        copy(tables.first_adjoint), copy(tables.last),
                 copy(tables.last_adjoint), copy(tables.twiddles),      copy(tables.twiddles_back)};
  return memory;
}

/// One application: what lies where, all in the same memory as the tables.
struct Call {
  const std::uint16_t* in = nullptr;
  std::uint16_t* out = nullptr;
  const std::uint16_t* pre = nullptr;
  const std::uint16_t* post = nullptr;
  float alpha = 1.0F;
  bool adjoint = false;
  std::byte* workspace = nullptr;
};

/// Bytes of workspace of an application.
std::size_t workspace_bytes(const HalfDescription& description, const Geometry& geometry);

FusedJob fused_job(const HalfDescription& description, const Geometry& geometry, const Memory& memory, const Call& call);
/// Only with an outer digit.
OuterJob outer_job(const HalfDescription& description, const Geometry& geometry, const Memory& memory, const Call& call);

}  // namespace kindred::fftconv::half
