// Error of averages over a data set, by its design: the standard deviation over independent replicates of the mean over n samples, which is
// the error because every design's mean is unbiased. Darcy flow through a lognormal medium, deviation and inverse length swept.
//
//   bench_designs [cells [replicates [largest log2 n]]]
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <kindred/core/deck/toml_reader.hpp>
#include <kindred/core/petsc/petsc.hpp>
#include <kindred/operators/designs/design.hpp>
#include <kindred/solvers/sequence/sequence.hpp>

using namespace kindred;

namespace {

constexpr std::array quantities{"max u", "mean u", "mean a", "u(1/2, 1/2)^2"};
using Means = std::array<double, quantities.size()>;

Value toml(const std::string& text) {
  Diagnostics diagnostics;
  auto value = read_toml(std::make_shared<const Source>(Source{"<benchmark>", text}), diagnostics);
  diagnostics.raise_if_errors();
  return value ? *value : Value(Table{});
}

SweepAxis axis(const std::string& path, double low, double high) {
  SweepAxis result;
  result.path = path;
  result.distribution.low = low;
  result.distribution.high = high;
  return result;
}

class Study {
 public:
  explicit Study(Index cells) : cells_(cells), sequence_(create<Solver>(Value("family")), create<Guess>(Value("zero"))) {
    context_.axes = {axis("problem.coefficient.sigma", 0.2, 1.2), axis("problem.coefficient.tau", 2.0, 8.0)};
    context_.streams = problem({0.5, 3.0})->random_variables();
  }

  /// Means over the first n samples of one replicate, n = 2^first … 2^last.
  std::vector<Means> replicate(const std::string& design, int number, int first, int last) {
    DesignContext context = context_;
    context.seed = static_cast<std::uint64_t>(number);
    std::vector<Means> means;
    for (int m = first; m <= last; ++m) {
      context.count = Index{1} << static_cast<unsigned>(m);
      means.push_back(mean(*create<Design>(toml("design = " + design).as_table().front().value, context), context.seed));
    }
    return means;
  }

 private:
  [[nodiscard]] std::unique_ptr<Problem> problem(const std::array<double, 2>& p) const {
    const Value table = toml(fmt::format(
        "type = \"darcy\"\nforcing = 1.0\ncoefficient = {{ type = \"lognormal\", alpha = 2.0, sigma = {}, tau = {} }}", p[0], p[1]));
    return create<Problem>(table, make_domain(toml(fmt::format("n = [{}, {}]", cells_, cells_)), Value(Table{})));
  }

  Means mean(const Design& design, std::uint64_t seed) {
    Means sum{};
    for (Index index = 0; index < design.count(); ++index) {
      Sample sample;
      sample.index = index;
      sample.seed = seed;
      sample.parameters = design.parameters(index, 0);
      sample.leading = design.leading(index, 0);
      const auto posed = problem({sample.parameters[0].value.as_real(), sample.parameters[1].value.as_real()});
      const auto inputs = posed->draw(sample);
      const LinearSystem system = posed->assemble(inputs);
      solution_.assign(static_cast<std::size_t>(system.matrix->size()), 0.0);
      if (!sequence_.solve(system, solution_).converged) {
        throw SolveError("a sample was not solved");
      }
      const auto average = [](const std::vector<double>& v) {
        double total = 0.0;
        for (const double x : v) {
          total += x;
        }
        return total / static_cast<double>(v.size());
      };
      const double middle = solution_[static_cast<std::size_t>(cells_ / 2 * cells_ + cells_ / 2)];
      const Means values{*std::max_element(solution_.begin(), solution_.end()), average(solution_), average(inputs[0].values),
                         middle * middle};
      for (std::size_t q = 0; q < sum.size(); ++q) {
        sum[q] += values[q] / static_cast<double>(design.count());
      }
    }
    return sum;
  }

  Index cells_;
  DesignContext context_;
  Sequence sequence_;
  std::vector<double> solution_;
};

}  // namespace

int main(int argc, char** argv) {
  const auto argument = [&](int k, int otherwise) { return argc > k ? std::atoi(argv[k]) : otherwise; };
  const Index cells = argument(1, 16);
  const int replicates = argument(2, 16);
  constexpr int first = 4;
  const int last = argument(3, 9);
  const petsc::Session session;
  Study study(cells);
  const std::vector<std::pair<const char*, std::string>> designs{
      {"mc", "{ type = \"mc\" }"},
      {"lhs", "{ type = \"latin_hypercube\" }"},
      {"lhs+fields", "{ type = \"latin_hypercube\", field_dimensions = 64 }"},
      {"halton", "{ type = \"halton\" }"},
      {"lattice", "{ type = \"lattice\" }"},
      {"sobol", "{ type = \"sobol\" }"},
      {"sobol nus", "{ type = \"sobol\", scramble = \"nested_uniform\" }"},
  };
  std::vector<std::vector<std::vector<Means>>> means;  // [design][replicate][n]
  for (const auto& [name, design] : designs) {
    auto& list = means.emplace_back();
    for (int r = 0; r < replicates; ++r) {
      list.push_back(study.replicate(design, r + 1, first, last));
    }
  }
  fmt::print("Darcy, lognormal, {} x {} cells; standard deviation of the mean over {} replicates; in brackets: mc over it\n", cells, cells,
             replicates);
  for (std::size_t q = 0; q < quantities.size(); ++q) {
    fmt::print("\n{:<14}", quantities[q]);
    for (const auto& [name, design] : designs) {
      fmt::print("{:>20}", name);
    }
    for (int m = first; m <= last; ++m) {
      fmt::print("\nn = {:<10}", 1 << static_cast<unsigned>(m));
      double of_mc = 0.0;
      for (std::size_t d = 0; d < designs.size(); ++d) {
        double sum = 0.0;
        double squares = 0.0;
        for (const auto& list : means[d]) {
          const double value = list[static_cast<std::size_t>(m - first)][q];
          sum += value;
          squares += value * value;
        }
        const double average = sum / replicates;
        const double deviation = std::sqrt(std::max(0.0, squares / replicates - average * average) * replicates / (replicates - 1.0));
        of_mc = d == 0 ? deviation : of_mc;
        fmt::print("{:>12.3e} ({:4.1f})", deviation, of_mc / deviation);
      }
    }
    fmt::print("\n");
  }
  return 0;
}
