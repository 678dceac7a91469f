#include <kindred/kernels/qmc/cubature/record.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

#include <kindred/core/base/error.hpp>
#include <kindred/core/base/random.hpp>

namespace kindred::qmc {
namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

std::string difference(const RecordOrigin& record, const RecordOrigin& now) {
  const auto numbers = [](const char* what, auto then, auto here) {
    return std::string(what) + " is " + std::to_string(then) + " there and " + std::to_string(here) + " here";
  };
  if (record.dimensions != now.dimensions) {
    return numbers("the number of dimensions", record.dimensions, now.dimensions);
  }
  if (record.outputs != now.outputs) {
    return numbers("the number of outputs", record.outputs, now.outputs);
  }
  if (record.seed != now.seed) {
    return numbers("the seed", record.seed, now.seed);
  }
  return "it describes \"" + record.description + "\", not \"" + now.description + "\"";
}

bool is_needed(const PointBlock& block, std::size_t output) { return block.needed.empty() || block.needed[output] != 0; }

/// Rows of a block from its row `begin` on, `count` of them.
PointBlock part(const PointBlock& block, std::size_t begin, std::size_t count, std::span<const std::uint8_t> needed) {
  const std::size_t d = block.points.size() / block.count;
  PointBlock result = block;
  result.points = block.points.subspan(begin * d, count * d);
  result.count = count;
  result.first = block.first + begin;
  result.needed = needed;
  return result;
}

}  // namespace

std::uint64_t RecordOrigin::fingerprint() const {
  return fnv1a(std::to_string(dimensions) + '\n' + std::to_string(outputs) + '\n' + std::to_string(seed) + '\n' + description);
}

std::uint64_t EvaluationRecord::rows(int level, int replicate) const {
  const auto found = values.find({level, replicate});
  return found == values.end() ? 0 : found->second.size() / static_cast<std::size_t>(origin.outputs);
}

std::uint64_t EvaluationRecord::rows() const {
  std::uint64_t sum = 0;
  for (const auto& [key, row_values] : values) {
    sum += row_values.size() / static_cast<std::size_t>(origin.outputs);
  }
  return sum;
}

RecordedIntegrand::RecordedIntegrand(Integrand& integrand, EvaluationRecord& record, RecordOrigin origin, Keep keep)
    : integrand_(integrand), multilevel_(dynamic_cast<MultilevelIntegrand*>(&integrand)), record_(record), keep_(std::move(keep)) {
  origin.dimensions = integrand.dimensions();
  origin.outputs = integrand.outputs();
  if (record_.values.empty() && record_.origin == RecordOrigin{}) {
    record_.origin = origin;
  }
  if (record_.origin != origin) {
    throw InputError("the recorded evaluations are of something else: " + difference(record_.origin, origin) +
                     "; resume with the same integrand and rule, or begin anew");
  }
  for (const auto& [key, values] : record_.values) {
    if (values.size() % static_cast<std::size_t>(origin.outputs) != 0) {
      throw InputError("the recorded evaluations of level " + std::to_string(key.first) + ", replicate " + std::to_string(key.second) +
                       " are " + std::to_string(values.size()) + " numbers, not whole rows of " + std::to_string(origin.outputs));
    }
  }
}

int RecordedIntegrand::dimensions_of(int level) const {
  return multilevel_ != nullptr ? multilevel_->dimensions_of(level) : integrand_.dimensions();
}

void RecordedIntegrand::evaluate(const PointBlock& block, std::span<double> values) {
  const auto outputs = static_cast<std::size_t>(integrand_.outputs());
  std::vector<double>& recorded = record_.values[{block.level, block.replicate}];
  const std::uint64_t rows = recorded.size() / outputs;
  if (block.first > rows) {
    throw InputError("recorded evaluations: points " + std::to_string(rows) + " … " + std::to_string(block.first - 1) + " of replicate " +
                     std::to_string(block.replicate) + " on level " + std::to_string(block.level) +
                     " are missing; a rule asks for points in their order");
  }
  const auto known = static_cast<std::size_t>(std::min<std::uint64_t>(rows - block.first, block.count));
  const std::size_t begin = static_cast<std::size_t>(block.first) * outputs;
  if (known > 0) {
    complete(part(block, 0, known, block.needed), std::span(recorded).subspan(begin, known * outputs));
  }
  if (known < block.count) {
    append(part(block, known, block.count - known, block.needed), recorded);
  }
  std::copy_n(recorded.begin() + static_cast<std::ptrdiff_t>(begin), values.size(), values.begin());
}

void RecordedIntegrand::complete(const PointBlock& block, std::span<double> recorded) {
  const auto outputs = static_cast<std::size_t>(integrand_.outputs());
  std::vector<std::uint8_t> absent(outputs, 0);
  const auto lacks = [&](std::size_t row, std::size_t i) { return is_needed(block, i) && std::isnan(recorded[row * outputs + i]); };
  std::size_t begin = block.count;
  std::size_t end = 0;
  for (std::size_t row = 0; row < block.count; ++row) {
    for (std::size_t i = 0; i < outputs; ++i) {
      if (lacks(row, i)) {
        absent[i] = 1;
        begin = std::min(begin, row);
        end = row + 1;
      }
    }
  }
  if (end == 0) {
    return;
  }
  std::vector<double> values((end - begin) * outputs, missing);
  integrand_.evaluate(part(block, begin, end - begin, absent), values);
  evaluated_ += end - begin;
  for (std::size_t k = 0; k < values.size(); ++k) {
    double& kept = recorded[begin * outputs + k];
    kept = absent[k % outputs] != 0 && std::isnan(kept) ? values[k] : kept;
  }
  if (keep_) {
    keep_(block.level, block.replicate, block.first + begin, recorded.subspan(begin * outputs, values.size()));
  }
}

void RecordedIntegrand::append(const PointBlock& block, std::vector<double>& recorded) {
  const auto outputs = static_cast<std::size_t>(integrand_.outputs());
  std::vector<double> values(block.count * outputs, missing);
  integrand_.evaluate(block, values);
  evaluated_ += block.count;
  for (std::size_t k = 0; k < values.size(); ++k) {
    if (!is_needed(block, k % outputs)) {
      values[k] = missing;
    }
  }
  recorded.insert(recorded.end(), values.begin(), values.end());
  if (keep_) {
    keep_(block.level, block.replicate, block.first, values);
  }
}

}  // namespace kindred::qmc
