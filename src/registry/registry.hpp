#pragma once

#include <any>
#include <functional>
#include <memory>
#include <mutex>
#include <source_location>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <kindred/core/base/error.hpp>
#include <kindred/core/registry/parameter.hpp>

namespace kindred {

/// One plugin as the registry knows it. Everything that describes a plugin to a person is here.
struct Entry {
  std::string kind;  ///< problem, field, design, ordering, guess, preconditioner, solver, tuner, kernel, exporter, app, section
  std::string name;
  std::string summary;  ///< one line
  std::string doc;      ///< Markdown with LaTeX: the equation, what the parameters do, references
  std::string source;   ///< paper or document that it follows
  std::string example;  ///< deck fragment (TOML)
  std::vector<std::string> aliases;
  std::vector<std::string> capabilities;  ///< facts such as `1d`, `2d`, `3d`, `periodic`, `symmetric`, `gpu`
  std::vector<ParameterInfo> parameters;
  bool open = false;      ///< the section takes keys beyond `parameters`; `check` looks at them
  bool optional = false;  ///< a deck without the section does without: it gets no defaults
  std::string file;
  int line = 0;
  std::string origin = "built in";  ///< or the shared object that it came from
  /// Checks beyond the schema (relations between parameters); may be empty.
  std::function<void(const Value& table, Diagnostics&)> check;
  /// The typed factory: a Plugin<Interface>::Factory; empty for sections.
  std::any factory;

  [[nodiscard]] const ParameterInfo* find_parameter(std::string_view parameter_name) const;
};

/// Specialise for each plugin interface: `static constexpr const char* kind` and `using Arguments = void(Args...)`.
template <class Interface>
struct PluginTraits;

namespace detail {
template <class Interface, class Signature>
struct FactoryOf;
template <class Interface, class... Args>
struct FactoryOf<Interface, void(Args...)> {
  using type = std::function<std::unique_ptr<Interface>(const Value& table, Args...)>;
};
}  // namespace detail

template <class Interface>
using Factory = typename detail::FactoryOf<Interface, typename PluginTraits<Interface>::Arguments>::type;

/// The process-wide table of plugins. Thread-safe for reading after start-up.
class Registry {
 public:
  static Registry& instance();

  /// @throws InputError if (kind, name) or an alias is taken
  void add(Entry entry);
  [[nodiscard]] const Entry* find(std::string_view kind, std::string_view name_or_alias) const;
  /// @throws InputError listing the names of the kind, nearest first
  [[nodiscard]] const Entry& get(std::string_view kind, std::string_view name_or_alias) const;
  /// Sorted by kind and name; kind empty: all.
  [[nodiscard]] std::vector<const Entry*> entries(std::string_view kind = {}) const;
  [[nodiscard]] std::vector<std::string> kinds() const;

 private:
  friend class OriginScope;
  friend class PluginTransaction;
  /// Why `entry` cannot be added; empty if it can.
  [[nodiscard]] std::string conflict(const Entry& entry) const;
  std::vector<std::unique_ptr<Entry>> entries_;
  std::string origin_ = "built in";
  /// While a shared object loads, an exception must not leave its static constructors: conflicts wait here instead.
  std::vector<std::string>* deferred_conflicts_ = nullptr;
};

/// Entries added while one of these lives are recorded as coming from `origin` (a shared object's path).
class OriginScope {
 public:
  explicit OriginScope(std::string origin);
  ~OriginScope();
  OriginScope(const OriginScope&) = delete;
  OriginScope& operator=(const OriginScope&) = delete;

 private:
  std::string previous_;
};

/// Fluent registration of one plugin; P is its parameter struct, with `static Schema<P> schema()` and, if relations
/// between parameters matter, `void check(const Value& table, Diagnostics&) const`.
///
///     const Registration grf = plugin<RandomField, GrfParameters>("grf")
///         .summary("Gaussian random field with covariance sigma^2 (-Laplace + tau^2)^(-alpha)")
///         .factory([](const GrfParameters& p) { return std::make_unique<GaussianField>(p); });
class EntryBuilder {
 public:
  explicit EntryBuilder(Entry entry) : entry_(std::move(entry)) {}
  EntryBuilder&& summary(std::string text) && {
    entry_.summary = std::move(text);
    return std::move(*this);
  }
  EntryBuilder&& doc(std::string text) && {
    entry_.doc = std::move(text);
    return std::move(*this);
  }
  EntryBuilder&& source(std::string text) && {
    entry_.source = std::move(text);
    return std::move(*this);
  }
  EntryBuilder&& example(std::string text) && {
    entry_.example = std::move(text);
    return std::move(*this);
  }
  EntryBuilder&& aliases(std::vector<std::string> names) && {
    entry_.aliases = std::move(names);
    return std::move(*this);
  }
  EntryBuilder&& capabilities(std::vector<std::string> facts) && {
    entry_.capabilities = std::move(facts);
    return std::move(*this);
  }
  EntryBuilder&& open() && {
    entry_.open = true;
    return std::move(*this);
  }
  EntryBuilder&& optional() && {
    entry_.optional = true;
    return std::move(*this);
  }
  EntryBuilder&& check(std::function<void(const Value&, Diagnostics&)> f) && {
    entry_.check = std::move(f);
    return std::move(*this);
  }
  [[nodiscard]] const Entry& entry() const { return entry_; }
  Entry take() && { return std::move(entry_); }

