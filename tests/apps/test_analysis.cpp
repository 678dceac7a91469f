#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <kindred/apps/verbs/analysis/gnuplot.hpp>
#include <kindred/apps/verbs/analysis/html.hpp>
#include <kindred/apps/verbs/analysis/labels.hpp>
#include <kindred/apps/verbs/analysis/montage.hpp>
#include <kindred/apps/verbs/analysis/summary.hpp>
#include <kindred/apps/verbs/analysis/tree.hpp>
#include <kindred/apps/verbs/verb.hpp>

#include "../data/test_export_dataset.hpp"

using namespace kindred;
using namespace kindred::app;
using kindred::testing::known_layout;
using kindred::testing::known_value;
using kindred::testing::make_known;
using kindred::testing::TemporaryFolder;
using kindred::testing::write_known;

namespace fs = std::filesystem;

namespace {

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  BOOST_REQUIRE_MESSAGE(in, path);
  return {std::istreambuf_iterator<char>(in), {}};
}

struct Outcome {
  std::string output;
  ExitCode exit_code = ExitCode::ok;
  [[nodiscard]] nlohmann::json json() const { return nlohmann::json::parse(output); }
};

/// Runs one verb in this process and catches what it prints on stdout.
Outcome run_verb(const std::string& line, bool json = false) {
  CLI::App app("kindred");
  Context context;
  context.json = json;
  add_inspect(app, context);
  add_verify(app, context);
  add_plot(app, context);
  add_report(app, context);
  add_export(app, context);
  add_stats(app, context);
  const TemporaryFolder folder;
  const fs::path capture = folder.path() / "stdout";
  std::fflush(stdout);
  const int saved = dup(STDOUT_FILENO);
  std::FILE* file = std::fopen(capture.c_str(), "w");
  dup2(fileno(file), STDOUT_FILENO);
  const auto restore = [&] {
    std::fflush(stdout);
    dup2(saved, STDOUT_FILENO);
    close(saved);
    std::fclose(file);
  };
  try {
    app.parse(line);
  } catch (...) {
    restore();
    throw;
  }
  restore();
  return {read_file(capture), context.exit_code};
}

bool gnuplot_installed() { return std::system("command -v gnuplot > /dev/null 2>&1") == 0; }

/// Width and height from a PNG's header chunk (PNG specification, section 11.2.2).
std::pair<unsigned, unsigned> png_size(const std::string& bytes) {
  BOOST_REQUIRE_EQUAL(bytes.substr(0, 8), "\x89PNG\r\n\x1a\n");
  const auto number = [&](std::size_t at) {
    unsigned value = 0;
    for (std::size_t k = 0; k < 4; ++k) {
      value = value << 8 | static_cast<unsigned char>(bytes[at + k]);
    }
    return value;
  };
  return {number(16), number(20)};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_analysis)

BOOST_AUTO_TEST_CASE(quantiles_interpolate_order_statistics) {
  // Type 7: position p (n - 1) among the sorted values 1, 2, 3, 10.
  const Quantiles q = quantiles({10.0, 1.0, std::nan(""), 3.0, 2.0});
  BOOST_TEST(q.count == 4);
  BOOST_TEST(q.minimum == 1.0);
  BOOST_TEST(q.quarter == 1.75);
  BOOST_TEST(q.median == 2.5);
  BOOST_TEST(q.three_quarters == 4.75);
  BOOST_TEST(q.maximum == 10.0);
  BOOST_TEST(q.sum == 16.0);
  BOOST_TEST(quantiles({}).count == 0);
}

BOOST_AUTO_TEST_CASE(base64_of_rfc_4648) {
  BOOST_TEST(base64("") == "");
  BOOST_TEST(base64("f") == "Zg==");
  BOOST_TEST(base64("fo") == "Zm8=");
  BOOST_TEST(base64("foo") == "Zm9v");
  BOOST_TEST(base64("foobar") == "Zm9vYmFy");
  BOOST_TEST(base64(std::string("\xff\xfe\x00", 3)) == "//4A");
}

BOOST_AUTO_TEST_CASE(labels_are_short) {
  BOOST_TEST(pretty_unit("m2 s-1") == "m² s⁻¹");
  BOOST_TEST(pretty_unit("m^2") == "m²");
  BOOST_TEST(pretty_unit("1") == "1");
  BOOST_TEST(fitted("äöü", 1000.0, 10.0) == "äöü");
  BOOST_TEST(fitted("ääääääääää", 40.0, 10.0) == "ääääää…");
  // 9 units in at most 6 steps: 1.5 is too small a step for 1, so 2. A tenth of that for a tenth of the span.
  BOOST_TEST(tic_step(9.0, 6.0) == 2.0);
  BOOST_TEST(tic_step(0.9, 6.0) == 0.2);
  BOOST_TEST(common_exponent(-3e-7, 2e-7) == -7);
  BOOST_TEST(common_exponent(0.0, 12.0) == 0);
}

