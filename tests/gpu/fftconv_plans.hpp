#pragma once

#include <complex>
#include <cstdio>
#include <memory>
#include <span>
#include <string>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/fftconv/convolution_plan_cuda.hpp>

#include "../kernels/fftconv_support.hpp"
#include "gpu_test.hpp"

/// What the tests of convolutions on GPUs share.
namespace fftconv_gpu {

using namespace kindred;
using namespace kindred::fftconv;
using namespace kindred::fftconv::test;
using gpu_test::check;
using gpu_test::DeviceVector;

inline int compared = 0;
inline int failed = 0;
inline int fallbacks = 0;  ///< plans with callbacks that were refused

inline void report(bool good, const std::string& what) {
  ++compared;
  if (!good && ++failed <= 20) {
    std::printf("FAILED: %s\n", what.c_str());
  }
}

template <class Value>
const char* type_name() {
  const bool single = sizeof(Real<Value>) == 4;
  return complex_value<Value> ? (single ? "complex<float>" : "complex<double>") : (single ? "float" : "double");
}

inline std::string text(const Description& d, DeviceMethod method, const char* type) {
  std::string extents;
  for (std::size_t axis = 0; axis < d.data.size(); ++axis) {
    extents += (axis == 0 ? "" : " x ") + std::to_string(d.data[axis]) + "*" + std::to_string(d.kernel[axis]);
  }
  return std::string(type) + ", " + name_of(method) + ", " + extents + ", mode " + std::to_string(static_cast<int>(d.mode)) + ", batch " +
         std::to_string(d.batch) + ", inputs " + std::to_string(d.inputs);
}

template <class Value>
std::span<const Value> in_device(const DeviceVector<Value>& values) {
  return {values.data(), values.size()};
}
template <class Value>
std::span<Value> out_device(const DeviceVector<Value>& values) {
  return {values.data(), values.size()};
}

/// Nothing if callbacks cannot be had here.
template <class Value>
std::unique_ptr<DeviceConvolutionPlan<Value>> plan_of(const Description& d, const DeviceOptions& options) {
  try {
    return std::make_unique<DeviceConvolutionPlan<Value>>(d, options);
  } catch (const InputError& error) {
    if (options.method != DeviceMethod::callbacks) {
      report(false, error.what());
    } else if (++fallbacks == 1) {
      std::printf("no callbacks: %s\n", error.what());
    }
    return nullptr;
  }
}

/// Whether a plan says in words that there is no device.
inline bool refuses_without_gpu() {
  try {
    DeviceConvolutionPlan<double>({.data = {8}, .kernel = {3}}, {});
  } catch (const SolveError& error) {
    std::printf("%s\n", error.what());
    return true;
  }
  return false;
}

/// What a test's main() returns.
inline int conclusion() {
  std::printf("%d comparisons, %d failed, %d plans with callbacks refused\n", compared, failed, fallbacks);
  return failed == 0 ? 0 : 1;
}

}  // namespace fftconv_gpu
