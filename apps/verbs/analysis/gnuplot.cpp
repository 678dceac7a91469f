#include <kindred/apps/verbs/analysis/gnuplot.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include <kindred/apps/verbs/analysis/gnuplot_process.hpp>
#include <kindred/apps/verbs/analysis/labels.hpp>
#include <kindred/core/base/error.hpp>
#include <kindred/core/base/types.hpp>

namespace kindred::app {
namespace {

namespace fs = std::filesystem;

// Ten equally spaced colours of viridis (van der Walt and Smith, matplotlib 1.5; public domain).
constexpr std::array<unsigned, 10> kViridis{0x440154, 0x482878, 0x3e4989, 0x31688e, 0x26828e,
                                            0x1f9e89, 0x35b779, 0x6ece58, 0xb5de2b, 0xfde725};
// Eight colours that colour-blind readers can tell apart (Okabe and Ito 2008), dark ones first.
constexpr std::array<unsigned, 7> kSeriesColors{0x0072b2, 0xd55e00, 0x009e73, 0xcc79a7, 0xe69f00, 0x56b4e9, 0x333333};

struct Size {
  double width = 0.0;
  double height = 0.0;
};

// Pixels around a panel's plotting area, and its fonts.
constexpr double kLeft = 62.0;
constexpr double kTop = 26.0;
constexpr double kBottom = 46.0;
constexpr double kLineRight = 22.0;
constexpr double kBarGap = 10.0;
constexpr double kBarWidth = 12.0;
constexpr double kBarText = 46.0;
constexpr double kHeader = 30.0;
constexpr double kTitle = 44.0;
constexpr double kFont = 9.5;

double cell_width(const std::vector<double>& centers) {
  return centers.size() > 1 ? (centers.back() - centers.front()) / static_cast<double>(centers.size() - 1) : 1.0;
}
double low_face(const std::vector<double>& centers) { return centers.front() - 0.5 * cell_width(centers); }
double high_face(const std::vector<double>& centers) { return centers.back() + 0.5 * cell_width(centers); }

Size plot_size(const HeatMap& map) {
  constexpr double kLongest = 250.0;
  const double aspect = std::clamp((high_face(map.y) - low_face(map.y)) / (high_face(map.x) - low_face(map.x)), 0.2, 5.0);
  return aspect <= 1.0 ? Size{kLongest, kLongest * aspect} : Size{kLongest / aspect, kLongest};
}
Size plot_size(const LinePlot& plot) { return {plot.width, plot.height}; }
double right_margin(const HeatMap&) { return kBarGap + kBarWidth + kBarText; }
double right_margin(const LinePlot&) { return kLineRight; }

Size panel_size(const Panel& panel) {
  return std::visit(
      [](const auto& p) {
        const Size size = plot_size(p);
        return Size{kLeft + size.width + right_margin(p), kTop + size.height + kBottom};
      },
      panel);
}

/// Draws panels at pixel positions of a canvas, y down.
class Canvas {
 public:
  Canvas(Gnuplot& gnuplot, Size size) : gnuplot_(gnuplot), size_(size) {}

  void text(double x, double y, const std::string& text, double font, bool bold, const char* align, double rotate = 0.0,
            unsigned color = 0x222222) {
    gnuplot_.command("set label {} at screen {:.6f},{:.6f} {} font '{},{}' tc rgb '#{:06x}'{} front", quoted(text), screen_x(x),
                     screen_y(y), align, bold ? "DejaVu Sans Bold" : "", font, color,
                     rotate != 0.0 ? fmt::format(" rotate by {}", rotate) : "");
  }
  void clear() {
    gnuplot_.command("unset label");
    gnuplot_.command("unset xlabel; unset ylabel; unset key; unset colorbox; set xtics auto; set ytics auto; set autoscale");
  }
  /// An empty plot that carries the texts set so far.
  void flush_texts() {
    gnuplot_.command(
        "unset border; unset tics; set lmargin at screen 0; set rmargin at screen 1; set tmargin at screen 1; set bmargin at screen 0");
    gnuplot_.command("set xrange [0:1]; set yrange [0:1]; plot NaN notitle");
    gnuplot_.command("set tics");
    clear();
  }

