#include <algorithm>
#include <cctype>
#include <charconv>
#include <functional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <kindred/apps/verbs/points/plan.hpp>
#include <kindred/core/base/error.hpp>

namespace kindred::app::points {
namespace {

using Numbers = std::vector<double>;

struct MarginalKind {
  const char* name;
  const char* arguments;
  std::vector<std::size_t> counts;  ///< how many arguments may be given
  std::function<qmc::Marginal(const Numbers&)> make;
};

const std::vector<MarginalKind>& kinds() {
  static const std::vector<MarginalKind> all{
      {"uniform", "lower, upper", {2}, [](const Numbers& a) { return qmc::Uniform(a[0], a[1]); }},
      {"normal", "mean, deviation", {0, 2}, [](const Numbers& a) { return a.empty() ? qmc::Normal() : qmc::Normal(a[0], a[1]); }},
      {"lognormal", "location, scale", {0, 2}, [](const Numbers& a) { return a.empty() ? qmc::LogNormal() : qmc::LogNormal(a[0], a[1]); }},
      {"truncated_normal",
       "mean, deviation, lower, upper",
       {4},
       [](const Numbers& a) { return qmc::TruncatedNormal(a[0], a[1], a[2], a[3]); }},
      {"exponential", "rate", {0, 1}, [](const Numbers& a) { return a.empty() ? qmc::Exponential() : qmc::Exponential(a[0]); }},
      {"triangular", "lower, mode, upper", {3}, [](const Numbers& a) { return qmc::Triangular(a[0], a[1], a[2]); }},
      {"kumaraswamy", "a, b", {2}, [](const Numbers& a) { return qmc::Kumaraswamy(a[0], a[1]); }},
      {"continuous_bernoulli", "lambda", {1}, [](const Numbers& a) { return qmc::ContinuousBernoulli(a[0]); }},
      {"johnson_su", "gamma, delta, xi, lambda", {4}, [](const Numbers& a) { return qmc::JohnsonSU(a[0], a[1], a[2], a[3]); }},
  };
  return all;
}

std::string without_blanks(std::string text) {
  std::erase_if(text, [](unsigned char c) { return std::isspace(c) != 0; });
  return text;
}

}  // namespace

qmc::Marginal parse_marginal(const std::string& text) {
  const std::string compact = without_blanks(text);
  const std::size_t open = compact.find('(');
  const std::string name = compact.substr(0, open);
  Numbers numbers;
  if (open != std::string::npos) {
    if (compact.back() != ')') {
      throw InputError(fmt::format("transform \"{}\": write NAME or NAME(NUMBER, …)", text));
    }
    const char* at = compact.data() + open + 1;
    const char* const end = compact.data() + compact.size() - 1;
    while (at != end) {
      double value = 0.0;
      const auto [next, error] = std::from_chars(at, end, value);
      if (error != std::errc() || (next != end && (*next != ',' || next + 1 == end))) {
        throw InputError(fmt::format("transform \"{}\": \"{}\" is no list of numbers", text, std::string(at, end)));
      }
      numbers.push_back(value);
      at = next == end ? end : next + 1;
    }
  }
  std::vector<std::string> usage;
  for (const MarginalKind& kind : kinds()) {
    usage.push_back(fmt::format("{}({})", kind.name, kind.arguments));
    if (kind.name == name) {
      if (std::find(kind.counts.begin(), kind.counts.end(), numbers.size()) == kind.counts.end()) {
        throw InputError(fmt::format("transform \"{}\": {} numbers; it is {}", text, numbers.size(), usage.back()));
      }
      try {
        return kind.make(numbers);
      } catch (const InputError& error) {
        throw InputError(fmt::format("transform \"{}\": {}", text, error.what()));
      }
    }
  }
  throw InputError(fmt::format("no transform is called \"{}\"; there are: {}", name, fmt::join(usage, ", ")));
}

}  // namespace kindred::app::points
