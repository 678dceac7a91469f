#include <boost/test/unit_test.hpp>

#include <kindred/operators/grid/grid.hpp>

using namespace kindred;

namespace {

Grid box() {
  Grid grid;
  grid.axes = {Axis{'x', 4, 0.0, 1.0, false}, Axis{'y', 2, -1.0, 3.0, false}, Axis{'z', 5, 2.0, 0.5, true}};
  return grid;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_grid)

BOOST_AUTO_TEST_CASE(counts_and_volumes) {
  const Grid grid = box();
  BOOST_TEST(grid.dimension() == 3);
  BOOST_TEST(grid.size() == 40);
  // The cells fill the box.
  BOOST_TEST(grid.cell_volume() * 40 == 1.0 * 3.0 * 0.5, boost::test_tools::tolerance(1e-15));
}

BOOST_AUTO_TEST_CASE(first_axis_varies_slowest) {
  const Grid grid = box();
  const auto position = grid.center((3 * 2 + 1) * 5 + 2);  // cell (3, 1, 2)
  BOOST_TEST(position[0] == 0.875, boost::test_tools::tolerance(1e-15));
  BOOST_TEST(position[1] == 1.25, boost::test_tools::tolerance(1e-15));
  BOOST_TEST(position[2] == 2.25, boost::test_tools::tolerance(1e-15));
}

BOOST_AUTO_TEST_CASE(a_side_is_the_grid_without_its_axis) {
  const Grid grid = box();
  const Grid low = grid.side(1, false);
  const Grid high = grid.side(1, true);
  BOOST_TEST(low.dimension() == 2);
  BOOST_TEST(low.size() == 20);
  BOOST_TEST(low.axes[1].name == 'z');
  BOOST_TEST(low.axes[1].periodic);
  const auto face = high.center(3 * 5 + 2);
  const auto cell = grid.center((3 * 2 + 1) * 5 + 2);
  BOOST_TEST(face[0] == cell[0]);
  BOOST_TEST(face[1] == 2.0);
  BOOST_TEST(face[2] == cell[2]);
  BOOST_TEST(low.center(0)[1] == -1.0);
}

BOOST_AUTO_TEST_CASE(the_side_of_a_line_is_one_point) {
  Grid line;
  line.axes = {Axis{'x', 8, 1.0, 2.0, false}};
  const Grid end = line.side(0, true);
  BOOST_TEST(end.dimension() == 0);
  BOOST_TEST(end.size() == 1);
  BOOST_TEST(end.center(0)[0] == 3.0);
  BOOST_TEST(end.cell_volume() == 1.0);
}

BOOST_AUTO_TEST_SUITE_END()