  void draw(const HeatMap& map, double left, double top) {
    const Size size = plot_size(map);
    frame(map.title, map.x_label, map.y_label, left, top, size);
    axes(low_face(map.x), high_face(map.x), low_face(map.y), high_face(map.y), size);
    double low = map.low;
    double high = map.high;
    const int exponent = common_exponent(low, high);
    const double scale = std::pow(10.0, -exponent);
    low *= scale;
    high *= scale;
    const double spread = std::max(std::abs(low), std::abs(high));
    const bool constant = !(high - low > 1e-12 * spread);
    if (constant) {
      low -= spread > 0.0 ? 0.5 * spread : 0.5;
      high += spread > 0.0 ? 0.5 * spread : 0.5;
    }
    const double bar_left = left + kLeft + size.width + kBarGap;
    gnuplot_.command("set border 31 linecolor rgb '#555555' linewidth 0.8");
    gnuplot_.command("set cbrange [{}:{}]; set cbtics {} scale 0.4 offset -0.6,0 font ',{}' textcolor rgb '#444444' format '%g'", low, high,
                     tic_step(high - low, std::clamp(size.height / 26.0, 3.0, 8.0)), kFont - 1.0);
    gnuplot_.command("set colorbox vertical user origin screen {:.6f},{:.6f} size screen {:.6f},{:.6f} border 99", screen_x(bar_left),
                     screen_y(top + kTop + size.height), kBarWidth / size_.width, size.height / size_.height);
    if (exponent != 0) {
      text(bar_left + kBarWidth / 2 + 8, top + kTop - 9, "×10" + superscript(exponent), kFont - 1.5, false, "center", 0.0, 0x444444);
    }
    gnuplot_.command("plot '-' binary array=({},{}) format='%double' endian=little origin=({},{}) dx={} dy={} with image notitle",
                     map.x.size(), map.y.size(), map.x.front(), map.y.front(), cell_width(map.x), cell_width(map.y));
    std::vector<double> line(map.x.size());
    for (std::size_t j = 0; j < map.y.size(); ++j) {
      for (std::size_t i = 0; i < map.x.size(); ++i) {
        line[i] = map.values[i * map.y.size() + j] * scale;
      }
      gnuplot_.data(line);
    }
    clear();
  }

  void draw(const LinePlot& plot, double left, double top) {
    const Size size = plot_size(plot);
    frame(plot.title, plot.x_label, plot.y_label, left, top, size);
    double x_low = std::numeric_limits<double>::infinity();
    double x_high = -x_low;
    double y_low = plot.bars ? 0.0 : x_low;
    double y_high = -std::numeric_limits<double>::infinity();
    for (const LinePlot::Series& series : plot.series) {
      for (std::size_t i = 0; i < series.x.size(); ++i) {
        if (!std::isfinite(series.x[i]) || !std::isfinite(series.y[i])) {
          continue;
        }
        x_low = std::min(x_low, series.x[i]);
        x_high = std::max(x_high, series.x[i]);
        y_low = std::min(y_low, series.y[i]);
        y_high = std::max(y_high, series.y[i]);
      }
    }
    if (!(x_low <= x_high)) {
      x_low = 0.0, x_high = 1.0, y_low = 0.0, y_high = 1.0;
    }
    // Abscissae are centres of cells or bins: the axis ends at their faces.
    const double bar = plot.series[0].x.size() > 1 ? cell_width(plot.series[0].x) : 1.0;
    x_low -= 0.5 * bar;
    x_high += 0.5 * bar;
    if (y_high == y_low) {
      y_low -= 0.5 * std::max(1.0, std::abs(y_low)), y_high += 0.5 * std::max(1.0, std::abs(y_high));
    }
    const int exponent = plot.bars ? 0 : common_exponent(y_low, y_high);
    const double scale = std::pow(10.0, -exponent);
    const double pad = 0.05 * (y_high - y_low);
    const bool keyed = plot.series.size() > 1;
    axes(x_low, x_high, (plot.bars ? y_low : y_low - pad) * scale, (y_high + pad) * scale, size);
    if (exponent != 0) {
      text(left + kLeft, top + kTop - 9, "×10" + superscript(exponent), kFont - 1.5, false, "right", 0.0, 0x444444);
    }
    if (plot.decades) {
      decade_tics(x_low, x_high);
    }
    gnuplot_.command("set border 3 linecolor rgb '#555555' linewidth 0.8");
    if (keyed) {
      gnuplot_.command("set key outside below center horizontal samplen 1.5 font ',{}' textcolor rgb '#333333'", kFont - 1.0);
      gnuplot_.command("set key at screen {:.6f},{:.6f} center top", screen_x(left + kLeft + size.width / 2),
                       screen_y(top + kTop + size.height + kBottom - 2));
    }
    std::string command = "plot ";
    for (std::size_t k = 0; k < plot.series.size(); ++k) {
      const LinePlot::Series& series = plot.series[k];
      command += fmt::format("{}'-' binary record=({}) format='%double%double' endian=little using 1:2 with {} lc rgb '#{:06x}' {}",
                             k == 0 ? "" : ", ", series.x.size(),
                             plot.bars ? fmt::format("boxes fillstyle solid 0.85 border rgb '#ffffff'") : std::string("lines lw 1.8"),
                             kSeriesColors[k % kSeriesColors.size()], keyed ? "title " + quoted(series.label) : "notitle");
    }
    if (plot.bars) {
      gnuplot_.command("set boxwidth {} absolute", bar);
    }
    gnuplot_.command("{}", command);
    for (const LinePlot::Series& series : plot.series) {
      std::vector<double> pairs;
      for (std::size_t i = 0; i < series.x.size(); ++i) {
        pairs.push_back(series.x[i]);
        pairs.push_back(series.y[i] * scale);
      }
      gnuplot_.data(pairs);
    }
    clear();
  }

