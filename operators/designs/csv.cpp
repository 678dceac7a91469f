#include <algorithm>
#include <set>

#include <fmt/format.h>

#include <kindred/core/deck/compose.hpp>
#include <kindred/operators/designs/csv_table.hpp>
#include <kindred/operators/designs/sweep_design.hpp>

namespace kindred {
namespace {

struct CsvParameters {
  std::string file;

  static Schema<CsvParameters> schema() {
    return {parameter("file", &CsvParameters::file)
                .required()
                .input_file()
                .doc("File of comma-separated values; relative paths start at the current directory.")};
  }
};

/// The last parts of a dotted path, joined by `_`.
std::string short_name(const std::string& path, std::size_t parts) {
  const auto all = split_path(path);
  std::string name;
  for (std::size_t i = all.size() - std::min(parts, all.size()); i < all.size(); ++i) {
    name += (name.empty() ? "" : "_") + all[i];
  }
  return name;
}

/// Gives every column that comes from the file the shortest name that no other axis or column has.
void name_columns(std::vector<SweepAxis>& columns, std::size_t named) {
  for (std::size_t i = named; i < columns.size(); ++i) {
    const std::size_t most = split_path(columns[i].path).size();
    for (std::size_t parts = 1; parts <= most; ++parts) {
      columns[i].name = short_name(columns[i].path, parts);
      const bool taken = std::any_of(columns.begin(), columns.end(), [&](const SweepAxis& other) {
        const bool from_file = &other - columns.data() >= static_cast<std::ptrdiff_t>(named);
        return &other != &columns[i] && (from_file ? short_name(other.path, parts) : other.name) == columns[i].name;
      });
      if (!taken) {
        break;
      }
    }
  }
}

/// The distinct values, in the order of their first appearance.
Distribution levels_of(const std::vector<Value>& values) {
  Distribution levels;
  levels.kind = Distribution::Kind::choice;
  std::set<std::string> seen;
  for (const auto& value : values) {
    if (seen.insert(value.to_toml()).second) {
      levels.values.push_back(value);
    }
  }
  return levels;
}

/// Number of samples: the deck's count, or all rows.
Index row_count(const DesignContext& context, const CsvTable& table, const std::string& file) {
  const auto rows = static_cast<Index>(table.rows);
  if (context.count > rows) {
    throw InputError(fmt::format("[sweep] asks for count = {}, but {} has {} rows: leave count out, or set it to at most {}", context.count,
                                 file, rows, rows));
  }
  return context.count > 0 ? context.count : rows;
}

class CsvDesign final : public Design {
 public:
  CsvDesign(const DesignContext& context, CsvTable table, const std::string& file)
      : context_(context), table_(std::move(table)), columns_(context.axes), count_(row_count(context, table_, file)) {
    for (const auto& column : table_.columns) {
      const std::string path = sweep_path(column.name);
      if (!path.starts_with("problem.") && !path.starts_with("boundary.")) {
        throw InputError(
            fmt::format("{}: \"{}\" cannot be swept: a column names a parameter of [problem] or [boundary] by its full path, such as "
                        "problem.coefficient.tau",
                        column.location.text(), column.name));
      }
      const auto twice = std::find_if(columns_.begin(), columns_.end(), [&](const SweepAxis& axis) { return axis.path == path; });
      if (twice != columns_.end()) {
        throw InputError(
            fmt::format("{}: the parameter {} is given twice, here and at {}", column.location.text(), path, twice->location.text()));
      }
      columns_.push_back({path, {}, "1", {}, levels_of(column.values), column.location});
    }
    name_columns(columns_, context_.axes.size());
  }

  [[nodiscard]] Index count() const override { return count_; }
  [[nodiscard]] std::vector<SweepAxis> columns() const override { return columns_; }
  [[nodiscard]] std::vector<Sample::Assignment> parameters(Index index, std::uint32_t attempt) const override {
    std::vector<Sample::Assignment> assignments;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const SweepAxis& axis = columns_[i];
      const bool swept = i < context_.axes.size();
      assignments.push_back({axis.path, swept ? axis.distribution.quantile(axis_draws(context_, axis.path, index, attempt).uniform(0))
                                              : table_.columns[i - context_.axes.size()].values[static_cast<std::size_t>(index)]});
    }
    return assignments;
  }

 private:
  DesignContext context_;
  CsvTable table_;
  std::vector<SweepAxis> columns_;  ///< the deck's axes, then the file's columns
  Index count_;
};

const Registration csv = plugin<Design, CsvParameters>("csv")
                             .summary("Parameters from a file of comma-separated values, one row per sample")
                             .doc(R"($$p_{ij} = \text{table}[j, i]$$

The first line names the parameters by their paths in the deck (`problem.coefficient.tau`; a name without a point is one of [problem]); every
further line is one sample. A column holds numbers or strings; a quoted cell is a string. Blank lines and lines that begin with `#` are
skipped. `count` may be left out, and takes the first rows if it is smaller than the table. Axes of [sweep] besides the file are drawn as by
`mc`.)")
                             .source("Y. Shafranovich, Common format and MIME type for comma-separated values (CSV) files, RFC 4180, 2005")
                             .example(R"([sweep]
design = { type = "csv", file = "points.csv" }
)")
                             .capabilities({"deterministic"})
                             .factory([](const CsvParameters& p, const DesignContext& context) {
                               return std::make_unique<CsvDesign>(context, parse_csv(read_file(p.file), p.file), p.file);
                             });

}  // namespace
}  // namespace kindred
