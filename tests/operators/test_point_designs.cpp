// Designs from low-discrepancy points: the points of the sampler, in the order that is promised, even in the swept axes and the fields'
// coordinates together; and what they refuse.

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <kindred/operators/designs/point_design.hpp>

#include "../support/text.hpp"
#include "problem_tables.hpp"

using namespace kindred;
using namespace kindred::test;

namespace {

constexpr Index endless = std::numeric_limits<Index>::max();

SweepAxis axis_of(const std::string& path) {
  SweepAxis axis;
  axis.path = path;
  return axis;  // uniform on (0, 1): values are coordinates
}

DesignContext context_of(Index count, const std::vector<std::string>& axes, std::vector<Problem::RandomStream> streams = {}) {
  DesignContext context;
  context.seed = 99;
  context.count = count;
  for (const auto& path : axes) {
    context.axes.push_back(axis_of(path));
  }
  context.streams = std::move(streams);
  return context;
}

std::unique_ptr<Design> make(const std::string& type, const DesignContext& context, const Entries& entries = {}) {
  return create<Design>(typed(type, entries), context);
}

/// All coordinates of a sample: those of the axes, then stream by stream.
std::vector<double> coordinates(const Design& design, Index index, std::uint32_t attempt = 0) {
  std::vector<double> all;
  for (const auto& assignment : design.parameters(index, attempt)) {
    all.push_back(assignment.value.as_real());
  }
  for (const auto& stream : design.leading(index, attempt)) {
    all.insert(all.end(), stream.coordinates.begin(), stream.coordinates.end());
  }
  return all;
}

std::string refused(const std::string& type, const DesignContext& context, const Entries& entries = {}) {
  return refusal([&] { static_cast<void>(make(type, context, entries)); });
}

const std::vector<Problem::RandomStream> two_streams{{"problem.coefficient", endless}, {"problem.forcing", 2}};

}  // namespace

BOOST_AUTO_TEST_SUITE(test_point_designs)

BOOST_AUTO_TEST_CASE(coordinates_go_to_axes_first_and_then_in_turn_to_the_fields) {
  const CoordinateAssignment assignment(2, {{"a", 3}, {"b", 1}, {"c", endless}}, 4);
  BOOST_TEST(assignment.dimensions() == 2 + 3 + 1 + 4);
  std::vector<std::string> names;
  for (const auto& v : assignment.variables()) {
    names.push_back(v.stream + std::to_string(v.variable));
  }
  BOOST_TEST(names == (std::vector<std::string>{"a0", "b0", "c0", "a1", "c1", "a2", "c2", "c3"}), boost::test_tools::per_element());
  const auto leading = assignment.leading([](int j) { return j; });
  BOOST_TEST(leading.size() == 3);
  BOOST_TEST(leading[0].coordinates == (std::vector<double>{2, 5, 7}), boost::test_tools::per_element());
  BOOST_TEST(leading[2].coordinates == (std::vector<double>{4, 6, 8, 9}), boost::test_tools::per_element());
  BOOST_TEST(CoordinateAssignment(1, {{"a", 3}}, 0).leading([](int j) { return j; }).empty());
}

BOOST_AUTO_TEST_CASE(values_are_the_samplers_points) {
  struct Case {
    const char* type;
    qmc::PointSet set;
    qmc::Scramble scramble;
  };
  const std::vector<Case> cases{{"sobol", qmc::sobol(6), qmc::Scramble::lms_digital_shift},
                                {"lattice", qmc::lattice_table(6), qmc::Scramble::shift},
                                {"halton", qmc::Halton{6}, qmc::Scramble::lms_digit_permutation}};
  for (const auto& c : cases) {
    const auto design =
        make(c.type, context_of(20, {"problem.a", "problem.b"}, two_streams), {{"field_dimensions", 2}, {"replicate", 5}, {"first", 32}});
    const qmc::Sampler sampler(c.set, {c.scramble, 99, 1, 5});
    for (const Index i : {0, 7, 19}) {
      std::vector<double> point(6);
      for (int j = 0; j < 6; ++j) {
        point[static_cast<std::size_t>(j)] = qmc::to_double_centred(sampler.word(static_cast<std::uint64_t>(i) + 32, j));
      }
      // a and b; then coefficient takes 2 and 4, forcing 3 and 5.
      const std::vector<double> expected{point[0], point[1], point[2], point[4], point[3], point[5]};
      BOOST_TEST(coordinates(*design, i) == expected, boost::test_tools::per_element());
    }
  }
}