 private:
  [[nodiscard]] double screen_x(double x) const { return x / size_.width; }
  [[nodiscard]] double screen_y(double y) const { return 1.0 - y / size_.height; }

  void frame(const std::string& title, const std::string& x_label, const std::string& y_label, double left, double top, Size size) {
    gnuplot_.command(
        "set lmargin at screen {:.6f}; set rmargin at screen {:.6f}; set tmargin at screen {:.6f}; set bmargin at screen {:.6f}",
        screen_x(left + kLeft), screen_x(left + kLeft + size.width), screen_y(top + kTop), screen_y(top + kTop + size.height));
    text(left + kLeft + size.width / 2, top + kTop - 11, fitted(title, size.width + 90.0, kFont), kFont, false, "center");
    text(left + kLeft + size.width / 2, top + kTop + size.height + 31, fitted(x_label, size.width + 60.0, kFont), kFont, false, "center",
         0.0, 0x444444);
    if (!y_label.empty()) {
      text(left + 12, top + kTop + size.height / 2, fitted(y_label, size.height + 60.0, kFont), kFont, false, "center", 90.0, 0x444444);
    }
  }

  void axes(double x_low, double x_high, double y_low, double y_high, Size size) {
    gnuplot_.command("set xrange [{}:{}]; set yrange [{}:{}]", x_low, x_high, y_low, y_high);
    gnuplot_.command("set xtics {} out nomirror scale 0.5 offset 0,0.35 font ',{}' textcolor rgb '#444444' format '%g'",
                     tic_step(x_high - x_low, std::clamp(size.width / 45.0, 2.0, 6.0)), kFont - 1.0);
    gnuplot_.command("set ytics {} out nomirror scale 0.5 offset 0.4,0 font ',{}' textcolor rgb '#444444' format '%g'",
                     tic_step(y_high - y_low, std::clamp(size.height / 40.0, 2.0, 6.0)), kFont - 1.0);
  }

  void decade_tics(double low, double high) {
    const int step = std::max(1, static_cast<int>(std::ceil((high - low) / 6.0)));
    std::string tics;
    for (int n = static_cast<int>(std::ceil(low)); n <= static_cast<int>(std::floor(high)); n += step) {
      tics += fmt::format("{}'10{}' {}", tics.empty() ? "" : ", ", superscript(n), n);
    }
    if (tics.empty()) {
      // Less than a decade: the ends in full.
      tics = fmt::format("'{:.2g}' {}, '{:.2g}' {}", std::pow(10.0, low), low, std::pow(10.0, high), high);
    }
    gnuplot_.command("set xtics ({})", tics);
  }

