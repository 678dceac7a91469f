#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <kindred/core/deck/distribution.hpp>
#include <kindred/core/registry/registry.hpp>

namespace kindred::app {

/// `512 B`, `65.5 kB`, `2.1 GB`: three significant figures, powers of 1000.
std::string bytes_text(double bytes);

/// A deck value as JSON; nothing becomes null.
nlohmann::json value_json(const Value& value);

/// `uniform in [0, 1]`, `normal(0, 1) in [-2, 2]`, `one of 3, 5, 7`.
std::string distribution_text(const Distribution& distribution);

/// What a parameter is when the deck is silent: its default as TOML, `required`, or `none`.
std::string default_text(const ParameterInfo& parameter);

/// One registry entry with everything that describes it: kind, name, summary, doc, parameters with type, default, range,
/// unit, doc, and where it was defined.
nlohmann::json entry_json(const Entry& entry);
/// As Markdown: a heading of the given level, the doc with its equation, a table of parameters, an example.
std::string entry_markdown(const Entry& entry, int heading_level);
/// For a terminal; parameters one below the other.
std::string entry_text(const Entry& entry);

/// The text with a full stop at its end if it has none.
std::string sentence(std::string text);

/// Text broken at spaces so that no line is longer than `width` characters, every line after `indent` spaces and those
/// that its paragraph begins with.
std::string wrapped(const std::string& text, std::size_t width, std::size_t indent);

}  // namespace kindred::app
