#include <kindred/operators/designs/point_design.hpp>

namespace kindred {
namespace {

struct SobolDesignParameters : PointDesignParameters {
  SobolDesignParameters() { scramble = "lms_digital_shift"; }
  int interlacing = 1;
  std::string order = "natural";

  static Schema<SobolDesignParameters> schema() {
    using P = SobolDesignParameters;
    auto all = point_design_schema<P>({"lms_digital_shift", "nested_uniform", "owen_hash", "digital_shift", "lms", "none"});
    all.push_back(parameter("interlacing", &P::interlacing)
                      .range(1, qmc::DigitalNet::max_interlacing)
                      .doc("Above 1: a higher-order net, for averages of very smooth functions of few parameters; takes so many "
                           "dimensions of the table for one."));
    all.push_back(
        parameter("order", &P::order)
            .choices({"natural", "gray"})
            .doc("Order of the points; blocks of 2^m points that begin at a multiple of 2^m are sets of the same quality in both."));
    return all;
  }
};

const Registration sobol =
    plugin<Design, SobolDesignParameters>("sobol")
        .summary("Parameters and random fields from a scrambled Sobol' sequence: the first choice for data sets and averages")
        .doc(R"($$p_{ij} = F_i^{-1}(u_{ij}), \qquad \xi_{kj} = \Phi^{-1}(u_{d_k j})$$

for axis $i$ and sample $j$, with the coordinates $u_{ij}$ of point $j$ of a Sobol' sequence that is scrambled at random; every point is uniform. The
axes take the first coordinates, in the order of their paths; then, in turn, the random fields take one coordinate each for their most
important variable, one for the second, up to `field_dimensions` each. The other variables are pseudo-random.

A number of samples that is a power of two fills the cube evenly: every elementary interval of volume $2^{t-m}$ holds $2^t$ of $2^m$ points. The
error of an average of smooth functions falls nearly like $n^{-1}$, or $n^{-3/2}$, not $n^{-1/2}$. A longer sweep begins like a shorter one. A
sample that failed is drawn anew as an independent random point. Needs `count`.)")
        .source(
            "I. M. Sobol', USSR Comput. Math. Math. Phys. 7 (1967) 86-112; S. Joe, F. Kuo, SIAM J. Sci. Comput. 30 (2008) 2635-2654; J. "
            "Matoušek, J. Complexity 14 (1998) 527-556; I. G. Graham, F. Y. Kuo, D. Nuyens, R. Scheichl, I. H. Sloan, SIAM J. Numer. Anal. "
            "56 "
            "(2018) 1871-1895")
        .example(R"([sweep]
design = "sobol"
count = 1024
seed = 7
"problem.coefficient.tau" = { uniform = [2.0, 6.0] }
)")
        .capabilities({"random", "extensible", "fields"})
        .factory([](const SobolDesignParameters& p, const DesignContext& context) {
          PointRecord record;
          record.sequence = "sobol";
          record.table = "joe_kuo_6_21201";
          record.interlacing = p.interlacing;
          record.order = p.order;
          return std::make_unique<PointDesign>(context, p, std::move(record));
        });

}  // namespace
}  // namespace kindred
