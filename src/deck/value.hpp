#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace kindred {

/// A text that deck values come from: a file, or one command-line argument.
struct Source {
  std::string name;  ///< as shown to the user: `deck.toml`, `<command line argument 3>`
  std::string text;
};

/// Where a value or key was written; line and column count from 1, 0 means unknown. Empty `source`: a default.
struct Location {
  std::shared_ptr<const Source> source;
  int line = 0;
  int column = 0;

  /// `deck.toml:12:1`, or `default`.
  [[nodiscard]] std::string text() const;
};

class Value;
using Array = std::vector<Value>;
struct Member;
using Table = std::vector<Member>;  ///< in the order written; keys are unique

/// A deck value with its origin. Integers and reals are distinct, as in TOML; `as_real` accepts both.
class Value {
 public:
  using Storage = std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Table>;

  // Defined below, where Member is complete.
  Value();
  Value(const Value& other);
  Value(Value&& other) noexcept;
  Value& operator=(const Value& other);
  Value& operator=(Value&& other) noexcept;
  ~Value();
  Value(bool v);          // NOLINT(google-explicit-constructor)
  Value(int v);           // NOLINT(google-explicit-constructor)
  Value(std::int64_t v);  // NOLINT(google-explicit-constructor)
  Value(double v);        // NOLINT(google-explicit-constructor)
  Value(const char* v);   // NOLINT(google-explicit-constructor)
  Value(std::string v);   // NOLINT(google-explicit-constructor)
  Value(Array v);         // NOLINT(google-explicit-constructor)
  Value(Table v);         // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool empty() const { return std::holds_alternative<std::monostate>(data_); }
  [[nodiscard]] bool is_bool() const { return std::holds_alternative<bool>(data_); }
  [[nodiscard]] bool is_integer() const { return std::holds_alternative<std::int64_t>(data_); }
  [[nodiscard]] bool is_real() const { return std::holds_alternative<double>(data_); }
  [[nodiscard]] bool is_number() const { return is_integer() || is_real(); }
  [[nodiscard]] bool is_string() const { return std::holds_alternative<std::string>(data_); }
  [[nodiscard]] bool is_array() const { return std::holds_alternative<Array>(data_); }
  [[nodiscard]] bool is_table() const { return std::holds_alternative<Table>(data_); }

  /// Accessors throw InputError naming the location when the type differs.
  [[nodiscard]] bool as_bool() const;
  [[nodiscard]] std::int64_t as_integer() const;
  [[nodiscard]] double as_real() const;
  [[nodiscard]] const std::string& as_string() const;
  [[nodiscard]] const Array& as_array() const;
  [[nodiscard]] Array& as_array();
  [[nodiscard]] const Table& as_table() const;
  [[nodiscard]] Table& as_table();

  /// Member of a table, or nullptr (also when this is no table).
  [[nodiscard]] const Value* find(std::string_view key) const;
  [[nodiscard]] Value* find(std::string_view key);
  /// The same, with the key and its place.
  [[nodiscard]] const Member* find_member(std::string_view key) const;
  /// Value at a dotted path such as `problem.coefficient.tau`, or nullptr. A part may be quoted: `sweep."problem.beta"`.
  [[nodiscard]] const Value* find_path(std::string_view path) const;
  /// Sets a member of a table (making this a table if it is empty); replaces an existing one.
  Value& set(std::string_view key, Value value, Location key_location = {});
  /// Removes a member of a table. @returns true if there was one
  bool erase(std::string_view key);
  /// Sets a value at a dotted path, making tables on the way.
  Value& set_path(std::string_view path, Value value);

  /// `string`, `integer`, `real`, `boolean`, `array`, `table`, `nothing`.
  [[nodiscard]] const char* type_name() const;
  /// TOML spelling of this value on one line (tables as inline tables); reals round-trip.
  [[nodiscard]] std::string to_toml() const;

  [[nodiscard]] const Storage& data() const { return data_; }
  Location location;

 private:
  Storage data_;
};

struct Member {
  std::string key;
  Value value;
  Location key_location;
};

inline Value::Value() = default;
inline Value::Value(const Value& other) = default;
inline Value::Value(Value&& other) noexcept = default;
inline Value& Value::operator=(const Value& other) = default;
inline Value& Value::operator=(Value&& other) noexcept = default;
inline Value::~Value() = default;
inline Value::Value(bool v) : data_(v) {}
inline Value::Value(int v) : data_(static_cast<std::int64_t>(v)) {}
inline Value::Value(std::int64_t v) : data_(v) {}
inline Value::Value(double v) : data_(v) {}
inline Value::Value(const char* v) : data_(std::string(v)) {}
inline Value::Value(std::string v) : data_(std::move(v)) {}

/// A key as TOML writes it: bare where it may be, else quoted.
std::string toml_key(std::string_view key);
/// Parts of a dotted path; a part may be quoted.
std::vector<std::string> split_path(std::string_view path);

}  // namespace kindred
