#include <kindred/operators/matrix_files/matrix_market.hpp>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <fstream>
#include <limits>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace kindred::matrix_market {
namespace {

struct Header {
  bool coordinate = true;
  bool pattern = false;
  bool symmetric = false;
  bool skew = false;
  Index rows = 0;
  Index columns = 0;
  Index entries = 0;  ///< lines that follow
};

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

/// Lines of a file, with their numbers, taken apart at blanks.
class Lines {
 public:
  explicit Lines(const std::filesystem::path& path) : path_(path), stream_(path) {
    if (!stream_) {
      throw IoError(fmt::format("{}: cannot be opened", path.string()));
    }
  }

  /// The next line's words. @returns false at the end of the file
  bool next() {
    words_.clear();
    if (!std::getline(stream_, line_)) {
      return false;
    }
    ++number_;
    constexpr const char* blanks = " \t\r\v\f";
    for (std::size_t begin = line_.find_first_not_of(blanks); begin != std::string::npos;) {
      const std::size_t end = std::min(line_.find_first_of(blanks, begin), line_.size());
      words_.emplace_back(line_.data() + begin, end - begin);
      begin = line_.find_first_not_of(blanks, end);
    }
    return true;
  }
  /// The next line that is neither empty nor a comment. @returns false at the end of the file
  bool next_data() {
    while (next()) {
      if (!words_.empty() && words_[0].front() != '%') {
        return true;
      }
    }
    return false;
  }

  [[nodiscard]] const std::vector<std::string_view>& words() const { return words_; }

  [[noreturn]] void refuse(const std::string& message) const {
    throw InputError(fmt::format("{}:{}: {}", path_.string(), std::max<Index>(number_, 1), message));
  }
  /// @throws InputError unless the line has so many words
  void require_words(std::size_t count, const char* meaning) const {
    if (words_.size() != count) {
      refuse(fmt::format("expected {}, found \"{}\"", meaning, line_));
    }
  }
  template <class Number>
  Number number(std::size_t word, const char* meaning) const {
    const std::string_view text = words_[word].front() == '+' ? words_[word].substr(1) : words_[word];
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) {
      refuse(fmt::format("\"{}\" is no {}", words_[word], meaning));
    }
    return value;
  }
  double finite(std::size_t word) const {
    const auto value = number<double>(word, "number");
    if (!std::isfinite(value)) {
      refuse(fmt::format("the value {} is not finite", value));
    }
    return value;
  }

 private:
  std::filesystem::path path_;
  std::ifstream stream_;
  std::string line_;
  std::vector<std::string_view> words_;
  Index number_ = 0;
};

/// The first line: %%MatrixMarket matrix coordinate real general
void read_banner(Lines& lines, Header& header) {
  if (!lines.next() || lines.words().size() != 5 || lower(lines.words()[0]) != "%%matrixmarket" || lower(lines.words()[1]) != "matrix") {
    lines.refuse("the first line must be \"%%MatrixMarket matrix FORMAT TYPE SYMMETRY\"");
  }
  const std::string format = lower(lines.words()[2]);
  const std::string type = lower(lines.words()[3]);
  const std::string symmetry = lower(lines.words()[4]);
  header.coordinate = format == "coordinate";
  if (!header.coordinate && format != "array") {
    lines.refuse(fmt::format("the format \"{}\" is neither \"coordinate\" nor \"array\"", format));
  }
  header.pattern = type == "pattern";
  if (type != "real" && type != "integer" && type != "double" && !(header.pattern && header.coordinate)) {
    lines.refuse(fmt::format("entries of type \"{}\" are not supported: real and integer ones are, and patterns of coordinates", type));
  }
  header.skew = symmetry == "skew-symmetric";
  header.symmetric = header.skew || symmetry == "symmetric";
  if (!header.symmetric && symmetry != "general") {
    lines.refuse(fmt::format("the symmetry \"{}\" is not supported: general, symmetric and skew-symmetric are", symmetry));
  }
}

