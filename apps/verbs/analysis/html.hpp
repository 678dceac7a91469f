#pragma once

#include <string>

#include <kindred/apps/verbs/analysis/gnuplot.hpp>
#include <kindred/apps/verbs/analysis/summary.hpp>

/// The report: one HTML file that needs nothing else, neither scripts nor fonts nor pictures beside it.
namespace kindred::app {

/// @param montage  pictures of samples, put into the page as PNG; the histograms are SVG
/// @throws InputError if gnuplot is missing
std::string html_report(const data::DatasetReader& reader, const DatasetSummary& summary, const Figure& montage);

/// RFC 4648, with padding.
std::string base64(const std::string& bytes);

}  // namespace kindred::app
