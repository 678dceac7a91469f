#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include <kindred/core/base/error.hpp>
#include <kindred/core/deck/compose.hpp>
#include <kindred/core/deck/toml_reader.hpp>
#include <kindred/core/registry/registry.hpp>

namespace kindred {
namespace {

/// The strings of a list (or a lone string) under `key`, which is taken out of the table.
std::vector<Value> take_strings(Value& table, const char* key, Diagnostics& diagnostics) {
  const Value* found = table.find(key);
  if (found == nullptr) {
    return {};
  }
  std::vector<Value> strings;
  if (found->is_string()) {
    strings.push_back(*found);
  } else if (found->is_array()) {
    for (const auto& item : found->as_array()) {
      if (item.is_string()) {
        strings.push_back(item);
      } else {
        diagnostics.error(item.location, fmt::format("\"{}\" takes file names, found {} {}", key, item.type_name(), item.to_toml()));
      }
    }
  } else {
    diagnostics.error(found->location,
                      fmt::format("\"{}\" must be a list of file names, found {} {}", key, found->type_name(), found->to_toml()),
                      fmt::format("write {} = [\"...\"]", key));
  }
  table.erase(key);
  return strings;
}

/// Reads a text below the files that include it (`open`, by canonical path); what it says wins over its own includes.
void read_layers(Composition& composition, const std::shared_ptr<const Source>& source, const std::filesystem::path& folder,
                 std::vector<std::filesystem::path>& open, Diagnostics& diagnostics) {
  composition.sources.push_back(source);
  auto table = read_toml(source, diagnostics);
  if (!table) {
    return;
  }
  for (const Value& include : take_strings(*table, "include", diagnostics)) {
    std::error_code failure;
    const auto path = folder / include.as_string();
    const auto file = std::filesystem::canonical(path, failure);
    if (std::find(open.begin(), open.end(), file) != open.end() && !failure) {
      diagnostics.error(include.location, fmt::format("\"{}\" includes itself", include.as_string()),
                        "files cannot include each other in a circle");
      continue;
    }
    try {
      auto included = std::make_shared<const Source>(Source{path.lexically_normal().string(), read_file(path)});
      open.push_back(file);
      read_layers(composition, included, path.parent_path(), open, diagnostics);
      open.pop_back();
    } catch (const IoError& problem) {
      diagnostics.error(include.location, problem.what(), "an include is found relative to the file that names it");
    }
  }
  for (Value& plugin : take_strings(*table, "plugins", diagnostics)) {
    Value path(std::filesystem::absolute(folder / plugin.as_string()).lexically_normal().string());
    path.location = plugin.location;
    composition.plugins.push_back(std::move(path));
  }
  merge_decks(composition.root, *table);
}

}  // namespace

std::string read_file(const std::filesystem::path& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (std::filesystem::is_directory(path) || !file || !(text << file.rdbuf())) {
    // An empty file sets failbit on <<; it still was read.
    std::error_code failure;
    if (file && !std::filesystem::is_directory(path) && std::filesystem::file_size(path, failure) == 0 && !failure) {
      return {};
    }
    throw IoError(
        fmt::format("cannot read {}: {}", path.string(), std::filesystem::is_directory(path) ? "it is a folder" : std::strerror(errno)));
  }
  return text.str();
}

void merge(Value& below, const Value& above) {
  if (below.is_string() && above.is_table() && above.find("type") == nullptr) {
    Value table{Table{}};
    table.location = below.location;
    table.set("type", below, below.location);
    below = std::move(table);
  }
  if (!below.is_table() || !above.is_table()) {
    below = above;
    return;
  }
  if (!below.location.source) {
    below.location = above.location;
  }
  for (const auto& member : above.as_table()) {
    if (Value* existing = below.find(member.key)) {
      Value merged = std::move(*existing);
      merge(merged, member.value);
      const bool replaced = !(merged.is_table() && member.value.is_table());
      below.set(member.key, std::move(merged), replaced ? member.key_location : Location{});
    } else {
      below.set(member.key, member.value, member.key_location);
    }
  }
}

void merge_decks(Value& below, const Value& above) {
  Value* axes = below.find("sweep");
  const Value* later = above.find("sweep");
  if (axes != nullptr && axes->is_table() && later != nullptr && later->is_table()) {
    const Entry* section = Registry::instance().find("section", "sweep");
    const auto is_axis = [&](const Member& m) { return section == nullptr || section->find_parameter(m.key) == nullptr; };
    std::erase_if(axes->as_table(), [&](const Member& m) {
      return is_axis(m) && std::any_of(later->as_table().begin(), later->as_table().end(),
                                       [&](const Member& other) { return is_axis(other) && sweep_path(other.key) == sweep_path(m.key); });
    });
  }
  merge(below, above);
}

void add_text(Composition& composition, const std::shared_ptr<const Source>& source, const std::filesystem::path& folder,
              Diagnostics& diagnostics) {
  std::vector<std::filesystem::path> open;
  std::error_code failure;
  if (const auto file = std::filesystem::canonical(source->name, failure); !failure) {
    open.push_back(file);
  }
  read_layers(composition, source, folder, open, diagnostics);
}

}  // namespace kindred
