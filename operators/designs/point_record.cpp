#include <kindred/operators/designs/point_record.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <span>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <kindred/core/base/error.hpp>
#include <kindred/core/deck/distribution.hpp>
#include <kindred/core/hash/sha256.hpp>
#include <kindred/kernels/qmc/ld_data.hpp>

namespace kindred {
namespace {

std::string hash_of_words(std::span<const std::uint64_t> words) {
  static_assert(std::endian::native == std::endian::little);
  std::string bytes(words.size_bytes(), '\0');
  std::memcpy(bytes.data(), words.data(), bytes.size());
  return sha256(bytes);
}

/// A published vector, or one from a file: names of files have a dot or a slash.
qmc::Lattice make_lattice(const std::string& table, int dimensions) {
  if (table.find_first_of("./") == std::string::npos) {
    return qmc::lattice_table(dimensions, table);
  }
  const qmc::Lattice all = qmc::read_lattice(table, qmc::Duplicates::allow);
  if (dimensions > all.dimensions()) {
    throw InputError(fmt::format("{} has {} dimensions, not {}", table, all.dimensions(), dimensions));
  }
  return qmc::lattice(std::span(all.z).first(static_cast<std::size_t>(dimensions)), all.log2_points);
}

const Value& member(const Value& table, const char* name) {
  const Value* value = table.find(name);
  if (value == nullptr) {
    throw InputError(fmt::format("the record of the design has no \"{}\"", name));
  }
  return *value;
}

Value texts(const std::vector<std::string>& list) {
  Array array;
  for (const auto& text : list) {
    array.emplace_back(text);
  }
  return Value(std::move(array));
}

std::vector<std::string> texts(const Value& array) {
  std::vector<std::string> list;
  for (const auto& text : array.as_array()) {
    list.push_back(text.as_string());
  }
  return list;
}

}  // namespace

qmc::Scramble parse_scramble(const std::string& wanted) {
  constexpr std::array all{qmc::Scramble::none,
                           qmc::Scramble::shift,
                           qmc::Scramble::digital_shift,
                           qmc::Scramble::lms,
                           qmc::Scramble::lms_digital_shift,
                           qmc::Scramble::digit_permutation,
                           qmc::Scramble::lms_digit_permutation,
                           qmc::Scramble::nested_uniform,
                           qmc::Scramble::owen_hash};
  std::vector<std::string_view> names;
  for (const auto scramble : all) {
    if (qmc::name(scramble) == wanted) {
      return scramble;
    }
    names.push_back(qmc::name(scramble));
  }
  throw InputError(fmt::format("no scramble is called \"{}\": there are {}", wanted, fmt::join(names, ", ")));
}

std::string generating_hash(const qmc::PointSet& set) {
  if (const auto* net = std::get_if<qmc::DigitalNet>(&set)) {
    return hash_of_words(net->matrices);
  }
  const auto* lattice = std::get_if<qmc::Lattice>(&set);
  return lattice != nullptr ? hash_of_words(lattice->z) : std::string();
}

std::string distribution_text(const Distribution& distribution) {
  Value table{Table{}};
  const auto numbers = [](std::initializer_list<double> list) {
    Array array;
    for (const double number : list) {
      array.emplace_back(number);
    }
    return Value(std::move(array));
  };
  switch (distribution.kind) {
    case Distribution::Kind::uniform:
      table.set("uniform", numbers({distribution.low, distribution.high}));
      break;
    case Distribution::Kind::log_uniform:
      table.set("log_uniform", numbers({distribution.low, distribution.high}));
      break;
    case Distribution::Kind::choice:
      table.set("choice", Value(Array(distribution.values)));
      break;
    case Distribution::Kind::normal:
      table.set("normal", numbers({distribution.mean, distribution.deviation}));
      if (std::isfinite(distribution.low)) {
        table.set("low", Value(distribution.low));
      }
      if (std::isfinite(distribution.high)) {
        table.set("high", Value(distribution.high));
      }
      break;
  }
  return table.to_toml();
}

qmc::Order PointRecord::point_order() const { return order == "gray" ? qmc::Order::gray : qmc::Order::natural; }

qmc::PointSet PointRecord::point_set(int wanted) const {
  const auto make = [&](int d) -> qmc::PointSet {
    if (sequence == "sobol") {
      return qmc::sobol(d, columns, interlacing);
    }
    if (sequence == "lattice") {
      return make_lattice(table, d);
    }
    if (sequence == "halton") {
      return qmc::Halton{d};
    }
    throw InputError(fmt::format("there is no sequence \"{}\"", sequence));
  };
  qmc::PointSet set = make(wanted);
  if (wanted == dimensions() && !table_sha256.empty() && generating_hash(set) != table_sha256) {
    throw InputError(fmt::format("{} holds other numbers than those in use when the points were made", table));
  }
  return set;
}

qmc::Randomization PointRecord::randomization() const {
  constexpr int splits = 3;
  return {parse_scramble(scramble), seed, split_replicates ? splits : 1, static_cast<std::uint32_t>(replicate)};
}

Value PointRecord::to_value() const {
  Value record{Table{}};
  record.set("sequence", sequence);
  record.set("table", table);
  record.set("table_sha256", table_sha256);
  record.set("dimensions", static_cast<std::int64_t>(dimensions()));
  record.set("assigned", texts(assigned));
  record.set("distributions", texts(distributions));
  record.set("interlacing", static_cast<std::int64_t>(interlacing));
  record.set("columns", static_cast<std::int64_t>(columns));
  record.set("order", order);
  record.set("scramble", scramble);
  record.set("seed", static_cast<std::int64_t>(seed));
  record.set("replicate", static_cast<std::int64_t>(replicate));
  record.set("first_point", static_cast<std::int64_t>(first_point));
  record.set("split_replicates", split_replicates);
  return record;
}

PointRecord PointRecord::from_value(const Value& value) {
  PointRecord record;
  record.sequence = member(value, "sequence").as_string();
  record.table = member(value, "table").as_string();
  record.table_sha256 = member(value, "table_sha256").as_string();
  record.assigned = texts(member(value, "assigned"));
  record.distributions = texts(member(value, "distributions"));
  record.interlacing = static_cast<int>(member(value, "interlacing").as_integer());
  record.columns = static_cast<int>(member(value, "columns").as_integer());
  record.order = member(value, "order").as_string();
  record.scramble = member(value, "scramble").as_string();
  record.seed = static_cast<std::uint64_t>(member(value, "seed").as_integer());
  record.replicate = static_cast<int>(member(value, "replicate").as_integer());
  record.first_point = static_cast<std::uint64_t>(member(value, "first_point").as_integer());
  record.split_replicates = member(value, "split_replicates").as_bool();
  return record;
}

}  // namespace kindred
