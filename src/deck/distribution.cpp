#include <kindred/core/deck/distribution.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <kindred/core/base/random.hpp>
#include <kindred/core/deck/suggest.hpp>

namespace kindred {
namespace {

constexpr const char* usage =
    "a distribution is one of\n"
    "  { uniform = [low, high] }\n"
    "  { log_uniform = [low, high] }\n"
    "  { normal = [mean, deviation] }, with low and high to truncate it\n"
    "  { choice = [a, b, c] }\n"
    "  { linspace = [first, last, count] }\n"
    "  { logspace = [first, last, count] }";
const std::vector<std::string> kinds{"uniform", "log_uniform", "normal", "choice", "list", "linspace", "logspace"};
constexpr std::int64_t maximum_levels = 1'000'000;

double normal_probability(double z) { return 0.5 * std::erfc(-z / std::numbers::sqrt2); }

double truncated_normal_quantile(const Distribution& d, double u) {
  const double a = (d.low - d.mean) / d.deviation;
  const double b = (d.high - d.mean) / d.deviation;
  // In the upper tail probabilities round to one; by symmetry we work in the lower tail there.
  const bool upper = a > 0.0;
  const double below = normal_probability(upper ? -b : a);
  const double above = normal_probability(upper ? -a : b);
  const double p = below + (upper ? 1.0 - u : u) * (above - below);
  const double z = p > 0.0 && p < 1.0 ? normal_quantile(p) : (p > 0.0 ? b : a);
  return std::clamp(d.mean + d.deviation * (upper ? -z : z), d.low, d.high);
}

/// Probability that the truncation leaves; zero where it underflows.
double remaining_probability(const Distribution& d) {
  const double a = (d.low - d.mean) / d.deviation;
  const double b = (d.high - d.mean) / d.deviation;
  return a > 0.0 ? normal_probability(-a) - normal_probability(-b) : normal_probability(b) - normal_probability(a);
}

/// Reads the one member that names the distribution, complaining about what does not fit.
class Reader {
 public:
  Reader(const Value& table, Diagnostics& diagnostics) : table_(table), diagnostics_(diagnostics) {}

  std::optional<Distribution> read() {
    if (!table_.is_table()) {
      const bool list = table_.is_array();
      fail(table_.location, fmt::format("expected a distribution, found {} {}", table_.type_name(), table_.to_toml()),
           list ? fmt::format("write {{ choice = {} }}", table_.to_toml()) : usage);
      return std::nullopt;
    }
    const Member* kind = find_kind();
    if (kind == nullptr) {
      return std::nullopt;
    }
    name_ = kind->key;
    if (!kind->value.is_array()) {
      fail(kind->value.location, fmt::format("{} takes a list, found {} {}", name_, kind->value.type_name(), kind->value.to_toml()), usage);
      return std::nullopt;
    }
    const bool discrete = name_ == "choice" || name_ == "list";
    discrete ? read_choice(kind->value) : read_numbers(kind->value);
    return failed_ ? std::nullopt : std::optional(std::move(result_));
  }

 private:
  void fail(const Location& where, std::string message, std::string hint = {}) {
    diagnostics_.error(where, std::move(message), std::move(hint));
    failed_ = true;
  }

  const Member* find_kind() {
    const Member* kind = nullptr;
    for (const auto& member : table_.as_table()) {
      if (std::find(kinds.begin(), kinds.end(), member.key) != kinds.end()) {
        if (kind != nullptr) {
          fail(member.key_location, fmt::format("a parameter has one distribution; \"{}\" was given already", kind->key));
          return nullptr;
        }
        kind = &member;
      } else if (member.key != "low" && member.key != "high") {
        const auto guess = nearest(member.key, kinds);
        fail(member.key_location, fmt::format("unknown distribution \"{}\"", member.key),
             guess ? fmt::format("did you mean \"{}\"?", *guess) : usage);
      }
    }
    if (kind == nullptr && !failed_) {
      fail(table_.location, "this table names no distribution", usage);
    }
    for (const char* bound : {"low", "high"}) {
      const Member* member = table_.find_member(bound);
      if (member != nullptr && kind != nullptr && kind->key != "normal") {
        fail(member->key_location, fmt::format("\"{}\" truncates a normal distribution; {} has none", bound, kind->key));
      }
    }
    return failed_ ? nullptr : kind;
  }

  void read_choice(const Value& list) {
    const auto& items = list.as_array();
    if (items.empty()) {
      fail(list.location, fmt::format("{} needs at least one value", name_));
    }
    const bool strings = !items.empty() && items.front().is_string();
    const bool reals = std::any_of(items.begin(), items.end(), [](const Value& v) { return v.is_real(); });
    for (const auto& item : items) {
      if (!(strings ? item.is_string() : item.is_number())) {
        fail(item.location, fmt::format("{} takes numbers or strings, not both; found {} {}", name_, item.type_name(), item.to_toml()));
        return;
      }
      if (item.is_number() && !std::isfinite(item.as_real())) {
        fail(item.location, fmt::format("{} takes finite numbers, found {}", name_, item.to_toml()));
      }
      Value level = reals ? Value(item.as_real()) : item;
      level.location = item.location;
      if (std::any_of(result_.values.begin(), result_.values.end(), [&](const Value& v) { return v.to_toml() == level.to_toml(); })) {
        fail(item.location, fmt::format("{} has {} twice", name_, item.to_toml()),
             "every level counts once; to weight levels, use several decks");
      }
      result_.values.push_back(std::move(level));
    }
    result_.kind = Distribution::Kind::choice;
  }

