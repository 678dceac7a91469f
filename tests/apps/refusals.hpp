#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "../support/process.hpp"
#include "../support/text.hpp"

namespace kindred::test {

/// A request that a verb refuses.
struct Refusal {
  std::string arguments;
  int status;
  std::string message;  ///< part of what it says
};

/// Each is refused with its status and message, prints nothing else, and leaves neither the output nor a part of it.
/// @param verb  (arguments) -> ProcessResult
template <class Verb>
void check_refusals(const Verb& verb, const std::vector<Refusal>& refusals, const std::string& output) {
  for (const auto& [arguments, status, message] : refusals) {
    BOOST_TEST_CONTEXT(arguments) {
      const auto result = verb(arguments);
      BOOST_TEST(result.status == status);
      BOOST_TEST(result.out.empty());
      BOOST_TEST(contains(result.err, message), result.err);
      BOOST_TEST(!std::filesystem::exists(output));
      BOOST_TEST(!std::filesystem::exists(output + ".part"));
    }
  }
}

}  // namespace kindred::test
