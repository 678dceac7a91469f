#include <kindred/data/output_section.hpp>

#include <array>
#include <charconv>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include <kindred/core/base/error.hpp>
#include <kindred/core/deck/diagnostics.hpp>
#include <kindred/core/registry/registry.hpp>

namespace kindred::data {
namespace {

constexpr std::array<const char*, 3> split_names = {"train", "valid", "test"};

std::optional<double> number(const std::string& text) {
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) {
    return std::nullopt;
  }
  return value;
}

/// `100` is a count, `0.8` and `1.0` are fractions.
bool is_count(const std::string& text) { return text.find_first_not_of("0123456789") == std::string::npos; }

bool all_counts(const std::map<std::string, std::string>& split) {
  for (const auto& [name, text] : split) {
    if (!is_count(text)) {
      return false;
    }
  }
  return true;
}

/// What is wrong with a split; empty if nothing is.
std::string split_fault(const std::map<std::string, std::string>& split) {
  double sum = 0.0;
  for (const auto& [name, text] : split) {
    if (std::find(split_names.begin(), split_names.end(), name) == split_names.end()) {
      return fmt::format("\"{}\" is no split; there are train, valid and test", name);
    }
    const auto value = number(text);
    if (!value || *value < 0.0) {
      return fmt::format("{} = {} is neither a fraction nor a number of samples", name, text);
    }
    sum += *value;
  }
  if (split.empty() || sum == 0.0) {
    return "no split gets any sample";
  }
  if (!all_counts(split) && std::abs(sum - 1.0) > 1e-9) {
    return fmt::format("the fractions add up to {}, not to 1", sum);
  }
  return {};
}

}  // namespace

Index parse_bytes(const std::string& text) {
  struct Unit {
    const char* name;
    double bytes;
  };
  constexpr std::array<Unit, 11> units = {{{"", 1.0},
                                           {"B", 1.0},
                                           {"kB", 1e3},
                                           {"KB", 1e3},
                                           {"KiB", 0x1p10},
                                           {"MB", 1e6},
                                           {"MiB", 0x1p20},
                                           {"GB", 1e9},
                                           {"GiB", 0x1p30},
                                           {"TB", 1e12},
                                           {"TiB", 0x1p40}}};
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  std::string unit(end, text.data() + text.size());
  unit.erase(0, unit.find_first_not_of(' '));
  for (const auto& known : units) {
    if (error == std::errc{} && unit == known.name) {
      const double bytes = value * known.bytes;
      if (bytes >= 1.0 && bytes < 0x1p62) {
        return static_cast<Index>(bytes);
      }
    }
  }
  throw InputError(fmt::format("\"{}\" is no size: write a number and a unit, such as \"1 GiB\" or \"250 MB\"", text));
}

Schema<OutputParameters> OutputParameters::schema() {
  using P = OutputParameters;
  return {
      parameter("dir", &P::dir).runtime().doc("Directory of the data set. Default: `out/<name>`."),
      parameter("name", &P::name).doc("Name of the data set, used in file names. Default: the deck's file name."),
      parameter("fields", &P::fields).doc("Fields to store. Default: all that the problem has."),
      parameter("precision", &P::precision).choices({"f32", "f64"}).doc("Stored precision of the fields."),
      parameter("split", &P::split)
          .doc("Fractions (adding up to 1) or numbers of samples (adding up to the count) for `train`, `valid` and `test`."),
      parameter("shard_size", &P::shard_size).doc("Aimed size of one HDF5 file, such as `\"1 GiB\"` or `\"250 MB\"`."),
      parameter("steady_frames", &P::steady_frames)
          .range(1, 2)
          .doc("Time steps stored for a steady solution. With 2, the first is a hole of zeros that costs no disk space: "
               "The Well's trainers then map step 0 to step 1 with their default settings."),
      parameter("shuffle", &P::shuffle)
          .doc("Store the samples in a random order that the seed fixes, so that any range of rows is a fair sample. "
               "Set it to false to keep row = sample number."),
  };
}

void OutputParameters::check(const Value& table, Diagnostics& diagnostics) const {
  const auto location = [&](const char* key) {
    const Value* value = table.find(key);
    return value != nullptr ? value->location : table.location;
  };
  if (const std::string fault = split_fault(split); !fault.empty()) {
    diagnostics.error(location("split"), fmt::format("split: {}", fault), "for example: split = { train = 0.8, valid = 0.1, test = 0.1 }");
  }
  try {
    parse_bytes(shard_size);
  } catch (const InputError& error) {
    diagnostics.error(location("shard_size"), fmt::format("shard_size: {}", error.what()));
  }
  if (name.find('/') != std::string::npos) {
    diagnostics.error(location("name"), "name: a data set's name has no \"/\"; directories belong in `dir`");
  }
}

Index OutputParameters::shard_bytes() const { return parse_bytes(shard_size); }

std::vector<Split> OutputParameters::split_counts(Index count) const {
  if (const std::string fault = split_fault(split); !fault.empty()) {
    throw InputError(fmt::format("[output] split: {}", fault));
  }
  const double total = all_counts(split) ? static_cast<double>(count) : 1.0;
  std::vector<Split> splits;
  double sum = 0.0;
  Index previous = 0;
  for (const char* name : split_names) {
    const auto found = split.find(name);
    if (found == split.end()) {
      continue;
    }
    sum += *number(found->second);
    const Index end = std::min(count, static_cast<Index>(std::llround(sum / total * static_cast<double>(count))));
    if (end > previous) {
      splits.push_back({name, end - previous});
    }
    previous = end;
  }
  if (all_counts(split) && sum != total) {
    throw InputError(fmt::format("[output] split: the numbers of samples add up to {}, but there are {} samples", sum, count));
  }
  return splits;
}

namespace {
const Registration output_section =
    section<OutputParameters>("output")
        .summary("Where and how the data set is stored")
        .doc(
            "The data set is a directory of HDF5 files that The Well, PDEBench, xarray and h5py read as they are; see the page on the "
            "file format. Rows are split into `train`, `valid` and `test` after shuffling.")
        .example(
            "[output]\ndir = \"out/darcy\"\nprecision = \"f32\"\nsplit = { train = 0.8, valid = 0.1, test = 0.1 }\nshard_size = \"1 "
            "GiB\"\n");
}  // namespace

}  // namespace kindred::data
