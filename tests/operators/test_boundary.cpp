#include <string>

#include <boost/test/unit_test.hpp>

#include <kindred/core/deck/diagnostics.hpp>
#include <kindred/operators/grid/boundary.hpp>

#include "../support/text.hpp"
#include "function_field.hpp"

using namespace kindred;
using namespace kindred::test;

namespace {

Value boundary_table(const std::vector<std::pair<std::string, Value>>& sides) {
  Value table{Table{}};
  for (const auto& [name, side] : sides) {
    table.set(name, side);
  }
  return table;
}

/// Message of the InputError that the two tables cause.
std::string refusal(const Value& grid, const Value& boundary) {
  try {
    make_domain(grid, boundary);
  } catch (const InputError& error) {
    return error.what();
  }
  return "accepted";
}

/// Complaints of a section's own check.
std::string complaints(const char* section, const Value& table) {
  Diagnostics diagnostics;
  Registry::instance().get("section", section).check(table, diagnostics);
  return diagnostics.has_errors() ? diagnostics.text() : "accepted";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_boundary)

BOOST_AUTO_TEST_CASE(absent_sides_are_homogeneous_dirichlet) {
  const Domain domain = make_domain(grid_table({4, 6}), Value(Table{}));
  BOOST_TEST(domain.grid.dimension() == 2);
  BOOST_TEST(domain.grid.axes[0].cells == 4);
  BOOST_TEST(domain.grid.axes[1].extent == 1.0);
  BOOST_REQUIRE(domain.boundary.sides.size() == 4U);
  for (const SideCondition& side : domain.boundary.sides) {
    BOOST_CHECK(side.kind == BoundaryKind::dirichlet);
    BOOST_TEST(side.value.as_real() == 0.0);
  }
}

BOOST_AUTO_TEST_CASE(sides_are_read_in_order) {
  const Value boundary = boundary_table({{"x_hi", side_table("neumann", 2.0)},
                                         {"y_lo", side_table("robin", 3.0, 5.0)},
                                         {"z_lo", Value("periodic")},
                                         {"z_hi", side_table("periodic")}});
  const Domain domain = make_domain(grid_table({4, 5, 6}, {1.0, 2.0, 3.0}, {0.0, -1.0, 0.5}), boundary);
  BOOST_CHECK(domain.boundary.side(0, false).kind == BoundaryKind::dirichlet);
  BOOST_CHECK(domain.boundary.side(0, true).kind == BoundaryKind::neumann);
  BOOST_TEST(domain.boundary.side(0, true).value.as_real() == 2.0);
  BOOST_CHECK(domain.boundary.side(1, false).kind == BoundaryKind::robin);
  BOOST_TEST(domain.boundary.side(1, false).kappa == 5.0);
  BOOST_CHECK(domain.boundary.side(2, true).kind == BoundaryKind::periodic);
  BOOST_TEST(!domain.grid.axes[0].periodic);
  BOOST_TEST(domain.grid.axes[2].periodic);
  BOOST_TEST(domain.grid.axes[1].origin == -1.0);
  BOOST_TEST(domain.grid.axes[2].extent == 3.0);
}

BOOST_AUTO_TEST_CASE(a_side_that_the_grid_lacks_is_refused) {
  const std::string message = refusal(grid_table({8}), boundary_table({{"y_lo", side_table("neumann")}}));
  BOOST_TEST(contains(message, "y_lo"));
  BOOST_TEST(contains(message, "1-dimensional"));
}

BOOST_AUTO_TEST_CASE(periodic_on_one_side_only_is_refused) {
  const Value boundary = boundary_table({{"x_lo", side_table("periodic")}, {"y_hi", side_table("periodic")}});
  for (const std::string& message : {refusal(grid_table({8, 8}), boundary), complaints("boundary", boundary)}) {
    BOOST_TEST(contains(message, "x_lo is periodic, but x_hi is not"));
    BOOST_TEST(contains(message, "y_hi is periodic, but y_lo is not"));
  }
  BOOST_TEST(complaints("boundary", boundary_table({{"x_lo", Value("periodic")}, {"x_hi", side_table("periodic")}})) == "accepted");
}

BOOST_AUTO_TEST_CASE(lists_of_different_lengths_are_refused) {
  const Value grid = grid_table({8, 8}, {1.0}, {0.0, 0.0, 0.0});
  for (const std::string& message : {refusal(grid, Value(Table{})), complaints("grid", grid)}) {
    BOOST_TEST(contains(message, "extent has 1 numbers, but n has 2"));
    BOOST_TEST(contains(message, "origin has 3 numbers, but n has 2"));
  }
}

BOOST_AUTO_TEST_CASE(unknown_conditions_are_refused) {
  BOOST_TEST(contains(refusal(grid_table({8}), boundary_table({{"x_lo", side_table("dirichlett")}})), "dirichlet"));
}

BOOST_AUTO_TEST_SUITE_END()
