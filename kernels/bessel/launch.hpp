#pragma once

#include <cstdint>

#include <cuda_runtime.h>

#include <kindred/kernels/bessel/log_bessel.hpp>

namespace kindred::kernels::bessel {

/// Arguments and results in device memory.
template <class Real>
struct DeviceArrays {
  const Real* v;
  int v_stride;  ///< 1, or 0 where one element serves for all
  const Real* x;
  int x_stride;
  Real* out;  ///< may be v or x
  std::int64_t size;
};

/// log_iv, log_kv and their scaled forms. @throws SolveError if the kernel could not be started
void launch_logarithm(BesselFunction f, Accuracy accuracy, const DeviceArrays<double>& arrays, cudaStream_t stream);
void launch_logarithm(BesselFunction f, const DeviceArrays<float>& arrays, cudaStream_t stream);

/// The other functions. @throws SolveError if the kernel could not be started
void launch_ratio(BesselFunction f, const DeviceArrays<double>& arrays, cudaStream_t stream);
void launch_ratio(BesselFunction f, const DeviceArrays<float>& arrays, cudaStream_t stream);

}  // namespace kindred::kernels::bessel