 protected:
  Entry entry_;
};

namespace detail {
template <class P>
void declare_parameters(Entry& entry) {
  for (auto& p : P::schema()) {
    entry.parameters.push_back(std::move(p.info));
  }
  if constexpr (requires(const P& p, const Value& v, Diagnostics& d) { p.check(v, d); }) {
    entry.check = [](const Value& table, Diagnostics& diagnostics) { make_parameters<P>(table).check(table, diagnostics); };
  }
}
}  // namespace detail

// NOLINTBEGIN(performance-unnecessary-value-param): in a template the check does not see that they are moved from
template <class Interface, class P>
class PluginBuilder : public EntryBuilder {
 public:
  PluginBuilder(std::string name, std::source_location where) : EntryBuilder(Entry{}) {
    entry_.kind = PluginTraits<Interface>::kind;
    entry_.name = std::move(name);
    entry_.file = where.file_name();
    entry_.line = static_cast<int>(where.line());
    detail::declare_parameters<P>(entry_);
  }
  PluginBuilder&& summary(std::string text) && {
    entry_.summary = std::move(text);
    return std::move(*this);
  }
  PluginBuilder&& doc(std::string text) && {
    entry_.doc = std::move(text);
    return std::move(*this);
  }
  PluginBuilder&& source(std::string text) && {
    entry_.source = std::move(text);
    return std::move(*this);
  }
  PluginBuilder&& example(std::string text) && {
    entry_.example = std::move(text);
    return std::move(*this);
  }
  PluginBuilder&& aliases(std::vector<std::string> names) && {
    entry_.aliases = std::move(names);
    return std::move(*this);
  }
  PluginBuilder&& capabilities(std::vector<std::string> facts) && {
    entry_.capabilities = std::move(facts);
    return std::move(*this);
  }
  /// `make` is called as make(const P&, arguments of the kind...) and returns a unique_ptr to the interface.
  template <class Make>
  PluginBuilder&& factory(Make make) && {
    set_factory(std::move(make), static_cast<typename PluginTraits<Interface>::Arguments*>(nullptr));
    return std::move(*this);
  }

 private:
  template <class Make, class... Args>
  void set_factory(Make make, void (*)(Args...)) {
    entry_.factory = Factory<Interface>([make = std::move(make)](const Value& table, Args... args) -> std::unique_ptr<Interface> {
      return make(make_parameters<P>(table), std::forward<Args>(args)...);
    });
  }
};
// NOLINTEND(performance-unnecessary-value-param)

template <class Interface, class P>
PluginBuilder<Interface, P> plugin(std::string name, std::source_location where = std::source_location::current()) {
  return PluginBuilder<Interface, P>(std::move(name), where);
}

/// A top-level table of the deck (`[grid]`, `[output]`), described like a plugin but without a factory.
template <class P>
EntryBuilder section(std::string name, std::source_location where = std::source_location::current()) {
  Entry entry;
  entry.kind = "section";
  entry.name = std::move(name);
  entry.file = where.file_name();
  entry.line = static_cast<int>(where.line());
  detail::declare_parameters<P>(entry);
  return EntryBuilder(std::move(entry));
}

/// Put one at namespace scope in the plugin's source file.
class Registration {
 public:
  Registration(EntryBuilder&& builder) { Registry::instance().add(std::move(builder).take()); }  // NOLINT(google-explicit-constructor)
};

/// Name of the plugin that a value selects: its `type`, the string itself, or, for fields, `constant` for a number.
/// The result's `table` always is a table with a `type`.
struct PluginChoice {
  std::string name;
  Value table;
};
PluginChoice plugin_choice(const Value& value, std::string_view kind);

/// Makes the plugin that `value` names. `value` must have passed the deck check.
/// @throws InputError for an unknown name
template <class Interface, class... Args>
std::unique_ptr<Interface> create(const Value& value, Args&&... args) {
  const PluginChoice choice = plugin_choice(value, PluginTraits<Interface>::kind);
  const Entry& entry = Registry::instance().get(PluginTraits<Interface>::kind, choice.name);
  return std::any_cast<const Factory<Interface>&>(entry.factory)(choice.table, std::forward<Args>(args)...);
}

}  // namespace kindred
