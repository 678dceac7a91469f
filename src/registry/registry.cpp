#include <kindred/core/registry/registry.hpp>

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include <kindred/core/deck/suggest.hpp>

namespace kindred {

const ParameterInfo* Entry::find_parameter(std::string_view parameter_name) const {
  const auto at = std::find_if(parameters.begin(), parameters.end(), [&](const ParameterInfo& p) { return p.name == parameter_name; });
  return at == parameters.end() ? nullptr : &*at;
}

Registry& Registry::instance() {
  // Never destroyed: plugins' static objects may outlive any order of destruction that we could choose.
  static Registry& registry = *new Registry;
  return registry;
}

std::string Registry::conflict(const Entry& entry) const {
  auto names = entry.aliases;
  names.push_back(entry.name);
  for (const auto& name : names) {
    if (const Entry* other = find(entry.kind, name)) {
      return fmt::format("{} \"{}\" ({}:{}) is already registered at {}:{} ({})", entry.kind, name, entry.file, entry.line, other->file,
                         other->line, other->origin);
    }
  }
  return {};
}

void Registry::add(Entry entry) {
  if (const std::string problem = conflict(entry); !problem.empty()) {
    if (deferred_conflicts_ == nullptr) {
      throw InputError(problem);
    }
    deferred_conflicts_->push_back(problem);
    return;
  }
  // The compiler may know the file by its way from the build folder (ccache rewrites paths so).
  while (entry.file.starts_with("../")) {
    entry.file.erase(0, 3);
  }
  entry.origin = origin_;
  entries_.push_back(std::make_unique<Entry>(std::move(entry)));
}

const Entry* Registry::find(std::string_view kind, std::string_view name_or_alias) const {
  for (const auto& entry : entries_) {
    if (entry->kind == kind &&
        (entry->name == name_or_alias || std::find(entry->aliases.begin(), entry->aliases.end(), name_or_alias) != entry->aliases.end())) {
      return entry.get();
    }
  }
  return nullptr;
}

const Entry& Registry::get(std::string_view kind, std::string_view name_or_alias) const {
  if (const Entry* entry = find(kind, name_or_alias)) {
    return *entry;
  }
  std::vector<std::string> names;
  for (const Entry* entry : entries(kind)) {
    names.push_back(entry->name);
  }
  std::string message = fmt::format("no {} is called \"{}\"", kind, name_or_alias);
  const auto sorted = sorted_by_distance(name_or_alias, names);
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    message += (i == 0 ? "; there are: " : ", ") + sorted[i];
  }
  throw InputError(message);
}

std::vector<const Entry*> Registry::entries(std::string_view kind) const {
  std::vector<const Entry*> found;
  for (const auto& entry : entries_) {
    if (kind.empty() || entry->kind == kind) {
      found.push_back(entry.get());
    }
  }
  std::sort(found.begin(), found.end(),
            [](const Entry* a, const Entry* b) { return std::tie(a->kind, a->name) < std::tie(b->kind, b->name); });
  return found;
}

std::vector<std::string> Registry::kinds() const {
  std::set<std::string> kinds;
  for (const auto& entry : entries_) {
    kinds.insert(entry->kind);
  }
  return {kinds.begin(), kinds.end()};
}

OriginScope::OriginScope(std::string origin) : previous_(std::exchange(Registry::instance().origin_, std::move(origin))) {}
OriginScope::~OriginScope() { Registry::instance().origin_ = previous_; }

namespace {

/// True for a string that a person meant as the name of a plugin: one, or a misspelt one.
bool names_plugin(const std::string& text, std::string_view kind) {
  if (Registry::instance().find(kind, text) != nullptr) {
    return true;
  }
  const bool identifier = text.size() > 1 && std::all_of(text.begin(), text.end(), [](char c) {
                            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
                          });
  std::vector<std::string> names;
  for (const Entry* entry : Registry::instance().entries(kind)) {
    names.push_back(entry->name);
  }
  return identifier && nearest(text, names).has_value();
}

}  // namespace

PluginChoice plugin_choice(const Value& value, std::string_view kind) {
  const auto shorthand = [&](const char* type) {
    Value table{Table{}};
    table.location = value.location;
    Value name(type);
    name.location = value.location;
    table.set("type", std::move(name), value.location);
    table.set("value", value, value.location);
    return PluginChoice{type, std::move(table)};
  };
  if (kind == "field" && value.is_number()) {
    return shorthand("constant");
  }
  if (value.is_string()) {
    if (kind == "field" && !names_plugin(value.as_string(), kind)) {
      return shorthand("expression");
    }
    Value table{Table{}};
    table.location = value.location;
    table.set("type", value, value.location);
    return {value.as_string(), std::move(table)};
  }
  if (!value.is_table()) {
    throw InputError(fmt::format("{}: expected a {}: a table with a type, or the name of one; found {}", value.location.text(), kind,
                                 value.type_name()));
  }
  const Value* type = value.find("type");
  if (type == nullptr || !type->is_string()) {
    throw InputError(fmt::format("{}: this table must say which {} it is: type = \"...\"", value.location.text(), kind));
  }
  return {type->as_string(), value};
}

}  // namespace kindred
