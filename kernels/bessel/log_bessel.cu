#include <string>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/bessel/launch.hpp>

namespace kindred::kernels {
namespace {

void check_argument(const char* name, const void* data, std::int64_t argument_size, std::int64_t size) {
  if (argument_size != size && argument_size != 1) {
    throw InputError("evaluate_cuda: " + std::string(name) + " has " + std::to_string(argument_size) + " elements and the output " +
                     std::to_string(size) + "; give as many as the output has, or one for all");
  }
  if (data == nullptr && size > 0) {
    throw InputError("evaluate_cuda: " + std::string(name) + " is null; give a pointer to device memory");
  }
}

template <class Real>
bessel::DeviceArrays<Real> checked(const Real* v, std::int64_t v_size, const Real* x, std::int64_t x_size, Real* out, std::int64_t size) {
  if (size < 0) {
    throw InputError("evaluate_cuda: the output has " + std::to_string(size) + " elements; give the number of results");
  }
  check_argument("v", v, v_size, size);
  check_argument("x", x, x_size, size);
  check_argument("the output", out, size, size);
  return {v, v_size == 1 ? 0 : 1, x, x_size == 1 ? 0 : 1, out, size};
}

bool is_logarithm(BesselFunction f) {
  return f == BesselFunction::log_iv || f == BesselFunction::log_kv || f == BesselFunction::log_ive || f == BesselFunction::log_kve;
}

}  // namespace

void evaluate_cuda(BesselFunction f, const double* v, std::int64_t v_size, const double* x, std::int64_t x_size, double* out,
                   std::int64_t size, const BesselOptions& options, void* stream) {
  const auto arrays = checked(v, v_size, x, x_size, out, size);
  if (size == 0) {
    return;
  }
  if (is_logarithm(f)) {
    bessel::launch_logarithm(f, options.accuracy, arrays, static_cast<cudaStream_t>(stream));
  } else {
    bessel::launch_ratio(f, arrays, static_cast<cudaStream_t>(stream));
  }
}

void evaluate_cuda(BesselFunction f, const float* v, std::int64_t v_size, const float* x, std::int64_t x_size, float* out,
                   std::int64_t size, const BesselOptions& /*one accuracy*/, void* stream) {
  const auto arrays = checked(v, v_size, x, x_size, out, size);
  if (size == 0) {
    return;
  }
  if (is_logarithm(f)) {
    bessel::launch_logarithm(f, arrays, static_cast<cudaStream_t>(stream));
  } else {
    bessel::launch_ratio(f, arrays, static_cast<cudaStream_t>(stream));
  }
}

}  // namespace kindred::kernels