  Gnuplot& gnuplot_;
  Size size_;
};

struct Placement {
  std::vector<double> column_left;
  std::vector<double> row_top;
  Size canvas;
};

Placement place(const Figure& figure) {
  constexpr double kOuter = 14.0;
  std::vector<double> widths;
  Placement placement;
  double top = figure.title.empty() ? kOuter : kTitle;
  for (const Figure::Row& row : figure.rows) {
    double height = 0.0;
    for (std::size_t k = 0; k < row.panels.size(); ++k) {
      const Size size = panel_size(row.panels[k]);
      if (k == widths.size()) {
        widths.push_back(0.0);
      }
      widths[k] = std::max(widths[k], size.width);
      height = std::max(height, size.height);
    }
    std::size_t curves = 0;
    for (const Panel& panel : row.panels) {
      const auto* plot = std::get_if<LinePlot>(&panel);
      curves = std::max(curves, plot != nullptr ? plot->series.size() : 0);
    }
    const double key = curves < 2 ? 0.0 : curves <= 4 ? 20.0 : 36.0;
    if (!row.header.empty()) {
      top += kHeader;
    }
    placement.row_top.push_back(top);
    top += height + key;
  }
  double left = kOuter;
  for (const double width : widths) {
    placement.column_left.push_back(left);
    left += width;
  }
  placement.canvas = {std::max(left, 420.0), top + 6.0};
  return placement;
}

}  // namespace

PictureFormat picture_format(const fs::path& path) {
  if (path.extension() == ".png") {
    return PictureFormat::png;
  }
  if (path.extension() == ".svg") {
    return PictureFormat::svg;
  }
  throw InputError(fmt::format("{}: pictures end in .png or .svg", path.string()));
}

void draw(const Figure& figure, const fs::path& path, PictureFormat format) {
  const Placement placement = place(figure);
  const Size size = placement.canvas;
  // Twice the pixels: sharp on today's screens and in print. Beyond cairo's limit a picture stays at one.
  const double resolution = std::max(size.width, size.height) > 7000.0 ? 1.0 : 2.0;
  Gnuplot gnuplot;
  if (format == PictureFormat::png) {
    gnuplot.command("set terminal pngcairo size {:.0f},{:.0f} font 'DejaVu Sans,{}' fontscale {} linewidth {} background rgb 'white'",
                    size.width * resolution, size.height * resolution, kFont, resolution, resolution);
  } else {
    gnuplot.command("set terminal svg size {:.0f},{:.0f} dynamic font 'DejaVu Sans,{}' background rgb 'white'", size.width, size.height,
                    kFont);
  }
  std::string output = path.string();
  for (std::size_t at = 0; (at = output.find('\'', at)) != std::string::npos; at += 2) {
    output.insert(at, 1, '\'');
  }
  gnuplot.command("set output '{}'", output);
  gnuplot.command("set encoding utf8; set samples 2; set termoption enhanced; set linetype 99 lc rgb '#555555' lw 0.6");
  std::string palette;
  for (std::size_t k = 0; k < kViridis.size(); ++k) {
    palette += fmt::format("{}{} '#{:06x}'", k == 0 ? "" : ", ", k, kViridis[k]);
  }
  gnuplot.command("set palette defined ({})", palette);
  gnuplot.command("set multiplot");
  Canvas canvas(gnuplot, size);
  canvas.clear();
  if (!figure.title.empty()) {
    canvas.text(20, 22, fitted(figure.title, size.width - 40.0, 12.5), 12.5, true, "left");
  }
  for (std::size_t r = 0; r < figure.rows.size(); ++r) {
    if (!figure.rows[r].header.empty()) {
      canvas.text(20, placement.row_top[r] - 10, fitted(figure.rows[r].header, size.width - 40.0, 10.0), 10.0, false, "left", 0.0,
                  0x225577);
    }
  }
  canvas.flush_texts();
  for (std::size_t r = 0; r < figure.rows.size(); ++r) {
    for (std::size_t k = 0; k < figure.rows[r].panels.size(); ++k) {
      std::visit([&](const auto& panel) { canvas.draw(panel, placement.column_left[k], placement.row_top[r]); }, figure.rows[r].panels[k]);
    }
  }
  gnuplot.command("unset multiplot; unset output");
  gnuplot.finish();
  if (!fs::exists(path)) {
    throw IoError(fmt::format("gnuplot did not write {}; its message stands above", path.string()));
  }
}

}  // namespace kindred::app
