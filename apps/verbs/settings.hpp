#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <kindred/core/registry/registry.hpp>

namespace kindred::app {

/// The table of a plugin that a command line configures: `type`, and the settings `NAME=VALUE`, checked against its schema.
/// @param verb  names the place in complaints
/// @throws InputError for a word that is no setting or names no parameter, DeckError for a value that does not fit
Value plugin_table(const Entry& entry, const std::vector<std::string>& settings, std::string_view verb);

}  // namespace kindred::app
