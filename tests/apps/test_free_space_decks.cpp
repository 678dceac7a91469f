// Free-space problems from the ready decks, as a user runs them.

#include <cmath>
#include <numbers>

#include <boost/test/unit_test.hpp>

#include <kindred/data/reader.hpp>

#include "../support/process.hpp"

using kindred::Index;
using kindred::data::DatasetReader;
using kindred::test::run;
using kindred::test::TemporaryFolder;

namespace {

const std::string executable = KINDRED_EXECUTABLE;
const std::string decks = std::string(KINDRED_SOURCE_DIR) + "/apps/decks/";

kindred::test::ProcessResult generate(const TemporaryFolder& folder, const std::string& deck, const std::string& name,
                                      const std::string& overrides) {
  return run(executable + " -q generate " + decks + deck + " output.dir=" + (folder / name) + " " + overrides);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_free_space_decks)

BOOST_AUTO_TEST_CASE(a_gaussian_charge_has_its_potential) {
  constexpr Index n = 40;
  constexpr double s = 0.0625;
  const TemporaryFolder folder;
  const auto done = generate(folder, "free_space_poisson.toml", "charge", "grid.n=[40,40,40] problem.gradient=false");
  BOOST_TEST_REQUIRE(done.status == 0, done.err);
  const DatasetReader reader(folder / "charge");
  BOOST_TEST_REQUIRE(reader.layout().boundary.size() == 6U);
  BOOST_TEST(reader.layout().boundary[0].kind == "open");
  BOOST_TEST(kindred::data::well_boundary_type("open") == "OPEN");
  const auto u = reader.field(0, "u");
  const auto centre = [](Index i) { return (static_cast<double>(i) + 0.5) / n - 0.5; };
  double error = 0.0;
  for (Index cell = 0; cell < n * n * n; ++cell) {
    const double r = std::hypot(centre(cell / (n * n)), centre(cell / n % n), centre(cell % n));
    const double exact = std::erf(r / (std::numbers::sqrt2 * s)) / (4.0 * std::numbers::pi * r);
    error = std::max(error, std::abs(u[static_cast<std::size_t>(cell)] - exact));
  }
  BOOST_TEST(error <= 1e-12);  // the potential is about one
}

// Residuals of 1e-10, and ‖(I + GV)⁻¹‖ ≤ 1 + ‖GV‖ for V ≥ 0 up to a factor of max V/min V in the norm: 1e-7 leaves room.
BOOST_AUTO_TEST_CASE(solvers_agree_where_there_is_a_potential) {
  const TemporaryFolder folder;
  const std::string small = "grid.n=[12,12,12] sweep.count=3 output.precision=f64 ";
  const std::vector<std::string> solvers{"", "'solver={type=\"gcrodr\",recycle=5,rtol=1.0e-10}'", "'solver={type=\"auto\",rtol=1.0e-10}'"};
  for (std::size_t k = 0; k < solvers.size(); ++k) {
    const auto done = generate(folder, "free_space_potential.toml", std::to_string(k), small + solvers[k]);
    BOOST_TEST_REQUIRE(done.status == 0, done.err);
  }
  const DatasetReader first(folder / "0");
  for (std::size_t k = 1; k < solvers.size(); ++k) {
    const DatasetReader other(folder / std::to_string(k));
    for (Index row = 0; row < 3; ++row) {
      BOOST_TEST((first.field(row, "potential") == other.field(row, "potential")));
      const auto u = first.field(row, "u");
      const auto v = other.field(row, "u");
      double difference = 0.0;
      double size = 0.0;
      for (std::size_t cell = 0; cell < u.size(); ++cell) {
        difference = std::max(difference, std::abs(u[cell] - v[cell]));
        size = std::max(size, std::abs(u[cell]));
      }
      BOOST_TEST(difference <= 1e-7 * size);
    }
  }
}

BOOST_AUTO_TEST_CASE(boundaries_are_refused_in_words) {
  const TemporaryFolder folder;
  const auto refused = generate(folder, "free_space_poisson.toml", "no", "boundary.x_lo.type=neumann");
  BOOST_TEST(refused.status == 2);
  BOOST_TEST(refused.err.find("nothing can be prescribed on x_lo") != std::string::npos, refused.err);
  const auto entries = generate(folder, "free_space_potential.toml", "no", "'solver={type=\"direct\"}'");
  BOOST_TEST(entries.status != 0);
  BOOST_TEST(entries.err.find("known by its action alone") != std::string::npos, entries.err);
}

BOOST_AUTO_TEST_SUITE_END()
