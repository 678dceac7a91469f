#include <kindred/data/layout_text.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <kindred/core/base/error.hpp>

namespace kindred::data {
namespace {

using Json = nlohmann::ordered_json;

Json splits_json(const std::vector<Split>& splits) {
  Json json = Json::array();
  for (const auto& split : splits) {
    json.push_back({{"name", split.name}, {"count", split.count}});
  }
  return json;
}

std::vector<Split> parse_splits(const Json& json) {
  std::vector<Split> splits;
  for (const auto& split : json) {
    splits.push_back({split.at("name"), split.at("count")});
  }
  return splits;
}

Json to_json(const DatasetLayout& layout) {
  Json json = {{"name", layout.name},
               {"seed", layout.seed},
               {"count", layout.count},
               {"precision", layout.precision == Precision::f64 ? "f64" : "f32"},
               {"steady_frames", layout.steady_frames},
               {"shuffle", layout.shuffle},
               {"shard_bytes", layout.shard_bytes},
               {"minimum_shards", layout.minimum_shards}};
  json["splits"] = splits_json(layout.splits);
  if (layout.parts.size() > 1) {
    json["parts"] = Json::array();
    for (const auto& part : layout.parts) {
      json["parts"].push_back({{"count", part.count}, {"splits", splits_json(part.splits)}});
    }
  }
  if (layout.split_ranges) {
    json["split_ranges"] = true;
  }
  json["axes"] = Json::array();
  for (const auto& axis : layout.axes) {
    json["axes"].push_back({{"name", axis.name}, {"unit", axis.unit}, {"coordinates", axis.coordinates}});
  }
  json["fields"] = Json::array();
  for (const auto& field : layout.fields) {
    json["fields"].push_back({{"name", field.name},
                              {"long_name", field.long_name},
                              {"unit", field.unit},
                              {"output", field.output},
                              {"rank", field.rank},
                              {"varies_along", field.varies_along},
                              {"time_varying", field.time_varying}});
  }
  json["scalars"] = Json::array();
  for (const auto& scalar : layout.scalars) {
    json["scalars"].push_back({{"name", scalar.name}, {"long_name", scalar.long_name}, {"unit", scalar.unit}});
  }
  json["boundary"] = Json::array();
  for (const auto& side : layout.boundary) {
    json["boundary"].push_back({{"axis", side.axis}, {"high", side.high}, {"kind", side.kind}, {"expression", side.expression}});
  }
  return json;
}

DatasetLayout from_json(const Json& json) {
  DatasetLayout layout;
  json.at("name").get_to(layout.name);
  json.at("seed").get_to(layout.seed);
  json.at("count").get_to(layout.count);
  layout.precision = json.at("precision") == "f64" ? Precision::f64 : Precision::f32;
  json.at("steady_frames").get_to(layout.steady_frames);
  json.at("shuffle").get_to(layout.shuffle);
  json.at("shard_bytes").get_to(layout.shard_bytes);
  json.at("minimum_shards").get_to(layout.minimum_shards);
  layout.splits = parse_splits(json.at("splits"));
  for (const auto& part : json.value("parts", Json::array())) {
    layout.parts.push_back({part.at("count"), parse_splits(part.at("splits"))});
  }
  layout.split_ranges = json.value("split_ranges", false);
  for (const auto& axis : json.at("axes")) {
    layout.axes.push_back({axis.at("name"), axis.at("coordinates"), axis.at("unit")});
  }
  for (const auto& field : json.at("fields")) {
    layout.fields.push_back({field.at("name"), field.at("long_name"), field.at("unit"), field.at("output"), field.at("rank"),
                             field.at("varies_along").get<std::vector<bool>>(), field.at("time_varying")});
  }
  for (const auto& scalar : json.at("scalars")) {
    layout.scalars.push_back({scalar.at("name"), scalar.at("unit"), scalar.at("long_name")});
  }
  for (const auto& side : json.at("boundary")) {
    layout.boundary.push_back({side.at("axis"), side.at("high"), side.at("kind"), side.at("expression")});
  }
  return layout;
}

/// A JSON value short enough for a message.
std::string brief(const Json& value) {
  std::string text = value.dump();
  constexpr std::size_t limit = 120;
  return text.size() <= limit ? text : text.substr(0, limit - 3) + "...";
}

}  // namespace

std::string layout_text(const DatasetLayout& layout) { return to_json(layout).dump(); }

DatasetLayout parse_layout(const std::string& text) {
  try {
    return from_json(Json::parse(text));
  } catch (const Json::exception& error) {
    throw InputError(fmt::format("the stored layout is damaged: {}", error.what()));
  }
}

std::vector<std::string> layout_differences(const DatasetLayout& old_layout, const DatasetLayout& new_layout) {
  const Json old_json = to_json(old_layout);
  const Json new_json = to_json(new_layout);
  std::vector<std::string> lines;
  Json keys = old_json;
  keys.update(new_json);
  for (const auto& [key, any_value] : keys.items()) {
    const Json old_value = old_json.value(key, Json());
    const Json new_value = new_json.value(key, Json());
    if (key != "shard_bytes" && key != "minimum_shards" && old_value != new_value) {
      lines.push_back(fmt::format("{}: {} -> {}", key, brief(old_value), brief(new_value)));
    }
  }
  return lines;
}

}  // namespace kindred::data
