#include <kindred/solvers/family/constant_operator.hpp>

#include <algorithm>
#include <cmath>

namespace kindred {

std::vector<double> ConstantOperator::diagonal() const {
  std::vector<double> diagonal(static_cast<std::size_t>(size()), reaction);
  Index stride = 1;
  for (std::size_t k = axes.size(); k-- > 0;) {
    const ConstantAxis& axis = axes[k];
    const auto share = [&](Index i) {
      const bool closed = axis.periodic && axis.cells > 1;
      const double low = i > 0 || closed ? 1.0 : axis.periodic ? 0.0 : axis.side[0];
      const double high = i + 1 < axis.cells || closed ? 1.0 : axis.periodic ? 0.0 : axis.side[1];
      return axis.coupling * (low + high);
    };
    double* cell = diagonal.data();
    for (Index block = 0; block < size() / (stride * axis.cells); ++block) {
      for (Index i = 0; i < axis.cells; ++i) {
        const double added = share(i);
        std::for_each_n(cell, stride, [&](double& d) { d += added; });
        cell += stride;
      }
    }
    stride *= axis.cells;
  }
  return diagonal;
}

double ConstantOperator::relative(double value) const {
  constexpr int bits = 46;
  int exponent = 0;
  const double significand = std::frexp(value / axes.front().coupling, &exponent);
  return std::ldexp(std::nearbyint(std::ldexp(significand, bits)), exponent - bits);
}

bool ConstantOperator::singular() const {
  return reaction == 0.0 &&
         std::ranges::all_of(axes, [](const ConstantAxis& axis) { return axis.periodic || (axis.side[0] == 0.0 && axis.side[1] == 0.0); });
}

}  // namespace kindred
