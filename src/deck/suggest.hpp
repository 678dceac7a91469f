#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kindred {

/// Number of insertions, deletions, substitutions and swaps of neighbours that turn one word into the other (Damerau and
/// Levenshtein's distance, restricted: no part is edited twice). Upper and lower case, `-` and `_` count as the same.
/// Cost O(|a| |b|).
std::size_t edit_distance(std::string_view a, std::string_view b);

/// Largest distance at which a word still passes for a misspelling of one of `length` letters.
constexpr std::size_t misspelling_cutoff(std::size_t length) { return 1 + length / 5; }

/// The candidate nearest to `word` within misspelling_cutoff; the first one if several are equally near.
std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& candidates);

/// The candidates, nearest to `word` first; equally near ones stay in order.
std::vector<std::string> sorted_by_distance(std::string_view word, std::vector<std::string> candidates);

}  // namespace kindred
