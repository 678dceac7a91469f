#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include <kindred/apps/verbs/analysis/gnuplot.hpp>

namespace kindred::app {
namespace {

constexpr std::array<std::array<double, 3>, 5> kViridis{{{68, 1, 84}, {59, 82, 139}, {33, 145, 140}, {94, 201, 98}, {253, 231, 37}}};

std::array<int, 3> color_of(double t) {
  const double at = std::clamp(std::isfinite(t) ? t : 0.0, 0.0, 1.0) * static_cast<double>(kViridis.size() - 1);
  const auto k = std::min(static_cast<std::size_t>(at), kViridis.size() - 2);
  const double w = at - static_cast<double>(k);
  std::array<int, 3> color{};
  for (std::size_t c = 0; c < 3; ++c) {
    color[c] = static_cast<int>(std::lround((1.0 - w) * kViridis[k][c] + w * kViridis[k + 1][c]));
  }
  return color;
}

/// Value at a fraction of the extent of each axis, scaled to [0, 1].
double level(const HeatMap& map, double fx, double fy) {
  const auto pick = [](double f, std::size_t n) { return std::min(n - 1, static_cast<std::size_t>(f * static_cast<double>(n))); };
  const double value = map.values[pick(fx, map.x.size()) * map.y.size() + pick(fy, map.y.size())];
  return map.high > map.low ? (value - map.low) / (map.high - map.low) : 0.5;
}

/// A character cell is about twice as high as wide: two pixels, one above the other, make it square.
std::string draw_map(const HeatMap& map, bool color, int columns) {
  const double extent_x = map.x.back() - map.x.front();
  const double extent_y = map.y.back() - map.y.front();
  const double aspect = extent_x > 0.0 && extent_y > 0.0 ? std::clamp(extent_y / extent_x, 0.1, 4.0) : 1.0;
  const int width = std::min(columns, 64);
  const int height = std::max(2, static_cast<int>(std::lround(width * aspect / 2.0)));
  std::string text = fmt::format("{}   {:.4g} … {:.4g}\n", map.title, map.low, map.high);
  for (int row = 0; row < height; ++row) {
    for (int column = 0; column < width; ++column) {
      const double fx = (column + 0.5) / width;
      const double upper = level(map, fx, 1.0 - (row + 0.25) / height);
      const double lower = level(map, fx, 1.0 - (row + 0.75) / height);
      if (color) {
        const auto top = color_of(upper);
        const auto bottom = color_of(lower);
        text += fmt::format("\033[38;2;{};{};{};48;2;{};{};{}m▀", top[0], top[1], top[2], bottom[0], bottom[1], bottom[2]);
      } else {
        static constexpr std::array<const char*, 5> shades{" ", "░", "▒", "▓", "█"};
        text += shades[static_cast<std::size_t>(std::clamp(0.5 * (upper + lower), 0.0, 0.999) * 5.0)];
      }
    }
    text += color ? "\033[0m\n" : "\n";
  }
  return text + fmt::format("{} →, {} ↑\n", map.x_label, map.y_label);
}

/// Each curve as a line of bars: enough to see its shape.
std::string draw_lines(const LinePlot& plot, int columns) {
  static constexpr std::array<const char*, 8> bars{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  std::string text = plot.title + "\n";
  for (const LinePlot::Series& series : plot.series) {
    if (series.y.empty()) {
      continue;
    }
    const auto [low, high] = std::minmax_element(series.y.begin(), series.y.end());
    const int width = std::min<int>(columns - 32, 64);
    std::string line;
    for (int column = 0; column < width; ++column) {
      const auto at = static_cast<std::size_t>((column + 0.5) / width * static_cast<double>(series.y.size()));
      const double t = *high > *low ? (series.y[at] - *low) / (*high - *low) : 0.5;
      line += bars[static_cast<std::size_t>(std::clamp(t, 0.0, 0.999) * 8.0)];
    }
    text += fmt::format("{}  {:.4g} … {:.4g}{}{}\n", line, *low, *high, series.label.empty() ? "" : "  ", series.label);
  }
  return text + plot.x_label + " →\n";
}

}  // namespace

std::string draw_text(const Figure& figure, bool color, int columns) {
  std::string text = figure.title + "\n";
  for (const Figure::Row& row : figure.rows) {
    if (!row.header.empty()) {
      text += "\n" + row.header + "\n";
    }
    for (const Panel& panel : row.panels) {
      text += "\n";
      if (const auto* map = std::get_if<HeatMap>(&panel)) {
        text += draw_map(*map, color, columns);
      } else {
        text += draw_lines(std::get<LinePlot>(panel), columns);
      }
    }
  }
  return text;
}

}  // namespace kindred::app