BOOST_AUTO_TEST_CASE(powers_of_two_fill_every_coordinates_intervals_once) {
  for (const char* type : {"sobol", "lattice"}) {
    for (const char* scramble : {"lms_digital_shift", "nested_uniform", "owen_hash", "shift"}) {
      if ((std::string(scramble) == "shift") != (std::string(type) == "lattice")) {
        continue;
      }
      const Index n = 64;
      const auto design = make(type, context_of(n, {"problem.a"}, two_streams), {{"scramble", scramble}, {"field_dimensions", 10}});
      std::vector<std::set<Index>> cells(13);
      for (Index i = 0; i < n; ++i) {
        const auto u = coordinates(*design, i);
        BOOST_REQUIRE(u.size() == cells.size());
        for (std::size_t j = 0; j < u.size(); ++j) {
          cells[j].insert(static_cast<Index>(std::floor(u[j] * static_cast<double>(n))));
        }
      }
      // A shifted lattice has one point in each of n intervals too, but they begin at the shift: floor() may count one twice.
      for (const auto& hit : cells) {
        BOOST_TEST(static_cast<Index>(hit.size()) >= (std::string(type) == "lattice" ? n - 1 : n));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(longer_sweeps_begin_like_shorter_ones) {
  for (const char* type : {"sobol", "lattice", "halton"}) {
    const auto design = make(type, context_of(16, {"problem.a"}, two_streams));
    const auto longer = make(type, context_of(1000, {"problem.a"}, two_streams));
    BOOST_TEST(design->extensible());
    for (Index i = 0; i < 16; ++i) {
      BOOST_TEST(coordinates(*design, i) == coordinates(*longer, i), boost::test_tools::per_element());
    }
  }
}

BOOST_AUTO_TEST_CASE(a_redraw_is_an_independent_random_point) {
  const auto design = make("sobol", context_of(64, {"problem.a"}, two_streams), {{"field_dimensions", 3}});
  double sum = 0.0;
  for (Index i = 0; i < 64; ++i) {
    const auto first = coordinates(*design, i);
    const auto second = coordinates(*design, i, 1);
    for (std::size_t j = 0; j < first.size(); ++j) {
      BOOST_TEST(first[j] != second[j]);
      sum += second[j];
    }
    BOOST_TEST(second == coordinates(*design, i, 1), boost::test_tools::per_element());
    BOOST_TEST(second[0] != coordinates(*design, i, 2)[0]);
  }
  // 384 uniform numbers: five standard deviations of the mean are 5 / sqrt(12 · 384) = 0.074.
  BOOST_TEST(std::abs(sum / 384.0 - 0.5) < 0.074);
}

BOOST_AUTO_TEST_CASE(splits_are_replicates_that_begin_anew) {
  const auto whole = [](std::int64_t replicate) {
    return make("sobol", context_of(48, {"problem.a"}, two_streams), {{"replicate", replicate}});
  };
  const auto design = make("sobol", context_of(48, {"problem.a"}, two_streams), {{"split_replicates", true}, {"replicate", 4}});
  BOOST_TEST(design->splits_are_replicates());
  // Two parts of a data set that was extended: 16 + 8 samples, then 16 + 8 more.
  design->arrange({{0, 16, 0}, {16, 8, 2}, {24, 16, 0}, {40, 8, 2}});
  for (Index i = 0; i < 32; ++i) {
    BOOST_TEST(coordinates(*design, i < 16 ? i : i + 8) == coordinates(*whole(4), i), boost::test_tools::per_element());
  }
  for (Index i = 0; i < 16; ++i) {
    BOOST_TEST(coordinates(*design, i < 8 ? 16 + i : 32 + i) == coordinates(*whole(6), i), boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(the_record_makes_the_points_again) {
  const std::vector<Entries> decks{{{"type", "sobol"}, {"interlacing", 2}, {"order", "gray"}, {"first", 3}},
                                   {{"type", "lattice"}, {"vector", "mps_exod2_m20"}, {"replicate", 2}},
                                   {{"type", "halton"}, {"scramble", "nested_uniform"}}};
  for (const auto& entries : decks) {
    const auto made = create<Design>(table_of(entries), context_of(10, {"problem.a", "problem.b"}, two_streams));
    const auto& design = dynamic_cast<const PointDesign&>(*made);
    const PointRecord record = PointRecord::from_value(design.record().to_value());
    const qmc::Sampler sampler = record.sampler();
    BOOST_TEST(record.dimensions() == sampler.dimensions());
    BOOST_TEST(record.assigned[0] == "problem.a");
    BOOST_TEST(record.assigned[2] == "problem.coefficient #1");
    for (Index i = 0; i < 10; ++i) {
      for (int j = 0; j < record.dimensions(); ++j) {
        BOOST_TEST(sampler.word(record.first_point + static_cast<std::uint64_t>(i), j, 0, record.point_order()) == design.word(i, j));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_record_of_other_numbers_is_refused) {
  const auto made = make("sobol", context_of(8, {"problem.a"}));
  Value stored = dynamic_cast<const PointDesign&>(*made).record().to_value();
  stored.set("table_sha256", std::string(64, '0'));
  const PointRecord record = PointRecord::from_value(stored);
  BOOST_TEST(contains(refusal([&] { static_cast<void>(record.sampler()); }), "other numbers"));
}

BOOST_AUTO_TEST_CASE(latin_hypercubes_serve_fields_when_asked) {
  const Index n = 50;
  BOOST_TEST(make("latin_hypercube", context_of(n, {"problem.a"}, two_streams))->leading(0, 0).empty());
  const auto plain = make("latin_hypercube", context_of(n, {"problem.a"}));
  const auto design = make("latin_hypercube", context_of(n, {"problem.a"}, two_streams), {{"field_dimensions", 3}});
  std::vector<std::set<Index>> cells(6);
  for (Index i = 0; i < n; ++i) {
    const auto u = coordinates(*design, i);
    BOOST_TEST(u[0] == coordinates(*plain, i)[0]);  // axes keep their values
    for (std::size_t j = 0; j < 6; ++j) {
      cells[j].insert(static_cast<Index>(std::floor(u[j] * static_cast<double>(n))));
    }
  }
  for (const auto& hit : cells) {
    BOOST_TEST(static_cast<Index>(hit.size()) == n);
  }
}

BOOST_AUTO_TEST_CASE(what_cannot_be_had_is_refused_with_what_to_do) {
  BOOST_TEST(contains(refused("sobol", context_of(0, {"problem.a"})), "set count in [sweep]"));
  BOOST_TEST(contains(refused("sobol", context_of(8, {})), "nothing to choose"));
  BOOST_TEST(contains(refused("sobol", context_of(8, {}, two_streams), {{"field_dimensions", 30000}}), "field_dimensions says"));
  BOOST_TEST(contains(refused("lattice", context_of(8, {}, two_streams), {{"vector", "mps_exew_a3_m20"}}), "field_dimensions says"));
  BOOST_TEST(contains(refused("lattice", context_of((1 << 20) + 1, {"problem.a"})), "fewer samples"));
  BOOST_TEST(contains(refused("lattice", context_of(2, {"problem.a"}), {{"first", (1 << 20) - 1}}), "fewer samples"));
  BOOST_TEST(contains(refused("sobol", context_of(8, {"problem.a"}), {{"scramble", "owen_hash"}, {"first", std::int64_t{1} << 32U}}),
                      "fewer samples"));
}

BOOST_AUTO_TEST_CASE(uneven_numbers_of_samples_are_told) {
  BOOST_TEST(make("sobol", context_of(64, {"problem.a"}))->warnings().empty());
  const auto warned = make("sobol", context_of(100, {"problem.a"}))->warnings();
  BOOST_REQUIRE(warned.size() == 1);
  BOOST_TEST(contains(warned.front(), "64 and 128"));
  BOOST_TEST(make("halton", context_of(100, {"problem.a"}))->warnings().empty());
  BOOST_TEST(make("sobol", context_of(64, {"problem.a"}), {{"first", 32}})->warnings().size() == 1);
  BOOST_TEST(make("sobol", context_of(64, {"problem.a"}), {{"first", 128}})->warnings().empty());
  BOOST_TEST(make("sobol", context_of(64, {"problem.a"}), {{"scramble", "none"}})->warnings().size() == 1);
}

BOOST_AUTO_TEST_SUITE_END()
