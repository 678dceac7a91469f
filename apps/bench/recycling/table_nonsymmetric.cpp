// Where recycling is to be judged: indefinite and nonsymmetric systems with a preconditioner that leaves many iterations.

#include <array>

#include <fmt/format.h>

#include <kindred/apps/bench/recycling/methods.hpp>
#include <kindred/apps/bench/recycling/tables.hpp>

namespace kindred::bench {
namespace {

constexpr double rtol = 1e-8;
constexpr const char* grid = "n = [100, 100]";
constexpr const char* baseline = "gmresdr(40,20)";
constexpr const char* ratio = "A of gmresdr / A";

constexpr std::array methods{
    Method{"gmres(40)", "gmres", "ilu", gmres_40},
    Method{"gmres(100)", "gmres", "ilu", gmres_100},
    Method{"gmresdr(40,20)", "gmresdr", "ilu", gmresdr_40_20},
    Method{"gcrodr(40,20)", "gcrodr", "ilu", gcrodr_40_20},
    Method{"gcrodr(60,20)", "gcrodr", "ilu", gcrodr_60_20},
    Method{"gcrodr(60,30)", "gcrodr", "ilu", gcrodr_60_30},
    Method{"lu, symbolic factor kept", "preonly", "lu", "", "-pc_factor_mat_ordering_type nd"},
};

void add_family(Table& table, const std::string& problem, const Family& family, const Options& options) {
  std::vector<Row> rows = compare({problem, family, rtol, 1, contenders(methods, rtol)}, options);
  add_ratio(rows, problem, baseline, ratio, &Row::operators);
  table.rows.insert(table.rows.end(), rows.begin(), rows.end());
}

}  // namespace

Table helmholtz(const Options& options) {
  Table table{"helmholtz", "-Laplace u - k^2 c(x)^2 u = 1, u = 0 on the sides, 100 x 100 cells, c log-normal, ILU(0), rtol 1e-8", {}, {}};
  for (const int k : {5, 10, 20}) {
    const Family family =
        registered_family(fmt::format("type = \"helmholtz\"\nwavenumber = {}.0\nforcing = 1.0\n"
                                      "refractive_index = {{ type = \"lognormal\", alpha = 3.0, tau = 5.0, sigma = 0.1 }}",
                                      k),
                          grid);
    add_family(table, fmt::format("k = {}", k), family, options);
  }
  return table;
}

Table convection(const Options& options) {
  Table table{"convection", "-(1/Pe) Laplace u + v . grad u = 1, random divergence-free v, 100 x 100 cells, ILU(0), rtol 1e-8", {}, {}};
  for (const auto& [peclet, speed] : {std::pair(10, "largest"), std::pair(10, "root_mean_square"), std::pair(100, "root_mean_square"),
                                      std::pair(1000, "root_mean_square")}) {
    const Family family =
        registered_family(fmt::format("type = \"convection_diffusion\"\npeclet = {}.0\nspeed = \"{}\"\nscheme = \"upwind\"\nforcing = 1.0\n"
                                      "stream_function = {{ type = \"grf\", alpha = 4.0, tau = 6.0 }}",
                                      peclet, speed),
                          grid);
    add_family(table, fmt::format("Pe = {}{}", peclet, std::string_view(speed) == "largest" ? " by the largest speed" : ""), family,
               options);
  }
  table.remarks.emplace_back(
      "Upwind differences: with central ones, ILU(0) is unstable at Pe = 1000 on this grid, and all Krylov methods here fail.");
  return table;
}

}  // namespace kindred::bench
