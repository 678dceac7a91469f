#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <kindred/core/deck/diagnostics.hpp>
#include <kindred/core/deck/distribution.hpp>
#include <kindred/core/deck/value.hpp>

namespace kindred {

struct DeckOptions {
  std::vector<std::string> overrides;          ///< `key.path=value`, in command-line order
  std::vector<std::filesystem::path> plugins;  ///< shared objects to load besides the deck's own `plugins`
  bool require_problem = true;
};

/// One parameter that varies over the samples.
struct SweepAxis {
  std::string path;  ///< full dotted path, `problem.coefficient.tau`
  std::string name;  ///< name in the data set: the path's last part, or as many parts as make it unique, joined by `_`
  std::string unit;
  std::string doc;
  Distribution distribution;
  Location location;
};

/// A deck that passed every check: all values present in `root` are valid, with units converted, constants and
/// expressions evaluated, and defaults filled in.
class Deck {
 public:
  Value root;                                          ///< resolved, with defaults
  std::vector<SweepAxis> sweep;                        ///< the varying parameters, sorted by path
  std::vector<std::shared_ptr<const Source>> sources;  ///< the deck, its includes, the overrides
  Diagnostics warnings;

  /// Table of a section; an empty table when the deck has none.
  [[nodiscard]] const Value& section(std::string_view name) const;
  /// Canonical TOML of the resolved deck; with `origins`, each line carries a comment saying where its value came from.
  [[nodiscard]] std::string resolved_toml(bool origins = false) const;
  /// As resolved_toml, without run-time parameters (threads, directories, verbosity): the text that identifies the data.
  /// Input files are in it by the SHA-256 of their contents, as `<key>_sha256`. @throws IoError if one cannot be read
  [[nodiscard]] std::string identity_toml() const;
  /// SHA-256 of identity_toml(), lower-case hexadecimal.
  [[nodiscard]] std::string identity_hash() const;
};

/// Reads, includes, overrides and checks a deck.
/// @throws DeckError with every complaint at once; IoError if the file cannot be read
Deck load_deck(const std::filesystem::path& path, const DeckOptions& options = {});
/// The same for a text, for tests and library users; `name` stands for the file's name in messages.
Deck parse_deck(std::string text, const std::string& name = "<deck>", const DeckOptions& options = {});

/// Checks parameters that a design brings along (the columns of a table) as the axes of [sweep] are checked: that each names a
/// parameter of this deck, and that its values have the parameter's type and range.
/// @returns the axes with the parameters' units and docs
/// @throws DeckError with every complaint at once, at the axes' locations
std::vector<SweepAxis> check_sweep_axes(const Deck& deck, std::vector<SweepAxis> axes);

/// First difference between two identity texts, as `key: old -> new` lines; empty if equal.
std::vector<std::string> identity_differences(const std::string& old_toml, const std::string& new_toml);

/// JSON Schema (draft 2020-12) of decks, made from the registry.
std::string deck_json_schema();

}  // namespace kindred
