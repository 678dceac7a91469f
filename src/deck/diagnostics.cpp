#include <kindred/core/deck/diagnostics.hpp>

#include <algorithm>
#include <tuple>
#include <utility>

#include <fmt/format.h>

namespace kindred {
namespace {

std::string_view line_of(const std::string& text, int number) {
  std::size_t begin = 0;
  for (int line = 1; line < number; ++line) {
    const std::size_t end = text.find('\n', begin);
    if (end == std::string::npos) {
      return {};
    }
    begin = end + 1;
  }
  std::string_view line = std::string_view(text).substr(begin, text.find('\n', begin) - begin);
  if (!line.empty() && line.back() == '\r') {
    line.remove_suffix(1);
  }
  return line;
}

bool starts_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }

/// Byte at which the given code point (from 1) starts.
std::size_t byte_of_column(std::string_view line, int column) {
  std::size_t byte = 0;
  for (int c = 1; c < column && byte < line.size(); ++c) {
    do {
      ++byte;
    } while (byte < line.size() && !starts_character(line[byte]));
  }
  return byte;
}

/// Length in bytes of the key or value that starts here: to the closing quote, to the matching bracket, or one word.
std::size_t token_length(std::string_view rest) {
  if (rest.empty()) {
    return 1;
  }
  const char first = rest.front();
  if (first == '"' || first == '\'') {
    for (std::size_t i = 1; i < rest.size(); ++i) {
      if (rest[i] == '\\' && first == '"') {
        ++i;
      } else if (rest[i] == first) {
        return i + 1;
      }
    }
    return rest.size();
  }
  if (first == '[' || first == '{') {
    int depth = 0;
    char quote = 0;
    for (std::size_t i = 0; i < rest.size(); ++i) {
      const char c = rest[i];
      if (quote != 0) {
        quote = c == quote ? '\0' : quote;
      } else if (c == '"' || c == '\'') {
        quote = c;
      } else if (c == '[' || c == '{') {
        ++depth;
      } else if ((c == ']' || c == '}') && --depth == 0) {
        return i + 1;
      }
    }
    return 1;
  }
  const bool number = (first >= '0' && first <= '9') || first == '+' || first == '-' || first == '.';
  const auto end = rest.find_first_of(number ? " \t,]}=#()*/" : " \t,]}=#.()+*/^\"'");
  return std::max<std::size_t>(end == std::string_view::npos ? rest.size() : end, 1);
}

/// White space as wide as `text` on a terminal; tabs stay tabs.
std::string blank(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (starts_character(c)) {
      out += c == '\t' ? '\t' : ' ';
    }
  }
  return out;
}

std::string indented(const std::string& text) {
  std::string out = "  ";
  for (const char c : text) {
    out += c;
    if (c == '\n') {
      out += "  ";
    }
  }
  return out;
}

std::string counted(std::size_t count, const char* noun) { return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s"); }

}  // namespace

std::string Diagnostic::text() const {
  std::string out = fmt::format("{}: {}: {}\n", location.text(), severity == Severity::error ? "error" : "warning", message);
  if (location.source && location.line > 0) {
    const std::string_view line = line_of(location.source->text, location.line);
    if (!line.empty()) {
      const std::size_t begin = byte_of_column(line, location.column);
      const std::size_t length = blank(line.substr(begin, token_length(line.substr(begin)))).size();
      out += fmt::format("  {}\n  {}^{}\n", line, blank(line.substr(0, begin)), std::string(length > 0 ? length - 1 : 0, '~'));
    }
  }
  if (!hint.empty()) {
    out += indented(hint) + "\n";
  }
  return out;
}

void Diagnostics::error(Location location, std::string message, std::string hint) {
  diagnostics_.push_back({Diagnostic::Severity::error, std::move(location), std::move(message), std::move(hint)});
}

void Diagnostics::warning(Location location, std::string message, std::string hint) {
  diagnostics_.push_back({Diagnostic::Severity::warning, std::move(location), std::move(message), std::move(hint)});
}

bool Diagnostics::has_errors() const {
  return std::any_of(diagnostics_.begin(), diagnostics_.end(),
                     [](const Diagnostic& d) { return d.severity == Diagnostic::Severity::error; });
}

std::vector<Diagnostic> Diagnostics::sorted() const {
  auto order = sources_;
  for (const auto& d : diagnostics_) {
    if (std::find(order.begin(), order.end(), d.location.source) == order.end()) {
      order.push_back(d.location.source);
    }
  }
  const auto place = [&](const Diagnostic& d) {
    return std::tuple(std::find(order.begin(), order.end(), d.location.source) - order.begin(), d.location.line, d.location.column);
  };
  auto sorted = diagnostics_;
  std::stable_sort(sorted.begin(), sorted.end(), [&](const Diagnostic& a, const Diagnostic& b) { return place(a) < place(b); });
  return sorted;
}

std::string Diagnostics::text() const {
  std::string out;
  std::size_t errors = 0;
  for (const auto& d : sorted()) {
    out += d.text();
    errors += d.severity == Diagnostic::Severity::error ? 1 : 0;
  }
  return out + fmt::format("{}, {}\n", counted(errors, "error"), counted(diagnostics_.size() - errors, "warning"));
}

void Diagnostics::raise_if_errors() const {
  if (has_errors()) {
    throw DeckError(*this);
  }
}

DeckError::DeckError(Diagnostics diagnostics) : InputError(diagnostics.text()), diagnostics_(std::move(diagnostics)) {}

}  // namespace kindred
