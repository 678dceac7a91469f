#include <kindred/operators/designs/point_design.hpp>

#include <algorithm>
#include <array>
#include <bit>

#include <fmt/format.h>

namespace kindred {
namespace {

/// What the coordinates stand for, for people and for the data set.
std::vector<std::string> coordinate_names(const std::vector<SweepAxis>& axes, const CoordinateAssignment& assignment) {
  std::vector<std::string> names;
  names.reserve(static_cast<std::size_t>(assignment.dimensions()));
  for (const auto& axis : axes) {
    names.push_back(axis.path);
  }
  for (const auto& variable : assignment.variables()) {
    names.push_back(fmt::format("{} #{}", variable.stream, variable.variable + 1));
  }
  return names;
}

}  // namespace

void PointDesignParameters::check(const Value& table, Diagnostics& diagnostics) const {
  if (split_replicates && scramble == "none") {
    const Value* place = table.find("split_replicates");
    diagnostics.error(place != nullptr ? place->location : table.location,
                      "split_replicates needs a scramble: without one all replicates are the same points",
                      "leave scramble out, or set split_replicates = false");
  }
}

PointDesign::PointDesign(const DesignContext& context, const PointDesignParameters& parameters, PointRecord record)
    : SweepDesign(context, required_count(context, record.sequence.c_str())),
      assignment_(context.axes.size(), context.streams, parameters.field_dimensions),
      record_(std::move(record)),
      store_points_(parameters.store_points) {
  if (assignment_.dimensions() == 0) {
    throw InputError(
        fmt::format("the design \"{}\" has nothing to choose: no parameter is swept, and no random field takes coordinates; "
                    "sweep a parameter, or use the design \"mc\"",
                    record_.sequence));
  }
  record_.assigned = coordinate_names(context.axes, assignment_);
  for (const auto& axis : context.axes) {
    record_.distributions.push_back(distribution_text(axis.distribution));
  }
  record_.scramble = parameters.scramble;
  record_.seed = context.seed;
  record_.replicate = static_cast<int>(parameters.replicate);
  record_.first_point = static_cast<std::uint64_t>(parameters.first);
  record_.split_replicates = parameters.split_replicates;
  const std::uint64_t last = record_.first_point + static_cast<std::uint64_t>(count()) - 1;
  record_.columns = std::max(record_.columns, static_cast<int>(std::bit_width(last)));
  try {
    const qmc::PointSet set = record_.point_set(record_.dimensions());
    record_.table_sha256 = generating_hash(set);
    sampler_ = std::make_unique<const qmc::Sampler>(set, record_.randomization());
  } catch (const InputError& problem) {
    throw InputError(fmt::format("the design \"{}\" of {} coordinates, {} of them for random fields: {}{}", record_.sequence,
                                 record_.dimensions(), assignment_.variables().size(), problem.what(),
                                 assignment_.variables().empty() ? "" : "; field_dimensions says how many each field takes"));
  }
  require_points(last);
  arrange({{0, count(), 0}});
}

void PointDesign::require_points(std::uint64_t last) const {
  if (const std::uint64_t points = sampler_->max_points(); last >= points) {
    throw InputError(
        fmt::format("the design \"{}\" has {} points, and this sweep would take those up to number {}: ask for fewer samples, "
                    "or use the design \"sobol\"",
                    record_.sequence, points, last));
  }
}

void PointDesign::arrange(const std::vector<SampleRange>& ranges) {
  std::array<std::uint64_t, 3> next{};
  next.fill(record_.first_point);
  ranges_.clear();
  for (const SampleRange& range : ranges) {
    std::uint64_t& first = next[static_cast<std::size_t>(record_.split_replicates ? range.split : 0)];
    ranges_.push_back({range, first});
    first += static_cast<std::uint64_t>(range.count);
  }
}

PointDesign::Place PointDesign::place(Index index) const {
  const auto range =
      std::find_if(ranges_.begin(), ranges_.end(), [&](const Range& r) { return index < r.samples.first + r.samples.count; });
  if (index < 0 || range == ranges_.end()) {
    throw InputError(fmt::format("the design \"{}\" has no sample {}", record_.sequence, index));
  }
  return {record_.split_replicates ? range->samples.split : 0,
          range->first_point + static_cast<std::uint64_t>(index - range->samples.first)};
}

std::uint64_t PointDesign::word(Index index, int coordinate) const {
  const auto [replicate, point] = place(index);
  return sampler_->word(point, coordinate, replicate, record_.point_order());
}

double PointDesign::coordinate(Index index, std::uint32_t attempt, int j) const {
  if (attempt > 0) {
    return axis_draws(context(), record_.assigned[static_cast<std::size_t>(j)], index, attempt).uniform(0);
  }
  return qmc::to_double_centred(word(index, j));
}

Value PointDesign::value(std::size_t axis, Index index, std::uint32_t attempt) const {
  return context().axes[axis].distribution.quantile(coordinate(index, attempt, static_cast<int>(axis)));
}

std::vector<Sample::Leading> PointDesign::leading(Index index, std::uint32_t attempt) const {
  return assignment_.leading([&](int j) { return coordinate(index, attempt, j); });
}

std::array<std::uint64_t, 3> PointDesign::points() const {
  std::array<std::uint64_t, 3> points{};
  for (const Range& range : ranges_) {
    points[static_cast<std::size_t>(record_.split_replicates ? range.samples.split : 0)] += static_cast<std::uint64_t>(range.samples.count);
  }
  return points;
}

std::vector<std::string> PointDesign::warnings() const {
  constexpr std::array split_names{"train", "valid", "test"};
  std::vector<std::string> found;
  const auto per_replicate = points();
  for (std::size_t split = 0; split < per_replicate.size(); ++split) {
    const std::uint64_t n = per_replicate[split];
    if (record_.sequence == "halton" || n == 0) {
      continue;
    }
    const std::string where = record_.split_replicates ? fmt::format(" in the split {}", split_names[split]) : std::string();
    if (!std::has_single_bit(n)) {
      found.push_back(fmt::format("the design \"{}\" is balanced for powers of two: {} samples{} are not, {} and {} are", record_.sequence,
                                  n, where, std::bit_floor(n), std::bit_ceil(n)));
    }
    if (record_.first_point % std::bit_ceil(n) != 0) {
      found.push_back(fmt::format("the points {} … {}{} do not begin at a multiple of {}, and are not as even as the first ones",
                                  record_.first_point, record_.first_point + n - 1, where, std::bit_ceil(n)));
    }
  }
  if (record_.scramble == "none") {
    found.emplace_back("without a scramble the points are not random: averages over them are biased, and point 0 is a corner of the cube");
  }
  return found;
}

}  // namespace kindred
