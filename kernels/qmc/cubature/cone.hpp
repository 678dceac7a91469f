#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <limits>
#include <vector>

#include <kindred/kernels/qmc/cubature/decay_order.hpp>

namespace kindred::qmc {

/// The functions that net_g and lattice_g can be trusted with, a cone: those whose coefficients, in the order of decay, do not vanish
/// where they are seen and come back where they are not. `fudge` bounds what is not seen by what is:
///   |mean − truth| ≤ Σ_(unseen) |c| ≤ fudge(m) Σ_(2^(m−r−1) ≤ k < 2^(m−r)) |c_κ(k)|.
/// F. J. Hickernell and Ll. A. Jiménez Rugama, Reliable adaptive cubature using digital sequences, MCQMC 2014 (2016) 367-383;
/// Ll. A. Jiménez Rugama and F. J. Hickernell, Adaptive multidimensional integration based on rank-1 lattices, ibid. 407-422.
struct Cone {
  static constexpr int lag = 4;         ///< r
  int log2_first = 10;                  ///< m of the first step; at least 8
  std::function<double(int m)> fudge =  ///< positive, falling in m
      [](int m) { return std::ldexp(5.0, -m); };
};

/// A necessary condition of the cone. With S_l(m) = Σ_(2^(l−1) ≤ k < 2^l) |c_κ(k)| seen with 2^m points, the sum of the true coefficients
/// lies between S_l(m)/(1 + q) and S_l(m)/(1 − q), q = fudge(m − l) 2^(r + l − m)/(1 + fudge(r)); if the intervals of all m so far do not
/// meet, the integrand is outside.
class ConeCheck {
 public:
  /// Forgets what it has seen: for another integrand.
  void reset() { *this = ConeCheck(); }

  /// Takes the coefficients of 2^m points.
  /// @returns whether the intervals of every level meet
  template <class Coefficients>
  bool add(const Cone& cone, int m, const Coefficients& c, const DecayOrder& order) {
    lower_.resize(static_cast<std::size_t>(m) + 1, 0.0);
    upper_.resize(static_cast<std::size_t>(m) + 1, std::numeric_limits<double>::infinity());
    double squares = 0.0;
    for (const auto coefficient : c) {
      squares += squared(coefficient);
    }
    // A coefficient is rounded like the root mean square of the values over √n.
    const double rounding = m * std::numeric_limits<double>::epsilon() * std::sqrt(squares / static_cast<double>(c.size()));
    bool meet = true;
    for (int l = cone.log2_first - Cone::lag; l <= m; ++l) {
      const auto level = static_cast<std::size_t>(l);
      const std::size_t end = std::size_t{1} << level;
      double sum = 0.0;
      for (std::size_t k = end / 2; k < end; ++k) {
        sum += std::sqrt(squared(c[order[k]]));
      }
      const double slack = 0.5 * rounding * static_cast<double>(end);
      const double q = cone.fudge(m - l) * std::ldexp(1.0, Cone::lag + l - m) / (1.0 + cone.fudge(Cone::lag));
      lower_[level] = std::max(lower_[level], (sum - slack) / (1.0 + q));
      if (q < 1.0) {
        upper_[level] = std::min(upper_[level], (sum + slack) / (1.0 - q));
      }
      meet = meet && lower_[level] <= upper_[level];
    }
    return meet;
  }

 private:
  std::vector<double> lower_;  // of level l
  std::vector<double> upper_;
};

}  // namespace kindred::qmc
