// Data sets that grow: samples that are there stay where they are, bit for bit, whenever the extension is interrupted.

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include <boost/test/unit_test.hpp>

#include <kindred/data/extension.hpp>
#include <kindred/data/layout_text.hpp>

#include "dataset_fixture.hpp"

using namespace kindred;
using namespace kindred::data;
using namespace kindred::data::testing;

namespace {

DatasetLayout growing_layout(const std::filesystem::path& directory, Index count) {
  DatasetLayout layout = darcy_layout(directory, count);
  layout.identity += "count = " + std::to_string(count) + "\n";
  layout.extensible = true;
  layout.shard_bytes = 4 * layout.row_bytes();  // several shards a split
  return layout;
}

std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Shards by name, with their contents.
std::map<std::string, std::string> shards_of(const std::filesystem::path& directory) {
  std::map<std::string, std::string> found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory / "data")) {
    if (entry.is_regular_file()) {
      found[std::filesystem::relative(entry.path(), directory).string()] = bytes_of(entry.path());
    }
  }
  return found;
}

void write_all(DatasetWriter& writer) {
  for (const Index index : writer.unfinished()) {
    write_sample(writer, index);
  }
}

void complete(const DatasetLayout& layout) {
  auto writer = DatasetWriter::prepare(layout);
  write_all(writer);
  BOOST_REQUIRE(writer.finish());
}

void check_contents(const std::filesystem::path& directory, Index count) {
  const DatasetReader reader(directory);
  BOOST_TEST(reader.layout().count == count);
  BOOST_TEST(reader.rows() == count);
  std::set<Index> seen;
  for (Index row = 0; row < reader.rows(); ++row) {
    const Index index = reader.record(row).index;
    seen.insert(index);
    BOOST_TEST(reader.field(row, "u") == sample_values(reader.layout(), 1, index), boost::test_tools::per_element());
  }
  BOOST_TEST(static_cast<Index>(seen.size()) == count);
  BOOST_TEST(verify(directory).ok());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_extension)

BOOST_AUTO_TEST_CASE(a_finished_data_set_grows_and_its_files_stay) {
  const TemporaryDirectory folder;
  complete(growing_layout(folder.path(), 20));
  const auto before = shards_of(folder.path());
  for (const Index count : {40, 50}) {  // twice, by different amounts
    const DatasetLayout grown = continued(growing_layout(folder.path(), count));
    BOOST_TEST(grown.parts.size() == (count == 40 ? 2U : 3U));
    complete(grown);
    check_contents(folder.path(), count);
    const auto after = shards_of(folder.path());
    for (const auto& [name, bytes] : before) {
      BOOST_REQUIRE(after.contains(name));
      BOOST_TEST((after.at(name) == bytes), name);
    }
  }
  // Splits of the whole are those of the deck.
  const DatasetReader reader(folder.path());
  std::map<std::string, Index> rows;
  for (Index row = 0; row < reader.rows(); ++row) {
    ++rows[reader.split(row)];
  }
  BOOST_TEST(rows["train"] == 40);
  BOOST_TEST(rows["valid"] == 5);
  BOOST_TEST(rows["test"] == 5);
}

BOOST_AUTO_TEST_CASE(an_unfinished_one_grows_too_and_goes_on) {
  const TemporaryDirectory folder;
  {
    auto writer = DatasetWriter::prepare(growing_layout(folder.path(), 20));
    for (const Index index : {0, 3, 7}) {
      write_sample(writer, index);
    }
    writer.flush();
  }
  {
    auto writer = DatasetWriter::prepare(continued(growing_layout(folder.path(), 40)));
    BOOST_TEST(writer.done() == 3);
    write_sample(writer, 35);
    writer.flush();  // and is gone, as if killed
  }
  auto writer = DatasetWriter::prepare(continued(growing_layout(folder.path(), 40)));
  BOOST_TEST(writer.done() == 4);
  write_all(writer);
  BOOST_TEST(writer.finish());
  check_contents(folder.path(), 40);
}

BOOST_AUTO_TEST_CASE(an_extension_that_was_killed_while_creating_shards_goes_on) {
  const TemporaryDirectory folder;
  complete(growing_layout(folder.path(), 20));
  BOOST_TEST(std::filesystem::exists(folder.path() / "dataset.json"));
  {
    auto writer = DatasetWriter::prepare(continued(growing_layout(folder.path(), 40)));
    BOOST_TEST(!std::filesystem::exists(folder.path() / "dataset.json"));  // not complete any more
  }
  // Only one of the new shards had been put in place.
  std::vector<std::filesystem::path> created;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.path() / "data")) {
    if (entry.path().extension() == ".part") {
      created.push_back(entry.path());
    }
  }
  BOOST_REQUIRE(created.size() > 1);
  for (std::size_t k = 1; k < created.size(); ++k) {
    std::filesystem::remove(created[k]);
  }
  complete(continued(growing_layout(folder.path(), 40)));
  check_contents(folder.path(), 40);
}

BOOST_AUTO_TEST_CASE(every_part_is_a_permutation_of_its_own_samples) {
  DatasetLayout layout = growing_layout("nowhere", 50);
  layout.parts = {{20, {{"train", 16}, {"valid", 2}, {"test", 2}}}, {30, {{"train", 24}, {"valid", 3}, {"test", 3}}}};
  for (const bool ranges : {false, true}) {
    layout.split_ranges = ranges;
    const DatasetPlan plan(layout);
    std::set<Index> rows;
    for (Index index = 0; index < layout.count; ++index) {
      const Placement placement = plan.place(index);
      const ShardPlan& shard = plan.shards()[placement.shard];
      const Index row = shard.first_row + placement.row;
      rows.insert(row);
      BOOST_TEST(plan.index_at(placement.shard, placement.row) == index);
      BOOST_TEST((row < 20) == (index < 20));
      if (ranges) {
        const Index within = index < 20 ? index : index - 20;
        const Index train = index < 20 ? 16 : 24;
        BOOST_TEST((shard.split == "train") == (within < train));
      }
    }
    BOOST_TEST(rows.size() == 50);
  }
  BOOST_TEST(layout_text(parse_layout(layout_text(layout))) == layout_text(layout));
}

BOOST_AUTO_TEST_CASE(other_data_sets_and_shrinking_ones_are_refused) {
  const TemporaryDirectory folder;
  complete(growing_layout(folder.path(), 20));
  DatasetLayout other = growing_layout(folder.path(), 40);
  other.identity += "[problem.coefficient]\nalpha = 3.0\n";
  BOOST_CHECK_THROW(DatasetWriter::prepare(continued(other)), InputError);
  BOOST_CHECK_THROW(DatasetWriter::prepare(continued(growing_layout(folder.path(), 10))), InputError);
  DatasetLayout fixed = growing_layout(folder.path(), 40);
  fixed.extensible = false;
  BOOST_CHECK_THROW(DatasetWriter::prepare(continued(fixed)), InputError);
  DatasetLayout fewer = growing_layout(folder.path(), 30);
  fewer.splits = {{"train", 10}, {"valid", 10}, {"test", 10}};  // 16 rows are training data already
  BOOST_CHECK_THROW(continued(fewer), InputError);
  check_contents(folder.path(), 20);
}

BOOST_AUTO_TEST_SUITE_END()
