#include <kindred/core/deck/value.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include <kindred/core/base/error.hpp>

namespace kindred {
namespace {

[[noreturn]] void wrong_type(const Value& value, const char* expected) {
  throw InputError(fmt::format("{}: expected {}, found {}", value.location.text(), expected, value.type_name()));
}

bool is_bare_key(std::string_view key) {
  return !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\b':
        out += "\\b";
        break;
      case '\t':
        out += "\\t";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\f':
        out += "\\f";
        break;
      case '\r':
        out += "\\r";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
          out += fmt::format("\\u{:04X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
        } else {
          out += c;
        }
    }
  }
  return out + '"';
}

std::string real_text(double v) {
  if (std::isnan(v)) {
    return "nan";
  }
  if (std::isinf(v)) {
    return v > 0 ? "inf" : "-inf";
  }
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, v).ptr;
  std::string text(buffer, end);
  if (text.find_first_of(".e") == std::string::npos) {
    text += ".0";
  }
  return text;
}

std::string joined(const Array& array) {
  std::string text = "[";
  for (std::size_t i = 0; i < array.size(); ++i) {
    text += i == 0 ? "" : ", ";
    text += array[i].to_toml();
  }
  return text + "]";
}

std::string joined(const Table& table) {
  std::string text;
  for (const auto& member : table) {
    if (!member.value.empty()) {
      text += (text.empty() ? " " : ", ") + toml_key(member.key) + " = " + member.value.to_toml();
    }
  }
  return text.empty() ? "{}" : "{" + text + " }";
}

}  // namespace

std::string toml_key(std::string_view key) { return is_bare_key(key) ? std::string(key) : quoted(key); }

std::vector<std::string> split_path(std::string_view path) {
  std::vector<std::string> parts(1);
  char quote = 0;
  for (const char c : path) {
    if (quote != 0) {
      if (c == quote) {
        quote = 0;
      } else {
        parts.back() += c;
      }
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '.') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

std::string Location::text() const {
  if (!source) {
    return "default";
  }
  return line > 0 ? fmt::format("{}:{}:{}", source->name, line, column) : source->name;
}

Value::Value(Array v) : data_(std::move(v)) {}
Value::Value(Table v) : data_(std::move(v)) {}

bool Value::as_bool() const {
  if (const auto* v = std::get_if<bool>(&data_)) {
    return *v;
  }
  wrong_type(*this, "a boolean");
}

std::int64_t Value::as_integer() const {
  if (const auto* v = std::get_if<std::int64_t>(&data_)) {
    return *v;
  }
  wrong_type(*this, "an integer");
}

double Value::as_real() const {
  if (const auto* v = std::get_if<double>(&data_)) {
    return *v;
  }
  if (const auto* v = std::get_if<std::int64_t>(&data_)) {
    return static_cast<double>(*v);
  }
  wrong_type(*this, "a number");
}

const std::string& Value::as_string() const {
  if (const auto* v = std::get_if<std::string>(&data_)) {
    return *v;
  }
  wrong_type(*this, "a string");
}

const Array& Value::as_array() const {
  if (const auto* v = std::get_if<Array>(&data_)) {
    return *v;
  }
  wrong_type(*this, "an array");
}

Array& Value::as_array() { return const_cast<Array&>(std::as_const(*this).as_array()); }

const Table& Value::as_table() const {
  if (const auto* v = std::get_if<Table>(&data_)) {
    return *v;
  }
  wrong_type(*this, "a table");
}

Table& Value::as_table() { return const_cast<Table&>(std::as_const(*this).as_table()); }

const Value* Value::find(std::string_view key) const {
  const auto* table = std::get_if<Table>(&data_);
  if (table == nullptr) {
    return nullptr;
  }
  const auto at = std::find_if(table->begin(), table->end(), [&](const Member& m) { return m.key == key; });
  return at == table->end() ? nullptr : &at->value;
}

Value* Value::find(std::string_view key) { return const_cast<Value*>(std::as_const(*this).find(key)); }

const Member* Value::find_member(std::string_view key) const {
  const auto* table = std::get_if<Table>(&data_);
  if (table == nullptr) {
    return nullptr;
  }
  const auto at = std::find_if(table->begin(), table->end(), [&](const Member& m) { return m.key == key; });
  return at == table->end() ? nullptr : &*at;
}

const Value* Value::find_path(std::string_view path) const {
  const Value* value = this;
  for (const auto& part : split_path(path)) {
    value = value->find(part);
    if (value == nullptr) {
      return nullptr;
    }
  }
  return value;
}

Value& Value::set(std::string_view key, Value value, Location key_location) {
  if (empty()) {
    data_ = Table{};
  }
  auto& table = as_table();
  const auto at = std::find_if(table.begin(), table.end(), [&](const Member& m) { return m.key == key; });
  if (at == table.end()) {
    table.push_back({std::string(key), std::move(value), std::move(key_location)});
    return table.back().value;
  }
  at->value = std::move(value);
  if (key_location.source) {
    at->key_location = std::move(key_location);
  }
  return at->value;
}

bool Value::erase(std::string_view key) {
  auto* table = std::get_if<Table>(&data_);
  return table != nullptr && std::erase_if(*table, [&](const Member& m) { return m.key == key; }) > 0;
}

Value& Value::set_path(std::string_view path, Value value) {
  Value* table = this;
  const auto parts = split_path(path);
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    Value* next = table->find(parts[i]);
    table = next != nullptr ? next : &table->set(parts[i], Value(Table{}));
  }
  return table->set(parts.back(), std::move(value));
}

const char* Value::type_name() const {
  static constexpr const char* names[] = {"nothing", "boolean", "integer", "real", "string", "array", "table"};
  return names[data_.index()];
}

std::string Value::to_toml() const {
  struct Writer {
    std::string operator()(std::monostate) const { return "\"\""; }
    std::string operator()(bool v) const { return v ? "true" : "false"; }
    std::string operator()(std::int64_t v) const { return std::to_string(v); }
    std::string operator()(double v) const { return real_text(v); }
    std::string operator()(const std::string& v) const { return quoted(v); }
    std::string operator()(const Array& v) const { return joined(v); }
    std::string operator()(const Table& v) const { return joined(v); }
  };
  return std::visit(Writer{}, data_);
}

}  // namespace kindred
