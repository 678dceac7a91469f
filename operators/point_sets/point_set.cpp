// The point sets of kernels/qmc as plugins of kind `point_set`.

#include <kindred/operators/point_sets/point_set.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <source_location>

#include <fmt/format.h>

#include <kindred/kernels/qmc/ld_data.hpp>

namespace kindred {
namespace {

/// A maker from parameters that have a function make(dimensions).
template <class P>
class Maker final : public PointSetMaker {
 public:
  explicit Maker(P parameters) : parameters_(std::move(parameters)) {}
  [[nodiscard]] qmc::PointSet make(int dimensions) const override { return parameters_.make(dimensions); }

 private:
  P parameters_;
};

template <class P>
PluginBuilder<PointSetMaker, P> point_set(std::string name, std::source_location where = std::source_location::current()) {
  return plugin<PointSetMaker, P>(std::move(name), where).factory([](const P& p) { return std::make_unique<Maker<P>>(p); });
}

void require_dimensions(const std::string& what, int dimensions, int available) {
  if (dimensions > available) {
    throw InputError(fmt::format("{} has {} dimensions, not {}", what, available, dimensions));
  }
}

/// The first components of a net, α for each dimension.
qmc::DigitalNet first_components(const qmc::DigitalNet& net, int dimensions, int interlacing, const std::string& what) {
  if (interlacing > 1 && net.interlacing > 1) {
    throw InputError(what + " is interlaced already");
  }
  require_dimensions(interlacing > 1 ? fmt::format("{}, interlaced by {},", what, interlacing) : what, dimensions,
                     net.dimensions / interlacing);
  const auto count = static_cast<std::size_t>(dimensions) * static_cast<std::size_t>(interlacing) * static_cast<std::size_t>(net.columns);
  return qmc::digital_net(dimensions, net.columns, net.digits, std::span(net.matrices).first(count), interlacing);
}

template <class P>
Parameter<P> interlacing_parameter() {
  return parameter("interlacing", &P::interlacing)
      .range(1, qmc::DigitalNet::max_interlacing)
      .doc("Order α of a net for smooth integrands: a coordinate interlaces the digits of α components. 1: the net itself.");
}

struct SobolParameters {
  int columns = 32;
  int interlacing = 1;

  static Schema<SobolParameters> schema() {
    return {parameter("columns", &SobolParameters::columns)
                .range(1, 64)
                .doc("For up to 2^columns points. The first points are the same for any value."),
            interlacing_parameter<SobolParameters>()};
  }
  [[nodiscard]] qmc::PointSet make(int dimensions) const { return qmc::sobol(dimensions, columns, interlacing); }
};

struct NiederreiterXingParameters {
  int interlacing = 1;

  static Schema<NiederreiterXingParameters> schema() { return {interlacing_parameter<NiederreiterXingParameters>()}; }
  [[nodiscard]] qmc::PointSet make(int dimensions) const {
    const qmc::DigitalNet net = qmc::niederreiter_xing(std::clamp(dimensions * interlacing, 4, 32));  // of fewer: the first of four
    return first_components(net, dimensions, interlacing, "the largest Niederreiter-Xing net");
  }
};

struct NetParameters {
  std::string file;
  int interlacing = 1;

  static Schema<NetParameters> schema() {
    return {parameter("file", &NetParameters::file)
                .required()
                .input_file()
                .doc("Generating matrices, in the LDData format `dnet`. Relative paths start at the current directory."),
            interlacing_parameter<NetParameters>()};
  }
  [[nodiscard]] qmc::PointSet make(int dimensions) const {
    return first_components(qmc::read_digital_net(file), dimensions, interlacing, file);
  }
};

struct LatticeParameters {
  std::string vector = "kuo_39101_m20";
  std::string file;
  bool duplicates = false;

