#pragma once

#include <memory>
#include <optional>

#include <kindred/core/deck/diagnostics.hpp>
#include <kindred/core/deck/value.hpp>

namespace kindred {

/// Parses TOML 1.0; every key and value keeps its place. The first syntax error ends the reading: it is reported with a
/// hint, and the result is std::nullopt. Dates and times are refused.
std::optional<Value> read_toml(const std::shared_ptr<const Source>& source, Diagnostics& diagnostics);

}  // namespace kindred
