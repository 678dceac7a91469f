#include <kindred/apps/generate/design_report.hpp>

#include <algorithm>
#include <sstream>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <kindred/kernels/qmc/quality/report.hpp>
#include <kindred/operators/designs/point_design.hpp>

namespace kindred::app {

std::string design_text(const Family& family) {
  const auto* design = dynamic_cast<const PointDesign*>(&family.design());
  if (design == nullptr) {
    return {};
  }
  constexpr int examined = 8;
  constexpr double most_operations = 1e9;  // a second
  const PointRecord& record = design->record();
  const int dimensions = record.dimensions();
  const auto swept = static_cast<int>(family.columns().size());
  std::string text = fmt::format("  design   {}, scramble {}, replicate {}; {} coordinates: {} swept, {} of random fields\n",
                                 record.sequence, record.scramble, record.replicate, dimensions, swept, dimensions - swept);
  const std::uint64_t points = design->points().front();
  if (points < 2) {
    return text;
  }
  qmc::QualityOptions options;
  options.most_operations = most_operations;
  const auto report = qmc::quality_report(record.point_set(std::min(dimensions, examined)), record.randomization(), points, 0, options);
  std::istringstream lines(report.text());
  for (std::string line; std::getline(lines, line);) {
    text += "           " + line + "\n";
  }
  return text;
}

void warn_of_design(const Family& family) {
  for (const auto& warning : family.design().warnings()) {
    spdlog::warn("{}", warning);
  }
}

}  // namespace kindred::app
