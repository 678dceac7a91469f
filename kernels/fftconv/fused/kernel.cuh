#pragma once

#include <cuda_runtime.h>

#include <kindred/kernels/fftconv/fused/convolve.hpp>
#include <kindred/kernels/fftconv/fused/launch.hpp>

namespace kindred::fftconv::fused {

template <class Number>
struct DeviceMemory {
  Number* shared;

  template <class T>
  __device__ __forceinline__ T load(const T* from, int) const {
    return *from;
  }
  template <class T>
  __device__ __forceinline__ void store(T* to, T value, int) const {
    *to = value;
  }
  __device__ __forceinline__ Number table(const Number* from) const { return *from; }
  __device__ __forceinline__ void write(unsigned place, Number value, int) const { shared[place] = value; }
  __device__ __forceinline__ Number read(unsigned place, int) const { return shared[place]; }
};

template <class Thread>
struct DeviceRun {
  Thread& thread;
  DeviceMemory<typename Thread::Number> memory;

  template <class F>
  __device__ __forceinline__ void each(const F& f) {
    f(thread, memory);
  }
  template <int threads>
  __device__ __forceinline__ void wait() const {
    if constexpr (threads > 32) {
      __syncthreads();
    } else {
      __syncwarp();
    }
  }
};

/// Thread blocks that a multiprocessor is to hold at once: 128 registers a thread, and 80 for 16 floats.
template <class Real>
constexpr int blocks_at_once(const Shape& shape) {
  const int threads = sizeof(Real) == 4 && shape.log_elements == 4 ? 768 : 512;
  return threads / shape.block_threads();
}

/// One trip through device memory: blocks `blockIdx.x · transforms …` of the job.
template <class Scalar, int log_length>
__global__ void __launch_bounds__(Thread<Scalar, log_length>::shape.block_threads(),
                                  blocks_at_once<typename PartsOf<Scalar>::type>(Thread<Scalar, log_length>::shape))
    fused_convolution(const __grid_constant__ Job<Scalar> job) {
  using T = Thread<Scalar, log_length>;
  constexpr unsigned threads = T::threads;
  constexpr unsigned transforms = T::shape.transforms();
  constexpr unsigned numbers = T::shape.shared_numbers();
  extern __shared__ __align__(16) unsigned char shared[];
  const unsigned transform = threadIdx.x / threads;
  T thread(job, blockIdx.x * transforms + transform, threadIdx.x % threads);
  DeviceRun<T> run{thread, {reinterpret_cast<typename T::Number*>(shared) + transform * numbers}};
  convolve<T>(job, run);
}

template <class Scalar, int log_length>
void launch_of_length(const Job<Scalar>& job, cudaStream_t stream) {
  constexpr Shape shape = Thread<Scalar, log_length>::shape;
  constexpr auto transforms = static_cast<std::uint32_t>(shape.transforms());
  constexpr int bytes = shape.transforms() * shape.shared_numbers() * static_cast<int>(sizeof(typename Thread<Scalar, log_length>::Number));
  const auto kernel = fused_convolution<Scalar, log_length>;
  if constexpr (bytes > 48 * 1024) {
    check(cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, bytes), "asking for shared memory");
  }
  kernel<<<(job.items + transforms - 1) / transforms, shape.block_threads(), bytes, stream>>>(job);
  check(cudaGetLastError(), "starting the kernel");
}

template <class Scalar>
void launch(const Job<Scalar>& job, int log_length, cudaStream_t stream) {
  constexpr int least = least_log_length<typename PartsOf<Scalar>::type>;
  constexpr int most = most_log_length<typename PartsOf<Scalar>::type>;
  unrolled<most - least + 1>([&](auto i) {
    if (log_length == least + i) {
      launch_of_length<Scalar, least + i>(job, stream);
    }
  });
}

}  // namespace kindred::fftconv::fused
