#include <algorithm>
#include <array>
#include <cmath>

#include <kindred/apps/bench/recycling/methods.hpp>
#include <kindred/apps/bench/recycling/tables.hpp>

namespace kindred::bench {
namespace {

constexpr double rtol = 1e-8;
constexpr Index side = 50;

/// A method, and the mean iterations that prototypes written apart from this library needed on the same family: one number, or a range of
/// what different draws took.
struct Known {
  Method method;
  double iterations = not_measured;
  double up_to = iterations;

  /// In per cent of the known number, or of the nearer end of the range.
  [[nodiscard]] double deviation(double measured) const {
    const double nearest = measured > up_to ? up_to : measured < iterations ? iterations : measured;
    return std::isnan(iterations) ? not_measured : 100.0 * (measured / nearest - 1.0);
  }
};

constexpr const char* ssor = "-pc_sor_symmetric";

constexpr std::array correct{
    Known{{"cg", "cg", "none"}, 208.0},
    Known{{"gmres(40)", "gmres", "none", gmres_40}, 380.0},
    Known{{"gmresdr(40,20)", "gmresdr", "none", gmresdr_40_20}, 213.0},
    Known{{"gcrodr(40,20)", "gcrodr", "none", gcrodr_40_20}, 98.0},
    Known{{"defcg(20,40)", "defcg", "none", defcg_20_40}, 89.0},
    Known{{"cg + jacobi", "cg", "jacobi"}, 177.0},
    Known{{"gmres(40) + jacobi", "gmres", "jacobi", gmres_40}, 282.0},
    Known{{"gmresdr(40,20) + jacobi", "gmresdr", "jacobi", gmresdr_40_20}},
    Known{{"gcrodr(40,20) + jacobi", "gcrodr", "jacobi", gcrodr_40_20}, 77.0},
    Known{{"defcg(20,40) + jacobi", "defcg", "jacobi", defcg_20_40}, 72.0},
    Known{{"cg + ssor", "cg", "sor", "", ssor}, 64.0},
    Known{{"gmres(40) + ssor", "gmres", "sor", gmres_40, ssor}, 76.0},
    Known{{"gmresdr(40,20) + ssor", "gmresdr", "sor", gmresdr_40_20, ssor}},
    Known{{"gcrodr(40,20) + ssor", "gcrodr", "sor", gcrodr_40_20, ssor}, 26.0},
    Known{{"defcg(20,40) + ssor", "defcg", "sor", defcg_20_40, ssor}, 26.0},
    Known{{"cg + scaled_dst", "cg", "scaled_dst"}, 9.0},
    Known{{"cg + dst", "cg", "dst"}, 13.5},
};

constexpr std::array faulty{
    Known{{"gmres(40)", "gmres", "none", gmres_40}, 3700.0, 5900.0},
    Known{{"gmresdr(40,20)", "gmresdr", "none", gmresdr_40_20}, 278.0},
    Known{{"gcrodr(40,20)", "gcrodr", "none", gcrodr_40_20}, 238.0, 257.0},
};

void add_family(Table& table, const std::string& problem, const Family& family, std::span<const Known> known, const Options& options) {
  Comparison comparison{problem, family, rtol, 1, {}};
  for (const Known& k : known) {
    comparison.contenders.push_back(contender(k.method, rtol));
  }
  for (Row& row : compare(comparison, options)) {
    const auto found = std::ranges::find_if(known, [&](const Known& k) { return row.method == k.method.name; });
    row.extras.emplace_back("known its", found->iterations);
    row.extras.emplace_back("up to", found->up_to);
    // The mean over those that converged says nothing of the family.
    row.extras.emplace_back("deviation %", row.solved_all() ? found->deviation(row.iterations) : not_measured);
    table.rows.push_back(row);
  }
}

}  // namespace

Table regression(const Options& options) {
  Table table{"regression", "Darcy at 50 x 50 inner nodes, log-normal coefficient, rtol 1e-8, beside known iteration counts", {}, {}};
  add_family(table, "darcy 2500", darcy_at_nodes(side), correct, options);
  add_family(table, "darcy_as_published 2500", registered_family("type = \"darcy_as_published\"\nbenchmark = true", "n = [50, 50]"), faulty,
             options);
  table.remarks.emplace_back("known its are means over 20 systems or more of other random numbers; 12 % is within what samples differ by.");
  return table;
}

}  // namespace kindred::bench
