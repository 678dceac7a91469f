#pragma once

#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <kindred/core/base/types.hpp>
#include <kindred/core/deck/diagnostics.hpp>
#include <kindred/core/deck/value.hpp>

namespace kindred {

enum class ParameterType { boolean, integer, real, string, boolean_list, integer_list, real_list, string_list, plugin, options };

/// What is known about one parameter: the single source of deck checking, docs, JSON Schema and provenance.
struct ParameterInfo {
  std::string name;
  ParameterType type = ParameterType::real;
  std::string plugin_kind;  ///< for ParameterType::plugin: the registry kind that the sub-table names
  Value default_value;      ///< empty when required (or optional without a default)
  bool required = false;
  double minimum = -std::numeric_limits<double>::infinity();
  double maximum = std::numeric_limits<double>::infinity();
  bool exclusive_minimum = false;
  bool exclusive_maximum = false;
  std::size_t minimum_length = 0;  ///< of a list
  std::size_t maximum_length = std::numeric_limits<std::size_t>::max();
  std::vector<std::string> choices;  ///< allowed strings; empty: any
  std::string unit = "1";            ///< UDUNITS spelling; "1" is dimensionless
  std::string doc;
  bool runtime = false;        ///< true: may change on resume (threads, verbosity); false: part of the data set's identity
  bool input_file = false;     ///< the name of a file that the data are made from, or empty: its contents are part of the data set's identity
  std::string deprecated_for;  ///< the parameter that replaces this one
  bool infinite = false;       ///< a real may be infinite (if its range allows); NaN never is allowed

  /// Reports type, range, choice and length errors of `value` (not of sub-plugins).
  void check(const Value& value, std::string_view section, Diagnostics& diagnostics) const;
  /// `integer in [1, 64]`, `one of "a", "b"`, `field (table with a type)`.
  [[nodiscard]] std::string type_text() const;
};

template <class P>
class Parameter {
 public:
  ParameterInfo info;
  std::function<void(P&, const Value&)> assign;

