#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include <kindred/core/deck/deck.hpp>
#include <kindred/core/deck/expression.hpp>
#include <kindred/core/registry/registry.hpp>

namespace kindred {

/// A table of the deck with the keys that it may hold, for `"dir" belongs in [output]`.
struct KnownTable {
  std::string path;  ///< empty: the top level
  std::vector<std::string> keys;
};

/// What the check of one deck shares.
struct Resolution {
  Constants constants;
  std::set<std::string> swept;  ///< full paths of swept parameters
  std::vector<KnownTable> tables;
  bool require_problem = true;
  Diagnostics& diagnostics;
};

/// `[problem.coefficient]`, as messages name a table; `the top level` for an empty path.
std::string table_title(const std::string& path);

/// Number for a parameter from an integer, a real, a quantity or an expression, in the parameter's unit; std::nullopt, with
/// the complaint, if there is none. What is no number at all is returned as it is, for ParameterInfo::check to refuse.
/// @param difference a difference of two values: the zero points of units such as degC do not count
std::optional<Value> to_number(const Value& value, const ParameterInfo& info, bool integer, Resolution& resolution,
                               bool difference = false);

/// Checks and completes the table of one registry entry: converted values, defaults, nested plugins.
/// @param where the place that a missing key is reported at
Value resolve_entry(const Entry& entry, Value given, const Location& where, const std::string& path, Resolution& resolution);

/// What a plugin's table without `type` stands for. Values of one type mean little to another, so parameters imply none.
struct AbsentType {
  std::string implied;    ///< taken instead; empty: the table is refused
  std::string suggested;  ///< the default's type, for the complaint; may be empty
};

/// Checks and completes a plugin-valued parameter; the result has a `type`. std::nullopt after a complaint.
std::optional<Value> resolve_plugin(const std::string& kind, const Value& given, const Location& where, const std::string& path,
                                    const AbsentType& absent, Resolution& resolution);

/// The whole deck: sections, problem, solver. `root` is as composed.
Value resolve_root(const Value& root, const Location& deck, Resolution& resolution);

/// Reads the axes of the [sweep] table of a resolved root, and writes them back in canonical form.
std::vector<SweepAxis> resolve_sweep(Value& root, Resolution& resolution);

/// Which parameter a dotted path names, and the registry entry that it belongs to.
struct ParameterPlace {
  const ParameterInfo* parameter = nullptr;  ///< null: the path leads nowhere
  const Entry* entry = nullptr;              ///< of the last table reached; null: that table was refused or is not there
  std::string table;                         ///< path of that table
  std::string key;                           ///< the part that was looked up in it
};
ParameterPlace find_parameter(const Value& resolved_root, const std::string& path);

/// Registry entry of a top-level table: the section's, or the one that the table's `type` names; null if unknown.
const Entry* entry_of_top_table(const std::string& key, const Value& table);

/// Tables of this deck and their keys; types that are not registered are left out.
std::vector<KnownTable> known_tables(const Value& root);

/// Keys of an entry's table, in the order of its schema.
std::vector<std::string> parameter_names(const Entry& entry);

/// Hint for a key that `path` does not have: a likely spelling, another table, or the list of keys.
std::string unknown_key_hint(const std::string& key, const Entry* entry, const std::string& path, const Resolution& resolution);

}  // namespace kindred