BOOST_AUTO_TEST_CASE(histogram_counts_every_finite_value) {
  std::vector<double> values;
  for (int i = 0; i < 1000; ++i) {
    values.push_back(std::pow(10.0, -12.0 + i / 100.0));
  }
  values.push_back(std::nan(""));
  const LinePlot plot = histogram("residual", "residual", values, true);
  double total = 0.0;
  for (const double count : plot.series[0].y) {
    total += count;
  }
  BOOST_TEST(total == 1000.0);
  BOOST_TEST(plot.series[0].x.front() > -12.0);
  BOOST_TEST(plot.series[0].x.back() < -2.0);
  // Whole numbers: a bar each, centred on the number.
  const LinePlot whole = histogram("iterations", "iterations", {3.0, 5.0, 5.0});
  BOOST_TEST(whole.series[0].x == (std::vector<double>{3.0, 4.0, 5.0}), boost::test_tools::per_element());
  BOOST_TEST(whole.series[0].y == (std::vector<double>{1.0, 0.0, 2.0}), boost::test_tools::per_element());
  BOOST_TEST(histogram("same", "same", {0.25, 0.25}).series[0].y.size() > 0U);
}

BOOST_AUTO_TEST_CASE(summary_counts_and_measures) {
  const TemporaryFolder folder;
  make_known(folder.path() / "set", {4, 6});
  const data::DatasetReader reader(folder.path() / "set");
  const DatasetSummary summary = summarize(reader, true);
  BOOST_TEST(summary.complete());
  BOOST_TEST(summary.rows == 10);
  BOOST_TEST(summary.problems.empty());
  BOOST_REQUIRE_EQUAL(summary.splits.size(), 3U);
  BOOST_TEST(summary.splits[2].done == 3);
  BOOST_TEST(quantiles(summary.columns.iterations).maximum == 19.0);
  BOOST_TEST(quantiles(summary.columns.residual).minimum == 1e-9);
  // The forcing is 2 everywhere; the mean of u over samples 0…9 and values 0…23 is 4500 + 200 + 11.5.
  BOOST_TEST(summary.fields.at("forcing").variance == 0.0);
  BOOST_TEST(summary.fields.at("u").mean == 4711.5, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(summary.fields.at("u").count == 240.0);
}

BOOST_AUTO_TEST_CASE(montage_shapes_follow_the_dimension) {
  const TemporaryFolder folder;
  for (const std::vector<Index>& cells : {std::vector<Index>{8}, std::vector<Index>{4, 6}, std::vector<Index>{2, 3, 4}}) {
    make_known(folder.path() / std::to_string(cells.size()), cells);
  }
  const Figure curves = montage(data::DatasetReader(folder.path() / "1"), {});
  BOOST_REQUIRE_EQUAL(curves.rows.size(), 1U);
  BOOST_REQUIRE_EQUAL(curves.rows[0].panels.size(), 2U);  // coefficient and u; the forcing is constant
  BOOST_TEST(curves.title.find("forcing = 2") != std::string::npos);
  BOOST_TEST(std::get<LinePlot>(curves.rows[0].panels[0]).series.size() == 4U);

  const data::DatasetReader plane(folder.path() / "2");
  const Figure maps = montage(plane, {{3, 7}, {"u"}, 4});
  BOOST_REQUIRE_EQUAL(maps.rows.size(), 2U);
  const auto& map = std::get<HeatMap>(maps.rows[1].panels.at(0));
  BOOST_TEST(map.x.size() == 4U);
  BOOST_TEST(map.y.size() == 6U);
  for (std::size_t k = 0; k < 24; ++k) {
    BOOST_TEST(map.values[k] == known_value(7, 2, k));
  }
  // A vector field has a panel for each component: value 2k + 1 is the second component in cell k.
  const Figure flux = montage(plane, {{7}, {"flux"}, 4});
  BOOST_REQUIRE_EQUAL(flux.rows[0].panels.size(), 2U);
  BOOST_TEST(std::get<HeatMap>(flux.rows[0].panels[1]).values[5] == known_value(7, 3, 11));

  const Figure slices = montage(data::DatasetReader(folder.path() / "3"), {{0}, {"u"}, 1});
  BOOST_REQUIRE_EQUAL(slices.rows[0].panels.size(), 3U);
  // First the plane z = middle (index 2 of 4): value number (i * 3 + j) * 4 + 2.
  const auto& slice = std::get<HeatMap>(slices.rows[0].panels[0]);
  BOOST_TEST(slice.values.size() == 6U);
  BOOST_TEST(slice.values[5] == known_value(0, 2, (1 * 3 + 2) * 4 + 2));

  BOOST_CHECK_THROW(montage(plane, {{99}, {}, 4}), InputError);
  BOOST_CHECK_THROW(montage(plane, {{}, {"v"}, 4}), InputError);
}

BOOST_AUTO_TEST_CASE(inspect_speaks_json_and_reads_growing_shards) {
  const TemporaryFolder folder;
  make_known(folder.path() / "set", {4, 6});
  const Outcome whole = run_verb("inspect --tree " + (folder.path() / "set").string(), true);
  BOOST_TEST((whole.exit_code == ExitCode::ok));
  const auto json = whole.json();
  BOOST_TEST(json["complete"] == true);
  BOOST_TEST(json["samples"]["done"] == 10);
  BOOST_TEST(json["fields"].size() == 5U);
  BOOST_TEST(json["parameters"][0]["quantiles"]["max"] == 9.5);
  const auto& tree = json["tree"];
  const auto tensor =
      std::find_if(tree.begin(), tree.end(), [](const auto& e) { return e["path"] == "/tensor" || e["same_as"] == "/tensor"; });
  BOOST_TEST((tensor != tree.end()));

  write_known(known_layout(folder.path() / "part", {4, 6}), 6);
  const Outcome part = run_verb("inspect " + (folder.path() / "part").string(), true);
  BOOST_TEST(part.json()["complete"] == false);
  BOOST_TEST(part.json()["samples"]["done"] == 6);
  BOOST_TEST(part.json()["samples"]["todo"] == 4);
  const Outcome text = run_verb("inspect " + (folder.path() / "part").string());
  BOOST_TEST(text.output.find("6 of 10 done") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(problems_and_damage_exit_4) {
  const TemporaryFolder folder;
  make_known(folder.path() / "set", {16, 16});
  BOOST_TEST((run_verb("verify " + (folder.path() / "set").string()).exit_code == ExitCode::ok));
  // One flipped bit in the middle of the first stored row of u.
  const data::DatasetReader reader(folder.path() / "set");
  const fs::path shard = reader.shards()[0].path;
  std::string bytes = read_file(shard);
  const std::vector<double> values = reader.field(0, "u");
  const std::vector<float> stored(values.begin(), values.end());
  const std::string needle(reinterpret_cast<const char*>(stored.data()), stored.size() * sizeof(float));
  const std::size_t at = bytes.find(needle);
  BOOST_REQUIRE(at != std::string::npos);
  fs::permissions(shard, fs::perms::owner_write, fs::perm_options::add);
  bytes[at + 100] = static_cast<char>(bytes[at + 100] ^ 0x10);
  std::ofstream(shard, std::ios::binary) << bytes;
  const Outcome damaged = run_verb("verify " + (folder.path() / "set").string(), true);
  BOOST_TEST((damaged.exit_code == ExitCode::io));
  BOOST_TEST(damaged.json()["ok"] == false);
  BOOST_TEST(damaged.json()["damage"].size() >= 1U);
}

BOOST_AUTO_TEST_CASE(stats_are_those_written_at_the_end) {
  const TemporaryFolder folder;
  make_known(folder.path() / "set", {4, 6});
  const fs::path yaml = folder.path() / "set" / "stats.yaml";
  const std::string original = read_file(yaml);
  const Outcome outcome = run_verb("stats --write " + (folder.path() / "set").string(), true);
  BOOST_TEST(outcome.json()["samples"] == 5);
  BOOST_TEST(outcome.json()["fields"].contains("flux_y"));
  // Sums in another order: equal to the printed digits but perhaps the last. Compare line by line as numbers.
  std::istringstream before(original);
  std::istringstream after(read_file(yaml));
  for (std::string a, b; std::getline(before, a) && std::getline(after, b);) {
    BOOST_TEST(a.substr(0, a.find(':')) == b.substr(0, b.find(':')));
    const std::string number = a.substr(a.find(':') + 1);
    if (!number.empty() && number.find('[') == std::string::npos) {
      BOOST_TEST(std::stod(number) == std::stod(b.substr(b.find(':') + 1)), boost::test_tools::tolerance(1e-8));
    }
  }
  BOOST_CHECK_THROW(run_verb("stats --split dev " + (folder.path() / "set").string()), InputError);
}

BOOST_AUTO_TEST_CASE(export_checks_its_settings) {
  const TemporaryFolder folder;
  make_known(folder.path() / "set", {4, 6});
  const std::string set = (folder.path() / "set").string();
  const Outcome outcome = run_verb("export " + set + " fields=u,forcing --to npz", true);
  BOOST_TEST(outcome.json()["files"].size() == 4U);
  BOOST_TEST(fs::exists(folder.path() / "set" / "export" / "npz" / "known_train.npz"));
  BOOST_CHECK_THROW(run_verb("export " + set + " --to parquet"), InputError);
  BOOST_CHECK_THROW(run_verb("export " + set + " level=3 --to netcdf"), InputError);
  BOOST_CHECK_THROW(run_verb("export " + set + " deflate=11 --to netcdf"), InputError);
  BOOST_CHECK_THROW(run_verb("export " + set + " deflate=high --to netcdf"), InputError);
}

BOOST_AUTO_TEST_CASE(plots_are_pictures) {
  if (!gnuplot_installed()) {
    BOOST_TEST_MESSAGE("gnuplot is not installed: nothing drawn");
    return;
  }
  const TemporaryFolder folder;
  for (const std::vector<Index>& cells : {std::vector<Index>{8}, std::vector<Index>{4, 6}, std::vector<Index>{4, 3, 4}}) {
    const std::string set = (folder.path() / std::to_string(cells.size())).string();
    make_known(set, cells);
    const std::string said = run_verb("plot " + set).output;
    BOOST_TEST(said == set + "/plots/known.png\n");
    const auto [width, height] = png_size(read_file(set + "/plots/known.png"));
    BOOST_TEST(width > 400U);
    BOOST_TEST(height > 400U);
    run_verb("plot " + set + " -o " + set + "/a/b.svg");
    const std::string svg = read_file(set + "/a/b.svg");
    BOOST_TEST(svg.find("<svg") != std::string::npos);
    BOOST_TEST(svg.find("</svg>") != std::string::npos);
  }
  BOOST_CHECK_THROW(run_verb("plot " + (folder.path() / "2").string() + " -o a.gif"), InputError);
}

BOOST_AUTO_TEST_CASE(terminal_pictures_need_no_gnuplot) {
  const TemporaryFolder folder;
  make_known(folder.path() / "set", {8, 8});
  const std::string text = run_verb("plot --terminal -s 3 -f u " + (folder.path() / "set").string()).output;
  BOOST_TEST(text.find("sample 3") != std::string::npos);
  BOOST_TEST(text.find("█") != std::string::npos);
  BOOST_TEST(text.find('\033') == std::string::npos);
}

BOOST_AUTO_TEST_CASE(report_is_one_closed_page) {
  if (!gnuplot_installed()) {
    BOOST_TEST_MESSAGE("gnuplot is not installed: no report");
    return;
  }
  const TemporaryFolder folder;
  make_known(folder.path() / "set", {4, 6});
  const std::string said = run_verb("report " + (folder.path() / "set").string()).output;
  BOOST_TEST(said == (folder.path() / "set" / "report.html").string() + "\n");
  const std::string page = read_file(folder.path() / "set" / "report.html");
  // Nothing from outside, no scripts, texts escaped, every tag closed.
  BOOST_TEST(page.find("<script") == std::string::npos);
  BOOST_TEST(page.find("src=\"http") == std::string::npos);
  BOOST_TEST(page.find("<deck & text>") == std::string::npos);
  BOOST_TEST(page.find("&lt;deck &amp; text&gt;") != std::string::npos);
  BOOST_TEST(page.find("data:image/png;base64,") != std::string::npos);
  BOOST_TEST(page.find("data:image/svg+xml;base64,") != std::string::npos);
  for (const std::string tag : {"table", "tr", "td", "th", "figure", "div", "details", "pre", "main", "body", "html", "h2"}) {
    std::size_t opened = 0;
    std::size_t closed = 0;
    for (std::size_t at = 0; (at = page.find("<" + tag, at)) != std::string::npos; ++at) {
      const char next = page[at + tag.size() + 1];
      opened += next == '>' || next == ' ' ? 1 : 0;
    }
    for (std::size_t at = 0; (at = page.find("</" + tag + ">", at)) != std::string::npos; ++at) {
      ++closed;
    }
    BOOST_TEST(opened == closed, tag);
    BOOST_TEST(opened > 0U, tag);
  }
}

BOOST_AUTO_TEST_SUITE_END()
