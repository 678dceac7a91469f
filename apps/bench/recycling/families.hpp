#pragma once

#include <functional>
#include <string>
#include <vector>

#include <kindred/core/deck/value.hpp>
#include <kindred/operators/grid/grid.hpp>
#include <kindred/operators/linear_system.hpp>

namespace kindred::bench {

/// One member of a family, and what an ordering may look at.
struct Member {
  LinearSystem system;
  std::vector<Field> inputs;
  std::vector<double> parameters;
};

/// Member number 0, 1, …; the same whenever it is asked for.
using Family = std::function<Member(Index index)>;

/// TOML as a deck value: `type = "darcy"`. @throws DeckError for a syntax error
Value toml(const std::string& text);

/// A problem of the registry, on a grid and with boundary conditions as decks have them.
Family registered_family(const std::string& problem, const std::string& grid, const std::string& boundary = "");

/// −∇·(a∇u) = 1 on side × side inner nodes of the unit square, u = 0 on its boundary, times h²; a at a face is the mean of its two nodes.
/// log a is the periodic Gaussian field of mean zero and covariance tau^(2 alpha − 2) (−Δ + tau²)^(−alpha), alpha = 2.5, tau = 7:
/// its standard deviation is 0.19.
Family darcy_at_nodes(Index side);

/// The same equation and discretisation with log a = Σ ξ_i φ_i over `dimension` products of cosines, of standard deviation 0.7 together
/// and of falling weight; ξ are the member's parameters.
Family darcy_with_parameters(Index side, Index dimension);

}  // namespace kindred::bench