  static Schema<LatticeParameters> schema() {
    return {parameter("vector", &LatticeParameters::vector)
                .choices({"kuo_39101_m20", "kuo_32001_m20", "kuo_38005_m20", "kuo_33002_m20", "mps_exod2_m20", "mps_exod2_m13",
                          "mps_exod8_m13", "mps_exod2_ckn_m20", "mps_exew_a3_m20"})
                .doc("A published generating vector, for 2^20 points (2^13: names that end in m13)."),
            parameter("file", &LatticeParameters::file)
                .input_file()
                .doc("A generating vector of your own in place of these, in the LDData format `lattice`, as `kindred lattice` writes it."),
            parameter("duplicates", &LatticeParameters::duplicates)
                .doc("Accept a vector with components that repeat others: such coordinates of all points coincide.")};
  }
  [[nodiscard]] qmc::PointSet make(int dimensions) const {
    const auto allowed = duplicates ? qmc::Duplicates::allow : qmc::Duplicates::refuse;
    if (file.empty()) {
      return qmc::lattice_table(dimensions, vector, allowed);
    }
    const qmc::Lattice all = qmc::read_lattice(file, qmc::Duplicates::allow);
    require_dimensions(file, dimensions, all.dimensions());
    return qmc::lattice(std::span(all.z).first(static_cast<std::size_t>(dimensions)), all.log2_points, allowed);
  }
};

struct KroneckerParameters {
  std::string file;

