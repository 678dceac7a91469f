#include <kindred/apps/verbs/learn/deck_summary.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <kindred/apps/verbs/learn/text.hpp>
#include <kindred/core/registry/registry.hpp>

namespace kindred::app {
namespace {

nlohmann::json axes_json(const Grid& grid) {
  auto axes = nlohmann::json::array();
  for (const auto& axis : grid.axes) {
    axes.push_back({{"name", std::string(1, axis.name)},
                    {"cells", axis.cells},
                    {"origin", axis.origin},
                    {"extent", axis.extent},
                    {"periodic", axis.periodic}});
  }
  return axes;
}

nlohmann::json fields_json(const Family& family, const data::DatasetLayout& layout) {
  auto fields = nlohmann::json::array();
  for (std::size_t i = 0; i < family.fields().size(); ++i) {
    const FieldInfo& info = family.fields()[i];
    auto shape = nlohmann::json::array();
    for (const auto& axis : info.grid.axes) {
      shape.push_back(axis.cells);
    }
    fields.push_back({{"name", info.name},
                      {"long_name", info.long_name},
                      {"unit", info.unit},
                      {"role", info.output ? "output" : "input"},
                      {"shape", shape},
                      {"bytes_per_sample", layout.row_bytes(layout.fields[i])}});
  }
  return fields;
}

nlohmann::json sweep_json(const Deck& deck) {
  auto axes = nlohmann::json::array();
  for (const auto& axis : deck.sweep) {
    axes.push_back({{"path", axis.path},
                    {"name", axis.name},
                    {"unit", axis.unit},
                    {"doc", axis.doc},
                    {"distribution", distribution_text(axis.distribution)}});
  }
  return axes;
}

std::string choice_text(const Deck& deck, std::string_view section) {
  const Value* value = deck.root.find(section);
  return value != nullptr && !value->empty() ? value->to_toml() : "default";
}

}  // namespace

nlohmann::json deck_summary(const Deck& deck, const std::filesystem::path& path) {
  const Family family(deck);
  const data::DatasetLayout layout = family.layout(path);
  const PluginChoice choice = plugin_choice(*deck.root.find("problem"), "problem");
  const Entry& problem = Registry::instance().get("problem", choice.name);
  const Value* design = deck.section("sweep").find("design");
  auto sides = nlohmann::json::array();
  for (const auto& side : layout.boundary) {
    sides.push_back({{"side", side.axis + (side.high ? "_hi" : "_lo")}, {"kind", side.kind}, {"value", side.expression}});
  }
  auto splits = nlohmann::json::object();
  for (const auto& split : layout.splits) {
    splits[split.name] = split.count;
  }
  const Index bytes = layout.row_bytes();
  return {{"deck", path.string()},
          {"problem", problem.name},
          {"summary", problem.summary},
          {"settings", value_json(choice.table)},
          {"grid", axes_json(family.grid())},
          {"boundary", sides},
          {"fields", fields_json(family, layout)},
          {"sweep", sweep_json(deck)},
          {"design", design != nullptr && !design->empty() ? plugin_choice(*design, "design").name : "mc"},
          {"solver", choice_text(deck, "solver")},
          {"samples", layout.count},
          {"splits", splits},
          {"shards", data::DatasetPlan(layout).shards().size()},
          {"precision", layout.precision == data::Precision::f64 ? "f64" : "f32"},
          {"bytes_per_sample", bytes},
          {"bytes", bytes * layout.count},
          {"name", layout.name},
          {"directory", layout.directory.string()},
          {"identity", layout.provenance.at("deck_sha256")}};
}

namespace {

/// `128 x 128` from an array of numbers.
std::string shape_text(const nlohmann::json& shape) {
  std::vector<std::string> sizes;
  for (const auto& n : shape) {
    sizes.push_back(n.dump());
  }
  return sizes.empty() ? "1 value" : fmt::format("{}", fmt::join(sizes, " x "));
}

std::string grid_text(const nlohmann::json& grid) {
  std::vector<std::string> axes;
  for (const auto& axis : grid) {
    const double low = axis.at("origin").get<double>();
    axes.push_back(fmt::format("{}: {} cells on [{:g}, {:g}]{}", axis.at("name").get<std::string>(), axis.at("cells").get<Index>(), low,
                               low + axis.at("extent").get<double>(), axis.at("periodic").get<bool>() ? ", periodic" : ""));
  }
  return fmt::format("{}", fmt::join(axes, "; "));
}

}  // namespace

std::string deck_summary_text(const nlohmann::json& s) {
  std::string text =
      fmt::format("{}: {} ({})\n", s.at("deck").get<std::string>(), s.at("problem").get<std::string>(), s.at("summary").get<std::string>());
  text += fmt::format("  grid      {}\n", grid_text(s.at("grid")));
  for (const auto& side : s.at("boundary")) {
    const auto value = side.at("value").get<std::string>();
    text += fmt::format("  {:<9} {}{}\n", side.at("side").get<std::string>(), side.at("kind").get<std::string>(),
                        value.empty() ? "" : " " + value);
  }
  for (const auto& field : s.at("fields")) {
    text += fmt::format("  {:<9} {}: {}, {}, {}\n", field.at("role").get<std::string>(), field.at("name").get<std::string>(),
                        field.at("long_name").get<std::string>(), shape_text(field.at("shape")),
                        bytes_text(static_cast<double>(field.at("bytes_per_sample").get<Index>())));
  }
  text += fmt::format("  solver    {}\n", s.at("solver").get<std::string>());
  for (const auto& axis : s.at("sweep")) {
    text += fmt::format("  swept     {}: {}\n", axis.at("path").get<std::string>(), axis.at("distribution").get<std::string>());
  }
  std::vector<std::string> splits;
  for (const auto& [name, count] : s.at("splits").items()) {
    splits.push_back(fmt::format("{} {}", name, count.get<Index>()));
  }
  text += fmt::format("  samples   {} (design {}): {}\n", s.at("samples").get<Index>(), s.at("design").get<std::string>(),
                      fmt::join(splits, ", "));
  text += fmt::format("  size      {} a sample, {} in all, {}, {} shard{}\n", bytes_text(s.at("bytes_per_sample").get<double>()),
                      bytes_text(s.at("bytes").get<double>()), s.at("precision").get<std::string>(), s.at("shards").get<Index>(),
                      s.at("shards").get<Index>() == 1 ? "" : "s");
  text += fmt::format("  output    {}\n", s.at("directory").get<std::string>());
  return text;
}

nlohmann::json sample_parameters(const Deck& deck, Index index) {
  const Family family(deck);
  if (index < 0 || index >= family.count()) {
    throw InputError(fmt::format("there is no sample {}: this deck's samples are 0 to {}", index, family.count() - 1));
  }
  auto parameters = nlohmann::json::object();
  for (const auto& assignment : family.sample(index, 0).parameters) {
    parameters[assignment.path] = value_json(assignment.value);
  }
  return parameters;
}

}  // namespace kindred::app
