#include <boost/test/unit_test.hpp>

#include <kindred/core/base/error.hpp>
#include <kindred/core/deck/diagnostics.hpp>
#include <kindred/core/registry/registry.hpp>
#include <kindred/data/output_section.hpp>

using namespace kindred;
using namespace kindred::data;

namespace {

std::string complaints(const OutputParameters& parameters) {
  Diagnostics diagnostics;
  parameters.check(Value(Table{}), diagnostics);
  return diagnostics.has_errors() ? diagnostics.text() : "";
}

std::vector<Index> counts(const OutputParameters& parameters, Index count) {
  std::vector<Index> numbers;
  for (const auto& split : parameters.split_counts(count)) {
    numbers.push_back(split.count);
  }
  return numbers;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_output_section)

BOOST_AUTO_TEST_CASE(sizes) {
  BOOST_TEST(parse_bytes("1 GiB") == Index{1} << 30);
  BOOST_TEST(parse_bytes("250MB") == 250'000'000);
  BOOST_TEST(parse_bytes("1.5 KiB") == 1536);
  BOOST_TEST(parse_bytes("4096") == 4096);
  BOOST_TEST(parse_bytes("7 B") == 7);
  for (const char* bad : {"", "GiB", "-1 GiB", "1 parsec", "0 B", "1 GiB more", "inf"}) {
    BOOST_CHECK_THROW(parse_bytes(bad), InputError);
  }
}

BOOST_AUTO_TEST_CASE(splits) {
  OutputParameters p;
  BOOST_TEST(counts(p, 10'000) == std::vector<Index>({8000, 1000, 1000}), boost::test_tools::per_element());
  for (const Index count : {1, 2, 3, 7, 99, 1001}) {  // nothing is lost to rounding
    Index sum = 0;
    for (const Index part : counts(p, count)) {
      sum += part;
    }
    BOOST_TEST(sum == count);
  }
  p.split = {{"train", "1.0"}};
  BOOST_TEST(counts(p, 12) == std::vector<Index>({12}), boost::test_tools::per_element());
  p.split = {{"test", "5"}, {"train", "30"}};
  const auto splits = p.split_counts(35);
  BOOST_REQUIRE_EQUAL(splits.size(), 2U);
  BOOST_TEST((splits[0].name == "train" && splits[0].count == 30 && splits[1].name == "test"));
  BOOST_CHECK_THROW((void)p.split_counts(36), InputError);
}

BOOST_AUTO_TEST_CASE(faults_are_reported) {
  OutputParameters p;
  BOOST_TEST(complaints(p).empty());
  p.split = {{"train", "0.8"}, {"valid", "0.1"}};
  BOOST_TEST(complaints(p).find("add up to 0.9") != std::string::npos);
  p.split = {{"training", "1.0"}};
  BOOST_TEST(complaints(p).find("\"training\" is no split") != std::string::npos);
  p.split = {{"train", "much"}};
  BOOST_TEST(complaints(p).find("neither a fraction") != std::string::npos);
  p.split = {{"train", "-0.5"}, {"test", "1.5"}};
  BOOST_TEST(!complaints(p).empty());
  p = {};
  p.shard_size = "huge";
  p.name = "a/b";
  BOOST_TEST(complaints(p).find("shard_size") != std::string::npos);
  BOOST_TEST(complaints(p).find("name") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(section_is_registered) {
  const Entry* entry = Registry::instance().find("section", "output");
  BOOST_REQUIRE(entry != nullptr);
  BOOST_TEST(entry->find_parameter("dir")->runtime);
  BOOST_TEST(!entry->find_parameter("precision")->runtime);
  BOOST_TEST((entry->find_parameter("split")->type == ParameterType::options));
}

BOOST_AUTO_TEST_SUITE_END()