  static Schema<KroneckerParameters> schema() {
    return {parameter("file", &KroneckerParameters::file)
                .input_file()
                .doc("Multipliers in (0, 1), one for each dimension; empty: a published vector for 13 dimensions.")};
  }
  [[nodiscard]] qmc::PointSet make(int dimensions) const {
    if (file.empty()) {
      return qmc::kronecker_cbc(dimensions);
    }
    std::ifstream in(file);
    if (!in) {
      throw IoError("cannot open " + file);
    }
    const std::vector<double> alpha{std::istream_iterator<double>(in), {}};
    if (!in.eof()) {
      throw InputError(fmt::format("{}: after {} numbers comes something that is none", file, alpha.size()));
    }
    require_dimensions(file, dimensions, static_cast<int>(alpha.size()));
    return qmc::kronecker(std::span(alpha).first(static_cast<std::size_t>(dimensions)));
  }
};

template <class Make>
struct NoParameters {
  static Schema<NoParameters> schema() { return {}; }
  [[nodiscard]] qmc::PointSet make(int dimensions) const { return Make{}(dimensions); }
};

struct MakeRichtmyer {
  qmc::PointSet operator()(int dimensions) const { return qmc::richtmyer(dimensions); }
};
struct MakeHalton {
  qmc::PointSet operator()(int dimensions) const { return qmc::Halton{dimensions}; }
};
struct MakeIndependent {
  qmc::PointSet operator()(int dimensions) const { return qmc::Independent{dimensions}; }
};

constexpr const char* joe_kuo = "S. Joe, F. Kuo, SIAM J. Sci. Comput. 30 (2008) 2635-2654";

const Registration sobol_set = point_set<SobolParameters>("sobol")
                                   .summary("Sobol' sequence: the first choice; up to 21201 dimensions, 2^64 points")
                                   .doc(R"($$x_{ij} = \bigoplus_{k:\, i_k = 1} v_{j,k+1}$$

with the binary digits $i_k$ of $i$ and direction numbers $v_{j,k}$ by Joe and Kuo's criterion D(6). Balanced in blocks of $2^m$ points that begin at a
multiple of $2^m$.)")
                                   .source(joe_kuo)
                                   .example("kindred points --sequence sobol --dimension 8 --count 1024 -o points.h5")
                                   .capabilities({"net", "extensible"});

const Registration net_set = point_set<NetParameters>("net")
                                 .summary("A digital net in base 2 from a file of generating matrices")
                                 .doc(R"($$x_{ij} = C_j\,(i_0, i_1, \ldots)^T$$

over GF(2), the result's first digit worth 1/2.)")
                                 .source("H. Niederreiter, Monatsh. Math. 104 (1987) 273-337")
                                 .example("kindred points --sequence net --matrices net.txt --dimension 4 --count 1024 -o points.h5")
                                 .capabilities({"net"});

const Registration niederreiter_xing_set =
    point_set<NiederreiterXingParameters>("niederreiter_xing")
        .summary("Niederreiter-Xing net: small t in up to 32 dimensions, 2^30 points or more")
        .doc(
            "A digital net whose matrices come from function fields with many rational places. In fewer than four dimensions the first "
            "ones of the net of four.")
        .source("H. Niederreiter, C. Xing, Acta Arith. 72 (1995) 281-298; matrices by G. Pirsic, MCQMC 2000 (2002) 434-442")
        .example("kindred points --sequence niederreiter_xing --dimension 10 --count 4096 -o points.h5")
        .capabilities({"net", "extensible"});

const Registration lattice_set = point_set<LatticeParameters>("lattice")
                                     .summary("Rank-1 lattice, extensible to the number of points its vector is made for")
                                     .doc(R"($$x_{ij} = \mathrm{frac}\big(z_j\, \varphi(i)\big)$$

φ the radical inverse in base 2; in linear order $\mathrm{frac}(i z_j / n)$. For periodic integrands, or after a periodising change of variables.)")
                                     .source("R. Cools, F. Kuo, D. Nuyens, SIAM J. Sci. Comput. 28 (2006) 2162-2188")
                                     .example("kindred points --sequence lattice --dimension 20 --count 65536 -o points.h5")
                                     .capabilities({"lattice", "extensible"});

const Registration kronecker_set = point_set<KroneckerParameters>("kronecker")
                                       .summary("Kronecker sequence with a vector found component by component, or one of your own")
                                       .doc(R"($$x_{ij} = \mathrm{frac}(i\,\alpha_j)$$

for any number of points.)")
                                       .source("H. Niederreiter, Random Number Generation and Quasi-Monte Carlo Methods (1992), 4.1")
                                       .example("kindred points --sequence kronecker --dimension 5 --count 1000 -o points.h5")
                                       .capabilities({"extensible"});

const Registration richtmyer_set = point_set<NoParameters<MakeRichtmyer>>("richtmyer")
                                       .summary("Kronecker sequence of square roots of primes: up to 1000 dimensions, any number of points")
                                       .doc(R"($$x_{ij} = \mathrm{frac}(i \sqrt{p_j})$$

with the $j$-th prime $p_j$.)")
                                       .source("R. Richtmyer, Los Alamos report LA-1342 (1951)")
                                       .example("kindred points --sequence richtmyer --dimension 5 --count 1000 -o points.h5")
                                       .capabilities({"extensible"});

const Registration halton_set = point_set<NoParameters<MakeHalton>>("halton")
                                    .summary("Halton's sequence: up to 1000 dimensions, any number of points")
                                    .doc(R"($$x_{ij} = \sum_k d_k\, b_j^{-k-1}$$

with the digits $d_k$ of $i$ in the $j$-th prime base $b_j$. Without a scramble its points in more than some ten dimensions are strongly correlated.)")
                                    .source("J. Halton, Numer. Math. 2 (1960) 84-90")
                                    .example("kindred points --sequence halton --dimension 5 --count 1000 -o points.h5")
                                    .capabilities({"extensible"});

const Registration independent_set = point_set<NoParameters<MakeIndependent>>("independent")
                                         .summary("Independent uniform points: plain Monte Carlo, the baseline")
                                         .doc("Philox4x32-10 words of (seed, replicate, dimension, number of the point).")
                                         .source("J. Salmon, M. Moraes, R. Dror, D. Shaw, SC11 (2011)")
                                         .example("kindred points --sequence independent --dimension 5 --count 1000 -o points.h5")
                                         .capabilities({"extensible"});

}  // namespace

qmc::Scramble usual_scramble(const qmc::PointSet& set) {
  if (std::holds_alternative<qmc::DigitalNet>(set)) {
    return qmc::Scramble::lms_digital_shift;
  }
  if (std::holds_alternative<qmc::Halton>(set)) {
    return qmc::Scramble::lms_digit_permutation;
  }
  return std::holds_alternative<qmc::Independent>(set) ? qmc::Scramble::none : qmc::Scramble::shift;
}

}  // namespace kindred