  Parameter& doc(std::string text) & {
    info.doc = std::move(text);
    return *this;
  }
  Parameter&& doc(std::string text) && {
    info.doc = std::move(text);
    return std::move(*this);
  }
  Parameter&& unit(std::string text) && {
    info.unit = std::move(text);
    return std::move(*this);
  }
  Parameter&& range(double low, double high) && {
    info.minimum = low;
    info.maximum = high;
    return std::move(*this);
  }
  Parameter&& at_least(double low) && {
    info.minimum = low;
    return std::move(*this);
  }
  Parameter&& at_most(double high) && {
    info.maximum = high;
    return std::move(*this);
  }
  Parameter&& above(double low) && {
    info.minimum = low;
    info.exclusive_minimum = true;
    return std::move(*this);
  }
  Parameter&& below(double high) && {
    info.maximum = high;
    info.exclusive_maximum = true;
    return std::move(*this);
  }
  Parameter&& length(std::size_t low, std::size_t high) && {
    info.minimum_length = low;
    info.maximum_length = high;
    return std::move(*this);
  }
  Parameter&& choices(std::vector<std::string> allowed) && {
    info.choices = std::move(allowed);
    return std::move(*this);
  }
  Parameter&& required() && {
    info.required = true;
    info.default_value = Value();
    return std::move(*this);
  }
  Parameter&& input_file() && {
    info.input_file = true;
    return std::move(*this);
  }
  Parameter&& runtime() && {
    info.runtime = true;
    return std::move(*this);
  }
  /// A real that may also be `inf` or `-inf`, where its range allows.
  Parameter&& infinite() && {
    info.infinite = true;
    return std::move(*this);
  }
  /// An old name: a deck that uses it gets a warning, and the value goes to `replacement`.
  Parameter&& deprecated(std::string replacement) && {
    info.deprecated_for = std::move(replacement);
    return std::move(*this);
  }
  /// This parameter is a table whose `type` names a plugin of `kind`; the member must be a Value.
  Parameter&& plugin(std::string kind) && {
    info.type = ParameterType::plugin;
    info.plugin_kind = std::move(kind);
    return std::move(*this);
  }
};

namespace detail {

template <class T>
struct ParameterTraits;
template <class T, ParameterType Type>
struct ScalarTraits {
  static constexpr ParameterType type = Type;
  static Value to_value(const T& v) { return Value(v); }
};
template <>
struct ParameterTraits<bool> : ScalarTraits<bool, ParameterType::boolean> {
  static bool from_value(const Value& v) { return v.as_bool(); }
};
template <>
struct ParameterTraits<std::int64_t> : ScalarTraits<std::int64_t, ParameterType::integer> {
  static std::int64_t from_value(const Value& v) { return v.as_integer(); }
};
template <>
struct ParameterTraits<int> : ScalarTraits<int, ParameterType::integer> {
  static int from_value(const Value& v) {
    const std::int64_t number = v.as_integer();
    if (number < std::numeric_limits<int>::min() || number > std::numeric_limits<int>::max()) {
      throw InputError(v.location.text() + ": " + std::to_string(number) + " is too large for this parameter");
    }
    return static_cast<int>(number);
  }
};
template <>
struct ParameterTraits<double> : ScalarTraits<double, ParameterType::real> {
  static double from_value(const Value& v) { return v.as_real(); }
};
template <>
struct ParameterTraits<std::string> : ScalarTraits<std::string, ParameterType::string> {
  static std::string from_value(const Value& v) { return v.as_string(); }
};
template <>
struct ParameterTraits<Value> {
  static constexpr ParameterType type = ParameterType::plugin;
  static Value to_value(const Value& v) { return v; }
  static Value from_value(const Value& v) { return v; }
};
template <class T>
struct ParameterTraits<std::optional<T>> {
  static constexpr ParameterType type = ParameterTraits<T>::type;
  static Value to_value(const std::optional<T>& v) { return v ? ParameterTraits<T>::to_value(*v) : Value(); }
  static std::optional<T> from_value(const Value& v) {
    return v.empty() ? std::nullopt : std::optional<T>(ParameterTraits<T>::from_value(v));
  }
};
template <class T>
struct ParameterTraits<std::vector<T>> {
  static constexpr ParameterType type = std::is_same_v<T, bool>          ? ParameterType::boolean_list
                                        : std::is_same_v<T, double>      ? ParameterType::real_list
                                        : std::is_same_v<T, std::string> ? ParameterType::string_list
                                                                         : ParameterType::integer_list;
  static Value to_value(const std::vector<T>& list) {
    Array array;
    for (const auto& v : list) {
      array.push_back(ParameterTraits<T>::to_value(v));
    }
    return Value(std::move(array));
  }
  static std::vector<T> from_value(const Value& v) {
    std::vector<T> list;
    for (const auto& item : v.as_array()) {
      list.push_back(ParameterTraits<T>::from_value(item));
    }
    return list;
  }
};
/// A table of verbatim options (PETSc): every value is kept as its text.
template <>
struct ParameterTraits<std::map<std::string, std::string>> {
  static constexpr ParameterType type = ParameterType::options;
  static Value to_value(const std::map<std::string, std::string>& options);
  static std::map<std::string, std::string> from_value(const Value& v);
};

}  // namespace detail

/// Declares one parameter of the plain struct P; its default is the value of a default-constructed P.
template <class P, class T>
// NOLINTNEXTLINE(performance-unnecessary-value-param): in a template the check does not see that it is moved from
Parameter<P> parameter(std::string name, T P::*member) {
  using Traits = detail::ParameterTraits<T>;
  Parameter<P> p;
  p.info.name = std::move(name);
  p.info.type = Traits::type;
  p.info.default_value = Traits::to_value(P{}.*member);
  p.assign = [member](P& object, const Value& value) { object.*member = Traits::from_value(value); };
  return p;
}

/// All parameters of a plugin, in the order in which the docs show them.
template <class P>
using Schema = std::vector<Parameter<P>>;

/// Builds P from a checked table (unknown keys are the checker's business). Keys absent keep their defaults.
template <class P>
P make_parameters(const Value& table) {
  P object{};
  for (const auto& p : P::schema()) {
    if (const Value* value = table.find(p.info.name)) {
      p.assign(object, *value);
    }
  }
  return object;
}

}  // namespace kindred
