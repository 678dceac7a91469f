// A fit as text, as JSON and as HDF5.

#include <array>
#include <cmath>

#include <fmt/format.h>

#include <kindred/apps/verbs/vmf/fit.hpp>
#include <kindred/data/export/common.hpp>
#include <kindred/data/hdf5_objects.hpp>

namespace kindred::app::vmf {
namespace {

constexpr const char* format_name = "kindred vmf fit";

/// The numbers of a component that every output shows, with the names they have there.
struct Quantity {
  const char* name;
  double Component::*value;
  const char* meaning;
};
constexpr std::array quantities{
    Quantity{"weight", &Component::weight, "share of the directions"},
    Quantity{"count", &Component::count, "directions, expected number for mixtures"},
    Quantity{"resultant_length", &Component::resultant_length, "mean resultant length r = A_p(kappa)"},
    Quantity{"kappa", &Component::kappa, "concentration, maximum likelihood"},
    Quantity{"kappa_standard_error", &Component::standard_error, "1/sqrt(n A_p'(kappa))"},
    Quantity{"log_normalizer", &Component::log_normalizer, "log C_p(kappa)"},
    Quantity{"kl_to_uniform", &Component::kl_to_uniform, "Kullback-Leibler divergence from the uniform distribution, nats"},
    Quantity{"entropy", &Component::entropy, "differential entropy on the sphere, nats"},
};

double corrected(const std::optional<double>& value) { return value.value_or(std::nan("")); }

void write_column(hid_t location, const char* name, const std::vector<double>& values, const char* meaning) {
  const auto n = static_cast<Index>(values.size());
  const data::ArrayWriter writer(location, name, {n}, H5T_IEEE_F64LE);
  writer.write(data::Box{{0}, {n}}, std::span<const double>(values));
  hdf5::write_string_attribute(writer.id(), "long_name", meaning);
}

}  // namespace

nlohmann::json result_json(const FitResult& result, bool with_directions) {
  nlohmann::json json = {{"model", result.model},
                         {"dimension", result.dimension},
                         {"rows", result.rows},
                         {"rejected", result.rejected},
                         {"mean_log_likelihood", number_json(result.mean_log_likelihood)}};
  if (!result.history.empty()) {
    json["iterations"] = result.history.size();
    json["converged"] = result.converged;
    json["reseeded"] = result.reseeded;
    json["history"] = result.history;
  }
  const auto p = static_cast<std::size_t>(result.dimension);
  for (std::size_t c = 0; c < result.components.size(); ++c) {
    const Component& component = result.components[c];
    nlohmann::json object;
    if (component.label) {
      object["label"] = *component.label;
    }
    for (const Quantity& quantity : quantities) {
      object[quantity.name] = number_json(component.*quantity.value);
    }
    if (component.corrected_kappa) {
      object["corrected_kappa"] = number_json(*component.corrected_kappa);
    }
    if (component.corrected_standard_error) {
      object["corrected_kappa_standard_error"] = number_json(*component.corrected_standard_error);
    }
    if (with_directions) {
      const auto mean = std::span(result.mean_directions).subspan(c * p, p);
      object["mean_direction"] = std::vector<double>(mean.begin(), mean.end());
    }
    json["components"].push_back(std::move(object));
  }
  return json;
}

void write_result(hid_t location, const FitResult& result) {
  const hdf5::Group root(KINDRED_HDF5(H5Gopen2(location, "/", H5P_DEFAULT)));
  data::set_attribute(root, "format", std::string(format_name));
  data::set_attribute(root, "model", result.model);
  data::set_attribute(root, "dimension", result.dimension);
  data::set_attribute(root, "rows", result.rows);
  data::set_attribute(root, "rejected", result.rejected);
  data::write_number_attribute(root, "mean_log_likelihood", result.mean_log_likelihood);
  if (!result.history.empty()) {
    data::set_attribute(root, "converged", result.converged);
    data::set_attribute(root, "reseeded", result.reseeded);
    write_column(location, "history", result.history, "mean log-likelihood at the start of each iteration");
  }
  const auto column = [&](auto value) {
    std::vector<double> values;
    values.reserve(result.components.size());
    for (const Component& component : result.components) {
      values.push_back(value(component));
    }
    return values;
  };
  for (const Quantity& quantity : quantities) {
    write_column(location, quantity.name, column([&](const Component& c) { return c.*quantity.value; }), quantity.meaning);
  }
  if (result.model != "mixture") {
    write_column(location, "corrected_kappa", column([](const Component& c) { return corrected(c.corrected_kappa); }),
                 "concentration from r^2 freed of its bias");
    write_column(location, "corrected_kappa_standard_error",
                 column([](const Component& c) { return corrected(c.corrected_standard_error); }), "standard error of corrected_kappa");
  }
  const auto k = static_cast<Index>(result.components.size());
  if (result.model == "classes") {
    std::vector<std::int64_t> labels;
    labels.reserve(result.components.size());
    for (const Component& component : result.components) {
      labels.push_back(component.label.value_or(0));
    }
    const data::ArrayWriter writer(location, "label", {k}, H5T_STD_I64LE);
    writer.write(data::Box{{0}, {k}}, std::span<const std::int64_t>(labels));
  }
  const data::ArrayWriter directions(location, "mean_direction", {k, result.dimension}, H5T_IEEE_F64LE);
  directions.write(data::Box{{0, 0}, {k, result.dimension}}, std::span<const double>(result.mean_directions));
  hdf5::write_string_attribute(directions.id(), "long_name", "unit vectors, one a component");
}

Mixture read_mixture(const std::filesystem::path& path) {
  const hdf5::File file = hdf5::open_readonly(path);
  const data::ArrayReader means(file, "mean_direction");
  Mixture mixture;
  mixture.weights = data::ArrayReader(file, "weight").read_all();
  mixture.kappas = data::ArrayReader(file, "kappa").read_all();
  if (means.shape().size() != 2 || means.shape()[0] < 1 || means.shape()[1] < 2 || means.shape()[0] != mixture.components() ||
      mixture.kappas.size() != mixture.weights.size()) {
    throw InputError(
        fmt::format("{}: weight, kappa and mean_direction do not fit together; `kindred vmf fit -o` writes such files", path.string()));
  }
  mixture.dimension = means.shape()[1];
  mixture.means = means.read_all();
  for (const double kappa : mixture.kappas) {
    if (!(kappa >= 0.0) || std::isinf(kappa)) {
      throw InputError(fmt::format("{}: kappa is {}; only finite concentrations can be sampled", path.string(), kappa));
    }
  }
  return mixture;
}

void print_result(const FitResult& result, const Context& context) {
  if (context.json) {
    print_json(result_json(result, false));
    return;
  }
  fmt::print("{} rows of dimension {}", result.rows, result.dimension);
  if (result.rejected > 0) {
    fmt::print(", {} rejected (zero or not finite)", result.rejected);
  }
  fmt::print("\nmean log-likelihood {:.10g}\n", result.mean_log_likelihood);
  if (!result.history.empty()) {
    fmt::print("{} iterations, {}\n", result.history.size(), result.converged ? "converged" : "not converged");
  }
  const bool mixture = result.model == "mixture";
  fmt::print("\n{:>9} {:>12} {:>9} {:>14} {:>11} {:>14} {:>11} {:>12}\n", result.model == "classes" ? "label" : "component",
             mixture ? "weight" : "rows", "r", "kappa", "+/-", mixture ? "" : "corrected", mixture ? "" : "+/-", "KL");
  for (std::size_t c = 0; c < result.components.size(); ++c) {
    const Component& component = result.components[c];
    fmt::print("{:>9} {:>12.6g} {:>9.6f} {:>14.8g} {:>11.3g} {:>14} {:>11} {:>12.6g}\n",
               component.label ? *component.label : static_cast<std::int64_t>(c), mixture ? component.weight : component.count,
               component.resultant_length, component.kappa, component.standard_error,
               component.corrected_kappa ? fmt::format("{:.8g}", *component.corrected_kappa) : "",
               component.corrected_standard_error ? fmt::format("{:.3g}", *component.corrected_standard_error) : "",
               component.kl_to_uniform);
  }
}

}  // namespace kindred::app::vmf
