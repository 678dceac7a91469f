#include <algorithm>
#include <cmath>

#include <kindred/apps/verbs/analysis/gnuplot.hpp>

namespace kindred::app {

LinePlot histogram(const std::string& title, const std::string& x_label, std::vector<double> values, bool decades) {
  LinePlot plot;
  plot.title = title;
  plot.x_label = x_label;
  plot.y_label = "samples";
  plot.bars = true;
  plot.width = 250.0;
  plot.height = 150.0;
  plot.decades = decades;
  if (decades) {
    for (double& value : values) {
      value = std::log10(std::abs(value));
    }
  }
  std::erase_if(values, [](double value) { return !std::isfinite(value); });
  LinePlot::Series series;
  if (!values.empty()) {
    const auto [low_at, high_at] = std::minmax_element(values.begin(), values.end());
    double low = *low_at;
    double high = *high_at;
    // Whole numbers over a short range get a bar each.
    const bool whole =
        !decades && high - low <= 40.0 && std::all_of(values.begin(), values.end(), [](double v) { return v == std::floor(v); });
    if (whole || high == low) {
      low -= 0.5;
      high += 0.5;
    }
    const auto bins = whole ? static_cast<std::size_t>(high - low)
                            : std::clamp<std::size_t>(static_cast<std::size_t>(2.0 * std::cbrt(values.size())), 5, 40);
    const double width = (high - low) / static_cast<double>(bins);
    series.y.assign(bins, 0.0);
    for (const double value : values) {
      series.y[std::min(bins - 1, static_cast<std::size_t>((value - low) / width))] += 1.0;
    }
    for (std::size_t k = 0; k < bins; ++k) {
      series.x.push_back(low + (static_cast<double>(k) + 0.5) * width);
    }
  }
  plot.series.push_back(std::move(series));
  return plot;
}

}  // namespace kindred::app
