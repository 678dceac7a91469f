#pragma once

#include <map>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <kindred/apps/verbs/learn/text.hpp>
#include <kindred/data/reader.hpp>

/// What `inspect` and `report` say about a data set, gathered in one pass over its bookkeeping.
namespace kindred::app {

struct Quantiles {
  Index count = 0;
  double minimum = 0.0;
  double quarter = 0.0;
  double median = 0.0;
  double three_quarters = 0.0;
  double maximum = 0.0;
  double sum = 0.0;
};
/// Linear interpolation between order statistics (type 7 of Hyndman and Fan 1996). NaNs are left out.
Quantiles quantiles(std::vector<double> values);

struct SplitCount {
  std::string name;
  Index rows = 0;
  Index done = 0;
  Index failed = 0;
};

/// One number per finished sample, in row order.
struct Columns {
  std::vector<std::vector<double>> scalars;  ///< one list per parameter of the layout
  std::vector<double> residual;
  std::vector<double> residual_stored;
  std::vector<double> iterations;
  std::vector<double> seconds_assemble;
  std::vector<double> seconds_solve;
  std::vector<double> seconds_io;
};

struct DatasetSummary {
  Index rows = 0;
  Index done = 0;
  Index failed = 0;
  Index bytes = 0;    ///< of the shard files
  Index redrawn = 0;  ///< finished samples whose first draw had failed
  std::vector<SplitCount> splits;
  Columns columns;
  std::map<std::string, data::FieldStatistics> fields;
  Index statistics_rows = 0;  ///< samples that `fields` was computed from
  std::vector<std::string> problems;

  [[nodiscard]] bool complete() const { return done == rows; }
};

/// @param every  compute field statistics from all finished samples; otherwise from at most 1 GiB of evenly spread ones
DatasetSummary summarize(const data::DatasetReader& reader, bool every);

nlohmann::json to_json(const Quantiles& q);
nlohmann::json to_json(const data::FieldStatistics& statistics);
nlohmann::json to_json(const data::DatasetReader& reader, const DatasetSummary& summary);
/// Rows whose samples are finished.
std::vector<Index> finished_rows(const data::DatasetReader& reader);

/// `(64, 64)`, `()`.
std::string shape_text(const std::vector<Index>& shape);
/// `64 × 64`.
std::string grid_text(const data::DatasetLayout& layout);
/// ` [m]`, or nothing for a dimensionless quantity.
std::string unit_suffix(const std::string& unit);

}  // namespace kindred::app
