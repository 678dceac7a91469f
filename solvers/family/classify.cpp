#include <kindred/solvers/family/classify.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace kindred {
namespace {

/// Visits the negatives of all couplings to the high neighbour along one axis, with the previous one on the same line (0 at its start).
template <class Visit>
void for_each_coupling(const StencilOperator& a, std::size_t axis, Visit visit) {
  const auto& axes = a.grid().axes;
  Index stride = 1;
  for (std::size_t k = axis + 1; k < axes.size(); ++k) {
    stride *= axes[k].cells;
  }
  const Index cells = axes[axis].cells;
  const Index last = axes[axis].periodic && cells > 1 ? cells : cells - 1;
  for (Index start = 0; start < a.size(); start += cells * stride) {
    for (Index i = 0; i < last; ++i) {
      const double* const here = a.upper[axis].data() + start + i * stride;
      for (Index k = 0; k < stride; ++k) {
        visit(-here[k], i == 0 ? 0.0 : -here[k - stride]);
      }
    }
  }
}

}  // namespace

bool StencilFacts::jumps() const {
  constexpr double part = 0.3;  // of the contrast's logarithm; smooth fields on 32 cells or more stay below, two-valued ones reach 0.6
  return contrast > 1.0 && std::log(largest_step) > part * std::log(contrast);
}

StencilFacts stencil_facts(const StencilOperator& matrix) {
  StencilFacts facts;
  facts.negative_couplings = true;
  for (std::size_t axis = 0; axis < matrix.grid().axes.size(); ++axis) {
    double least = std::numeric_limits<double>::infinity();
    double most = 0.0;
    double step = 1.0;
    for_each_coupling(matrix, axis, [&](double coupling, double before) {
      least = std::min(least, coupling);
      most = std::max(most, coupling);
      if (before > 0.0 && (coupling > step * before || before > step * coupling)) {
        step = std::max(coupling / before, before / coupling);
      }
    });
    facts.negative_couplings = facts.negative_couplings && least > 0.0;
    if (most > 0.0 && least > 0.0) {
      facts.contrast = std::max(facts.contrast, most / least);
    }
    facts.largest_step = std::max(facts.largest_step, step);
  }
  constexpr double rounding = 1e-13;
  const auto [low, high] = std::ranges::minmax(matrix.center);
  const double dimension = static_cast<double>(matrix.grid().axes.size());
  // The diagonal of a constant operator differs beside open sides only, by a factor of (2d + d) / d at the most.
  facts.constant = facts.negative_couplings && facts.contrast <= 1.0 + rounding && high <= 3.0 * dimension * low;
  return facts;
}

}  // namespace kindred
