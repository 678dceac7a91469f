#pragma once

#include <string>
#include <vector>

#include <kindred/core/deck/value.hpp>

namespace kindred {

/// A table read from comma-separated values: one name per column, all cells of a column integers, all reals, or all strings.
struct CsvTable {
  struct Column {
    std::string name;
    Location location;          ///< of the name
    std::vector<Value> values;  ///< each with its place in the file
  };
  std::vector<Column> columns;
  std::size_t rows = 0;
};

/// Reads RFC 4180 text: a header, then rows; `"` quotes a cell (and makes it a string), `""` is a quote inside. Blank lines and lines
/// that begin with `#` are skipped; blanks around unquoted cells, a byte-order mark and CR before LF do not matter.
/// @param name stands for the file in messages
/// @throws InputError with file:line:column for no header, an empty or doubled name, a row of another length, an empty cell, a quote
/// without end, a cell that is not of its column's kind, or a number that is not finite
CsvTable parse_csv(std::string text, const std::string& name);

}  // namespace kindred
