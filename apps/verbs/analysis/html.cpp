#include <kindred/apps/verbs/analysis/html.hpp>

#include <unistd.h>

#include <array>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include <fmt/format.h>

#include <kindred/core/base/error.hpp>
#include <kindred/core/hash/sha256.hpp>
#include <kindred/core/run/run.hpp>
#include <kindred/data/export/common.hpp>

namespace kindred::app {

namespace fs = std::filesystem;

std::string base64(const std::string& bytes) {
  static constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve(4 * ((bytes.size() + 2) / 3));
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    unsigned triple = 0;
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    for (std::size_t k = 0; k < 3; ++k) {
      triple = triple << 8 | (k < count ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      text += k <= count ? alphabet[triple >> (18 - 6 * k) & 63U] : '=';
    }
  }
  return text;
}

namespace {

constexpr const char* kStyle = R"(
:root { color-scheme: light dark; --ink: #1d2733; --soft: #5b6b7b; --line: #d9e0e7; --back: #f6f8fa; --card: #ffffff; --mark: #2c6e8f; --bad: #b3261e; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6ebf0; --soft: #9aa9b8; --line: #32404e; --back: #12181f; --card: #1a222b; --mark: #7cc4e4; --bad: #ff8a80; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--ink); font: 15px/1.5 system-ui, "DejaVu Sans", sans-serif; }
main { max-width: 1080px; margin: 0 auto; padding: 32px 20px 64px; }
h1 { margin: 0 0 4px; font-size: 28px; }
h2 { margin: 36px 0 10px; font-size: 18px; color: var(--mark); }
p.lead { margin: 0 0 20px; color: var(--soft); }
.tiles { display: flex; flex-wrap: wrap; gap: 12px; }
.tile { flex: 1 1 130px; background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 10px 14px; }
.tile b { display: block; font-size: 19px; font-weight: 600; }
.tile span { color: var(--soft); font-size: 13px; }
.scroll { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: 8px; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th, td { text-align: left; padding: 6px 12px; border-bottom: 1px solid var(--line); white-space: nowrap; }
tr:last-child td { border-bottom: 0; }
th { color: var(--soft); font-weight: 500; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
td.text { white-space: normal; overflow-wrap: anywhere; }
figure { margin: 0; background: #ffffff; border: 1px solid var(--line); border-radius: 8px; padding: 8px; overflow-x: auto; }
figure img { display: block; max-width: 100%; height: auto; margin: 0 auto; }
pre { margin: 0; padding: 12px 16px; overflow-x: auto; font: 13px/1.45 ui-monospace, "DejaVu Sans Mono", monospace; }
details { background: var(--card); border: 1px solid var(--line); border-radius: 8px; margin-top: 10px; }
summary { padding: 8px 14px; cursor: pointer; }
.bad { color: var(--bad); }
footer { margin-top: 40px; color: var(--soft); font-size: 13px; }
)";

/// A file of its own in the temporary folder, removed at the end.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& suffix) {
    std::string pattern = (fs::temp_directory_path() / "kindred-XXXXXX").string() + suffix;
    const int descriptor = mkstemps(pattern.data(), static_cast<int>(suffix.size()));
    if (descriptor < 0) {
      throw IoError(fmt::format("cannot make a temporary file in {}", fs::temp_directory_path().string()));
    }
    close(descriptor);
    path_ = pattern;
  }
  ~TemporaryFile() {
    std::error_code ignored;
    fs::remove(path_, ignored);
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  [[nodiscard]] const fs::path& path() const { return path_; }
  [[nodiscard]] std::string content() const {
    std::ifstream in(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

 private:
  fs::path path_;
};

std::string picture(const Figure& figure, PictureFormat format, const std::string& description) {
  const bool png = format == PictureFormat::png;
  const TemporaryFile file(png ? ".png" : ".svg");
  draw(figure, file.path(), format);
  return fmt::format("<figure><img alt=\"{}\" src=\"data:image/{};base64,{}\"></figure>\n", data::escape_markup(description),
                     png ? "png" : "svg+xml", base64(file.content()));
}

using Cells = std::vector<std::string>;

/// @param text_columns  so many columns from the left hold words, the others numbers
std::string table(const Cells& head, const std::vector<Cells>& rows, std::size_t text_columns) {
  std::string html = "<div class=\"scroll\"><table><thead><tr>";
  const auto style = [&](std::size_t k) { return k < text_columns ? "" : " class=\"n\""; };
  for (std::size_t k = 0; k < head.size(); ++k) {
    html += fmt::format("<th{}>{}</th>", style(k), data::escape_markup(head[k]));
  }
  html += "</tr></thead><tbody>\n";
  for (const Cells& row : rows) {
    html += "<tr>";
    for (std::size_t k = 0; k < row.size(); ++k) {
      html += fmt::format("<td{}>{}</td>", style(k), data::escape_markup(row[k]));
    }
    html += "</tr>\n";
  }
  return html + "</tbody></table></div>\n";
}

std::string number(double value) { return fmt::format("{:.4g}", value); }

std::string tile(const std::string& value, const std::string& label) {
  return fmt::format("<div class=\"tile\"><b>{}</b><span>{}</span></div>\n", data::escape_markup(value), data::escape_markup(label));
}

std::string tiles(const data::DatasetLayout& layout, const DatasetSummary& summary) {
  std::string html = "<div class=\"tiles\">\n";
  html += tile(summary.complete() ? fmt::format("{}", summary.rows) : fmt::format("{} of {}", summary.done, summary.rows), "samples");
  html += tile(grid_text(layout), "cells");
  html += tile(bytes_text(static_cast<double>(summary.bytes)), layout.precision == data::Precision::f32 ? "float32" : "float64");
  if (summary.done > 0) {
    html += tile(fmt::format("{:.1e}", quantiles(summary.columns.residual).maximum), "largest relative residual");
    const double solve = quantiles(summary.columns.seconds_solve).sum + quantiles(summary.columns.seconds_assemble).sum;
    html += tile(fmt::format("{:.3g} ms", 1e3 * solve / static_cast<double>(summary.done)), "assembly and solve, a sample");
  }
  return html + "</div>\n";
}

std::string splits_table(const DatasetSummary& summary) {
  std::vector<Cells> rows;
  rows.reserve(summary.splits.size());
  for (const SplitCount& split : summary.splits) {
    rows.push_back({split.name, fmt::format("{}", split.rows), fmt::format("{}", split.done), fmt::format("{}", split.failed)});
  }
  return table({"split", "samples", "done", "failed"}, rows, 1);
}

std::string fields_table(const data::DatasetLayout& layout, const DatasetSummary& summary) {
  std::vector<Cells> rows;
  for (const data::FieldLayout& field : layout.fields) {
    const data::FieldStatistics& s = summary.fields.at(field.name);
    Cells row{field.name, field.long_name, field.output ? "output" : "input", shape_text(data::frame_shape(layout, field)), field.unit};
    for (const double value : {s.mean, std::sqrt(s.variance), s.minimum, s.maximum}) {
      row.push_back(s.count > 0 ? number(value) : "–");
    }
    rows.push_back(std::move(row));
  }
  return table({"field", "meaning", "role", "shape", "unit", "mean", "std", "min", "max"}, rows, 5);
}

std::string axes_and_sides(const data::DatasetLayout& layout) {
  std::vector<Cells> axes;
  for (const data::AxisLayout& axis : layout.axes) {
    const std::size_t n = axis.coordinates.size();
    const double spacing = n > 1 ? (axis.coordinates.back() - axis.coordinates.front()) / static_cast<double>(n - 1) : 0.0;
    axes.push_back(
        {axis.name, axis.unit, fmt::format("{}", n), number(axis.coordinates.front()), number(axis.coordinates.back()), number(spacing)});
  }
  std::string html = "<h2>Grid</h2>\n" + table({"axis", "unit", "cells", "first centre", "last centre", "spacing"}, axes, 2);
  if (layout.boundary.empty()) {
    return html;
  }
  std::vector<Cells> sides;
  sides.reserve(layout.boundary.size());
  for (const data::BoundaryLayout& side : layout.boundary) {
    sides.push_back({side.axis + (side.high ? "_hi" : "_lo"), side.kind, side.expression});
  }
  return html + "<h2>Boundary conditions</h2>\n" + table({"side", "kind", "value"}, sides, 3);
}

Cells quantile_row(const std::string& name, const std::string& unit, const Quantiles& q) {
  return {name,
          unit,
          number(q.minimum),
          number(q.quarter),
          number(q.median),
          number(q.three_quarters),
          number(q.maximum),
          number(q.sum / static_cast<double>(q.count))};
}

const Cells kQuantileHead{"", "unit", "min", "25 %", "median", "75 %", "max", "mean"};

/// Histograms in rows of three.
Figure panels(std::vector<LinePlot> plots) {
  Figure figure;
  for (LinePlot& plot : plots) {
    if (figure.rows.empty() || figure.rows.back().panels.size() == 3) {
      figure.rows.emplace_back();
    }
    figure.rows.back().panels.emplace_back(std::move(plot));
  }
  return figure;
}

/// Positive values over more than two decades read better on a logarithmic axis.
bool spans_decades(const Quantiles& q) { return q.minimum > 0.0 && q.maximum > 100.0 * q.minimum; }

std::string parameters_section(const data::DatasetLayout& layout, const DatasetSummary& summary) {
  if (layout.scalars.empty() || summary.done == 0) {
    return "";
  }
  constexpr std::size_t kDrawn = 12;
  std::vector<Cells> rows;
  std::vector<LinePlot> plots;
  for (std::size_t k = 0; k < layout.scalars.size(); ++k) {
    const data::ScalarLayout& scalar = layout.scalars[k];
    const Quantiles q = quantiles(summary.columns.scalars[k]);
    rows.push_back(quantile_row(scalar.name, scalar.unit, q));
    if (k < kDrawn) {
      plots.push_back(histogram(scalar.name, scalar.name + unit_suffix(scalar.unit), summary.columns.scalars[k], spans_decades(q)));
    }
  }
  return "<h2>Parameters</h2>\n" + picture(panels(std::move(plots)), PictureFormat::svg, "histograms of the parameters") + "<br>\n" +
         table(kQuantileHead, rows, 2);
}

std::string solves_section(const DatasetSummary& summary) {
  if (summary.done == 0) {
    return "";
  }
  const Columns& c = summary.columns;
  std::vector<LinePlot> plots;
  plots.push_back(histogram("true relative residual", "‖b − A x‖ / ‖b‖", c.residual, true));
  plots.push_back(histogram("iterations", "iterations", c.iterations));
  std::vector<double> milliseconds = c.seconds_solve;
  for (double& value : milliseconds) {
    value *= 1e3;
  }
  const Quantiles spread = quantiles(milliseconds);
  plots.push_back(histogram("solve time", "ms", std::move(milliseconds), spans_decades(spread)));
  std::vector<Cells> rows;
  rows.push_back(quantile_row("relative residual", "1", quantiles(c.residual)));
  rows.push_back(quantile_row("relative residual as stored", "1", quantiles(c.residual_stored)));
  rows.push_back(quantile_row("iterations", "1", quantiles(c.iterations)));
  std::vector<Cells> times;
  double all = 0.0;
  for (const auto* seconds : {&c.seconds_assemble, &c.seconds_solve, &c.seconds_io}) {
    all += quantiles(*seconds).sum;
  }
  const auto time = [&](const std::string& name, const std::vector<double>& seconds) {
    const Quantiles q = quantiles(seconds);
    rows.push_back(quantile_row(name, "s", q));
    times.push_back({name, fmt::format("{:.3g}", q.sum), fmt::format("{:.1f} %", all > 0.0 ? 100.0 * q.sum / all : 0.0)});
  };
  time("assembly", c.seconds_assemble);
  time("solve", c.seconds_solve);
  time("writing", c.seconds_io);
  std::string html =
      "<h2>Solves</h2>\n" + picture(panels(std::move(plots)), PictureFormat::svg, "histograms of residuals, iterations and solve times") +
      "<br>\n" + table(kQuantileHead, rows, 2) + "<h2>Where the time went</h2>\n" + table({"phase", "seconds in all", "share"}, times, 1);
  if (summary.redrawn > 0) {
    html += fmt::format("<p>{} samples were redrawn after a failed solve.</p>\n", summary.redrawn);
  }
  return html;
}

std::string provenance_section(const data::DatasetLayout& layout) {
  std::vector<Cells> rows{{"dataset_id", sha256(layout.identity)}};
  std::string texts;
  const auto add_text = [&](const std::string& name, const std::string& text, bool open) {
    texts += fmt::format("<details{}><summary>{}</summary><pre>{}</pre></details>\n", open ? " open" : "", data::escape_markup(name),
                         data::escape_markup(text));
  };
  for (const auto& [key, text] : layout.provenance) {
    if (text.find('\n') == std::string::npos && text.size() <= 200) {
      rows.push_back({key, text});
    } else {
      add_text(key, text, key == "deck");
    }
  }
  std::string html = "<h2>Provenance</h2>\n" + table({"what", "value"}, rows, 2) + texts;
  if (!layout.provenance.contains("deck") && !layout.identity.empty()) {
    html += fmt::format("<details open><summary>deck</summary><pre>{}</pre></details>\n", data::escape_markup(layout.identity));
  }
  return html;
}

}  // namespace

std::string html_report(const data::DatasetReader& reader, const DatasetSummary& summary, const Figure& montage) {
  const data::DatasetLayout& layout = reader.layout();
  const std::string name = data::escape_markup(layout.name);
  std::string html = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, "
      "initial-scale=1\">\n"
      "<title>{} – data set report</title>\n<style>{}</style>\n</head>\n<body>\n<main>\n",
      name, kStyle);
  html += fmt::format("<h1>{}</h1>\n<p class=\"lead\">A family of {}-D problems, seed {}.</p>\n", name, layout.axes.size(), layout.seed);
  html += tiles(layout, summary);
  for (const std::string& problem : summary.problems) {
    html += fmt::format("<p class=\"bad\">{}</p>\n", data::escape_markup(problem));
  }
  if (!montage.rows.empty()) {
    Figure untitled = montage;
    untitled.title.clear();
    html += "<h2>Samples</h2>\n" + picture(untitled, PictureFormat::png, "pictures of a few samples");
  }
  html += "<h2>Fields</h2>\n" + fields_table(layout, summary);
  if (summary.statistics_rows < summary.done) {
    html += fmt::format("<p>Statistics of {} evenly spread samples.</p>\n", summary.statistics_rows);
  }
  html += "<h2>Splits</h2>\n" + splits_table(summary);
  html += axes_and_sides(layout);
  html += parameters_section(layout, summary);
  html += solves_section(summary);
  html += provenance_section(layout);
  if (!layout.card.empty()) {
    html += fmt::format("<h2>Data set card</h2>\n<div class=\"scroll\"><pre>{}</pre></div>\n", data::escape_markup(layout.card));
  }
  html += fmt::format("<footer>Made by kindred report on {}.</footer>\n</main>\n</body>\n</html>\n", utc_now());
  return html;
}

}  // namespace kindred::app
