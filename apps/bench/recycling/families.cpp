#include <kindred/apps/bench/recycling/families.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <numbers>
#include <utility>

#include <kindred/core/deck/toml_reader.hpp>
#include <kindred/operators/fields/random_field.hpp>
#include <kindred/operators/problems/problem.hpp>
#include <kindred/operators/stencil_operator.hpp>

namespace kindred::bench {
namespace {

constexpr std::uint64_t seed = 2024;

Sample sample_of(Index index) {
  Sample sample;
  sample.index = index;
  sample.seed = seed;
  return sample;
}

/// side × side inner nodes of the unit square, as cells around them.
Grid inner_nodes(Index side) {
  const double h = 1.0 / static_cast<double>(side + 1);
  Grid grid;
  for (const char axis : {'x', 'y'}) {
    grid.axes.push_back({axis, side, 0.5 * h, static_cast<double>(side) * h, false});
  }
  return grid;
}

/// @param a at (side + 2)² nodes, those of the boundary included
LinearSystem darcy_system(Index side, const std::vector<double>& a) {
  auto matrix = std::make_shared<StencilOperator>(inner_nodes(side));
  const auto at = [&](Index i, Index j) { return a[static_cast<std::size_t>((i + 1) * (side + 2) + j + 1)]; };
  for (Index i = 0; i < side; ++i) {
    for (Index j = 0; j < side; ++j) {
      const auto cell = static_cast<std::size_t>(i * side + j);
      const auto face = [&](Index k, Index l) { return 0.5 * (at(i, j) + at(k, l)); };
      const std::array<double, 4> faces{face(i - 1, j), face(i + 1, j), face(i, j - 1), face(i, j + 1)};
      matrix->center[cell] = faces[0] + faces[1] + faces[2] + faces[3];
      matrix->lower[0][cell] = i > 0 ? -faces[0] : 0.0;
      matrix->upper[0][cell] = i + 1 < side ? -faces[1] : 0.0;
      matrix->lower[1][cell] = j > 0 ? -faces[2] : 0.0;
      matrix->upper[1][cell] = j + 1 < side ? -faces[3] : 0.0;
    }
  }
  const double h = 1.0 / static_cast<double>(side + 1);
  LinearSystem system;
  system.rhs.assign(static_cast<std::size_t>(side * side), h * h);
  system.symmetric = true;
  system.positive_definite = true;
  system.matrix = std::move(matrix);
  return system;
}

Grid all_nodes(Index side, bool periodic) {
  Grid grid;
  for (const char axis : {'x', 'y'}) {
    grid.axes.push_back({axis, side + 2, 0.0, 1.0, periodic});
  }
  return grid;
}

/// Wave numbers of the products of cosines, those of long waves first; without the constant, which would only scale the solution.
std::vector<std::pair<int, int>> cosine_modes(Index count) {
  std::vector<std::pair<int, int>> modes;
  constexpr int most = 8;
  for (int k = 0; k < most; ++k) {
    for (int l = 0; l < most; ++l) {
      modes.emplace_back(k, l);
    }
  }
  std::ranges::stable_sort(modes, {}, [](const auto& mode) { return mode.first * mode.first + mode.second * mode.second; });
  return {modes.begin() + 1, modes.begin() + 1 + count};
}

}  // namespace

Value toml(const std::string& text) {
  Diagnostics diagnostics;
  auto value = read_toml(std::make_shared<const Source>(Source{"<benchmark>", text}), diagnostics);
  diagnostics.raise_if_errors();
  return value ? *value : Value(Table{});
}

Family registered_family(const std::string& problem, const std::string& grid, const std::string& boundary) {
  const std::shared_ptr<const Problem> made = create<Problem>(toml(problem), make_domain(toml(grid), toml(boundary)));
  return [made](Index index) {
    Member member;
    member.inputs = made->draw(sample_of(index));
    member.system = made->assemble(member.inputs);
    return member;
  };
}

Family darcy_at_nodes(Index side) {
  const std::shared_ptr<const RandomField> logarithm =
      create<RandomField>(toml("type = \"grf\"\nalpha = 2.5\ntau = 7.0\nsigma = 18.520259177452136\nboundary = \"periodic\""));  // 7^1.5
  return [side, logarithm](Index index) {
    const Grid nodes = all_nodes(side, true);
    std::vector<double> a(static_cast<std::size_t>(nodes.size()));
    logarithm->draw(nodes, sample_of(index), "problem.coefficient", a);
    std::ranges::transform(a, a.begin(), [](double g) { return std::exp(g); });
    Member member;
    member.system = darcy_system(side, a);
    member.inputs.push_back({nodes, std::move(a)});
    return member;
  };
}

Family darcy_with_parameters(Index side, Index dimension) {
  std::vector<std::pair<int, int>> modes = cosine_modes(dimension);
  std::vector<double> weights;
  double squares = 0.0;
  for (const auto& [k, l] : modes) {
    weights.push_back(1.0 / static_cast<double>(k * k + l * l));
    squares += weights.back() * weights.back();
  }
  for (double& w : weights) {
    w *= 0.7 / std::sqrt(squares);
  }
  return [=](Index index) {
    const Draws draws = sample_of(index).draws("parameters");
    const Grid nodes = all_nodes(side, false);
    std::vector<double> logarithm(static_cast<std::size_t>(nodes.size()), 0.0);
    Member member;
    for (std::size_t m = 0; m < modes.size(); ++m) {
      const double xi = draws.normal(m);
      member.parameters.push_back(xi);
      const auto wave = [&](int k, Index i) {
        return (k > 0 ? std::numbers::sqrt2 : 1.0) *
               std::cos(k * std::numbers::pi * static_cast<double>(i) / static_cast<double>(side + 1));
      };
      for (Index i = 0; i < side + 2; ++i) {
        for (Index j = 0; j < side + 2; ++j) {
          logarithm[static_cast<std::size_t>(i * (side + 2) + j)] += xi * weights[m] * wave(modes[m].first, i) * wave(modes[m].second, j);
        }
      }
    }
    std::vector<double> a(logarithm.size());
    std::ranges::transform(logarithm, a.begin(), [](double g) { return std::exp(g); });
    member.system = darcy_system(side, a);
    member.inputs.push_back({nodes, std::move(a)});
    return member;
  };
}

}  // namespace kindred::bench
