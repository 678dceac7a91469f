#include <kindred/operators/designs/point_design.hpp>

#include <fmt/format.h>

namespace kindred {
namespace {

struct HaltonDesignParameters : PointDesignParameters {
  HaltonDesignParameters() { scramble = "lms_digit_permutation"; }

  static Schema<HaltonDesignParameters> schema() {
    return point_design_schema<HaltonDesignParameters>(
        {"lms_digit_permutation", "nested_uniform", "digit_permutation", "lms_digital_shift", "digital_shift", "lms", "none"});
  }
};

const Registration halton =
    plugin<Design, HaltonDesignParameters>("halton")
        .summary("Parameters and random fields from a scrambled Halton sequence: even for any number of samples")
        .doc(R"($$u_{ij} = \sum_k \pi_{ik}(d_k)\, b_i^{-k-1}$$

with the digits $d_k$ of $j$ in the base $b_i$, the $i$-th prime, and random maps $\pi$ of digits; otherwise as the design `sobol`. No number of
samples is better than its neighbours: for counts that are not powers of two, and sweeps that are stopped anywhere. Up to 1000 coordinates.
Needs `count`.)")
        .source("J. H. Halton, Numer. Math. 2 (1960) 84-90; A. B. Owen, A randomized Halton algorithm in R, arXiv 1706.02808 (2017)")
        .example(R"([sweep]
design = "halton"
count = 1000
seed = 7
"problem.coefficient.tau" = { uniform = [2.0, 6.0] }
)")
        .capabilities({"random", "extensible", "fields"})
        .factory([](const HaltonDesignParameters& p, const DesignContext& context) {
          PointRecord record;
          record.sequence = "halton";
          record.table = "primes";
          return std::make_unique<PointDesign>(context, p, std::move(record));
        });

}  // namespace
}  // namespace kindred
