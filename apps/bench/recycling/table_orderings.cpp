// What the order of solving is worth, to recycling and to a warm start: the mean distance of neighbours falls, and the iterations?

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include <kindred/apps/bench/recycling/methods.hpp>
#include <kindred/apps/bench/recycling/tables.hpp>
#include <kindred/solvers/sequence/features.hpp>
#include <kindred/solvers/solver.hpp>

namespace kindred::bench {
namespace {

constexpr double rtol = 1e-8;
constexpr Index side = 50;
constexpr std::array ordering_names{"none", "greedy", "hilbert", "cluster", "nearest_in_spectrum"};

FeatureMatrix features_of(const Family& family, Index count, FeatureRequest request) {
  FeatureTable table(request);
  for (Index index = 0; index < count; ++index) {
    const Member member = family(index);
    table.add(member.inputs, member.parameters);
  }
  return table.finish();
}

/// Mean distance of consecutive members by the features of `greedy`, in the order given.
double mean_step(const FeatureMatrix& features, const std::vector<Index>& order) {
  double sum = 0.0;
  for (std::size_t i = 1; i < order.size(); ++i) {
    double square = 0.0;
    for (Index c = 0; c < features.columns; ++c) {
      const auto at = [&](Index row) { return features.values[static_cast<std::size_t>(row * features.columns + c)]; };
      square += std::pow(at(order[i]) - at(order[i - 1]), 2);
    }
    sum += std::sqrt(square);
  }
  return sum / static_cast<double>(order.size() - 1);
}

void add_family(Table& table, const std::string& problem, const Family& family, const Options& options) {
  const Index count = options.systems + 1;
  const FeatureMatrix blocks = features_of(family, count, create<Ordering>(Value("greedy"))->features());
  double unordered_step = 0.0;
  for (const char* name : ordering_names) {
    const auto ordering = create<Ordering>(Value(name));
    const FeatureRequest request = ordering->features();
    FeatureMatrix features{{}, count, 0};
    if (request.kind != FeatureRequest::Kind::none) {
      features = features_of(family, count, request);
    }
    const std::vector<Index> order = ordering->order(features.view());
    const Family ordered = [&](Index index) { return family(order[static_cast<std::size_t>(index)]); };
    const Method recycling{"gcrodr(40,20) + jacobi", "gcrodr", "jacobi", gcrodr_40_20};
    Comparison comparison{fmt::format("{}, {}", problem, name), ordered, rtol, 1, {contender(recycling, rtol)}};
    comparison.contenders.push_back(
        deck_contender("cg + jacobi, guess previous", "type = \"petsc\"\nksp_type = \"cg\"\npc_type = \"jacobi\"", "\"previous\""));
    const double step = mean_step(blocks, order);
    unordered_step = name == ordering_names.front() ? step : unordered_step;
    for (Row& row : compare(comparison, options)) {
      const Row* base = find_row(table.rows, fmt::format("{}, {}", problem, ordering_names.front()), row.method);
      row.extras.emplace_back("step / unordered", step / unordered_step);
      row.extras.emplace_back("its / unordered", base != nullptr ? row.iterations / base->iterations : 1.0);
      table.rows.push_back(row);
    }
  }
}

}  // namespace

Table orderings(const Options& options) {
  Table table{"orderings", "Darcy at 50 x 50 nodes, rtol 1e-8, the same systems in different orders", {}, {}};
  add_family(table, "random field", darcy_at_nodes(side), options);
  for (const Index d : {1, 2}) {
    add_family(table, fmt::format("{} parameters", d), darcy_with_parameters(side, d), options);
  }
  return table;
}

}  // namespace kindred::bench
