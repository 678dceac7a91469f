#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <kindred/apps/bench/recycling/measure.hpp>

namespace kindred::bench {

/// One sub-table: its rows, problem after problem.
struct Table {
  std::string name;
  std::string caption;
  std::vector<Row> rows;
  std::vector<std::string> remarks;
};

/// For people: a block per problem, columns aligned, the table's own columns last.
std::string text_of(const Table& table);

/// A line per row of all tables, one header, empty where nothing was measured. @throws IoError if the file cannot be written
void write_csv(const std::vector<Table>& tables, const std::filesystem::path& path);
/// The same as an array of objects, null where nothing was measured.
void write_json(const std::vector<Table>& tables, const std::filesystem::path& path);

}  // namespace kindred::bench