  void read_numbers(const Value& list) {
    const bool spaced = name_ == "linspace" || name_ == "logspace";
    const auto& items = list.as_array();
    if (items.size() != (spaced ? 3U : 2U)) {
      const char* arguments = spaced ? "[first, last, count]" : (name_ == "normal" ? "[mean, deviation]" : "[low, high]");
      fail(list.location, fmt::format("{} takes {}, found {} value{}", name_, arguments, items.size(), items.size() == 1 ? "" : "s"));
      return;
    }
    for (const auto& item : items) {
      if (!item.is_number() || !std::isfinite(item.as_real())) {
        fail(item.location, fmt::format("{} takes finite numbers, found {} {}", name_, item.type_name(), item.to_toml()));
      }
    }
    if (failed_) {
      return;
    }
    if (spaced) {
      read_spaced(items);
    } else if (name_ == "normal") {
      read_normal(items);
    } else {
      read_interval(items);
    }
  }

  void read_interval(const Array& items) {
    result_.kind = name_ == "uniform" ? Distribution::Kind::uniform : Distribution::Kind::log_uniform;
    result_.low = items[0].as_real();
    result_.high = items[1].as_real();
    if (result_.kind == Distribution::Kind::log_uniform && result_.low <= 0.0) {
      fail(items[0].location, fmt::format("log_uniform needs positive bounds, found {}", items[0].to_toml()));
    } else if (!(result_.low < result_.high)) {
      fail(
          items[0].location, fmt::format("{} needs low < high, found [{}, {}]", name_, items[0].to_toml(), items[1].to_toml()),
          result_.low > result_.high ? fmt::format("write [{}, {}]", items[1].to_toml(), items[0].to_toml()) : "set a fixed value instead");
    }
  }

  void read_normal(const Array& items) {
    result_.kind = Distribution::Kind::normal;
    result_.mean = items[0].as_real();
    result_.deviation = items[1].as_real();
    if (!(result_.deviation > 0.0)) {
      fail(items[1].location, fmt::format("normal needs a positive deviation, found {}", items[1].to_toml()));
    }
    result_.low = read_bound("low", -std::numeric_limits<double>::infinity());
    result_.high = read_bound("high", std::numeric_limits<double>::infinity());
    if (!failed_ && !(result_.low < result_.high)) {
      fail(table_.location, "normal needs low < high");
    }
    if (!failed_ && !(remaining_probability(result_) > 0.0)) {
      fail(table_.location, "this truncation leaves nothing of the normal distribution", "move low and high nearer to the mean");
    }
  }

  double read_bound(const char* name, double otherwise) {
    const Value* bound = table_.find(name);
    if (bound == nullptr) {
      return otherwise;
    }
    if (!bound->is_number() || std::isnan(bound->as_real())) {
      fail(bound->location, fmt::format("\"{}\" of normal must be a number, found {} {}", name, bound->type_name(), bound->to_toml()));
      return otherwise;
    }
    return bound->as_real();
  }

  void read_spaced(const Array& items) {
    const double first = items[0].as_real();
    const double last = items[1].as_real();
    if (!items[2].is_integer() || items[2].as_integer() < 2 || items[2].as_integer() > maximum_levels) {
      fail(items[2].location, fmt::format("{} needs an integer count of at least 2, found {}", name_, items[2].to_toml()));
      return;
    }
    const bool logarithmic = name_ == "logspace";
    if (logarithmic && (first <= 0.0 || last <= 0.0)) {
      fail(items[first <= 0.0 ? 0 : 1].location, "logspace needs positive ends (they are the first and last values, not exponents)");
      return;
    }
    if (first == last) {
      fail(items[0].location, fmt::format("{} needs two different ends", name_), "set a fixed value instead");
      return;
    }
    const auto count = items[2].as_integer();
    for (std::int64_t i = 0; i < count; ++i) {
      const double t = static_cast<double>(i) / static_cast<double>(count - 1);
      const double v = logarithmic ? first * std::pow(last / first, t) : first + t * (last - first);
      Value level(i == 0 ? first : (i == count - 1 ? last : v));
      level.location = items[0].location;
      result_.values.push_back(std::move(level));
    }
    result_.kind = Distribution::Kind::choice;
  }

  const Value& table_;
  Diagnostics& diagnostics_;
  std::string name_;
  Distribution result_;
  bool failed_ = false;
};

}  // namespace

Value Distribution::quantile(double u) const {
  switch (kind) {
    case Kind::uniform:
      return std::clamp(low + u * (high - low), low, high);
    case Kind::log_uniform:
      return std::clamp(low * std::pow(high / low, u), low, high);
    case Kind::normal:
      if (std::isinf(low) && std::isinf(high)) {
        return mean + deviation * normal_quantile(u);
      }
      return truncated_normal_quantile(*this, u);
    case Kind::choice:
      break;
  }
  const auto count = static_cast<double>(values.size());
  return values[static_cast<std::size_t>(std::clamp(std::floor(u * count), 0.0, count - 1.0))];
}

std::optional<Distribution> parse_distribution(const Value& value, Diagnostics& diagnostics) { return Reader(value, diagnostics).read(); }

}  // namespace kindred
