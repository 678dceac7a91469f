// Sequences of systems solved by many methods side by side: iterations, applications of operator and preconditioner, and processor time
// per system, set-up counted, to the same true residual.
//   bench_recycling helmholtz convection --csv figures.csv
//   bench_recycling published --systems 3 --filter 'darcy 2500, jacobi'
// Columns: solved/tried; iterations of the first system; mean iterations and applications of A and of the preconditioner M, those of a
// start-up included; median, quartiles and mean of the milliseconds per system. The first system of a chain, which also pays for the
// pattern and for the symbolic factor, counts in the last column only. Compare times within one run alone.

#include <algorithm>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include <kindred/apps/bench/recycling/tables.hpp>
#include <kindred/core/petsc/petsc.hpp>

using namespace kindred;

namespace {

std::vector<std::string> table_names() {
  std::vector<std::string> names;
  for (const bench::NamedTable& table : bench::named_tables) {
    names.emplace_back(table.name);
  }
  return names;
}

void run(std::vector<std::string> wanted, const bench::Options& options, const std::string& csv, const std::string& json) {
  if (std::ranges::find(wanted, "all") != wanted.end()) {
    wanted = table_names();
  }
  const petsc::Session session;
  std::vector<bench::Table> tables;
  for (const std::string& name : wanted) {
    const auto table = std::ranges::find(bench::named_tables, name, &bench::NamedTable::name);
    tables.push_back(table->make(options));
    if (tables.back().rows.empty()) {
      throw InputError(
          fmt::format("table {}: no `problem/method` contains \"{}\": run it with --systems 1 and no --filter to see their names", name,
                      options.filter));
    }
    fmt::print("{}\n", bench::text_of(tables.back()));
    std::fflush(stdout);
    // After every table, so that an interrupted run keeps what it has measured.
    if (!csv.empty()) {
      bench::write_csv(tables, csv);
    }
    if (!json.empty()) {
      bench::write_json(tables, json);
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> names = table_names();
  names.emplace_back("all");
  std::vector<std::string> wanted;
  bench::Options options;
  std::string csv;
  std::string json;
  CLI::App app("Solves families of linear systems with many methods side by side and prints what each one took.");
  app.add_option("tables", wanted, fmt::format("Which tables: {}", fmt::join(names, ", ")))->required()->check(CLI::IsMember(names));
  app.add_option("--systems", options.systems, "Systems per family, besides those of the warm-up")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  app.add_option("--filter", options.filter, "Only methods whose `problem/method` contains this text");
  app.add_option("--csv", csv, "Also write the rows to this file, for plots")->type_name("FILE");
  app.add_option("--json", json, "Also write the rows to this file as JSON")->type_name("FILE");
  CLI11_PARSE(app, argc, argv);
  try {
    run(wanted, options, csv, json);
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench_recycling: {}\n", error.what());
    return 1;
  }
  return 0;
}
