// JSON Schema (draft 2020-12) of decks, made from the registry. Editors read it through `#:schema deck.schema.json`.
#include <cmath>
#include <set>
#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <kindred/core/deck/deck.hpp>
#include <kindred/core/registry/registry.hpp>

namespace kindred {
namespace {

using Json = nlohmann::ordered_json;

Json to_json(const Value& value) {
  struct Visitor {
    Json operator()(std::monostate) const { return nullptr; }
    Json operator()(bool v) const { return v; }
    Json operator()(std::int64_t v) const { return v; }
    Json operator()(double v) const { return std::isfinite(v) ? Json(v) : Json(nullptr); }
    Json operator()(const std::string& v) const { return v; }
    Json operator()(const Array& v) const {
      Json array = Json::array();
      for (const auto& item : v) {
        array.push_back(to_json(item));
      }
      return array;
    }
    Json operator()(const Table& v) const {
      Json object = Json::object();
      for (const auto& member : v) {
        object[member.key] = to_json(member.value);
      }
      return object;
    }
  };
  return std::visit(Visitor{}, value.data());
}

std::string definition(const std::string& kind, const std::string& name) { return kind + "." + name; }
Json reference(const std::string& name) { return {{"$ref", "#/$defs/" + name}}; }

/// A number, or a string with a quantity or an expression.
Json number_schema(const ParameterInfo& info, bool integer) {
  Json schema{{"type", {integer ? "integer" : "number", "string"}}, {"pattern", R"(^\s*(=|[-+]?\.?[0-9]))"}};
  if (std::isfinite(info.minimum)) {
    schema[info.exclusive_minimum ? "exclusiveMinimum" : "minimum"] = info.minimum;
  }
  if (std::isfinite(info.maximum)) {
    schema[info.exclusive_maximum ? "exclusiveMaximum" : "maximum"] = info.maximum;
  }
  return schema;
}

Json string_schema(const ParameterInfo& info) {
  Json schema{{"type", "string"}};
  if (!info.choices.empty()) {
    schema["enum"] = info.choices;
  }
  return schema;
}

Json list_schema(const ParameterInfo& info, Json items) {
  Json schema{{"type", "array"}, {"items", std::move(items)}};
  if (info.minimum_length > 0) {
    schema["minItems"] = info.minimum_length;
  }
  if (info.maximum_length != std::numeric_limits<std::size_t>::max()) {
    schema["maxItems"] = info.maximum_length;
  }
  return schema;
}

Json type_schema(const ParameterInfo& info) {
  Json boolean{{"type", "boolean"}};
  switch (info.type) {
    case ParameterType::boolean:
      return boolean;
    case ParameterType::integer:
      return number_schema(info, true);
    case ParameterType::real:
      return number_schema(info, false);
    case ParameterType::string:
      return string_schema(info);
    case ParameterType::boolean_list:
      return list_schema(info, boolean);
    case ParameterType::integer_list:
      return list_schema(info, number_schema(info, true));
    case ParameterType::real_list:
      return list_schema(info, number_schema(info, false));
    case ParameterType::string_list:
      return list_schema(info, string_schema(info));
    case ParameterType::plugin:
      return reference(info.plugin_kind);
    case ParameterType::options:
      break;
  }
  return {{"type", "object"}, {"additionalProperties", {{"type", {"string", "number", "boolean", "array"}}}}};
}

Json parameter_schema(const ParameterInfo& info) {
  Json schema = type_schema(info);
  std::string description = info.doc;
  if (info.unit != "1") {
    description += fmt::format("{}Unit: {}.", description.empty() ? "" : " ", info.unit);
  }
  if (!info.deprecated_for.empty()) {
    schema["deprecated"] = true;
    description = fmt::format("Deprecated: use {}.", info.deprecated_for);
  }
  if (!description.empty()) {
    schema["description"] = description;
  }
  if (!info.default_value.empty()) {
    schema["default"] = to_json(info.default_value);
  }
  return schema;
}

/// Kinds whose parameters a sweep can give, so that a key that the deck must set may be absent from its table.
std::set<std::string> sweepable_kinds() {
  std::set<std::string> kinds{"problem"};
  std::vector<const Entry*> open = Registry::instance().entries("problem");
  if (const Entry* boundary = Registry::instance().find("section", "boundary")) {
    open.push_back(boundary);
  }
  while (!open.empty()) {
    const Entry* entry = open.back();
    open.pop_back();
    for (const auto& info : entry->parameters) {
      if (info.type == ParameterType::plugin && kinds.insert(info.plugin_kind).second) {
        const auto nested = Registry::instance().entries(info.plugin_kind);
        open.insert(open.end(), nested.begin(), nested.end());
      }
    }
  }
  return kinds;
}

Json entry_schema(const Entry& entry, bool sweepable) {
  Json schema{{"type", "object"}};
  if (!entry.summary.empty()) {
    schema["description"] = entry.summary;
  }
  Json properties = Json::object();
  Json required = Json::array();
  if (entry.kind != "section") {
    properties["type"] = true;  // the enclosing schema has chosen by it
  }
  for (const auto& info : entry.parameters) {
    properties[info.name] = parameter_schema(info);
    if (info.required && !sweepable) {
      required.push_back(info.name);
    }
  }
  schema["properties"] = std::move(properties);
  if (!required.empty()) {
    schema["required"] = std::move(required);
  }
  schema["additionalProperties"] = entry.open;
  return schema;
}

/// A table whose `type` selects the entry, or one of the short forms.
Json kind_schema(const std::string& kind) {
  Json names = Json::array();
  Json cases = Json::array();
  const bool has_default = kind == "solver";
  for (const Entry* entry : Registry::instance().entries(kind)) {
    Json accepted = Json::array({entry->name});
    for (const auto& alias : entry->aliases) {
      accepted.push_back(alias);
    }
    names.insert(names.end(), accepted.begin(), accepted.end());
    Json condition{{"properties", {{"type", {{"enum", accepted}}}}}};
    if (!(has_default && entry->name == "auto")) {
      condition["required"] = Json::array({"type"});  // a solver without a type is the default one
    }
    cases.push_back({{"if", std::move(condition)}, {"then", reference(definition(kind, entry->name))}});
  }
  Json table{{"type", "object"}, {"properties", {{"type", {{"enum", names}}}}}};
  if (!has_default) {
    table["required"] = Json::array({"type"});
  }
  if (!cases.empty()) {
    table["allOf"] = std::move(cases);
  }
  Json forms = Json::array({std::move(table)});
  if (kind == "field") {
    forms.push_back({{"type", "number"}, {"description", "A constant."}});
    forms.push_back({{"type", "string"}, {"description", "The name of a field, or an expression in x, y, z."}});
  } else {
    forms.push_back({{"enum", names}});
  }
  return {{"oneOf", std::move(forms)}};
}

Json distribution_schema() {
  const Json number{{"type", {"number", "string"}}};
  const auto tuple = [&](int length) { return Json{{"type", "array"}, {"items", number}, {"minItems", length}, {"maxItems", length}}; };
  const Json levels{{"type", "array"}, {"minItems", 1}};
  Json properties{{"uniform", tuple(2)}, {"log_uniform", tuple(2)}, {"normal", tuple(2)},   {"low", number},       {"high", number},
                  {"choice", levels},    {"list", levels},          {"linspace", tuple(3)}, {"logspace", tuple(3)}};
  return {{"description", "The distribution of one parameter."},
          {"type", "object"},
          {"properties", std::move(properties)},
          {"additionalProperties", false}};
}

Json file_list(const char* description) {
  return {{"description", description}, {"oneOf", {{{"type", "string"}}, {{"type", "array"}, {"items", {{"type", "string"}}}}}}};
}

Json top_properties(Json& definitions) {
  const Json text{{"type", "string"}};
  Json properties{{"$schema", text},
                  {"version", {{"const", 1}, {"description", "Version of the deck language."}}},
                  {"title", text},
                  {"description", text},
                  {"include", file_list("Decks that this one is laid over, relative to this file.")},
                  {"plugins", file_list("Shared objects to load, relative to this file.")},
                  {"const",
                   {{"type", "object"},
                    {"additionalProperties", {{"type", {"number", "string"}}}},
                    {"description", "Named numbers for =expressions."}}},
                  {"problem", reference("problem")},
                  {"solver", reference("solver")}};
  for (const Entry* section : Registry::instance().entries("section")) {
    Json schema = entry_schema(*section, section->name == "boundary");
    if (section->name == "sweep") {
      schema["additionalProperties"] = reference("distribution");
    }
    definitions[definition("section", section->name)] = std::move(schema);
    properties[section->name] = reference(definition("section", section->name));
  }
  return properties;
}

}  // namespace

std::string deck_json_schema() {
  Json definitions = Json::object();
  const auto sweepable = sweepable_kinds();
  std::set<std::string> kinds{"problem", "solver"};
  for (const Entry* entry : Registry::instance().entries()) {
    if (entry->kind != "section") {
      kinds.insert(entry->kind);
      definitions[definition(entry->kind, entry->name)] = entry_schema(*entry, sweepable.contains(entry->kind));
    }
    for (const auto& info : entry->parameters) {
      if (info.type == ParameterType::plugin) {
        kinds.insert(info.plugin_kind);
      }
    }
  }
  for (const auto& kind : kinds) {
    definitions[kind] = kind_schema(kind);
  }
  definitions["distribution"] = distribution_schema();
  Json properties = top_properties(definitions);
  Json schema{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
              {"title", "Kindred deck"},
              {"type", "object"},
              {"properties", std::move(properties)},
              {"required", Json::array({"version"})},
              {"additionalProperties", false},
              {"$defs", std::move(definitions)}};
  return schema.dump(2) + "\n";
}

}  // namespace kindred
