#pragma once

#include <filesystem>
#include <string>
#include <variant>
#include <vector>

/// Pictures by gnuplot, through a pipe: a figure is rows of panels, laid out in pixels here so that nothing overlaps.
namespace kindred::app {

/// A scalar function on a uniform 2-D grid, drawn with equal aspect and a colour bar (viridis).
struct HeatMap {
  std::string title;
  std::string x_label;
  std::string y_label;
  std::vector<double> x;  ///< cell centres
  std::vector<double> y;
  std::vector<double> values;  ///< x.size() × y.size(), x slowest
  double low = 0.0;            ///< range of the colours
  double high = 1.0;
};

/// Curves, or a histogram when `bars`.
struct LinePlot {
  struct Series {
    std::string label;
    std::vector<double> x;
    std::vector<double> y;
  };
  std::string title;
  std::string x_label;
  std::string y_label;
  std::vector<Series> series;
  bool bars = false;
  bool decades = false;  ///< the abscissae are log10 of the quantity: tics read 10ⁿ
  double width = 400.0;  ///< of the plotting area, pixels
  double height = 260.0;
};

using Panel = std::variant<HeatMap, LinePlot>;

struct Figure {
  struct Row {
    std::string header;
    std::vector<Panel> panels;
  };
  std::string title;
  std::vector<Row> rows;
};

enum class PictureFormat { png, svg };

/// Of a file name's suffix. @throws InputError for any suffix but .png and .svg
PictureFormat picture_format(const std::filesystem::path& path);

/// Draws the figure into a file.
/// @throws InputError if gnuplot is not installed; IoError if it fails
void draw(const Figure& figure, const std::filesystem::path& path, PictureFormat format);

/// The figure as text for a terminal: heat maps as half-block characters (24-bit colour, or shades of grey), curves as a
/// line of bars. Needs no gnuplot.
std::string draw_text(const Figure& figure, bool color, int columns);

/// Counts of `values` in equal bins; of log10 |value| when `decades`.
LinePlot histogram(const std::string& title, const std::string& x_label, std::vector<double> values, bool decades = false);

}  // namespace kindred::app
