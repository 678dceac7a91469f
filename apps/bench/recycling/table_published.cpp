// The comparison that a published study of recycling makes, GMRES(40) against GCRO-DR(40,20), on its faulty matrices and on correct ones of
// the same size: how much of the printed gain is recycling, and how much the matrices?

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include <fmt/format.h>

#include <kindred/apps/bench/recycling/methods.hpp>
#include <kindred/apps/bench/recycling/published_ratios.hpp>
#include <kindred/apps/bench/recycling/tables.hpp>

namespace kindred::bench {
namespace {

/// The publication ran all but icc and ilu on 72 processes, where sor, bjacobi and asm are made of as many blocks.
struct Preconditioner {
  const char* name;
  const char* pc_type;
  const char* options = "";
};
constexpr std::array preconditioners{
    Preconditioner{"none", "none"},
    Preconditioner{"jacobi", "jacobi"},
    Preconditioner{"bjacobi", "bjacobi", "-pc_bjacobi_blocks 72"},
    Preconditioner{"sor", "bjacobi", "-pc_bjacobi_blocks 72 -sub_pc_type sor"},
    Preconditioner{"asm", "asm", "-pc_asm_blocks 72"},
    Preconditioner{"icc", "icc"},
    Preconditioner{"ilu", "ilu"},
};
constexpr std::array sides{Index{50}, Index{80}, Index{100}};
constexpr const char* gmres = "gmres(40)";
constexpr const char* gmresdr = "gmresdr(40,20)";
constexpr const char* gcrodr = "gcrodr(40,20)";
constexpr const char* lu = "lu, symbolic factor kept";

/// A family, and the one that stands for it in the publication.
struct Subject {
  const char* name;
  const char* published;
  std::array<double, 3> tolerances;
};
constexpr std::array<double, 3> darcy_tolerances{1e-2, 1e-5, 1e-8};
constexpr std::array<double, 3> helmholtz_tolerances{1e-2, 1e-5, 1e-7};
constexpr std::array subjects{
    Subject{"darcy_as_published", "darcy_as_published", darcy_tolerances},
    Subject{"darcy", "darcy_as_published", darcy_tolerances},
    Subject{"helmholtz_as_published", "helmholtz_as_published", helmholtz_tolerances},
    Subject{"helmholtz", "helmholtz_as_published", helmholtz_tolerances},
};

Family family_of(const Subject& subject, Index side) {
  const std::string name = subject.name;
  const std::string grid = fmt::format("n = [{0}, {0}]", side);
  if (name == "darcy") {
    return darcy_at_nodes(side);
  }
  if (name == "helmholtz") {
    return registered_family(
        "type = \"helmholtz\"\nwavenumber = 10.0\nforcing = 1.0\n"
        "refractive_index = { type = \"lognormal\", alpha = 3.0, tau = 5.0, sigma = 0.1 }",
        grid);
  }
  return registered_family(fmt::format("type = \"{}\"\nbenchmark = true", name), grid);
}

Ratio published_ratio(const Subject& subject, Index unknowns, const std::string& preconditioner, std::size_t tolerance) {
  const auto cell = std::ranges::find_if(published_cells, [&](const PublishedCell& c) {
    return c.problem == subject.published && c.unknowns == unknowns && c.preconditioner == preconditioner;
  });
  return cell != published_cells.end() ? cell->ratios.at(tolerance) : Ratio{not_measured, not_measured};
}

void add_case(Table& table, const Subject& subject, Index side, const Preconditioner& pc, std::size_t tolerance, const Options& options) {
  const double rtol = subject.tolerances.at(tolerance);
  const std::array methods{
      Method{gmres, "gmres", pc.pc_type, gmres_40, pc.options}, Method{gmresdr, "gmresdr", pc.pc_type, gmresdr_40_20, pc.options},
      Method{gcrodr, "gcrodr", pc.pc_type, gcrodr_40_20, pc.options}, Method{lu, "preonly", "lu", "", "-pc_factor_mat_ordering_type nd"}};
  const std::string problem = fmt::format("{} {}, {}, {:.0e}", subject.name, side * side, pc.name, rtol);
  std::vector<Row> rows = compare({problem, family_of(subject, side), rtol, 1, contenders(methods, rtol)}, options);
  const Row* base = find_row(rows, problem, gmres);
  const Ratio known = published_ratio(subject, side * side, pc.name, tolerance);
  if (base == nullptr) {
    table.rows.insert(table.rows.end(), rows.begin(), rows.end());
    return;
  }
  const Row reference = *base;
  for (Row& row : rows) {
    const bool recycles = row.method == gcrodr;
    const bool iterates = row.iterations > 0.0;
    row.extras.emplace_back("its gmres / its", iterates ? reference.iterations_spent / row.iterations_spent : not_measured);
    row.extras.emplace_back("paper's", recycles ? known.iterations : not_measured);
    row.extras.emplace_back("time gmres / time", reference.seconds_spent / row.seconds_spent);
    row.extras.emplace_back("paper's time", recycles ? known.time : not_measured);
  }
  table.rows.insert(table.rows.end(), rows.begin(), rows.end());
}

}  // namespace

Table published(const Options& options) {
  Table table{"published",
              "GMRES(40) over GCRO-DR(40,20) on the matrices of a published code and on correct ones, beside the paper's ratios",
              {},
              {}};
  for (const Subject& subject : subjects) {
    for (const Index side : sides) {
      for (const Preconditioner& pc : preconditioners) {
        for (std::size_t tolerance = 0; tolerance < subject.tolerances.size(); ++tolerance) {
          add_case(table, subject, side, pc, tolerance, options);
        }
      }
    }
  }
  table.remarks.emplace_back(
      "Ratios are of means over all systems tried, with what was spent on those that failed: where gmres(40) failed, its");
  table.remarks.emplace_back(
      "true ratio is larger. The other columns are over solved systems alone. All methods test the true residual here,");
  table.remarks.emplace_back(
      "preconditioned from the right, in one process, sor, bjacobi and asm in 72 blocks; there, the preconditioned one.");
  return table;
}

}  // namespace kindred::bench
