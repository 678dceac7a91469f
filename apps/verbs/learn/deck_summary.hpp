#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <kindred/apps/generate/family.hpp>
#include <kindred/core/deck/deck.hpp>

namespace kindred::app {

/// What a deck asks for, in figures: problem, grid, boundary, fields with their shapes, swept parameters, samples, sizes.
nlohmann::json deck_summary(const Deck& deck, const std::filesystem::path& path);
/// The same for people.
std::string deck_summary_text(const nlohmann::json& summary);

/// The swept parameters of one sample, by their full deck paths.
/// @throws InputError if the family has no such sample
nlohmann::json sample_parameters(const Deck& deck, Index index);

}  // namespace kindred::app
