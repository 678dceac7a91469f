#pragma once

#include <bit>
#include <cstdint>

#include <kindred/core/base/philox.hpp>

#if defined(__CUDACC__)
#include <cuda_bf16.h>
#include <cuda_fp16.h>
#endif

// Numbers of 16 bits as words: rounded to nearest, ties to even; beyond the greatest number infinity. Host and device give the same bits.

namespace kindred::fftconv {

/// IEEE binary16.
struct Fp16 {
  KINDRED_HOST_DEVICE static std::uint16_t round(float x) {
#if defined(__CUDA_ARCH__)
    return __half_as_ushort(__float2half_rn(x));
#else
    const auto bits = std::bit_cast<std::uint32_t>(x);
    const auto sign = static_cast<std::uint16_t>((bits >> 16U) & 0x8000U);
    const std::uint32_t size = bits & 0x7FFFFFFFU;
    if (size > 0x7F800000U) {
      return 0x7FFFU;  // as the device does
    }
    if (size >= 0x477FF000U) {  // 65520: halfway to 2^16
      return sign | 0x7C00U;
    }
    if (size < 0x38800000U) {  // below 2^-14; the last digit of 1/2 + x is worth 2^-24, as those of the result
      return static_cast<std::uint16_t>(sign | (std::bit_cast<std::uint32_t>(std::bit_cast<float>(size) + 0.5F) - 0x3F000000U));
    }
    return static_cast<std::uint16_t>(sign | ((size - 0x38000000U + 0xFFFU + ((size >> 13U) & 1U)) >> 13U));
#endif
  }

  KINDRED_HOST_DEVICE static float value(std::uint16_t half) {
#if defined(__CUDA_ARCH__)
    return __half2float(__ushort_as_half(half));
#else
    const std::uint32_t sign = (half & 0x8000U) << 16U;
    const std::uint32_t size = half & 0x7FFFU;
    if (size >= 0x7C00U) {
      return std::bit_cast<float>(sign | 0x7F800000U | ((size & 0x3FFU) << 13U));
    }
    return std::bit_cast<float>(std::bit_cast<std::uint32_t>(std::bit_cast<float>(size << 13U) * 0x1.0p112F) | sign);
#endif
  }

  /// Two numbers, the first in the low half.
  KINDRED_HOST_DEVICE static std::uint32_t round(float low, float high) {
#if defined(__CUDA_ARCH__)
    const __half2 pair = __floats2half2_rn(low, high);
    return *reinterpret_cast<const std::uint32_t*>(&pair);
#else
    return round(low) | (static_cast<std::uint32_t>(round(high)) << 16U);
#endif
  }
};

/// bfloat16: the leading half of a float.
struct Bf16 {
  KINDRED_HOST_DEVICE static std::uint16_t round(float x) {
#if defined(__CUDA_ARCH__)
    return __bfloat16_as_ushort(__float2bfloat16_rn(x));
#else
    const auto bits = std::bit_cast<std::uint32_t>(x);
    if ((bits & 0x7FFFFFFFU) > 0x7F800000U) {
      return 0x7FFFU;
    }
    return static_cast<std::uint16_t>((bits + 0x7FFFU + ((bits >> 16U) & 1U)) >> 16U);
#endif
  }

  KINDRED_HOST_DEVICE static float value(std::uint16_t half) {
#if defined(__CUDA_ARCH__)
    return __uint_as_float(static_cast<std::uint32_t>(half) << 16U);
#else
    return std::bit_cast<float>(static_cast<std::uint32_t>(half) << 16U);
#endif
  }

  KINDRED_HOST_DEVICE static std::uint32_t round(float low, float high) {
#if defined(__CUDA_ARCH__)
    const __nv_bfloat162 pair = __floats2bfloat162_rn(low, high);
    return *reinterpret_cast<const std::uint32_t*>(&pair);
#else
    return round(low) | (static_cast<std::uint32_t>(round(high)) << 16U);
#endif
  }
};

template <class Format>
KINDRED_HOST_DEVICE float low_value(std::uint32_t pair) {
  return Format::value(static_cast<std::uint16_t>(pair & 0xFFFFU));
}
template <class Format>
KINDRED_HOST_DEVICE float high_value(std::uint32_t pair) {
  return Format::value(static_cast<std::uint16_t>(pair >> 16U));
}

}  // namespace kindred::fftconv
