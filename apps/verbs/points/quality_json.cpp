#include <kindred/apps/verbs/points/generate.hpp>

namespace kindred::app::points {
namespace {

nlohmann::json projection_json(const std::vector<int>& projection) {
  auto list = nlohmann::json::array();
  for (const int j : projection) {
    list.push_back(j + 1);
  }
  return list;
}

nlohmann::json t_values_json(const qmc::TValues& values) {
  return {{"worst", values.worst},
          {"worst_projection", projection_json(values.worst_projection)},
          {"mean", values.mean()},
          {"histogram", values.histogram}};
}

nlohmann::json discrepancies_json(const qmc::Discrepancies& squared) {
  return {{"star", squared.star}, {"centred", squared.centred}, {"wraparound", squared.wraparound}, {"mixture", squared.mixture}};
}

}  // namespace

nlohmann::json quality_json(const qmc::QualityReport& report) {
  nlohmann::json document = {{"points", report.points}, {"dimensions", report.dimensions}, {"omitted", report.omitted}};
  if (report.pairs) {
    document["t_of_pairs"] = t_values_json(*report.pairs);
  }
  if (report.triples) {
    document["t_of_triples"] = t_values_json(*report.triples);
  }
  if (report.discrepancies && report.random) {
    document["squared_discrepancies"] = discrepancies_json(*report.discrepancies);
    document["squared_discrepancies_of_random_points"] = discrepancies_json(*report.random);
  }
  if (report.spectral) {
    document["spectral_test_of_pairs"] = {{"worst", report.spectral->worst},
                                          {"worst_projection", projection_json(report.spectral->worst_projection)},
                                          {"mean", report.spectral->mean}};
  }
  if (report.p_2 && report.r_2) {
    document["p_2"] = *report.p_2;
    document["r_2"] = *report.r_2;
  }
  return document;
}

}  // namespace kindred::app::points
