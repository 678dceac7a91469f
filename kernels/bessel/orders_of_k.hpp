#pragma once

#include <kindred/kernels/bessel/elementary.hpp>
#include <kindred/kernels/bessel/ratio.hpp>

// K_v(x) with its neighbour K_{v+1}(x) and their derivatives by the order, for R < 21.5: N. M. Temme's series (J. Comput. Phys. 19
// (1975) 324-337) below x = 1, the trapezoidal rule above, both for an order in [-1/2, 1/2], then upward recurrence. Everything is a sum
// of positive terms up to a few digits, and relative accuracy holds down to v = 0, where the derivative vanishes.

namespace kindred::kernels::bessel {
inline namespace KINDRED_BESSEL_TARGET {

/// e^x for |x| < 700.
KINDRED_BESSEL_INLINE double exponential(double x) {
  constexpr double shift = 0x1.8p52;  // adding it rounds to an integer, in the lowest bits
  const double shifted = mul_add(x, 0x1.71547652b82fep0, shift);
  const double exponent = shifted - shift;
  const double r = mul_add(exponent, -ln2_low, mul_add(exponent, -ln2_high, x));
  const double scale = from_bits((to_bits(shifted) << 52U) + to_bits(1.0));
  return mul_add(scale, mul_add(r * r, polynomial<tables::exponential>(r), r), scale);
}

/// Values at the orders v and v + 1 times a common factor, the second also times x/2: the form whose recurrence cannot overflow.
struct OrdersOfK {
  double here;        ///< K_v
  double next;        ///< (x/2) K_{v+1}
  double here_slope;  ///< ∂K_v/∂v
  double next_slope;  ///< (x/2) ∂K_{v+1}/∂v
  double excess;      ///< next_slope - here/2, which vanishes with v
};

/// From the orders v - 1 and v to v and v + 1: K_{v+1} = K_{v-1} + (2v/x) K_v, and its derivative by v.
KINDRED_BESSEL_INLINE OrdersOfK raised(const OrdersOfK& k, double v, double quarter_square) {
  const double next_slope = mul_add(v, k.next_slope, mul_add(quarter_square, k.here_slope, k.next));
  return {k.next, mul_add(v, k.next, quarter_square * k.here), k.next_slope, next_slope, mul_add(-0.5, k.next, next_slope)};
}

inline constexpr int temme_terms = 11;

/// Temme's series, 0 < x <= 1, |m| <= 1/2. With p_k, q_k as there, f_k = (p_k - q_k)/m and s_k = p_k + q_k:
///   K_m = Σ c_k f_k,  K_{m+1} = (2/x) Σ c_k (p_k - k f_k),  c_k = (x²/4)^k/k!,
///   f_k = (k f_{k-1} + s_{k-1}) / (k² - m²),  p_k = p_{k-1}/(k - m),  q_k = q_{k-1}/(k + m).
/// f_k and s_k are even in m: their derivatives are taken by w = m², so that ∂K_m/∂m = 2m ∂K_m/∂w has full accuracy near m = 0.
KINDRED_BESSEL_INLINE OrdersOfK orders_of_k_temme(double m, double x) {
  const double w = m * m;
  const double log_term = log_quotient(0x1p61, 0x1p60 * x);
  const double sigma = m * log_term;
  // 1/Γ(1 ± m) = even ± m odd
  const double even = polynomial<tables::reciprocal_gamma_even>(w);
  const double odd = polynomial<tables::reciprocal_gamma_odd>(w);
  const double even_w = polynomial<tables::reciprocal_gamma_even_slope>(w);
  const double odd_w = polynomial<tables::reciprocal_gamma_odd_slope>(w);
  const double minus = even - m * odd;
  const double plus = even + m * odd;
  const double gammas = 1.0 / (minus * plus);                                              // Γ(1-m) Γ(1+m)
  const double gammas_w = gammas * (odd * odd + 2.0 * (w * odd * odd_w - even * even_w));  // its logarithmic derivative

  const double growing = exponential(sigma);
  const double falling = 1.0 / growing;
  const double cosh = 0.5 * (growing + falling);
  const double square = sigma * sigma;
  const bool small = square < 1.0;
  const double safe_square = small ? 1.0 : square;
  const double safe_sigma = small ? 1.0 : sigma;
  const double sinhc = small ? polynomial<tables::sinhc_series>(square) : 0.5 * (growing - falling) / safe_sigma;  // sinh σ/σ
  const double sinhc_slope = small ? polynomial<tables::sinhc_slope_series>(square) : (cosh - sinhc) / safe_square;  // 2 d(sinh σ/σ)/d(σ²)
  const double cosh_w = 0.5 * log_term * log_term * sinhc;
  const double sinhc_w = 0.5 * log_term * log_term * sinhc_slope;

  double f = gammas * (even * log_term * sinhc - odd * cosh);
  double f_w = gammas * (log_term * (even_w * sinhc + even * sinhc_w) - odd_w * cosh - odd * cosh_w) + gammas_w * f;
  double p = 0.5 * growing / plus;
  double q = 0.5 * falling / minus;
  double s_w =
      gammas * (even_w * cosh + even * cosh_w - log_term * (odd * sinhc + w * (odd_w * sinhc + odd * sinhc_w))) + gammas_w * (p + q);
  double p_m = p * (log_term - polynomial<tables::reciprocal_gamma_slope>(m) / plus);
  double factor = 1.0;
  OrdersOfK k{f, p, f_w, p_m, 0.0};
  KINDRED_BESSEL_UNROLL
  for (int i = 1; i <= temme_terms; ++i) {
    const double reciprocal = 1.0 / (i * i - w);
    const double new_f = reciprocal * (i * f + (p + q));
    const double new_f_w = reciprocal * ((i * f_w + s_w) + new_f);
    const double new_p = reciprocal * (i + m) * p;
    const double new_q = reciprocal * (i - m) * q;
    s_w = reciprocal * ((i * s_w + f + w * f_w) + (new_p + new_q));
    p_m = reciprocal * (i + m) * (p_m + new_p);
    f = new_f;
    f_w = new_f_w;
    p = new_p;
    q = new_q;
    factor *= 0.25 * x * x / i;
    k.here += factor * f;
    k.next += factor * (p - i * f);
    k.here_slope += factor * f_w;
    k.next_slope += factor * (p_m - 2.0 * i * m * f_w);
  }
  k.here_slope *= 2.0 * m;
  return k;
}

/// The trapezoidal rule for K_m(x) = ∫ cosh(m t) exp(-x cosh t) dt over t > 0, times e^x/h, and for its derivatives, 1 <= x <= 21.5,
/// |m| <= 1/2: it converges like exp(-π²/h) until the peak, of width x^(-1/2), is resolved. The step 5/32 and the 30 nodes leave 2e-16.
/// The hyperbolic functions of m t come from their addition theorems, in sums of positive terms.
KINDRED_BESSEL_INLINE OrdersOfK orders_of_k_trapezoid(double m, double x) {
  const double angle = m * tables::trapezoid_step;
  const double cosh_step = polynomial<tables::cosh_series>(angle * angle);
  const double sinh_step = angle * polynomial<tables::sinhc_series>(angle * angle);
  double cosh = 1.0;
  double sinh = 0.0;
  double here = 0.5;
  double next = 0.5;
  double here_slope = 0.0;    // ∫ t sinh(mt) w
  double here_slope_x = 0.0;  // ∫ t sinh(mt) cosh(t) w
  double crossed = 0.0;       // ∫ t cosh(mt) sinh(t) w
  KINDRED_BESSEL_UNROLL
  for (int j = 1; j <= tables::trapezoid_nodes; ++j) {
    const double new_cosh = cosh * cosh_step + sinh * sinh_step;
    sinh = sinh * cosh_step + cosh * sinh_step;
    cosh = new_cosh;
    const double exponent = -x * tables::trapezoid_cosh_minus_one[j];
    const double weight = exponential(exponent > -700.0 ? exponent : -700.0);
    const double t = j * tables::trapezoid_step;
    const double cosh_t = 1.0 + tables::trapezoid_cosh_minus_one[j];
    here += weight * cosh;
    next += weight * (cosh * cosh_t + sinh * tables::trapezoid_sinh[j]);
    here_slope += weight * (t * sinh);
    here_slope_x += weight * (t * sinh) * cosh_t;
    crossed += weight * cosh * (t * tables::trapezoid_sinh[j]);
  }
  // By parts, K_m = ∫ t (x sinh t cosh mt - m sinh mt) exp(-x cosh t) dt: what is left of next_slope - here/2.
  return {here, 0.5 * x * next, here_slope, 0.5 * x * (here_slope_x + crossed), 0.5 * (x * here_slope_x + m * here_slope)};
}

}  // namespace KINDRED_BESSEL_TARGET
}  // namespace kindred::kernels::bessel
