#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include <kindred/core/deck/compose.hpp>
#include <kindred/core/deck/resolve.hpp>
#include <kindred/core/deck/suggest.hpp>

namespace kindred {
namespace {

struct SweepParameters {
  std::int64_t seed = 0;
  std::optional<std::int64_t> count;
  Value design = Value("mc");

  static Schema<SweepParameters> schema() {
    using P = SweepParameters;
    return {
        parameter("seed", &P::seed).doc("Seed of every random number of the data set.").at_least(0),
        parameter("count", &P::count).doc("Number of samples; designs such as `grid` and `list` know it themselves.").at_least(1),
        parameter("design", &P::design).doc("How the points of the swept parameters are chosen.").plugin("design"),
    };
  }
};

const Registration sweep_section =
    section<SweepParameters>("sweep")
        .summary("The samples: how many, and which parameters differ between them.")
        .doc("Every other key is a parameter with its distribution: a key of `[problem]`, or a full path in quotes.")
        .example(
            "[sweep]\nseed = 2025\ncount = 1000\nbeta = { log_uniform = [0.01, 100.0] }\n\"problem.coefficient.tau\" = { choice = [3.0, "
            "5.0] }\n")
        .open();

bool is_real_valued(const ParameterInfo& info) {
  return info.type == ParameterType::real || (info.type == ParameterType::plugin && info.plugin_kind == "field");
}

/// Converts quantities and expressions in a distribution's lists; std::nullopt after a complaint.
std::optional<Value> converted(const Value& value, const ParameterInfo& info, Resolution& resolution) {
  if (!value.is_table() || info.type == ParameterType::string) {
    return value;
  }
  bool complete = true;
  const auto convert = [&](Value& v, bool difference) {
    if (v.is_string()) {
      auto number = to_number(v, info, false, resolution, difference);
      complete = complete && number.has_value();
      v = number ? std::move(*number) : v;
    }
  };
  Value out = value;
  for (auto& member : out.as_table()) {
    if (member.value.is_array()) {
      auto& items = member.value.as_array();
      for (std::size_t i = 0; i < items.size(); ++i) {
        convert(items[i], member.key == "normal" && i == 1);
      }
    } else {
      convert(member.value, false);
    }
  }
  return complete ? std::optional(std::move(out)) : std::nullopt;
}

/// Gives every level the parameter's type. @returns false after a complaint
bool fit_type(Distribution& distribution, const ParameterInfo& info, const Member& member, Diagnostics& diagnostics) {
  const Location& where = member.value.location;
  const bool discrete = distribution.kind == Distribution::Kind::choice;
  if (info.type == ParameterType::string) {
    if (!discrete || !distribution.values.front().is_string()) {
      diagnostics.error(where, fmt::format("\"{}\" is a string: it can only be swept over a choice of strings", member.key),
                        info.choices.empty() ? "" : info.type_text());
      return false;
    }
    return true;
  }
  if (discrete && distribution.values.front().is_string()) {
    diagnostics.error(distribution.values.front().location,
                      fmt::format("\"{}\" is a number, found string {}", member.key, distribution.values.front().to_toml()));
    return false;
  }
  if (info.type == ParameterType::integer) {
    if (!discrete) {
      diagnostics.error(where, fmt::format("\"{}\" is an integer, and this distribution gives reals", member.key),
                        "use choice = [...] or linspace = [first, last, count] with whole steps");
      return false;
    }
    const auto real = std::find_if(distribution.values.begin(), distribution.values.end(), [](const Value& v) {
      return !v.is_integer() && (std::floor(v.as_real()) != v.as_real() || std::abs(v.as_real()) >= 0x1p53);
    });
    if (real != distribution.values.end()) {
      diagnostics.error(real->location.source != nullptr ? real->location : where,
                        fmt::format("\"{}\" is an integer, found {}", member.key, real->to_toml()), info.type_text());
      return false;
    }
  }
  for (auto& level : distribution.values) {
    Value number = info.type == ParameterType::integer ? Value(static_cast<std::int64_t>(level.as_real())) : Value(level.as_real());
    number.location = level.location;
    level = std::move(number);
  }
  return true;
}

void check_normal_range(const Distribution& d, const ParameterInfo& info, const Member& member, Diagnostics& diagnostics) {
  const bool low = info.exclusive_minimum ? d.low > info.minimum : d.low >= info.minimum;
  const bool high = info.exclusive_maximum ? d.high < info.maximum : d.high <= info.maximum;
  if ((std::isfinite(info.minimum) && !low) || (std::isfinite(info.maximum) && !high)) {
    diagnostics.error(member.value.location,
                      fmt::format("this normal distribution can leave the range of \"{}\": {}", member.key, info.type_text()),
                      fmt::format("truncate it: {{ normal = [...], {} = ... }}", !low && std::isfinite(info.minimum) ? "low" : "high"));
  }
}

void check_range(const Distribution& d, const ParameterInfo& info, const Member& member, Diagnostics& diagnostics) {
  ParameterInfo scalar = info;  // a field's range is its plugin's business; its levels only must be finite numbers
  scalar.name = member.key;
  if (scalar.type == ParameterType::plugin) {
    scalar.type = ParameterType::real;
  }
  if (d.kind == Distribution::Kind::normal) {
    check_normal_range(d, scalar, member, diagnostics);
    return;
  }
  std::vector<Value> extremes = d.values;
  if (extremes.empty()) {
    const auto& bounds = member.value.as_table().front().value.as_array();
    for (const double bound : {d.low, d.high}) {
      Value v(bound);
      v.location = bounds[extremes.size()].location;
      extremes.push_back(std::move(v));
    }
  }
  for (const auto& value : extremes) {
    scalar.check(value, "[sweep]", diagnostics);
  }
}

Value canonical(const Distribution& d, const Location& location) {
  Value table{Table{}};
  table.location = location;
  switch (d.kind) {
    case Distribution::Kind::uniform:
      table.set("uniform", Array{d.low, d.high});
      break;
    case Distribution::Kind::log_uniform:
      table.set("log_uniform", Array{d.low, d.high});
      break;
    case Distribution::Kind::normal:
      table.set("normal", Array{d.mean, d.deviation});
      if (std::isfinite(d.low)) {
        table.set("low", d.low);
      }
      if (std::isfinite(d.high)) {
        table.set("high", d.high);
      }
      break;
    case Distribution::Kind::choice:
      table.set("choice", Value(Array(d.values)));
      break;
  }
  return table;
}

/// Hint for a sweep key that names no parameter.
std::string unknown_axis_hint(const Member& member, const ParameterPlace& place, const Resolution& resolution) {
  if (member.key.find('.') == std::string::npos) {
    for (const auto& known : resolution.tables) {
      const bool sweepable = known.path.starts_with("problem.") || known.path.starts_with("boundary");
      if (sweepable && std::find(known.keys.begin(), known.keys.end(), member.key) != known.keys.end()) {
        return fmt::format("write its full path: \"{}.{}\"", known.path, member.key);
      }
    }
    if (const auto guess = nearest(member.key, parameter_names(Registry::instance().get("section", "sweep")))) {
      return fmt::format("did you mean \"{}\"?", *guess);
    }
  }
  return unknown_key_hint(place.key, place.entry, place.table, resolution);
}

std::optional<SweepAxis> read_axis(const Member& member, const Value& root, Resolution& resolution) {
  auto& diagnostics = resolution.diagnostics;
  const std::string path = sweep_path(member.key);
  if (!is_sweepable(path)) {
    diagnostics.error(member.key_location, fmt::format("\"{}\" cannot be swept", member.key),
                      "a sweep is over parameters of [problem] and [boundary]");
    return std::nullopt;
  }
  const ParameterPlace place = find_parameter(root, path);
  if (place.entry == nullptr) {
    // Either the table was refused, which has been said, or it is not there.
    if (root.find(place.table.substr(0, place.table.find('.'))) != nullptr && !diagnostics.has_errors()) {
      diagnostics.error(member.key_location, fmt::format("\"{}\" cannot be swept: there is no table [{}]", member.key, place.table));
    }
    return std::nullopt;
  }
  if (place.parameter == nullptr) {
    const std::string type = place.entry->kind == "section" ? "" : fmt::format(" (type \"{}\")", place.entry->name);
    diagnostics.error(member.key_location, fmt::format("[sweep] names \"{}\", which is no key of [{}]{}", member.key, place.table, type),
                      unknown_axis_hint(member, place, resolution));
    return std::nullopt;
  }
  const ParameterInfo& info = *place.parameter;
  if (info.type != ParameterType::integer && info.type != ParameterType::string && !is_real_valued(info)) {
    diagnostics.error(member.key_location, fmt::format("\"{}\" cannot be swept: it is a {}", member.key, info.type_text()),
                      "a sweep is over numbers and choices of strings");
    return std::nullopt;
  }
  const std::size_t before = diagnostics.all().size();
  const auto table = converted(member.value, info, resolution);
  auto distribution = table ? parse_distribution(*table, diagnostics) : std::nullopt;
  if (!distribution || !fit_type(*distribution, info, member, diagnostics)) {
    return std::nullopt;
  }
  check_range(*distribution, info, member, diagnostics);
  if (diagnostics.all().size() != before) {
    return std::nullopt;
  }
  return SweepAxis{path, {}, info.unit, info.doc, std::move(*distribution), member.key_location};
}

/// Names every axis by as many trailing parts of its path as make it unique.
void name_axes(std::vector<SweepAxis>& axes) {
  std::vector<std::size_t> parts(axes.size(), 1);
  const auto name = [&](std::size_t i) {
    const auto all = split_path(axes[i].path);
    std::string text;
    for (std::size_t k = all.size() - std::min(parts[i], all.size()); k < all.size(); ++k) {
      text += (text.empty() ? "" : "_") + all[k];
    }
    return text;
  };
  for (bool changed = true; changed;) {
    std::map<std::string, std::vector<std::size_t>> users;
    for (std::size_t i = 0; i < axes.size(); ++i) {
      axes[i].name = name(i);
      users[axes[i].name].push_back(i);
    }
    changed = false;
    for (const auto& [text, group] : users) {
      for (const std::size_t i : group) {
        if (group.size() > 1 && parts[i] < split_path(axes[i].path).size()) {
          ++parts[i];
          changed = true;
        }
      }
    }
  }
}

}  // namespace

std::vector<SweepAxis> check_sweep_axes(const Deck& deck, std::vector<SweepAxis> axes) {
  Diagnostics diagnostics;
  Resolution resolution{
      .constants = {}, .swept = {}, .tables = known_tables(deck.root), .require_problem = true, .diagnostics = diagnostics};
  for (auto& axis : axes) {
    const auto read = read_axis({axis.path, canonical(axis.distribution, axis.location), axis.location}, deck.root, resolution);
    if (read) {
      axis.unit = read->unit;
      axis.doc = read->doc;
    }
  }
  diagnostics.raise_if_errors();
  return axes;
}

std::vector<SweepAxis> resolve_sweep(Value& root, Resolution& resolution) {
  Value* sweep = root.find("sweep");
  if (sweep == nullptr) {
    return {};
  }
  const Entry& entry = Registry::instance().get("section", "sweep");
  std::vector<SweepAxis> axes;
  Value kept{Table{}};
  kept.location = sweep->location;
  for (const auto& member : sweep->as_table()) {
    if (entry.find_parameter(member.key) != nullptr) {
      kept.set(member.key, member.value, member.key_location);
      continue;
    }
    auto axis = read_axis(member, root, resolution);
    if (!axis) {
      continue;
    }
    if (std::any_of(axes.begin(), axes.end(), [&](const SweepAxis& a) { return a.path == axis->path; })) {
      resolution.diagnostics.error(member.key_location, fmt::format("\"{}\" is swept twice", axis->path),
                                   "a short name and a full path are the same parameter");
      continue;
    }
    kept.set(axis->path, canonical(axis->distribution, member.value.location), member.key_location);
    axes.push_back(std::move(*axis));
  }
  *sweep = std::move(kept);
  std::sort(axes.begin(), axes.end(), [](const SweepAxis& a, const SweepAxis& b) { return a.path < b.path; });
  name_axes(axes);
  return axes;
}

}  // namespace kindred
