#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>

#include <boost/test/unit_test.hpp>

#include <kindred/core/base/random.hpp>
#include <kindred/solvers/sequence/features.hpp>
#include <kindred/solvers/sequence/nearest_tree.hpp>
#include <kindred/solvers/sequence/paths.hpp>
#include <kindred/solvers/sequence/principal_components.hpp>
#include <kindred/solvers/solver.hpp>

using namespace kindred;

namespace {

using Points = FeatureMatrix;

/// Standard normal entries; column c multiplied by decay^c.
Points cloud(Index rows, Index columns, std::uint64_t seed, double decay = 1.0) {
  Points points{{}, rows, columns};
  const Draws draws(seed, "test_cloud", 0);
  for (Index i = 0; i < rows * columns; ++i) {
    points.values.push_back(draws.normal(static_cast<std::uint64_t>(i)) * std::pow(decay, static_cast<double>(i % columns)));
  }
  return points;
}

/// Whole numbers below `levels`: many equal rows and equal distances.
Points lattice(Index rows, Index columns, double levels) {
  Points points = cloud(rows, columns, 7);
  for (double& x : points.values) {
    x = std::floor(levels * (0.5 + 0.5 * std::erf(x / std::sqrt(2.0))));
  }
  return points;
}

const std::vector<std::string> all_orderings{"none", "greedy", "nearest_in_spectrum", "hilbert", "cluster"};

void require_permutation(const std::vector<Index>& order, Index count) {
  std::vector<Index> sorted = order;
  std::ranges::sort(sorted);
  std::vector<Index> expected(static_cast<std::size_t>(count));
  std::iota(expected.begin(), expected.end(), Index{0});
  BOOST_TEST((sorted == expected));
}

double distance(MatrixView points, Index a, Index b) {
  double sum = 0.0;
  for (Index c = 0; c < points.columns; ++c) {
    const double difference = points.row(a)[static_cast<std::size_t>(c)] - points.row(b)[static_cast<std::size_t>(c)];
    sum += difference * difference;
  }
  return sum;
}

/// The definition, by looking at all pairs.
std::vector<Index> greedy_by_definition(MatrixView points) {
  std::vector<Index> order;
  std::set<Index> left;
  for (Index i = 0; i < points.rows; ++i) {
    left.insert(i);
  }
  while (!left.empty()) {
    Index next = *left.begin();
    for (const Index i : left) {
      if (!order.empty() && distance(points, order.back(), i) < distance(points, order.back(), next)) {
        next = i;
      }
    }
    order.push_back(next);
    left.erase(next);
  }
  return order;
}

std::vector<Index> by_number(Index count) {
  std::vector<Index> order(static_cast<std::size_t>(count));
  std::iota(order.begin(), order.end(), Index{0});
  return order;
}

Grid make_grid(const std::vector<Index>& cells) {
  Grid grid;
  for (std::size_t axis = 0; axis < cells.size(); ++axis) {
    grid.axes.push_back({static_cast<char>('x' + axis), cells[axis], 0.0, 1.0, false});
  }
  return grid;
}

Field constant_field(double value) { return {make_grid({4, 4}), std::vector<double>(16, value)}; }

}  // namespace

BOOST_AUTO_TEST_SUITE(test_orderings)

