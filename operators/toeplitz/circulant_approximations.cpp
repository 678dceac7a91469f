#include <kindred/operators/toeplitz/circulant_operator.hpp>
#include <kindred/operators/toeplitz/levels.hpp>

namespace kindred {
namespace {

/// The two taps along one level that a circulant entry is made of.
struct Part {
  Index lag = 0;
  double weight = 0.0;
};
using Parts = std::array<Part, 2>;

/// c_k = sum over parts of weight · t_lag, products of the levels' weights.
template <class PartsOf>
std::vector<double> combine(const ToeplitzOperator& a, PartsOf parts_of) {
  const std::array<Index, 3> n = require_levels(a.extents(), "Toeplitz");
  std::array<std::vector<Parts>, 3> parts;
  for (std::size_t level = 0; level < 3; ++level) {
    for (Index k = 0; k < n[level]; ++k) {
      parts[level].push_back(parts_of(k, n[level]));
    }
  }
  std::vector<double> column(static_cast<std::size_t>(n[0] * n[1] * n[2]));
  for_each_position(n, [&](const auto& at, std::size_t place) {
    for (const Part& x : parts[0][static_cast<std::size_t>(at[0])]) {
      for (const Part& y : parts[1][static_cast<std::size_t>(at[1])]) {
        for (const Part& z : parts[2][static_cast<std::size_t>(at[2])]) {
          if (const double weight = x.weight * y.weight * z.weight; weight != 0.0) {
            column[place] += weight * a.tap({x.lag, y.lag, z.lag});
          }
        }
      }
    }
  });
  return column;
}

}  // namespace

std::vector<double> strang_circulant(const ToeplitzOperator& a) {
  return combine(a, [](Index k, Index n) {
    const double front = 2 * k < n ? 1.0 : 2 * k == n ? 0.5 : 0.0;
    return Parts{{{k, front}, {k - n, 1.0 - front}}};
  });
}

std::vector<double> optimal_circulant(const ToeplitzOperator& a) {
  return combine(a, [](Index k, Index n) {
    const double back = static_cast<double>(k) / static_cast<double>(n);
    return Parts{{{k, 1.0 - back}, {k - n, back}}};
  });
}

std::vector<double> embedding_circulant(const ToeplitzOperator& a) {
  const std::array<Index, 3> n = require_levels(a.extents(), "Toeplitz");
  std::vector<double> column(a.taps().size());
  for_each_position({2 * n[0] - 1, 2 * n[1] - 1, 2 * n[2] - 1}, [&](const auto& at, std::size_t place) {
    ToeplitzOperator::Lag lag{};
    for (std::size_t level = 0; level < 3; ++level) {
      lag[level] = at[level] < n[level] ? at[level] : at[level] - (2 * n[level] - 1);
    }
    column[place] = a.tap(lag);
  });
  return column;
}

}  // namespace kindred
