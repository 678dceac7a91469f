#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <numeric>
#include <set>

#include "dataset_fixture.hpp"

using namespace kindred;
using namespace kindred::data;
using namespace kindred::data::testing;

BOOST_AUTO_TEST_SUITE(test_layout)

BOOST_AUTO_TEST_CASE(permutation_is_a_bijection_with_its_inverse) {
  for (const Index n : {1, 2, 3, 4, 5, 16, 17, 63, 64, 65, 1000, 4097}) {
    for (const std::uint64_t seed : {0ULL, 1ULL, 0xFFFFFFFFFFFFFFFFULL}) {
      std::vector<bool> hit(static_cast<std::size_t>(n), false);
      for (Index index = 0; index < n; ++index) {
        const Index row = permuted_row(index, n, seed);
        BOOST_REQUIRE(row >= 0 && row < n);
        BOOST_REQUIRE(!hit[static_cast<std::size_t>(row)]);
        hit[static_cast<std::size_t>(row)] = true;
        BOOST_REQUIRE_EQUAL(permuted_index(row, n, seed), index);
      }
    }
  }
  const Index huge = (Index{1} << 48) - 17;
  for (const Index index : {Index{0}, Index{1}, huge / 3, huge - 1}) {
    BOOST_TEST(permuted_index(permuted_row(index, huge, 5), huge, 5) == index);
  }
  BOOST_CHECK_THROW(permuted_row(5, 5, 1), InputError);
  BOOST_CHECK_THROW(permuted_row(-1, 5, 1), InputError);
}

// The rank sum of the samples that land in the first tenth of the rows. For a random permutation of n it has the mean
// m (n - 1) / 2 and the variance m (n - m) (n + 1) / 12 (Wilcoxon); five deviations are missed once in 1.7 million.
BOOST_AUTO_TEST_CASE(first_rows_are_a_fair_sample) {
  const Index n = 10000;
  const Index m = 1000;
  for (const std::uint64_t seed : {1ULL, 2ULL, 2025ULL}) {
    double sum = 0.0;
    for (Index row = 0; row < m; ++row) {
      sum += static_cast<double>(permuted_index(row, n, seed));
    }
    const double mean = 0.5 * static_cast<double>(m * (n - 1));
    const double deviation = std::sqrt(static_cast<double>(m * (n - m)) * static_cast<double>(n + 1) / 12.0);
    BOOST_TEST(std::abs(sum - mean) < 5.0 * deviation);
  }
}

BOOST_AUTO_TEST_CASE(plan_covers_every_sample_once) {
  for (const bool shuffle : {false, true}) {
    auto layout = darcy_layout("nowhere", 103);
    layout.shuffle = shuffle;
    layout.shard_bytes = 10 * layout.row_bytes();
    const DatasetPlan plan(layout);
    std::set<std::pair<std::size_t, Index>> places;
    for (Index index = 0; index < layout.count; ++index) {
      const Placement place = plan.place(index);
      places.insert({place.shard, place.row});
      BOOST_REQUIRE_EQUAL(plan.index_at(place.shard, place.row), index);
    }
    BOOST_TEST(places.size() == 103U);
    Index next = 0;
    for (const auto& shard : plan.shards()) {
      BOOST_TEST(shard.first_row == next);
      BOOST_TEST(shard.rows * layout.row_bytes() <= layout.shard_bytes);
      next += shard.rows;
    }
    BOOST_TEST(next == 103);
  }
}

BOOST_AUTO_TEST_CASE(shards_of_a_split_are_equal_to_one_row_and_named_in_order) {
  auto layout = darcy_layout("nowhere", 100);
  layout.splits = {{"train", 83}, {"valid", 7}, {"test", 10}};
  layout.shard_bytes = 20 * layout.row_bytes();
  const DatasetPlan plan(layout);
  BOOST_REQUIRE_EQUAL(plan.shards().size(), 5U + 1U + 1U);
  BOOST_TEST(plan.shards()[0].file == "data/train/darcy-00000-of-00005.hdf5");
  BOOST_TEST(plan.shards()[5].file == "data/valid/darcy-00000-of-00001.hdf5");
  for (std::size_t shard = 0; shard < 5; ++shard) {
    BOOST_TEST((plan.shards()[shard].rows == 16 || plan.shards()[shard].rows == 17));
  }
}

BOOST_AUTO_TEST_CASE(job_arrays_share_every_split_evenly) {
  auto layout = darcy_layout("nowhere", 200);
  layout.splits = {{"train", 160}, {"valid", 37}, {"test", 3}};
  layout.shard_bytes = 30 * layout.row_bytes();
  layout.minimum_shards = 4;
  const DatasetPlan plan(layout);
  std::map<std::string, std::map<std::size_t, Index>> rows;  // split → task → rows
  for (std::size_t shard = 0; shard < plan.shards().size(); ++shard) {
    rows[plan.shards()[shard].split][shard % 4] += plan.shards()[shard].rows;
  }
  for (const char* split : {"train", "valid"}) {
    BOOST_TEST(rows[split].size() == 4U);
    const auto [least, most] =
        std::minmax_element(rows[split].begin(), rows[split].end(), [](auto a, auto b) { return a.second < b.second; });
    BOOST_TEST(most->second - least->second <= 2);
  }
  BOOST_TEST(rows["test"].size() == 3U);  // three samples cannot make four files
}

BOOST_AUTO_TEST_CASE(row_sizes) {
  auto layout = darcy_layout("nowhere", 10, 3, 4);
  BOOST_TEST(layout.row_values(layout.fields[0]) == 4 * 5 * 6);
  BOOST_TEST(layout.row_bytes() == 2 * 4 * (4 * 5 * 6));
  layout.precision = Precision::f64;
  BOOST_TEST(layout.row_bytes() == 2 * 8 * (4 * 5 * 6));
  layout.fields[0].rank = 2;
  layout.fields[0].varies_along = {true, false, false};
  BOOST_TEST(layout.row_values(layout.fields[0]) == 4 * 9);
}

BOOST_AUTO_TEST_CASE(contradictory_layouts_are_refused) {
  auto layout = darcy_layout("nowhere");
  layout.splits[0].count += 1;
  BOOST_CHECK_THROW(DatasetPlan{layout}, InputError);
  layout = darcy_layout("nowhere");
  layout.fields[1].name = "coefficient";
  BOOST_CHECK_THROW(DatasetPlan{layout}, InputError);
  layout = darcy_layout("nowhere");
  layout.name = "../elsewhere";
  BOOST_CHECK_THROW(DatasetPlan{layout}, InputError);
}

BOOST_AUTO_TEST_SUITE_END()
