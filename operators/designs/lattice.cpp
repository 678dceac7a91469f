#include <kindred/operators/designs/point_design.hpp>

namespace kindred {
namespace {

struct LatticeDesignParameters : PointDesignParameters {
  LatticeDesignParameters() { scramble = "shift"; }
  std::string vector = "kuo_39101_m20";
  std::string file;
  std::string order = "natural";

  static Schema<LatticeDesignParameters> schema() {
    using P = LatticeDesignParameters;
    auto all = point_design_schema<P>({"shift", "none"});
    all.push_back(parameter("vector", &P::vector)
                      .choices({"kuo_39101_m20", "kuo_32001_m20", "kuo_38005_m20", "kuo_33002_m20", "mps_exod2_m20", "mps_exod2_m13",
                                "mps_exod8_m13", "mps_exod2_ckn_m20", "mps_exew_a3_m20"})
                      .doc("A published generating vector, for up to 2^20 points (2^13: names that end in m13); see docs/qmc.md."));
    all.push_back(parameter("file", &P::file)
                      .input_file()
                      .doc("A generating vector of your own in place of these, in the LDData format `lattice`. Relative paths start at the "
                           "current directory."));
    all.push_back(
        parameter("order", &P::order).choices({"natural", "gray"}).doc("Order of the points; the first 2^m are the same set in both."));
    return all;
  }
};

const Registration lattice =
    plugin<Design, LatticeDesignParameters>("lattice")
        .summary("Parameters and random fields from a randomly shifted rank-1 lattice")
        .doc(R"($$u_{ij} = \mathrm{frac}\big(z_i\, \varphi(j) + \Delta_i\big)$$

with the radical inverse $\varphi$ in base 2, a generating vector $z$ and a random shift $\Delta$; otherwise as the design `sobol`. The first $2^m$
points are the lattice of $2^m$ points, up to as many as the vector is made for (2^20). The choice of theory for elliptic problems with
lognormal coefficients. Needs `count`.)")
        .source(
            "R. Cools, F. Kuo, D. Nuyens, SIAM J. Sci. Comput. 28 (2006) 2162-2188; F. Y. Kuo, D. Nuyens, Found. Comput. Math. 16 (2016) "
            "1631-1696")
        .example(R"([sweep]
design = "lattice"
count = 1024
seed = 7
"problem.coefficient.tau" = { uniform = [2.0, 6.0] }
)")
        .capabilities({"random", "extensible", "fields"})
        .factory([](const LatticeDesignParameters& p, const DesignContext& context) {
          PointRecord record;
          record.sequence = "lattice";
          // A path of its own shows that it is a file.
          record.table = p.file.empty() || p.file.find_first_of("./") != std::string::npos ? p.file : "./" + p.file;
          if (p.file.empty()) {
            record.table = p.vector;
          }
          record.order = p.order;
          return std::make_unique<PointDesign>(context, p, std::move(record));
        });

}  // namespace
}  // namespace kindred