/// The banner and the line of sizes.
Header read_header(Lines& lines) {
  Header header;
  read_banner(lines, header);
  if (!lines.next_data()) {
    lines.refuse("the file ends before the line of sizes");
  }
  lines.require_words(header.coordinate ? 3 : 2, header.coordinate ? "rows, columns and entries" : "rows and columns");
  header.rows = lines.number<Index>(0, "number of rows");
  header.columns = lines.number<Index>(1, "number of columns");
  header.entries = header.coordinate ? lines.number<Index>(2, "number of entries") : header.rows * header.columns;
  if (header.rows < 1 || header.columns < 1 || header.entries < 0 || header.rows > std::numeric_limits<PetscInt>::max() ||
      header.columns > std::numeric_limits<PetscInt>::max()) {
    lines.refuse(fmt::format("a matrix of {} × {} with {} entries is not possible here", header.rows, header.columns, header.entries));
  }
  return header;
}

void require_square(const Lines& lines, const Header& header) {
  if (header.rows != header.columns) {
    lines.refuse(fmt::format("the matrix has {} rows and {} columns, but a linear system needs a square one", header.rows, header.columns));
  }
}

/// Adds an entry, and its mirror image in a symmetric file.
void add(std::vector<Triplet>& entries, const Lines& lines, const Header& header, const Triplet& entry) {
  if (header.symmetric && entry.row < entry.column) {
    lines.refuse(fmt::format("row {}, column {} lies above the diagonal, but a symmetric file lists the lower triangle only", entry.row + 1,
                             entry.column + 1));
  }
  if (header.skew && entry.row == entry.column) {
    lines.refuse(fmt::format("row {} has a diagonal entry, but the file is skew-symmetric", entry.row + 1));
  }
  entries.push_back(entry);
  if (header.symmetric && entry.row != entry.column) {
    entries.push_back({entry.column, entry.row, header.skew ? -entry.value : entry.value});
  }
}

std::vector<Triplet> read_coordinates(Lines& lines, const Header& header) {
  std::vector<Triplet> entries;
  for (Index k = 0; k < header.entries; ++k) {
    if (!lines.next_data()) {
      lines.refuse(fmt::format("the file ends after {} of {} entries", k, header.entries));
    }
    lines.require_words(header.pattern ? 2 : 3, header.pattern ? "row and column" : "row, column and value");
    const auto row = lines.number<Index>(0, "row");
    const auto column = lines.number<Index>(1, "column");
    if (row < 1 || row > header.rows || column < 1 || column > header.columns) {
      lines.refuse(
          fmt::format("row {}, column {} lies outside of the {} × {} matrix: both count from 1", row, column, header.rows, header.columns));
    }
    add(entries, lines, header, {row - 1, column - 1, header.pattern ? 1.0 : lines.finite(2)});
  }
  return entries;
}

/// All entries column by column; of a symmetric file the lower triangle.
std::vector<Triplet> read_array(Lines& lines, const Header& header) {
  std::vector<Triplet> entries;
  for (Index column = 0; column < header.columns; ++column) {
    const Index first = header.symmetric ? column + (header.skew ? 1 : 0) : 0;
    for (Index row = first; row < header.rows; ++row) {
      if (!lines.next_data()) {
        lines.refuse(fmt::format("the file ends before the entry of row {}, column {}", row + 1, column + 1));
      }
      lines.require_words(1, "one value");
      add(entries, lines, header, {row, column, lines.finite(0)});
    }
  }
  return entries;
}

std::vector<Triplet> read_entries(Lines& lines, const Header& header) {
  auto entries = header.coordinate ? read_coordinates(lines, header) : read_array(lines, header);
  if (lines.next_data()) {
    lines.refuse("the file goes on after its last entry");
  }
  return entries;
}

}  // namespace

CsrArrays read_matrix(const std::filesystem::path& path) {
  Lines lines(path);
  const Header header = read_header(lines);
  require_square(lines, header);
  return csr_from_triplets(header.rows, read_entries(lines, header));
}

Index rows(const std::filesystem::path& path) {
  Lines lines(path);
  const Header header = read_header(lines);
  require_square(lines, header);
  return header.rows;
}

std::vector<double> read_vector(const std::filesystem::path& path) {
  Lines lines(path);
  const Header header = read_header(lines);
  if (header.columns != 1) {
    lines.refuse(fmt::format("a right-hand side has one column, this file has {}", header.columns));
  }
  std::vector<double> values(static_cast<std::size_t>(header.rows), 0.0);
  for (const Triplet& entry : read_entries(lines, header)) {
    values[static_cast<std::size_t>(entry.row)] += entry.value;
  }
  return values;
}

}  // namespace kindred::matrix_market