BOOST_AUTO_TEST_CASE(every_ordering_gives_a_permutation_and_the_same_one_again) {
  for (const auto& name : all_orderings) {
    const auto ordering = create<Ordering>(Value(name));
    for (const Index rows : {0, 1, 2, 3, 12, 13, 14, 257, 500}) {
      for (const Index columns : {0, 1, 2, 3, 9, 70}) {
        const Points random = cloud(rows, columns, 11);
        const Points equal{std::vector<double>(static_cast<std::size_t>(rows * columns), -2.5), rows, columns};
        const Points repeated = lattice(rows, columns, 2.0);
        BOOST_TEST_CONTEXT(name << ", " << rows << " samples of " << columns << " features") {
          for (const Points* points : {&random, &equal, &repeated}) {
            const auto order = ordering->order(points->view());
            require_permutation(order, rows);
            BOOST_TEST((order == ordering->order(points->view())));
          }
          BOOST_TEST((ordering->order(equal.view()) == by_number(rows)) == true);
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(features_that_are_not_finite_or_do_not_fit_are_refused) {
  Points points = cloud(20, 3, 1);
  points.values[3 * 7 + 2] = std::numeric_limits<double>::quiet_NaN();
  const auto named = [](const InputError& error) { return std::string(error.what()).starts_with("feature 2 of sample 7 is nan"); };
  BOOST_CHECK_EXCEPTION(greedy_order(points.view()), InputError, named);
  BOOST_CHECK_EXCEPTION(hilbert_order(points.view()), InputError, named);
  BOOST_CHECK_EXCEPTION(cluster_order(points.view()), InputError, named);
  points.values[3 * 7 + 2] = -std::numeric_limits<double>::infinity();
  BOOST_CHECK_THROW(greedy_order(points.view()), InputError);
  points = cloud(20, 3, 1);
  BOOST_CHECK_THROW(greedy_order({points.values, 20, 4}), InputError);
  BOOST_CHECK_THROW(greedy_order(points.view(), 0), InputError);
  BOOST_CHECK_THROW(hilbert_order(points.view(), 0), InputError);
  BOOST_CHECK_THROW(hilbert_order(points.view(), 4), InputError);
  BOOST_CHECK_THROW(cluster_order(points.view(), -1), InputError);
}

BOOST_AUTO_TEST_CASE(the_greedy_chain_is_the_one_of_its_definition) {
  for (const Index columns : {1, 2, 5, 8, 9, 40}) {
    for (const Index rows : {2, 30, 333}) {
      const Points points = cloud(rows, columns, static_cast<std::uint64_t>(100 * columns + rows), 0.9);
      BOOST_TEST_CONTEXT(rows << " samples of " << columns << " features") {
        BOOST_TEST(greedy_order(points.view()) == greedy_by_definition(points.view()), boost::test_tools::per_element());
      }
    }
  }
  // Whole numbers have exact distances: of equally near samples the one with the lowest number comes next.
  for (const Index columns : {1, 2, 3}) {
    const Points points = lattice(300, columns, 6.0);
    BOOST_TEST(greedy_order(points.view()) == greedy_by_definition(points.view()), boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(the_tree_finds_the_nearest_of_those_left) {
  const Points points = cloud(200, 3, 5);
  const Points queries = cloud(200, 3, 6);
  NearestTree tree(points.view());
  std::vector<Index> left = by_number(200);
  for (Index step = 0; step < 200; ++step) {
    const auto query = queries.view().row(step);
    const Index expected = *std::ranges::min_element(left, {}, [&](Index i) { return squared_distance(points.view().row(i), query); });
    BOOST_REQUIRE_EQUAL(tree.nearest(query), expected);
    const Index removed = left[static_cast<std::size_t>((step * 37) % static_cast<Index>(left.size()))];
    tree.remove(removed);
    std::erase(left, removed);
  }
  BOOST_TEST(tree.nearest(queries.view().row(0)) == -1);
}

// Grouped chains only cut the work: paths stay shorter than unordered ones.
BOOST_AUTO_TEST_CASE(chains_in_groups_visit_everybody_along_a_short_path) {
  const Points points = cloud(3000, 12, 3, 0.6);
  const auto one = greedy_order(points.view());
  const auto grouped = greedy_order(points.view(), 250);
  require_permutation(grouped, 3000);
  BOOST_TEST((grouped != one));
  BOOST_TEST(mean_step(points.view(), grouped) < 0.75 * mean_step(points.view(), by_number(3000)));
}

BOOST_AUTO_TEST_CASE(ordered_paths_are_shorter_than_unordered_ones) {
  for (const Index columns : {1, 2, 4, 8, 32}) {
    const Points points = cloud(150, columns, 20 + static_cast<std::uint64_t>(columns));
    const double unordered = mean_step(points.view(), by_number(150));
    BOOST_TEST_CONTEXT(columns << " features") {
      BOOST_TEST(mean_step(points.view(), greedy_order(points.view())) < unordered);
      BOOST_TEST(mean_step(points.view(), cluster_order(points.view(), 5)) < unordered);
      BOOST_TEST(mean_step(points.view(), hilbert_order(points.view(), std::min<Index>(columns, 3))) < unordered);
    }
  }
}

// Greedy goes to one end and then back over what it left out: at most the range three times over (down, up, and never again).
BOOST_AUTO_TEST_CASE(points_on_a_line_are_walked_along) {
  Points points = cloud(400, 1, 9);
  const auto [low, high] = std::ranges::minmax(points.values);
  const auto length = [&](const std::vector<Index>& order) { return 399.0 * mean_step(points.view(), order); };
  BOOST_TEST(length(greedy_order(points.view())) <= 2.0 * (high - low));
  BOOST_TEST(length(hilbert_order(points.view(), 1)) == high - low, boost::test_tools::tolerance(1e-4));
  // The same line, oblique in five dimensions and slightly thick: still end to end.
  Points oblique{{}, 400, 5};
  const Draws noise(1, "noise", 0);
  for (Index i = 0; i < 400; ++i) {
    for (Index c = 0; c < 5; ++c) {
      oblique.values.push_back(points.values[static_cast<std::size_t>(i)] * (c % 2 == 0 ? 1.0 : -2.0) +
                               1e-9 * noise.normal(static_cast<std::uint64_t>(5 * i + c)));
    }
  }
  BOOST_TEST(399.0 * mean_step(oblique.view(), hilbert_order(oblique.view())) == std::sqrt(11.0) * (high - low),
             boost::test_tools::tolerance(1e-3));
}

// The defining property of the curve: it passes each cell of a cube of 2^b a side once, stepping from neighbour to neighbour.
BOOST_AUTO_TEST_CASE(the_hilbert_curve_steps_through_all_cells) {
  for (const auto& [dimension, bits] : {std::pair{1, 6}, std::pair{2, 1}, std::pair{2, 5}, std::pair{3, 1}, std::pair{3, 4}}) {
    const std::uint32_t side = 1U << static_cast<unsigned>(bits);
    std::vector<std::array<std::uint32_t, 3>> cells(static_cast<std::size_t>(std::pow(side, dimension)));
    std::vector<int> visits(cells.size(), 0);
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const auto number = static_cast<std::uint32_t>(i);
      const std::array<std::uint32_t, 3> cell{number % side, number / side % side, number / side / side};
      const auto place = static_cast<std::size_t>(hilbert_number(cell, dimension, bits));
      BOOST_REQUIRE(place < cells.size());
      cells[place] = cell;
      ++visits[place];
    }
    BOOST_TEST(std::ranges::count(visits, 1) == std::ssize(visits));
    for (std::size_t i = 1; i < cells.size(); ++i) {
      unsigned step = 0;
      for (std::size_t axis = 0; axis < 3; ++axis) {
        const auto [less, more] = std::minmax(cells[i][axis], cells[i - 1][axis]);
        step += more - less;
      }
      BOOST_REQUIRE_EQUAL(step, 1U);
    }
  }
}

BOOST_AUTO_TEST_CASE(principal_coordinates_keep_distances_and_sort_variances) {
  const Points points = cloud(60, 10, 4, 0.7);
  const auto rotated = principal_coordinates(points.view(), 10);
  const MatrixView view{rotated, 60, 10};
  for (const auto& [a, b] : {std::pair{0, 59}, std::pair{3, 17}, std::pair{20, 21}}) {
    BOOST_TEST(distance(view, a, b) == distance(points.view(), a, b), boost::test_tools::tolerance(1e-12));
  }
  std::vector<double> variances(10, 0.0);
  double mixed = 0.0;
  for (Index i = 0; i < 60; ++i) {
    for (std::size_t c = 0; c < 10; ++c) {
      variances[c] += view.row(i)[c] * view.row(i)[c];
    }
    mixed += view.row(i)[0] * view.row(i)[1];
  }
  BOOST_TEST(std::ranges::is_sorted(variances, std::greater<>()));
  BOOST_TEST(std::abs(mixed) < 1e-12 * variances[0]);
}

BOOST_AUTO_TEST_CASE(clusters_are_found_and_solved_one_after_another) {
  // Four heaps of radius about 0.05 at the corners of a square of side 10, dealt out in turn.
  Points points = cloud(200, 2, 12);
  for (Index i = 0; i < 200; ++i) {
    points.values[static_cast<std::size_t>(2 * i)] = 0.05 * points.values[static_cast<std::size_t>(2 * i)] + ((i & 1) != 0 ? 10.0 : 0.0);
    points.values[static_cast<std::size_t>(2 * i + 1)] =
        0.05 * points.values[static_cast<std::size_t>(2 * i + 1)] + ((i & 2) != 0 ? 10.0 : 0.0);
  }
  for (const std::uint64_t seed : {0, 1, 2}) {
    const auto labels = k_means(points.view(), 4, seed);
    const auto order = cluster_order(points.view(), 4, seed);
    require_permutation(order, 200);
    BOOST_TEST(order.front() == 0);
    std::set<Index> distinct;
    int changes = 0;
    for (std::size_t i = 0; i < 200; ++i) {
      BOOST_REQUIRE_EQUAL(labels[i], labels[i % 4]);
      distinct.insert(labels[i]);
      changes += i > 0 && order[i] % 4 != order[i - 1] % 4 ? 1 : 0;
    }
    BOOST_TEST(distinct.size() == 4U);
    BOOST_TEST(changes == 3);
  }
  BOOST_TEST(cluster_order(points.view(), 1000) == greedy_order(points.view()), boost::test_tools::per_element());  // one sample each
}

BOOST_AUTO_TEST_CASE(twenty_thousand_samples_are_ordered) {
  for (const Index columns : {2, 64}) {
    const Points points = cloud(20'000, columns, 30, 0.8);
    const double unordered = mean_step(points.view(), by_number(20'000));
    for (const auto& order : {greedy_order(points.view(), 5000), hilbert_order(points.view())}) {
      require_permutation(order, 20'000);
      BOOST_TEST(mean_step(points.view(), order) < 0.8 * unordered);
    }
  }
}

BOOST_AUTO_TEST_CASE(fields_are_reduced_to_block_means_and_cosine_coefficients) {
  const Grid grid = make_grid({6, 10});
  std::vector<double> values(60);
  for (std::size_t i = 0; i < 60; ++i) {
    values[i] = static_cast<double>(i / 10) + 100.0 * static_cast<double>(i % 10);
  }
  // 2 × 2 blocks of 3 × 5 cells.
  const std::vector<double> means{1 + 200.0, 1 + 700.0, 4 + 200.0, 4 + 700.0};
  BOOST_TEST(block_means(grid, values, 8) == means, boost::test_tools::per_element());
  BOOST_TEST(block_means(grid, values, 1000) == values, boost::test_tools::per_element());  // one block a cell
  BOOST_TEST(block_means(Grid{}, std::vector<double>{3.0}, 64) == std::vector<double>{3.0}, boost::test_tools::per_element());
  // 3 + 2 √2 cos(π y) √2 cos(2 π x) has the coefficients 3 at (0, 0) and 2 at (2, 1).
  for (const Index cells : {8, 20}) {
    const Grid square = make_grid({cells, 2 * cells});
    std::vector<double> wave;
    for (Index cell = 0; cell < square.size(); ++cell) {
      const auto [x, y, z] = square.center(cell);
      wave.push_back(3.0 + 4.0 * std::cos(2.0 * M_PI * x) * std::cos(M_PI * y));
    }
    const auto coefficients = cosine_coefficients(square, wave, 9);
    BOOST_REQUIRE_EQUAL(coefficients.size(), 9U);
    for (std::size_t k = 0; k < 9; ++k) {
      BOOST_TEST(std::abs(coefficients[k] - (k == 0 ? 3.0 : k == 7 ? 2.0 : 0.0)) < 1e-13);
    }
  }
}

BOOST_AUTO_TEST_CASE(positive_fields_are_compared_by_logarithms_of_unit_variance) {
  FeatureTable table({FeatureRequest::Kind::blocks, 1});
  for (const double a : {1.0, 10.0, 100.0}) {
    table.add(std::vector<Field>{constant_field(a), constant_field(7.0), constant_field(a - 10.0)}, {});
  }
  table.add_unknown();
  const FeatureMatrix features = table.finish();
  BOOST_TEST(features.rows == 4);
  BOOST_REQUIRE_EQUAL(features.columns, 2);  // the field that never changes is left out
  // Logarithms 0, 1, 2 and their mean 1 (to base 10): variance 1/2. The other field is negative once, hence not logarithmic.
  const auto at = [&](Index row, std::size_t column) { return features.view().row(row)[column]; };
  BOOST_TEST(at(1, 0) - at(0, 0) == std::sqrt(2.0), boost::test_tools::tolerance(1e-12));
  BOOST_TEST(at(2, 0) - at(1, 0) == std::sqrt(2.0), boost::test_tools::tolerance(1e-12));
  BOOST_TEST(at(3, 0) == at(1, 0), boost::test_tools::tolerance(1e-12));
  BOOST_TEST((at(2, 1) - at(1, 1)) / (at(1, 1) - at(0, 1)) == 10.0, boost::test_tools::tolerance(1e-12));
  const std::vector<Field> other_grid{{make_grid({1}), {1.0}}, constant_field(7.0), constant_field(1.0)};
  BOOST_TEST(FeatureTable({FeatureRequest::Kind::blocks, 1}).finish().rows == 0);
  FeatureTable finer({FeatureRequest::Kind::blocks, 64});
  finer.add(std::vector<Field>{constant_field(1.0)}, {});
  BOOST_CHECK_THROW(finer.add(other_grid, {}), InputError);
}

BOOST_AUTO_TEST_CASE(parameters_are_compared_by_ranks) {
  FeatureTable table({FeatureRequest::Kind::parameters, 64});
  for (const double p : {1e-3, 1e3, 1.0, 1e-3, 20.0}) {
    table.add({}, std::vector<double>{p, 5.0});
  }
  const FeatureMatrix features = table.finish();
  BOOST_REQUIRE_EQUAL(features.columns, 1);
  BOOST_TEST(features.values == (std::vector<double>{0.0, 1.0, 1.0 / 3.0, 0.0, 2.0 / 3.0}), boost::test_tools::tolerance(1e-15)
                                                                                                << boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(orderings_say_which_features_they_want) {
  const auto wanted = [](const char* name) { return create<Ordering>(Value(name))->features(); };
  BOOST_TEST((wanted("none").kind == FeatureRequest::Kind::none));
  BOOST_TEST((wanted("greedy").kind == FeatureRequest::Kind::blocks));
  BOOST_TEST((wanted("nearest_in_spectrum").kind == FeatureRequest::Kind::spectrum));
  Value table{Table{}};
  table.set("type", "hilbert");
  table.set("features", "parameters");
  BOOST_TEST((create<Ordering>(table)->features().kind == FeatureRequest::Kind::parameters));
}

BOOST_AUTO_TEST_SUITE_END()
