#pragma once

#include <string>
#include <vector>

#include <kindred/data/layout.hpp>

namespace kindred::data {

/// Version of the file format, as in docs/file-format.md. Readers refuse other versions.
inline constexpr std::int64_t format_version = 1;

/// What a layout stores of itself in every shard (JSON): all but the directory, the identity, the provenance and the card.
std::string layout_text(const DatasetLayout& layout);
/// The inverse. @throws InputError if the text is not such a layout
DatasetLayout parse_layout(const std::string& text);
/// `key: old -> new` for every member that differs, leaving out how the shard sizes were chosen.
std::vector<std::string> layout_differences(const DatasetLayout& old_layout, const DatasetLayout& new_layout);

}  // namespace kindred::data
