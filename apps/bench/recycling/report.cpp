#include <kindred/apps/bench/recycling/report.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <kindred/core/base/error.hpp>

namespace kindred::bench {
namespace {

/// A column that every table has: heading for people, name in files, and how it is shown.
struct Column {
  const char* heading;
  const char* name;
  double Row::*value;
  double scale;
  int digits;
};

constexpr std::array columns{
    Column{"first", "first_iterations", &Row::first_iterations, 1.0, 0},
    Column{"its", "iterations", &Row::iterations, 1.0, 1},
    Column{"A", "operator_applications", &Row::operators, 1.0, 1},
    Column{"M", "preconditioner_applications", &Row::preconditioners, 1.0, 1},
    Column{"ms", "seconds_median", &Row::seconds_median, 1e3, 2},
    Column{"lower", "seconds_lower_quartile", &Row::seconds_lower, 1e3, 2},
    Column{"upper", "seconds_upper_quartile", &Row::seconds_upper, 1e3, 2},
    Column{"mean", "seconds_mean", &Row::seconds_mean, 1e3, 2},
};

/// Names of the extra columns of these rows, in the order of their first use.
std::vector<std::string> extra_names(const std::vector<Row>& rows) {
  std::vector<std::string> names;
  for (const Row& row : rows) {
    for (const auto& extra : row.extras) {
      if (std::ranges::find(names, extra.first) == names.end()) {
        names.push_back(extra.first);
      }
    }
  }
  return names;
}

double extra(const Row& row, const std::string& name) {
  const auto found = std::ranges::find(row.extras, name, &std::pair<std::string, double>::first);
  return found != row.extras.end() ? found->second : not_measured;
}

std::string number(double value, int digits) { return std::isnan(value) ? "-" : fmt::format("{:.{}f}", value, digits); }

using Cells = std::vector<std::string>;

Cells cells_of(const Row& row, const std::vector<std::string>& extras) {
  Cells cells{row.method, fmt::format("{}/{}", row.tried - row.failed, row.tried)};
  for (const Column& column : columns) {
    cells.push_back(number(column.scale * (row.*column.value), column.digits));
  }
  for (const std::string& name : extras) {
    cells.push_back(number(extra(row, name), 2));
  }
  return cells;
}

std::string aligned(const std::vector<Cells>& lines) {
  std::vector<std::size_t> widths(lines.front().size(), 0);
  for (const Cells& line : lines) {
    for (std::size_t c = 0; c < line.size(); ++c) {
      widths[c] = std::max(widths[c], line[c].size());
    }
  }
  std::string text;
  for (const Cells& line : lines) {
    text += fmt::format("    {:<{}}", line[0], widths[0]);
    for (std::size_t c = 1; c < line.size(); ++c) {
      text += fmt::format("  {:>{}}", line[c], widths[c]);
    }
    text += '\n';
  }
  return text;
}

std::ofstream open(const std::filesystem::path& path) {
  std::ofstream file(path);
  if (!file) {
    throw IoError(fmt::format("{}: cannot be opened for writing: check that its folder exists and is writable", path.string()));
  }
  return file;
}

void close(std::ofstream& file, const std::filesystem::path& path) {
  file.close();
  if (!file) {
    throw IoError(fmt::format("{}: writing failed: is the disk full?", path.string()));
  }
}

std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) {
    result += c == '"' ? "\"\"" : std::string(1, c);
  }
  return result + '"';
}

std::string exact(double value) { return std::isnan(value) ? "" : fmt::format("{}", value); }

std::vector<std::string> all_extra_names(const std::vector<Table>& tables) {
  std::vector<Row> all;
  for (const Table& table : tables) {
    all.insert(all.end(), table.rows.begin(), table.rows.end());
  }
  return extra_names(all);
}

}  // namespace

std::string text_of(const Table& table) {
  std::string text = fmt::format("{}: {}\n", table.name, table.caption);
  for (auto first = table.rows.begin(); first != table.rows.end();) {
    const auto last = std::find_if(first, table.rows.end(), [&](const Row& row) { return row.problem != first->problem; });
    const std::vector<Row> block(first, last);
    const auto extras = extra_names(block);
    Cells headings{"method", "solved"};
    std::ranges::transform(columns, std::back_inserter(headings), &Column::heading);
    headings.insert(headings.end(), extras.begin(), extras.end());
    std::vector<Cells> lines{headings};
    std::ranges::transform(block, std::back_inserter(lines), [&](const Row& row) { return cells_of(row, extras); });
    text += fmt::format("\n  {}\n{}", first->problem, aligned(lines));
    for (const Row& row : block) {
      text += row.failed > 0 ? fmt::format("    failed: {}: {} of {}; {}\n", row.method, row.failed, row.tried, row.failure) : "";
    }
    first = last;
  }
  for (const std::string& remark : table.remarks) {
    text += fmt::format("\n  {}", remark);
  }
  return text + '\n';
}

void write_csv(const std::vector<Table>& tables, const std::filesystem::path& path) {
  std::ofstream file = open(path);
  const auto extras = all_extra_names(tables);
  file << "table,problem,method,tried,failed";
  for (const Column& column : columns) {
    file << ',' << column.name;
  }
  for (const std::string& name : extras) {
    file << ',' << quoted(name);
  }
  file << '\n';
  for (const Table& table : tables) {
    for (const Row& row : table.rows) {
      file << quoted(table.name) << ',' << quoted(row.problem) << ',' << quoted(row.method) << ',' << row.tried << ',' << row.failed;
      for (const Column& column : columns) {
        file << ',' << exact(row.*column.value);
      }
      for (const std::string& name : extras) {
        file << ',' << exact(extra(row, name));
      }
      file << '\n';
    }
  }
  close(file, path);
}

void write_json(const std::vector<Table>& tables, const std::filesystem::path& path) {
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  for (const Table& table : tables) {
    for (const Row& row : table.rows) {
      nlohmann::ordered_json entry{
          {"table", table.name}, {"problem", row.problem}, {"method", row.method}, {"tried", row.tried}, {"failed", row.failed}};
      for (const Column& column : columns) {
        entry[column.name] = row.*column.value;
      }
      for (const auto& [name, value] : row.extras) {
        entry[name] = value;
      }
      all.push_back(std::move(entry));
    }
  }
  std::ofstream file = open(path);
  file << all.dump(2) << '\n';
  close(file, path);
}

}  // namespace kindred::bench
