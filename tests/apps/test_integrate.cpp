// `kindred integrate`: answers that are known, independence of workers, records, refusals.

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <string>

#include <nlohmann/json.hpp>

#include <kindred/core/hdf5/hdf5.hpp>
#include <kindred/data/lock.hpp>

#include "../support/process.hpp"
#include "../support/text.hpp"

using kindred::test::contains;
using kindred::test::TemporaryFolder;

namespace {

kindred::test::ProcessResult integrate(const std::string& arguments) {
  return kindred::test::run(std::string(KINDRED_EXECUTABLE) + " -q integrate " + arguments);
}

nlohmann::json result_of(const std::string& arguments, int status = 0) {
  const auto result = integrate("--json " + arguments);
  BOOST_TEST_REQUIRE(result.status == status, result.err);
  return nlohmann::json::parse(result.out);
}

/// -(a u')' = 1 on (0, 1), u = 0 at both ends, a = exp(Y), Y normal with deviation 1/2 and the same everywhere. The finite volumes with
/// cells of length h give u(1/2) = exp(-Y)/8 exactly, and the mean over the cells is exp(-Y) (1/12 + h²/6).
const std::string constant_coefficient = R"(version = 1
[problem]
type = "darcy"
forcing = 1.0
[problem.coefficient]
type = "lognormal"
modes = 1
zero_mean = false
tau = 1.0
sigma = 0.5
[grid]
n = [64]
[integrate]
absolute = 1.0e-4
seed = 5
)";
const double mean_of_inverse = std::exp(0.125);  // E exp(-Y)

/// A rougher problem: eight modes in one dimension, and a swept source.
const std::string random_series = R"deck(version = 1
[problem]
type = "darcy"
[problem.coefficient]
type = "lognormal"
modes = 9
tau = 2.0
sigma = 0.6
[grid]
n = [32]
[sweep]
"problem.forcing" = { uniform = [0.5, 1.5] }
[integrate]
rule = { type = "replicated_student_t", replicates = 8, first_points = 16 }
chunk = 16
relative = 2.0e-2
confidence = 0.9
seed = 11
[integrate.quantities]
average = "mean(u)"
peak = "E(max(u))"
spread = "Std(max(u))"
above = "P(max(u) > 0.15)"
)deck";

double value(const nlohmann::json& result, std::size_t quantity = 0) { return result.at("quantities").at(quantity).at("value"); }

