#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <kindred/core/deck/diagnostics.hpp>
#include <kindred/core/deck/value.hpp>

namespace kindred {

/// Lays `above` over `below`: tables are merged key by key, everything else is replaced. A table without `type` laid over
/// a string keeps the string as its type, so that `coefficient = "grf"` takes `problem.coefficient.tau=3`.
void merge(Value& below, const Value& above);
/// The same for whole decks: of two distributions of one parameter the upper one counts, they do not mix. The own keys of [sweep], such as
/// `design`, merge like all others.
void merge_decks(Value& below, const Value& above);

/// A deck put together from its files and the command line, not yet checked.
struct Composition {
  Value root{Table{}};
  std::vector<std::shared_ptr<const Source>> sources;  ///< the deck, its includes, the overrides
  std::vector<Value> plugins;                          ///< absolute paths of shared objects, with the places that name them
};

/// Reads a text and, recursively, what its `include` lists (merged first, so that the including text wins). Paths are
/// relative to `folder`. The keys `include` and `plugins` are taken out of the root.
void add_text(Composition& composition, const std::shared_ptr<const Source>& source, const std::filesystem::path& folder,
              Diagnostics& diagnostics);

/// Lays `key.path=value` over the deck. The value is TOML, or else a string; `choice(...)`, `uniform(...)` and the other
/// distributions make a sweep axis, which takes the place of a fixed value, and a fixed value takes the place of an axis.
void add_override(Composition& composition, const std::string& argument, std::size_t number, Diagnostics& diagnostics);

/// Full dotted path of a key of [sweep]: `beta` stands for `problem.beta`.
std::string sweep_path(std::string_view key);
/// True for paths below [problem] and [boundary].
bool is_sweepable(std::string_view path);

/// Contents of a file. @throws IoError
std::string read_file(const std::filesystem::path& path);

}  // namespace kindred
