#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

/// Logarithms of the modified Bessel functions I_v(x) and K_v(x), of their ratios and derivatives, for real order v >= 0 and x >= 0,
/// where the functions themselves overflow or vanish. After A. Plesner, H. H. B. Sørensen, S. Hauberg, "Accurate Computation of the
/// Logarithm of Modified Bessel Functions on GPUs" (ICS 2024), with one expansion in place of six of their seven.
///
/// Method. With R = sqrt(v² + x²), s = 1/R, p = v²/R² and E = R - v asinh(v/x),
///   log I =  E - ½ log(2πR)    + G( s, p),
///   log K = -E + ½ log(π/(2R)) + G(-s, p),   G(s, p) = sum over k of ℓ_k(p) s^k,
/// for R >= 21.2: the logarithm of the uniform (Debye) expansion, DLMF 10.41. The polynomials ℓ_k have exact rational coefficients
/// (generate_tables.py). Below, I comes from its power series and K from Temme's series or a polynomial table with upward recurrence.
///
/// Errors, with eps = 2^-53, L the result and C = |L| + R + v asinh(v/x), the condition scale (one unit in the last place of an argument
/// moves L by about eps C):  `fast` 4 eps C;  `accurate` 4 eps max(1, |L|);  float 6.2e-8 max(1, |L|).
/// For the scaled forms R - x counts in the place of R where R >= 21.2.
///
/// Edges: NaN gives NaN; x < 0 gives NaN; K is even in v, I_{-n} = I_n for integers n and NaN for other negative orders. x = 0: log I is 0
/// for v = 0 and -inf for v > 0, log K is +inf. x = inf: log I = inf, log K = -inf. v = inf with x finite: log I = -inf, log K = inf.
/// Both infinite: NaN. No overflow, division by zero or invalid operation is signalled for finite arguments with a finite result.

namespace kindred::kernels {

/// What a double result is good to: `fast` up to the condition of the problem, `accurate` up to the rounding of the result
/// (double-double arithmetic where large terms cancel).
enum class Accuracy { fast, accurate };

double log_iv(double v, double x, Accuracy accuracy = Accuracy::fast);
double log_kv(double v, double x, Accuracy accuracy = Accuracy::fast);
/// log(e^-x I_v(x)): keeps what log_iv loses where x exceeds 1e8.
double log_ive(double v, double x, Accuracy accuracy = Accuracy::fast);
/// log(e^x K_v(x)).
double log_kve(double v, double x, Accuracy accuracy = Accuracy::fast);

/// I_{v+1}(x) / I_v(x), in [0, 1), without transcendental functions. Relative error 4 eps; 5 eps on a processor without fused
/// multiply-add.
double iv_ratio(double v, double x);
/// K_{v+1}(x) / K_v(x), >= 1 for v >= -1/2. Relative error 2e-15.
double kv_ratio(double v, double x);

/// Derivatives of log I_v(x) and log K_v(x) by x and by v. Relative error 2e-15 by x, 1e-14 by v, also where those by v nearly vanish:
/// for v -> 0 that of log K is O(v), that of log I tends to -K_0/I_0, with a relative error of 1e-14 + 2x eps.
/// log_iv_dv is NaN for all v < 0; log_kv_dv is odd in v.
double log_iv_dx(double v, double x);
double log_iv_dv(double v, double x);
double log_kv_dx(double v, double x);
double log_kv_dv(double v, double x);

float log_iv(float v, float x);
float log_kv(float v, float x);
float log_ive(float v, float x);
float log_kve(float v, float x);
float iv_ratio(float v, float x);
float kv_ratio(float v, float x);
float log_iv_dx(float v, float x);
float log_iv_dv(float v, float x);
float log_kv_dx(float v, float x);
float log_kv_dv(float v, float x);

enum class BesselFunction { log_iv, log_kv, log_ive, log_kve, iv_ratio, kv_ratio, log_iv_dx, log_iv_dv, log_kv_dx, log_kv_dv };

struct BesselOptions {
  Accuracy accuracy = Accuracy::fast;  ///< of the four logarithms in double; the others have one accuracy
  int threads = 1;                     ///< 0: one per core of this process
};

/// out[i] = f(v[i], x[i]). An argument of one element is used for all. Elements are sorted by region in blocks and evaluated with the
/// widest vector instructions that the processor has; each result depends on its own arguments only, whatever the array around it.
/// @param v, @param x  `out.size()` elements or one. @param out  may be v or x itself
/// @throws InputError if a size fits neither, or for a negative number of threads
void evaluate(BesselFunction f, std::span<const double> v, std::span<const double> x, std::span<double> out,
              const BesselOptions& options = {});
void evaluate(BesselFunction f, std::span<const float> v, std::span<const float> x, std::span<float> out,
              const BesselOptions& options = {});

/// The CUDA twins: device pointers, `v_size` and `x_size` either 1 or `size`; `stream` is a cudaStream_t (nullptr: the default stream).
/// Return once the kernels are queued. `options.threads` has no meaning here. In the library `kindred::kernels_cuda`.
/// @throws InputError for sizes that do not fit, SolveError if the launch fails
void evaluate_cuda(BesselFunction f, const double* v, std::int64_t v_size, const double* x, std::int64_t x_size, double* out,
                   std::int64_t size, const BesselOptions& options, void* stream);
void evaluate_cuda(BesselFunction f, const float* v, std::int64_t v_size, const float* x, std::int64_t x_size, float* out,
                   std::int64_t size, const BesselOptions& options, void* stream);

}  // namespace kindred::kernels
