#include <array>

#include <fmt/format.h>

#include <kindred/apps/bench/recycling/methods.hpp>
#include <kindred/apps/bench/recycling/pfmg.hpp>
#include <kindred/apps/bench/recycling/tables.hpp>

namespace kindred::bench {
namespace {

constexpr double rtol = 1e-8;
constexpr const char* baseline = "cg + boomeramg";

constexpr const char* nested_dissection = "-pc_factor_mat_ordering_type nd";
constexpr const char* cholmod = "-pc_factor_mat_solver_type cholmod";
constexpr const char* unscaled = "-pc_cluster_cholesky_scaled 0";
constexpr const char* defcg_5_20 = "-ksp_defcg_recycle 5 -ksp_defcg_window 20";

constexpr std::array methods{
    Method{"cg + icc", "cg", "icc"},
    Method{"cg + gamg", "cg", "gamg"},
    Method{"cg + boomeramg", "cg", "hypre", "", "-pc_hypre_type boomeramg"},
    Method{"cholesky, petsc", "preonly", "cholesky", "", nested_dissection},
    Method{"cholesky, cholmod", "preonly", "cholesky", "", cholmod},
    Method{"cg + dst", "cg", "dst"},
    Method{"cg + scaled_dst", "cg", "scaled_dst"},
    Method{"cg + cluster_cholesky", "cg", "cluster_cholesky"},
    Method{"cg + cluster_cholesky, unscaled", "cg", "cluster_cholesky", "", unscaled},
    Method{"defcg(20,40) + icc", "defcg", "icc", defcg_20_40},
    Method{"defcg(5,20) + dst", "defcg", "dst", defcg_5_20},
    Method{"defcg(5,20) + scaled_dst", "defcg", "scaled_dst", defcg_5_20},
};

struct Coefficient {
  const char* name;
  const char* toml;
};
constexpr std::array coefficients{
    Coefficient{"lognormal of std 0.7", "type = \"lognormal\", alpha = 2.5, tau = 7.0, sigma = 0.7"},
    Coefficient{"piecewise 3/12", "type = \"grf_threshold\", alpha = 2.0, tau = 3.0, values = [3.0, 12.0]"},
};

void add_family(Table& table, const std::string& problem, const Family& family, const Options& options) {
  Comparison comparison{problem, family, rtol, 1, contenders(methods, rtol)};
  comparison.contenders.push_back(pfmg_contender("cg + pfmg", rtol));
  comparison.contenders.push_back(deck_contender("family", "type = \"family\""));
  std::vector<Row> rows = compare(comparison, options);
  add_ratio(rows, problem, baseline, "speed over boomeramg", &Row::seconds_median);
  table.rows.insert(table.rows.end(), rows.begin(), rows.end());
}

}  // namespace

Table elliptic(const Options& options) {
  Table table{"elliptic", "Darcy flow, f = 1, u = 0 on the sides, rtol 1e-8; preconditioners set up or adapted for every system", {}, {}};
  for (const int cells : {99, 255}) {
    add_family(table, fmt::format("lognormal of std 0.19, {0} x {0}", cells), darcy_at_nodes(cells), options);
  }
  for (const auto& [name, coefficient] : coefficients) {
    for (const int cells : {99, 255}) {
      const Family family = registered_family(fmt::format("type = \"darcy\"\nforcing = 1.0\ncoefficient = {{ {} }}", coefficient),
                                              fmt::format("n = [{0}, {0}]", cells));
      add_family(table, fmt::format("{0}, {1} x {1}", name, cells), family, options);
    }
  }
  return table;
}

}  // namespace kindred::bench
