// The resolved deck as canonical TOML, and the hash that identifies a data set.
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include <kindred/core/base/error.hpp>
#include <kindred/core/deck/deck.hpp>
#include <kindred/core/deck/resolve.hpp>
#include <kindred/core/deck/toml_reader.hpp>
#include <kindred/core/hash/sha256.hpp>

namespace kindred {
namespace {

const std::vector<std::string> top_order{"version",  "title",    "description", "plugins", "const",  "problem", "grid",
                                         "boundary", "sequence", "solver",      "sweep",   "output", "run"};
const std::vector<std::string> unidentifying{"title", "description", "plugins", "const"};

std::size_t top_rank(const std::string& key) {
  return static_cast<std::size_t>(std::find(top_order.begin(), top_order.end(), key) - top_order.begin());
}

class Writer {
 public:
  Writer(bool identity, bool origins) : identity_(identity), origins_(origins) {}

  std::string write(const Value& root) {
    std::vector<const Member*> members = kept(root, nullptr);
    std::stable_sort(members.begin(), members.end(), [](const Member* a, const Member* b) {
      return std::pair(top_rank(a->key), a->key) < std::pair(top_rank(b->key), b->key);
    });
    for (const Member* member : members) {
      if (identity_ && std::find(unidentifying.begin(), unidentifying.end(), member->key) != unidentifying.end()) {
        continue;
      }
      if (!member->value.is_table()) {
        line(*member);
      }
    }
    for (const Member* member : members) {
      if (member->value.is_table() && !(identity_ && member->key == "const")) {
        table(toml_key(member->key), member->value, entry_of_top_table(member->key, member->value), member->key == "sweep");
      }
    }
    return std::move(text_);
  }

 private:
  /// Members to write, sorted: `type` first, then by key.
  [[nodiscard]] std::vector<const Member*> kept(const Value& table, const Entry* entry) const {
    std::vector<const Member*> members;
    for (const auto& member : table.as_table()) {
      const ParameterInfo* info = entry != nullptr ? entry->find_parameter(member.key) : nullptr;
      if (!member.value.empty() && !(identity_ && info != nullptr && info->runtime)) {
        members.push_back(&member);
      }
    }
    std::sort(members.begin(), members.end(),
              [](const Member* a, const Member* b) { return std::pair(a->key != "type", a->key) < std::pair(b->key != "type", b->key); });
    return members;
  }

  void line(const Member& member) {
    text_ += fmt::format("{} = {}", toml_key(member.key), member.value.to_toml());
    text_ += origins_ ? fmt::format("  # {}\n", member.value.location.text()) : "\n";
  }

  /// A file that the data are made from counts by what is in it.
  void content_line(const Member& member, const Entry* entry) {
    const ParameterInfo* info = entry != nullptr ? entry->find_parameter(member.key) : nullptr;
    if (identity_ && info != nullptr && info->input_file && member.value.is_string() && !member.value.as_string().empty()) {
      text_ += fmt::format("{} = \"{}\"\n", toml_key(member.key + "_sha256"), sha256_of_file(member.value.as_string()));
    }
  }

  void table(const std::string& path, const Value& value, const Entry* entry, bool distributions_inline) {
    const auto members = kept(value, entry);
    const auto is_header = [&](const Member& m) {
      const bool axis = distributions_inline && entry != nullptr && entry->find_parameter(m.key) == nullptr;
      return m.value.is_table() && !axis;
    };
    const bool runtime_only = members.empty() && !value.as_table().empty();
    const bool headers_only =
        !members.empty() && std::all_of(members.begin(), members.end(), [&](const Member* m) { return is_header(*m); });
    if (!runtime_only && !headers_only) {
      text_ += fmt::format("{}[{}]\n", text_.empty() ? "" : "\n", path);
    }
    for (const Member* member : members) {
      if (!is_header(*member)) {
        line(*member);
        content_line(*member, entry);
      }
    }
    for (const Member* member : members) {
      if (is_header(*member)) {
        table(path + "." + toml_key(member->key), member->value, nested_entry(entry, *member), false);
      }
    }
  }

  static const Entry* nested_entry(const Entry* entry, const Member& member) {
    const ParameterInfo* info = entry != nullptr ? entry->find_parameter(member.key) : nullptr;
    const Value* type = member.value.find("type");
    const bool plugin = info != nullptr && info->type == ParameterType::plugin && type != nullptr && type->is_string();
    return plugin ? Registry::instance().find(info->plugin_kind, type->as_string()) : nullptr;
  }

  bool identity_;
  bool origins_;
  std::string text_;
};

/// Every value of a text by its dotted path.
void flatten(const Value& table, const std::string& prefix, std::map<std::string, std::string>& values) {
  for (const auto& member : table.as_table()) {
    const std::string path = prefix.empty() ? member.key : prefix + "." + toml_key(member.key);
    if (member.value.is_table() && !member.value.as_table().empty()) {
      flatten(member.value, path, values);
    } else {
      values[path] = member.value.to_toml();
    }
  }
}

std::map<std::string, std::string> values_of(const std::string& toml, const char* name) {
  Diagnostics diagnostics;
  const auto table = read_toml(std::make_shared<const Source>(Source{name, toml}), diagnostics);
  diagnostics.raise_if_errors();
  std::map<std::string, std::string> values;
  if (table) {
    flatten(*table, {}, values);
  }
  return values;
}

}  // namespace

std::string Deck::resolved_toml(bool origins) const { return Writer(false, origins).write(root); }

std::string Deck::identity_toml() const { return Writer(true, false).write(root); }

std::string Deck::identity_hash() const { return sha256(identity_toml()); }

std::vector<std::string> identity_differences(const std::string& old_toml, const std::string& new_toml) {
  auto before = values_of(old_toml, "<old deck>");
  const auto after = values_of(new_toml, "<new deck>");
  std::map<std::string, std::pair<std::string, std::string>> changes;
  for (const auto& [path, value] : before) {
    changes[path] = {value, "(not set)"};
  }
  for (const auto& [path, value] : after) {
    changes.try_emplace(path, "(not set)", "").first->second.second = value;
  }
  std::vector<std::string> lines;
  for (const auto& [path, change] : changes) {
    if (change.first != change.second) {
      lines.push_back(fmt::format("{}: {} -> {}", path, change.first, change.second));
    }
  }
  return lines;
}

}  // namespace kindred
