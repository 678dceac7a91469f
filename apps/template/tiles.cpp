// A plugin to start your own from: a random field of tiles. One struct declares the parameters, one class does the work, one
// registration describes it to the deck, to `kindred describe`, and to the JSON Schema.

#include <cmath>

#include <kindred/core/registry/plugins.hpp>
#include <kindred/operators/fields/random_field.hpp>

KINDRED_PLUGIN()

namespace {

using namespace kindred;

/// Defaults are the members' initial values; ranges, units and docs are in the schema, once.
struct TilesParameters {
  int tiles = 4;
  double low = 1.0;
  double high = 10.0;
  double probability = 0.5;

  static Schema<TilesParameters> schema() {
    using P = TilesParameters;
    return {
        parameter("tiles", &P::tiles).range(1, 1024).doc("Tiles along each axis."),
        parameter("low", &P::low).doc("Value of the other tiles."),
        parameter("high", &P::high).doc("Value of a tile that was drawn."),
        parameter("probability", &P::probability).range(0, 1).doc("Probability of `high`, independently for each tile."),
    };
  }
};

class Tiles final : public RandomField {
 public:
  explicit Tiles(const TilesParameters& parameters) : p_(parameters) {}

  void draw(const Grid& grid, const Sample& sample, std::string_view stream, std::span<double> values) const override {
    // The number of a draw is the number of its tile: the same picture on every grid.
    const Draws draws = sample.draws(stream);
    for (Index cell = 0; cell < grid.size(); ++cell) {
      const auto tile = static_cast<std::uint64_t>(tile_of(grid, cell));
      values[static_cast<std::size_t>(cell)] = draws.uniform(tile) < p_.probability ? p_.high : p_.low;
    }
  }

 private:
  [[nodiscard]] Index tile_of(const Grid& grid, Index cell) const {
    const auto center = grid.center(cell);
    Index tile = 0;
    for (const Axis& axis : grid.axes) {
      const double place = (center[static_cast<std::size_t>(axis.name - 'x')] - axis.origin) / axis.extent;
      tile = tile * p_.tiles + static_cast<Index>(std::floor(place * p_.tiles));
    }
    return tile;
  }

  TilesParameters p_;
};

const Registration tiles = plugin<RandomField, TilesParameters>("tiles")
                               .summary("Tiles of two values, drawn at random")
                               .doc(R"($$a(x) = \sum_k a_k\,1_{T_k}(x)$$

over the $n^d$ equal tiles $T_k$ of the grid's box; $a_k$ is `high` with the given probability, else `low`, independently.)")
                               .source("elementary")
                               .example("[problem.coefficient]\ntype = \"tiles\"\ntiles = 8\n")
                               .capabilities({"1d", "2d", "3d", "random"})
                               .factory([](const TilesParameters& p) { return std::make_unique<Tiles>(p); });

}  // namespace
