#include <kindred/kernels/bessel/log_bessel.hpp>

#include <string>

#include <kindred/core/base/error.hpp>
#include <kindred/core/base/parallel.hpp>
#include <kindred/kernels/bessel/instruction_set.hpp>

namespace kindred::kernels {

namespace bessel {

const InstructionSet& instructions() {
#if defined(KINDRED_BESSEL_X86_64)
  static const bool v3 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2");
  static const bool v4 = v3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                         __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  return v4 ? x86_64_v4_instructions : v3 ? x86_64_v3_instructions : portable_instructions;
#else
  return portable_instructions;
#endif
}

}  // namespace bessel

namespace {

using bessel::instructions;

double value(BesselFunction f, double v, double x, Accuracy accuracy) { return instructions().value(f, accuracy, v, x); }

float value(BesselFunction f, float v, float x) { return static_cast<float>(value(f, v, x, Accuracy::fast)); }

void check_sizes(std::size_t v, std::size_t x, std::size_t out, int threads) {
  const auto check = [out](const char* name, std::size_t size) {
    if (size != out && size != 1) {
      throw InputError("evaluate: " + std::string(name) + " has " + std::to_string(size) + " elements and the output " +
                       std::to_string(out) + "; give as many as the output has, or one for all");
    }
  };
  check("v", v);
  check("x", x);
  if (threads < 0) {
    throw InputError("evaluate: threads = " + std::to_string(threads) + "; give a positive number, or 0 for one per core");
  }
}

/// Calls range(begin, end) for parts of [0, size), one per thread; shorter ones are not worth a thread.
template <class Range>
void in_parallel(std::int64_t size, int threads, const Range& range) {
  constexpr std::int64_t grain = 1 << 14;
  parallel(size, grain, threads == 0 ? available_cores() : threads, range);
}

}  // namespace

double log_iv(double v, double x, Accuracy accuracy) { return value(BesselFunction::log_iv, v, x, accuracy); }
double log_kv(double v, double x, Accuracy accuracy) { return value(BesselFunction::log_kv, v, x, accuracy); }
double log_ive(double v, double x, Accuracy accuracy) { return value(BesselFunction::log_ive, v, x, accuracy); }
double log_kve(double v, double x, Accuracy accuracy) { return value(BesselFunction::log_kve, v, x, accuracy); }

double iv_ratio(double v, double x) { return value(BesselFunction::iv_ratio, v, x, Accuracy::fast); }
double kv_ratio(double v, double x) { return value(BesselFunction::kv_ratio, v, x, Accuracy::fast); }
double log_iv_dx(double v, double x) { return value(BesselFunction::log_iv_dx, v, x, Accuracy::fast); }
double log_iv_dv(double v, double x) { return value(BesselFunction::log_iv_dv, v, x, Accuracy::fast); }
double log_kv_dx(double v, double x) { return value(BesselFunction::log_kv_dx, v, x, Accuracy::fast); }
double log_kv_dv(double v, double x) { return value(BesselFunction::log_kv_dv, v, x, Accuracy::fast); }

float log_iv(float v, float x) { return value(BesselFunction::log_iv, v, x); }
float log_kv(float v, float x) { return value(BesselFunction::log_kv, v, x); }
float log_ive(float v, float x) { return value(BesselFunction::log_ive, v, x); }
float log_kve(float v, float x) { return value(BesselFunction::log_kve, v, x); }
float iv_ratio(float v, float x) { return value(BesselFunction::iv_ratio, v, x); }
float kv_ratio(float v, float x) { return value(BesselFunction::kv_ratio, v, x); }
float log_iv_dx(float v, float x) { return value(BesselFunction::log_iv_dx, v, x); }
float log_iv_dv(float v, float x) { return value(BesselFunction::log_iv_dv, v, x); }
float log_kv_dx(float v, float x) { return value(BesselFunction::log_kv_dx, v, x); }
float log_kv_dv(float v, float x) { return value(BesselFunction::log_kv_dv, v, x); }

void evaluate(BesselFunction f, std::span<const double> v, std::span<const double> x, std::span<double> out, const BesselOptions& options) {
  check_sizes(v.size(), x.size(), out.size(), options.threads);
  const auto& compiled = instructions();
  in_parallel(std::ssize(out), options.threads, [&](std::int64_t begin, std::int64_t end) {
    compiled.doubles(f, options.accuracy, v.data(), v.size() != 1, x.data(), x.size() != 1, out.data(), begin, end);
  });
}

void evaluate(BesselFunction f, std::span<const float> v, std::span<const float> x, std::span<float> out, const BesselOptions& options) {
  check_sizes(v.size(), x.size(), out.size(), options.threads);
  const auto& compiled = instructions();
  in_parallel(std::ssize(out), options.threads, [&](std::int64_t begin, std::int64_t end) {
    compiled.floats(f, v.data(), v.size() != 1, x.data(), x.size() != 1, out.data(), begin, end);
  });
}

}  // namespace kindred::kernels
