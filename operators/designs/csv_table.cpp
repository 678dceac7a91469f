#include <kindred/operators/designs/csv_table.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <optional>

#include <fmt/format.h>

#include <kindred/core/base/error.hpp>
#include <kindred/core/deck/diagnostics.hpp>

namespace kindred {
namespace {

struct Cell {
  std::string text;
  bool quoted = false;
  Location location;
};

[[noreturn]] void fail(const Location& where, const std::string& message) {
  Diagnostics diagnostics;
  diagnostics.error(where, message);
  throw DeckError(diagnostics);
}

/// Splits the text into rows of cells, with their places.
class Scanner {
 public:
  explicit Scanner(std::shared_ptr<const Source> source) : source_(std::move(source)), text_(source_->text) {
    if (text_.starts_with("\xEF\xBB\xBF")) {
      at_ = 3;
    }
  }

  /// The next row that is neither blank nor a comment; std::nullopt at the end.
  std::optional<std::vector<Cell>> next_row() {
    while (at_ < text_.size()) {
      const std::size_t end = std::min(text_.find('\n', at_), text_.size());
      const std::size_t first = text_.find_first_not_of(" \t\r", at_);
      if (first >= end || text_[first] == '#') {
        at_ = end;
        new_line();
        continue;
      }
      return read_row();
    }
    return std::nullopt;
  }

 private:
  [[nodiscard]] bool ends_row() const { return at_ >= text_.size() || text_[at_] == '\n'; }
  [[nodiscard]] bool blank() const { return at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\r'); }

  void advance() {
    const auto byte = static_cast<unsigned char>(text_[at_++]);
    column_ += (byte & 0xC0U) != 0x80U ? 1 : 0;  // continuation bytes of UTF-8 are no characters
  }

  void new_line() {
    at_ += at_ < text_.size() ? 1U : 0U;
    ++line_;
    column_ = 1;
  }

  [[nodiscard]] Location here() const { return {source_, line_, column_}; }

  std::vector<Cell> read_row() {
    std::vector<Cell> row;
    for (;;) {
      row.push_back(read_cell());
      if (ends_row()) {
        new_line();
        return row;
      }
      advance();  // the comma
    }
  }

  Cell read_cell() {
    while (blank()) {
      advance();
    }
    Cell cell{{}, false, here()};
    if (!ends_row() && text_[at_] == '"') {
      read_quoted(cell);
      return cell;
    }
    while (!ends_row() && text_[at_] != ',') {
      cell.text += text_[at_];
      advance();
    }
    cell.text.erase(cell.text.find_last_not_of(" \t\r") + 1);
    return cell;
  }

  void read_quoted(Cell& cell) {
    cell.quoted = true;
    advance();
    for (;;) {
      if (at_ >= text_.size()) {
        fail(cell.location, "this quote has no end");
      }
      if (text_[at_] == '\n') {
        cell.text += '\n';
        new_line();
      } else if (text_[at_] != '"') {
        cell.text += text_[at_];
        advance();
      } else if (text_.compare(at_, 2, "\"\"") == 0) {
        cell.text += '"';
        advance();
        advance();
      } else {
        break;
      }
    }
    advance();
    while (blank()) {
      advance();
    }
    if (!ends_row() && text_[at_] != ',') {
      fail(here(), "a quoted cell must end at a comma or the end of the line; write a quote inside as \"\"");
    }
  }

  std::shared_ptr<const Source> source_;
  const std::string& text_;
  std::size_t at_ = 0;
  int line_ = 1;
  int column_ = 1;
};

/// The number that the whole text spells; empty if it spells none.
Value number(const std::string& text) {
  const char* begin = text.data() + (text.starts_with('+') ? 1 : 0);
  const char* end = text.data() + text.size();
  std::int64_t integer = 0;
  if (const auto result = std::from_chars(begin, end, integer); result.ec == std::errc() && result.ptr == end) {
    return integer;
  }
  double real = 0.0;
  const auto result = std::from_chars(begin, end, real);
  if (result.ptr != end || result.ec == std::errc::invalid_argument) {
    return {};
  }
  return result.ec == std::errc() ? real : std::strtod(begin, nullptr);  // beyond the range of doubles: infinite, or next to 0
}

Value cell_value(const Cell& cell, const std::string& column) {
  Value value = cell.quoted ? Value(cell.text) : number(cell.text);
  if (value.empty()) {
    if (cell.text.empty()) {
      fail(cell.location, fmt::format("the cell of column \"{}\" is empty", column));
    }
    value = Value(cell.text);
  }
  if (value.is_number() && !std::isfinite(value.as_real())) {
    fail(cell.location, fmt::format("column \"{}\" needs finite numbers, found {}", column, cell.text));
  }
  value.location = cell.location;
  return value;
}

CsvTable read_header(const std::vector<Cell>& header) {
  CsvTable table;
  for (const auto& cell : header) {
    if (cell.text.empty()) {
      fail(cell.location, "this column has no name in the header");
    }
    if (std::any_of(table.columns.begin(), table.columns.end(), [&](const auto& column) { return column.name == cell.text; })) {
      fail(cell.location, fmt::format("the header names \"{}\" twice", cell.text));
    }
    table.columns.push_back({cell.text, cell.location, {}});
  }
  return table;
}

void append_row(CsvTable& table, const std::vector<Cell>& row) {
  if (row.size() != table.columns.size()) {
    fail(row[std::min(row.size() - 1, table.columns.size())].location,
         fmt::format("this row has {} cell{}, the header has {}", row.size(), row.size() == 1 ? "" : "s", table.columns.size()));
  }
  for (std::size_t i = 0; i < row.size(); ++i) {
    auto& column = table.columns[i];
    Value value = cell_value(row[i], column.name);
    if (!column.values.empty() && value.is_number() != column.values.front().is_number()) {
      fail(row[i].location, fmt::format("column \"{}\" holds {}, found {}{}", column.name, value.is_number() ? "strings" : "numbers",
                                        value.to_toml(), value.is_number() ? ": quote it if it is meant as a string" : ""));
    }
    column.values.push_back(std::move(value));
  }
  ++table.rows;
}

/// A column with one real is a column of reals.
void unify_numbers(CsvTable::Column& column) {
  if (std::any_of(column.values.begin(), column.values.end(), [](const Value& v) { return v.is_real(); })) {
    for (auto& value : column.values) {
      const Location where = value.location;
      value = Value(value.as_real());
      value.location = where;
    }
  }
}

}  // namespace

CsvTable parse_csv(std::string text, const std::string& name) {
  auto source = std::make_shared<Source>();
  source->name = name;
  source->text = std::move(text);
  Scanner scanner(source);
  const auto header = scanner.next_row();
  if (!header) {
    throw InputError(fmt::format("{}: the file is empty; its first line must name the parameters, such as problem.coefficient.tau", name));
  }
  CsvTable table = read_header(*header);
  while (const auto row = scanner.next_row()) {
    append_row(table, *row);
  }
  if (table.rows == 0) {
    throw InputError(fmt::format("{}: there are no rows below the header", name));
  }
  for (auto& column : table.columns) {
    unify_numbers(column);
  }
  return table;
}

}  // namespace kindred
