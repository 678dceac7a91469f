// Boxes cover an array once each, in memory that is bounded; the pipeline keeps the order of its stages.
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <numeric>
#include <set>
#include <stdexcept>
#include <vector>

#include <kindred/data/array.hpp>

using namespace kindred;
using namespace kindred::data;

namespace {

/// Flat indices of a box of an array of this shape.
std::vector<Index> flat(const std::vector<Index>& shape, const Box& box) {
  std::vector<Index> indices{0};
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    std::vector<Index> next;
    for (const Index before : indices) {
      for (Index i = box.start[axis]; i < box.start[axis] + box.count[axis]; ++i) {
        next.push_back(before * shape[axis] + i);
      }
    }
    indices = next;
  }
  return indices;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_array)

BOOST_AUTO_TEST_CASE(boxes_cover_every_element_once) {
  struct Case {
    std::vector<Index> shape;
    std::vector<Index> chunk;
    Index elements;
  };
  const std::vector<Case> cases = {{{}, {}, 10},
                                   {{1}, {}, 10},
                                   {{100}, {}, 7},
                                   {{5, 7, 11}, {}, 1},
                                   {{5, 7, 11}, {}, 30},
                                   {{5, 7, 11}, {}, 100},
                                   {{5, 7, 11}, {}, 1000},
                                   {{5, 7, 11}, {2, 3, 4}, 30},
                                   {{30, 20}, {64, 64}, 10},
                                   {{0, 4}, {}, 10}};
  for (const auto& [shape, chunk, elements] : cases) {
    const BoxGrid grid(shape, chunk, elements);
    std::multiset<Index> seen;
    Index chunk_elements = 1;
    for (std::size_t axis = 0; axis < chunk.size(); ++axis) {
      chunk_elements *= std::min(chunk[axis], shape[axis]);
    }
    for (Index i = 0; i < grid.count(); ++i) {
      const Box box = grid.box(i);
      BOOST_TEST(box.size() <= std::max(elements, chunk_elements));
      for (std::size_t axis = 0; axis < chunk.size(); ++axis) {
        BOOST_TEST(box.start[axis] % chunk[axis] == 0);  // no chunk is cut
      }
      const auto indices = flat(shape, box);
      seen.insert(indices.begin(), indices.end());
    }
    const Index size = std::accumulate(shape.begin(), shape.end(), Index{1}, std::multiplies<>());
    BOOST_TEST(static_cast<Index>(seen.size()) == size);
    BOOST_TEST(static_cast<Index>(std::set<Index>(seen.begin(), seen.end()).size()) == size);
  }
}

BOOST_AUTO_TEST_CASE(each_block_is_loaded_computed_and_stored_in_turn) {
  constexpr Index count = 20;
  std::vector<std::atomic<int>> stage(count);
  const auto advance = [&](Index block, int from) { return stage[static_cast<std::size_t>(block)].exchange(from + 1) == from; };
  std::atomic<int> wrong{0};
  const auto step = [&](int from) { return [&, from](Index block) { wrong += advance(block, from) ? 0 : 1; }; };
  pipeline(count, step(0), step(1), step(2));
  BOOST_TEST(wrong == 0);
  for (const auto& reached : stage) {
    BOOST_TEST(reached == 3);
  }
  pipeline(0, step(0), step(1), step(2));
}

BOOST_AUTO_TEST_CASE(an_exception_of_any_stage_ends_the_pipeline) {
  const auto nothing = [](Index) {};
  const auto at_three = [](Index block) {
    if (block == 3) {
      throw std::runtime_error("three");
    }
  };
  BOOST_CHECK_THROW(pipeline(6, at_three, nothing, nothing), std::runtime_error);
  BOOST_CHECK_THROW(pipeline(6, nothing, at_three, nothing), std::runtime_error);
  BOOST_CHECK_THROW(pipeline(6, nothing, nothing, at_three), std::runtime_error);
}

BOOST_AUTO_TEST_SUITE_END()
