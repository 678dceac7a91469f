#include <kindred/apps/verbs/points/plan.hpp>

#include <algorithm>
#include <bit>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <kindred/apps/verbs/settings.hpp>
#include <kindred/core/deck/suggest.hpp>
#include <kindred/operators/point_sets/point_set.hpp>

namespace kindred::app::points {
namespace {

[[noreturn]] void refuse_name(const char* what, const std::string& given, const std::vector<std::string>& known) {
  const auto close = nearest(given, known);
  throw InputError(fmt::format("no {} is called \"{}\"{} There are: {}", what, given,
                               close ? fmt::format(": did you mean \"{}\"?", *close) : ".", fmt::join(known, ", ")));
}

/// The plugin's table, with the defaults of the parameters that are not set.
Value complete_table(const Entry& entry, const std::vector<std::string>& settings) {
  Value table = plugin_table(entry, settings, "points");
  for (const ParameterInfo& parameter : entry.parameters) {
    if (table.find(parameter.name) == nullptr) {
      if (parameter.required) {
        throw InputError(fmt::format("the point set {} needs its {}: {}={}", entry.name, parameter.name, parameter.name,
                                     parameter.input_file ? "FILE" : "VALUE"));
      }
      table.set(parameter.name, parameter.default_value);
    }
  }
  return table;
}

qmc::Scramble parse_scramble(const std::string& text) {
  static const std::map<std::string, qmc::Scramble> short_names{
      {"ds", qmc::Scramble::digital_shift}, {"lms_ds", qmc::Scramble::lms_digital_shift}, {"nus", qmc::Scramble::nested_uniform}};
  std::vector<std::string> known;
  for (int k = 0; k <= static_cast<int>(qmc::Scramble::owen_hash); ++k) {
    const auto scramble = static_cast<qmc::Scramble>(k);
    if (qmc::name(scramble) == text) {
      return scramble;
    }
    known.emplace_back(qmc::name(scramble));
  }
  if (const auto found = short_names.find(text); found != short_names.end()) {
    return found->second;
  }
  refuse_name("scramble", text, known);
}

bool is_balanced_in_blocks(const qmc::PointSet& set) {
  return std::holds_alternative<qmc::DigitalNet>(set) || std::holds_alternative<qmc::Lattice>(set);
}

void set_order(Plan& plan, const std::string& order) {
  plan.ordered_set = plan.set;
  if (order == "gray") {
    plan.order = qmc::Order::gray;
  }
  if (order != "linear") {
    return;
  }
  const auto* lattice = std::get_if<qmc::Lattice>(&plan.set);
  if (lattice == nullptr) {
    throw InputError(fmt::format("{} has no linear order, only lattices have: leave --order out", plan.sequence));
  }
  if (plan.first != 0 || !std::has_single_bit(static_cast<std::uint64_t>(plan.count)) || plan.count < 2) {
    throw InputError("linear order is that of a whole lattice of 2^m points: --first 0, and a power of two for --count");
  }
  plan.ordered_set = qmc::linear_order(*lattice, std::countr_zero(static_cast<std::uint64_t>(plan.count)));
}

void warn_of_broken_blocks(Plan& plan) {
  if (!is_balanced_in_blocks(plan.set)) {
    return;
  }
  const auto first = static_cast<std::uint64_t>(plan.first);
  const auto count = static_cast<std::uint64_t>(plan.count);
  if (!std::has_single_bit(count)) {
    plan.warnings.push_back(fmt::format("{} points are no power of two: averages over them lose the balance of the set; take {} or {}",
                                        count, std::bit_floor(count), std::bit_ceil(count)));
  } else if (first % count != 0) {
    plan.warnings.push_back(
        fmt::format("the block of {} points begins at {}, which is no multiple of its length: it is not balanced; begin "
                    "at {} or {}",
                    count, first, first / count * count, (first / count + 1) * count));
  }
}

std::string order_name(const Plan& plan) {
  return plan.ordered_set.index() != plan.set.index() ? "linear" : plan.order == qmc::Order::gray ? "gray" : "natural";
}

void describe(Plan& plan, const Options& options) {
  const auto add = [&](const char* name, std::string value) { plan.description.emplace_back(name, std::move(value)); };
  add("point_set", plan.table.to_toml());
  add("point_set_checksum", checksum(plan.set));
  add("dimension", std::to_string(plan.dimensions));
  add("first", std::to_string(plan.first));
  add("count", std::to_string(plan.count));
  add("order", order_name(plan));
  add("scramble", std::string(qmc::name(plan.randomization.scramble)));
  if (!options.saved.empty()) {
    std::vector<std::string> names;
    names.reserve(options.saved.size());
    for (const auto& file : options.saved) {
      names.push_back(file.string());
    }
    add("saved_randomization", fmt::format("{}", fmt::join(names, "; ")));
  }
  add("seed", std::to_string(plan.randomization.seed));
  add("first_replicate", std::to_string(plan.randomization.first_replicate));
  add("replicates", std::to_string(plan.randomization.replicates));
  add("precision", options.precision);
  add("centred", plan.centred ? "true" : "false");
  if (!options.transforms.empty()) {
    add("transform", fmt::format("{}", fmt::join(options.transforms, "; ")));
  }
}

}  // namespace

Plan understand(const Options& options) {
  const Registry& registry = Registry::instance();
  const Entry* entry = registry.find("point_set", options.sequence);
  if (entry == nullptr) {
    std::vector<std::string> names;
    for (const Entry* known : registry.entries("point_set")) {
      names.push_back(known->name);
    }
    refuse_name("point set", options.sequence, names);
  }
  Plan plan;
  plan.sequence = entry->name;
  plan.table = complete_table(*entry, options.settings);
  plan.dimensions = options.dimension;
  plan.first = options.first;
  plan.count = options.count;
  plan.set = create<PointSetMaker>(plan.table)->make(options.dimension);
  plan.randomization = {options.scramble.empty() ? usual_scramble(plan.set) : parse_scramble(options.scramble), options.seed,
                        options.replicates, static_cast<std::uint32_t>(options.first_replicate)};
  const Value* file = plan.table.find("file");
  plan.keep_source = file != nullptr && !file->as_string().empty();
  apply_saved(plan, options);
  set_order(plan, options.order);
  for (const std::string& text : options.transforms) {
    plan.marginals.push_back(parse_marginal(text));
  }
  if (plan.marginals.size() > 1 && plan.marginals.size() != static_cast<std::size_t>(plan.dimensions)) {
    throw InputError(
        fmt::format("{} transforms for {} dimensions: give one for all, or one for each", plan.marginals.size(), plan.dimensions));
  }
  const bool integers = options.precision == "u32" || options.precision == "u64";
  if (integers && (!plan.marginals.empty() || options.centred)) {
    throw InputError("--precision u32 and u64 are the digits of the points themselves: without --transform and --centred");
  }
  plan.centred = options.centred || !plan.marginals.empty();
  warn_of_broken_blocks(plan);
  describe(plan, options);
  return plan;
}

std::string checksum(const qmc::PointSet& set) {
  std::uint64_t hash = 0xCBF29CE484222325ULL;
  const auto add = [&](std::uint64_t word) {
    for (unsigned byte = 0; byte < 8; ++byte) {
      hash = (hash ^ ((word >> (8 * byte)) & 0xFFU)) * 0x100000001B3ULL;
    }
  };
  if (const auto* net = std::get_if<qmc::DigitalNet>(&set)) {
    std::ranges::for_each(net->matrices, add);
  } else if (const auto* lattice = std::get_if<qmc::Lattice>(&set)) {
    std::ranges::for_each(lattice->z, add);
  } else if (const auto* sequence = std::get_if<qmc::Kronecker>(&set)) {
    std::ranges::for_each(sequence->a, add);
  } else {
    add(static_cast<std::uint64_t>(std::holds_alternative<qmc::Halton>(set) ? std::get<qmc::Halton>(set).dimensions
                                                                            : std::get<qmc::Independent>(set).dimensions));
  }
  return fmt::format("{:016x}", hash);
}

}  // namespace kindred::app::points