/// What a rule found, without the times it took.
nlohmann::json answer(const nlohmann::json& result) {
  return {{"quantities", result.at("quantities")}, {"means", result.at("means")}, {"history", result.at("history")}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_integrate)

BOOST_AUTO_TEST_CASE(every_rule_finds_a_mean_that_is_known) {
  const TemporaryFolder folder;
  kindred::test::write_text(folder / "deck.toml", constant_coefficient + "[integrate.quantities]\nmiddle = \"value(u, 0.5)\"\n");
  // Rules that are deterministic, or whose intervals hold with 99 %: with fixed seeds a failure is an error.
  for (const char* rule : {"{type=\"replicated_student_t\"}", "{type=\"replicated_student_t\", points=\"lattice\"}",
                           "{type=\"replicated_student_t\", points=\"halton\"}", "{type=\"replicated_median\"}", "{type=\"net_g\"}",
                           "{type=\"lattice_g\"}", "{type=\"bayes_net\"}", "{type=\"bayes_lattice\"}"}) {
    BOOST_TEST_CONTEXT(rule) {
      const auto result = result_of((folder / "deck.toml") + " 'integrate.rule=" + rule + "'");
      BOOST_TEST(std::abs(value(result) - mean_of_inverse / 8.0) < 1e-4);
      BOOST_TEST(result.at("tolerance_met") == true);
      BOOST_TEST(result.at("dimensions") == 1);
      BOOST_TEST(!result.at("statement").get<std::string>().empty());
    }
  }
  for (const char* rule : {"{type=\"monte_carlo_clt\"}", "{type=\"monte_carlo_guaranteed\", pilot_points=10000}"}) {
    BOOST_TEST_CONTEXT(rule) {
      const auto result = result_of((folder / "deck.toml") + " integrate.absolute=3e-3 'integrate.rule=" + rule + "'");
      BOOST_TEST(std::abs(value(result) - mean_of_inverse / 8.0) < 3e-3);
    }
  }
}

BOOST_AUTO_TEST_CASE(multilevel_rules_go_beyond_the_grids_bias) {
  const TemporaryFolder folder;
  kindred::test::write_text(folder / "deck.toml", constant_coefficient + "levels = 6\n[integrate.quantities]\naverage = \"mean(u)\"\n");
  for (const char* rule : {"mlqmc", "mlqmc_continuation", "mlmc", "mlmc_continuation"}) {
    BOOST_TEST_CONTEXT(rule) {
      const double tolerance = std::string(rule).starts_with("mlmc") ? 2e-3 : 1e-4;
      const auto result =
          result_of((folder / "deck.toml") + " grid.n=[256] integrate.rule=" + rule + " integrate.absolute=" + std::to_string(tolerance));
      // To the solution's mean, not the finest grid's: the bias counts.
      BOOST_TEST(std::abs(value(result) - mean_of_inverse / 12.0) < tolerance);
      BOOST_TEST(result.at("levels").size() == 6U);
      BOOST_TEST(result.at("levels").at(0).at("grid") == "8");
      BOOST_TEST(result.at("levels").at(0).at("evaluations") >= result.at("levels").at(2).at("evaluations"));
      BOOST_TEST(result.at("rates").at("alpha").get<double>() == 2.0, boost::test_tools::tolerance(0.1));  // h²
    }
  }
}

BOOST_AUTO_TEST_CASE(grids_of_a_multilevel_rule_share_the_random_functions) {
  // Were the fields of the two grids of a difference not the same function, variances would not fall with the level.
  const TemporaryFolder folder;
  kindred::test::write_text(folder / "deck.toml", random_series);
  const auto result =
      result_of((folder / "deck.toml") +
                " 'integrate.rule={type=\"mlmc\", first_points=64, levels_min=3}' integrate.levels=3 integrate.relative=0.1");
  const auto& levels = result.at("multilevel").at("levels");
  const auto variance = [&](std::size_t level) {
    return levels.at(level).at("variance_of_mean").at(0).get<double>() * levels.at(level).at("points").get<double>();
  };
  BOOST_TEST(variance(1) < 0.05 * variance(0));
  BOOST_TEST(variance(2) < 0.3 * variance(1));  // 2^(-4) is expected of smooth coefficients
}

BOOST_AUTO_TEST_CASE(the_number_of_workers_changes_no_bit) {
  const TemporaryFolder folder;
  kindred::test::write_text(folder / "deck.toml", random_series);
  const std::string deck = folder / "deck.toml";
  for (const char* how : {"", "'solver={type=\"gcrodr\"}' sequence.guess=previous sequence.ordering=greedy"}) {
    BOOST_TEST_CONTEXT(how) {
      const auto one = result_of(deck + " -j 1 " + how);
      const auto three = result_of(deck + " -j 3 " + how);
      BOOST_TEST(answer(one) == answer(three));
      BOOST_TEST(one.at("quantities").size() == 4U);
    }
  }
}

BOOST_AUTO_TEST_CASE(what_a_solver_keeps_changes_answers_by_its_tolerance_only) {
  const TemporaryFolder folder;
  kindred::test::write_text(folder / "deck.toml", random_series);
  const std::string deck = folder / "deck.toml";
  const auto direct = result_of(deck);
  const auto recycling = result_of(deck + " 'solver={type=\"gcrodr\", rtol=1e-10}' sequence.guess=previous");
  for (std::size_t q = 0; q < 3; ++q) {
    BOOST_TEST(std::abs(value(direct, q) - value(recycling, q)) < 1e-7 * std::abs(value(direct, q)));
  }
}

BOOST_AUTO_TEST_CASE(a_killed_run_goes_on_bit_for_bit) {
  const TemporaryFolder folder;
  kindred::test::write_text(folder / "deck.toml", random_series + "[run]\ncommit_interval = 0.0\n");
  const std::string command = (folder / "deck.toml") + " integrate.relative=5e-3";
  const auto straight = result_of(command);
  const std::string record = folder / "record.h5";
  const std::string recorded = command + " --checkpoint " + record;
  int status = 137;
  int kills = 0;
  for (double seconds = 0.4; status == 137 && seconds < 60.0; seconds *= 1.3) {
    const auto result =
        kindred::test::run("timeout -s KILL " + std::to_string(seconds) + " " + KINDRED_EXECUTABLE + " -q --json integrate " + recorded);
    status = result.status;
    kills += status == 137 ? 1 : 0;
    if (status == 0) {
      BOOST_TEST(answer(nlohmann::json::parse(result.out)) == answer(straight));
    }
  }
  BOOST_TEST(status == 0);
  BOOST_TEST(kills >= 1);
  // All is known now: nothing is evaluated, and the answer is the same.
  const auto again = result_of(recorded);
  BOOST_TEST(answer(again) == answer(straight));
  BOOST_TEST(again.at("evaluations_now") == 0);
}

BOOST_AUTO_TEST_CASE(an_interrupted_run_says_how_to_go_on) {
  const TemporaryFolder folder;
  kindred::test::write_text(folder / "deck.toml", random_series);
  const std::string command = (folder / "deck.toml") + " integrate.relative=1e-3 --time-limit 0.2 ";
  const auto result = integrate(command + "--checkpoint " + (folder / "record.h5"));
  BOOST_TEST(result.status == 75, result.err);
  BOOST_TEST(contains(result.err, "keeps every evaluation"));
  BOOST_TEST(std::filesystem::exists(folder / "record.h5"));
  const auto lost = integrate(command);
  BOOST_TEST(lost.status == 75);
  BOOST_TEST(contains(lost.err, "without a checkpoint"));
}

BOOST_AUTO_TEST_CASE(a_tighter_tolerance_goes_on_from_the_record) {
  const TemporaryFolder folder;
  kindred::test::write_text(folder / "deck.toml", random_series);
  const std::string command = (folder / "deck.toml") + " --checkpoint " + (folder / "record.h5");
  const auto loose = result_of(command);
  const auto tight = result_of(command + " integrate.relative=1e-2");
  const auto fresh = result_of((folder / "deck.toml") + " integrate.relative=1e-2");
  BOOST_TEST(answer(tight) == answer(fresh));
  BOOST_TEST(tight.at("evaluations_now").get<int>() == fresh.at("evaluations_now").get<int>() - loose.at("evaluations_now").get<int>());
}

BOOST_AUTO_TEST_CASE(a_record_of_another_study_is_refused) {
  const TemporaryFolder folder;
  kindred::test::write_text(folder / "deck.toml", random_series);
  const std::string command = (folder / "deck.toml") + " --checkpoint " + (folder / "record.h5");
  result_of(command);
  const auto other = integrate(command + " integrate.seed=12 problem.coefficient.tau=3");
  BOOST_TEST(other.status == 2);
  BOOST_TEST(contains(other.err, "integrate.seed: 11 -> 12"), other.err);
  BOOST_TEST(contains(other.err, "problem.coefficient.tau: 2.0 -> 3.0"), other.err);
  kindred::test::write_text(folder / "no_record.h5", "text");
  BOOST_TEST(integrate((folder / "deck.toml") + " --checkpoint " + (folder / "no_record.h5")).status == 4);
}

BOOST_AUTO_TEST_CASE(a_record_has_one_run_at_a_time) {
  const TemporaryFolder folder;
  kindred::test::write_text(folder / "deck.toml", random_series);
  const std::string record = folder / "record.h5";
  const std::string command = (folder / "deck.toml") + " --checkpoint " + record;
  {
    const kindred::data::OwnedFile other(record + ".lock", kindred::data::OwnedFile::Lock::process, record);
    const auto refused = integrate(command);
    BOOST_TEST(refused.status == 2);
    BOOST_TEST(contains(refused.err, record + " is being written by another process"), refused.err);
    BOOST_TEST(!std::filesystem::exists(record));
    BOOST_TEST(std::filesystem::exists(record + ".lock"));
  }
  kindred::test::write_text(record + ".lock", "");  // as a killed run leaves it
  result_of(command);
  BOOST_TEST(!std::filesystem::exists(record + ".lock"));
}

BOOST_AUTO_TEST_CASE(a_record_is_not_the_result) {
  const TemporaryFolder folder;
  kindred::test::write_text(folder / "deck.toml", random_series);
  const std::string record = folder / "record.h5";
  const std::string command = (folder / "deck.toml") + " --force --checkpoint " + record + " -o " + folder.path().string() + "/./record.h5";
  for (const bool exists : {false, true}) {
    const auto refused = integrate(command);
    BOOST_TEST(refused.status == 2);
    BOOST_TEST(contains(refused.err, "is the checkpoint"), refused.err);
    BOOST_TEST(std::filesystem::exists(record) == exists);
    kindred::test::write_text(record, "text");
  }
}

BOOST_AUTO_TEST_CASE(a_damaged_record_is_refused) {
  using namespace kindred;
  const TemporaryFolder folder;
  kindred::test::write_text(folder / "deck.toml", random_series);
  const std::string record = folder / "record.h5";
  const std::string command = (folder / "deck.toml") + " --checkpoint " + record;
  result_of(command);
  {
    const hdf5::File file(KINDRED_HDF5(H5Fopen(record.c_str(), H5F_ACC_RDWR, H5P_DEFAULT)));
    const hdf5::Dataset values(KINDRED_HDF5(H5Dopen2(file, "values", H5P_DEFAULT)));
    auto stored = hdf5::read_reals(file, "values").values;
    stored.back() = std::nextafter(stored.back(), 1.0);  // one bit
    KINDRED_HDF5(H5Dwrite(values, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, stored.data()));
  }
  const auto refused = integrate(command);
  BOOST_TEST(refused.status == 4);
  BOOST_TEST(contains(refused.err, "is damaged"), refused.err);
}

BOOST_AUTO_TEST_CASE(a_sample_that_cannot_be_solved_stops_the_run) {
  const TemporaryFolder folder;
  kindred::test::write_text(folder / "deck.toml", random_series);
  const auto result = integrate((folder / "deck.toml") + " 'solver={type=\"petsc\", ksp_type=\"cg\", pc_type=\"none\", max_iterations=2}'");
  BOOST_TEST(result.status == 1);
  BOOST_TEST(contains(result.err, "problem.forcing = "), result.err);
  BOOST_TEST(contains(result.err, "would bias the mean"));
}

BOOST_AUTO_TEST_CASE(results_are_written_with_their_provenance) {
  const TemporaryFolder folder;
  kindred::test::write_text(folder / "deck.toml", random_series);
  const std::string command = (folder / "deck.toml") + " -o " + (folder / "result.json");
  const auto table = integrate(command);
  BOOST_TEST(table.status == 0, table.err);
  for (const char* part : {"average", "peak", "spread", "above", "evaluations in", "tolerance met"}) {
    BOOST_TEST(contains(table.out, part), table.out);
  }
  const auto document = nlohmann::json::parse(kindred::test::read_text(folder / "result.json"));
  BOOST_TEST(document.at("provenance").contains("git_commit"));
  BOOST_TEST(contains(document.at("provenance").at("deck"), "[integrate.quantities]"));
  BOOST_TEST(document.at("quantities").at(3).at("formula") == "P(max(u) > 0.15)");
  const auto refused = integrate(command);
  BOOST_TEST(refused.status == 2);
  BOOST_TEST(contains(refused.err, "exists already"));
}

BOOST_AUTO_TEST_CASE(the_points_allowed_are_the_points_taken) {
  const TemporaryFolder folder;
  kindred::test::write_text(folder / "deck.toml", random_series);
  const auto result = result_of((folder / "deck.toml") + " integrate.relative=1e-5 integrate.most_points=1000", 1);
  BOOST_TEST(result.at("tolerance_met") == false);
  BOOST_TEST(result.at("finished") == true);
  BOOST_TEST(result.at("points").get<int>() <= 1000);
}

BOOST_AUTO_TEST_CASE(variables_beyond_the_points_are_pseudo_random_and_do_no_harm) {
  const TemporaryFolder folder;
  kindred::test::write_text(folder / "deck.toml", random_series);
  const auto all = result_of((folder / "deck.toml"));
  const auto few = result_of((folder / "deck.toml") + " integrate.dimensions=2");
  BOOST_TEST(all.at("dimensions") == 9);  // the source, and modes 1 … 8: the constant one is left out
  BOOST_TEST(few.at("dimensions") == 3);
  for (std::size_t q = 0; q < 2; ++q) {  // both within 2 % with 90 %
    BOOST_TEST(value(few, q) == value(all, q), boost::test_tools::tolerance(0.04));
  }
}

BOOST_AUTO_TEST_SUITE_END()
