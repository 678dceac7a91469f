// Products with tall matrices: kernels/tall beside Eigen's matrix products, compiled for the same baseline processor.

#include <algorithm>
#include <functional>

#include <fmt/format.h>
#include <eigen3/Eigen/Core>

#include <kindred/core/base/clock.hpp>
#include <kindred/kernels/tall/tall.hpp>

using namespace kindred;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

/// Shortest of several runs, which alternate with those of the rival.
struct Pair {
  double ours = 1e300;
  double rival = 1e300;
};

Pair compare(const std::function<void()>& ours, const std::function<void()>& rival) {
  Pair best;
  for (int repetition = 0; repetition < 30; ++repetition) {
    const auto start = Clock::now();
    ours();
    best.ours = std::min(best.ours, seconds_since(start));
    const auto middle = Clock::now();
    rival();
    best.rival = std::min(best.rival, seconds_since(middle));
  }
  return best;
}

void print(const char* what, Eigen::Index n, const Pair& seconds, double operations) {
  fmt::print("{:<34}{:>9}{:>10.2f} GFlop/s{:>10.2f} GFlop/s{:>8.2f}\n", what, n, 1e-9 * operations / seconds.ours,
             1e-9 * operations / seconds.rival, seconds.rival / seconds.ours);
}

void measure(Eigen::Index n, Eigen::Index p, Eigen::Index k) {
  const MatrixXd a = MatrixXd::Random(n, p);
  const MatrixXd c = MatrixXd::Random(p, k);
  const VectorXd h = VectorXd::Random(p) * 1e-9;
  VectorXd x = VectorXd::Random(n);
  VectorXd sums(p + 1);
  MatrixXd y(n, k);
  MatrixXd gram(p, p);
  const kernels::TallMatrix view{a.data(), n, p, n};
  const double size = static_cast<double>(n * p);
  print("x -= A h, then A'x and x'x", n,
        compare([&] { kernels::tall_subtract_and_project(view, h.data(), x.data(), sums.data()); },
                [&] {
                  x.noalias() -= a * h;
                  sums.head(p).noalias() = a.transpose() * x;
                  sums(p) = x.squaredNorm();
                }),
        4.0 * size);
  print("A'A", n, compare([&] { kernels::tall_products(view, view, gram.data(), p); }, [&] { gram.noalias() = a.transpose() * a; }),
        2.0 * size * static_cast<double>(p));
  print("A C", n, compare([&] { kernels::tall_multiply(view, c.data(), p, k, false, y.data(), n); }, [&] { y.noalias() = a * c; }),
        2.0 * size * static_cast<double>(k));
}

}  // namespace

int main() {
  fmt::print("40 columns, C with 20{:>22}{:>18}{:>18}{:>8}\n", "rows", "kernels/tall", "Eigen", "ratio");
  for (const Eigen::Index n : {2'500, 10'000, 40'000, 250'000}) {
    measure(n, 40, 20);
  }
  return 0;
}
