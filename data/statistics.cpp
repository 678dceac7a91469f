#include <algorithm>
#include <cmath>
#include <limits>

#include <kindred/data/summary.hpp>

namespace kindred::data {

double FieldStatistics::rms() const { return std::sqrt(variance + mean * mean); }

void FieldStatistics::merge(const FieldStatistics& other) {
  if (other.count == 0.0) {
    return;
  }
  if (count == 0.0) {
    *this = other;
    return;
  }
  const double total = count + other.count;
  const double difference = other.mean - mean;
  const double share = other.count / total;
  variance = (count * variance + other.count * other.variance) / total + difference * difference * (count / total) * share;
  mean += difference * share;
  minimum = std::min(minimum, other.minimum);
  maximum = std::max(maximum, other.maximum);
  count = total;
}

FieldStatistics statistics(std::span<const double> values) {
  FieldStatistics result;
  if (values.empty()) {
    return result;
  }
  result.count = static_cast<double>(values.size());
  double sum = 0.0;
  result.minimum = std::numeric_limits<double>::infinity();
  result.maximum = -std::numeric_limits<double>::infinity();
  for (const double value : values) {
    sum += value;
    result.minimum = std::min(result.minimum, value);
    result.maximum = std::max(result.maximum, value);
  }
  result.mean = sum / result.count;
  double squares = 0.0;
  for (const double value : values) {
    squares += (value - result.mean) * (value - result.mean);
  }
  result.variance = squares / result.count;
  return result;
}

ComponentStatistics empty_statistics(const DatasetLayout& layout) {
  ComponentStatistics all;
  for (const auto& field : layout.fields) {
    all.emplace_back(static_cast<std::size_t>(layout.row_components(field)));
  }
  return all;
}

void merge(ComponentStatistics& total, const ComponentStatistics& part) {
  for (std::size_t field = 0; field < total.size(); ++field) {
    for (std::size_t component = 0; component < total[field].size(); ++component) {
      total[field][component].merge(part[field][component]);
    }
  }
}

void add_row(std::vector<FieldStatistics>& components, std::span<const double> values) {
  if (components.size() == 1) {
    components[0].merge(statistics(values));
    return;
  }
  std::vector<double> one;
  for (std::size_t component = 0; component < components.size(); ++component) {
    one.clear();
    for (std::size_t i = component; i < values.size(); i += components.size()) {
      one.push_back(values[i]);
    }
    components[component].merge(statistics(one));
  }
}

ComponentStatistics read_statistics(const FileHandle& file, const ShardMap& map, const DatasetLayout& layout) {
  auto all = empty_statistics(layout);
  for (std::size_t field = 0; field < all.size(); ++field) {
    Index offset = map.statistics[field];
    for (auto& s : all[field]) {
      double numbers[statistics_numbers];
      file.read_at(std::as_writable_bytes(std::span(numbers)), offset);
      s = {numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]};
      offset += static_cast<Index>(sizeof(numbers));
    }
  }
  return all;
}

void write_statistics(const FileHandle& file, const ShardMap& map, const ComponentStatistics& statistics) {
  for (std::size_t field = 0; field < statistics.size(); ++field) {
    std::vector<double> numbers;
    for (const auto& s : statistics[field]) {
      numbers.insert(numbers.end(), {s.count, s.mean, s.variance, s.minimum, s.maximum});
    }
    file.write_at(std::as_bytes(std::span(numbers)), map.statistics[field]);
  }
}

}  // namespace kindred::data
