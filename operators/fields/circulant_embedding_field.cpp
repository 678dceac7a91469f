#include <kindred/operators/fields/circulant_embedding_field.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <kindred/operators/fields/torus_field.hpp>

namespace kindred {
namespace {

/// What an embedding depends on.
struct GridKey {
  explicit GridKey(const Grid& grid) {
    for (const Axis& axis : grid.axes) {
      axes.push_back({axis.name, axis.cells, 0.0, axis.extent, axis.periodic});
    }
  }
  [[nodiscard]] bool equals(const GridKey& other) const {
    return std::ranges::equal(axes, other.axes, [](const Axis& a, const Axis& b) {
      return a.name == b.name && a.cells == b.cells && a.extent == b.extent && a.periodic == b.periodic;
    });
  }
  std::vector<Axis> axes;
};

/// Frequencies in inverse correlation lengths: of most covariances the variance falls with them.
std::vector<ModeAxis> mode_axes(const CirculantEmbedding& torus, const StationaryCovariance& covariance) {
  std::vector<ModeAxis> axes;
  for (std::size_t a = 0; a < torus.axes.size(); ++a) {
    axes.push_back({covariance.length(a) / torus.axes[a].period, true, 0, 0});
  }
  return axes;
}

std::vector<double> scaled(std::vector<double> deviations, double sigma) {
  std::ranges::transform(deviations, deviations.begin(), [sigma](double d) { return sigma * d; });
  return deviations;
}

}  // namespace

struct CirculantEmbeddingField::Prepared {
  Prepared(const Grid& grid, const StationaryCovariance& covariance, const CirculantEmbeddingParameters& p)
      : key(grid),
        torus(embed(covariance, grid, {{p.multiples.begin(), p.multiples.end()}, p.tolerance})),
        importance(mode_axes(torus, covariance)),
        field(TorusWaves(torus.axes, true), scaled(torus.deviations(), p.sigma), importance) {}

  GridKey key;
  CirculantEmbedding torus;
  std::vector<ModeAxis> importance;
  TorusField field;
};

CirculantEmbeddingField::CirculantEmbeddingField(CirculantEmbeddingParameters parameters) : parameters_(std::move(parameters)) {}
CirculantEmbeddingField::~CirculantEmbeddingField() = default;

std::shared_ptr<const CirculantEmbeddingField::Prepared> CirculantEmbeddingField::prepared(const Grid& grid) const {
  const std::scoped_lock lock(mutex_);
  if (latest_ == nullptr || !latest_->key.equals(GridKey(grid))) {
    latest_ = std::make_shared<const Prepared>(grid, StationaryCovariance(parameters_, grid), parameters_);
  }
  return latest_;
}

CirculantEmbedding CirculantEmbeddingField::embedding(const Grid& grid) const { return prepared(grid)->torus; }

void CirculantEmbeddingField::require_drawable(const Grid& grid, Index /*count*/) const { static_cast<void>(prepared(grid)); }

Index CirculantEmbeddingField::leading_variables(const Grid& grid) const { return mode_count(prepared(grid)->importance, false); }

double CirculantEmbeddingField::reached_minimum(const Grid& /*grid*/) const {
  return parameters_.transform == "exponential" ? std::numeric_limits<double>::infinity() : parameters_.mean;
}

void CirculantEmbeddingField::draw(const Grid& grid, const Sample& sample, std::string_view stream, std::span<double> values) const {
  prepared(grid)->field.draw(sample, stream, values);
  const bool exponential = parameters_.transform == "exponential";
  std::ranges::transform(values, values.begin(),
                         [&](double g) { return exponential ? std::exp(parameters_.mean + g) : parameters_.mean + g; });
}

Schema<CirculantEmbeddingParameters> CirculantEmbeddingParameters::schema() {
  using P = CirculantEmbeddingParameters;
  auto all = stationary_covariance_schema<P>();
  const Schema<P> own{
      parameter("mean", &P::mean).doc("Mean of the Gaussian field."),
      parameter("multiples", &P::multiples)
          .length(0, 3)
          .doc("Sides of the torus in sides of the box, one for every axis, 2 or more (1 on periodic axes); empty: as many as it takes. "
               "Give "
               "them where one seed has to be the same function on several grids, whatever each of them would take."),
      parameter("tolerance", &P::tolerance)
          .range(0.0, 0.1)
          .doc("Largest error of the covariance, over sigma^2, that negative eigenvalues may cause when they are taken for 0."),
      parameter("transform", &P::transform)
          .choices({"none", "exponential"})
          .doc("What becomes of the Gaussian field g: g itself, or exp(g)."),
  };
  all.insert(all.end(), own.begin(), own.end());
  return all;
}

namespace {

const Registration circulant_embedding =
    plugin<RandomField, CirculantEmbeddingParameters>("circulant_embedding")
        .summary("Stationary Gaussian random field of any covariance, exact between the grid's cells, or its exponential")
        .doc(
            R"($$\mathrm{Cov}(g(x), g(y)) = \sigma^2 c(x - y), \qquad \Lambda_k = \sum_j c\big(\min(j, N-j)\,h\big)\, e^{-2\pi i jk/N}, \qquad
g_j = \sigma \sum_k \sqrt{\Lambda_k/N}\;\zeta_k\, e^{2\pi i jk/N}$$

The covariance matrix of the cells' centres is a block of a circulant matrix, that of a torus $m$ sides of the box long; where the
eigenvalues $\Lambda_k$ of that are not negative, the block of a field on the torus has exactly the covariance asked for, between all pairs
of cells. The smallest torus that does is taken: two sides of the box, then more along the axes that the correlation reaches across. What
`tolerance` is above the sum of the negative eigenvalues, over their number, is taken for 0; what cannot be embedded is refused.

The correlation $c$ is Matérn's of any smoothness, `exponential` ($e^{-r}$), `gaussian` ($e^{-r^2/2}$), or a formula in the components x, y,
z of $x - y$ that is even in each of them. Beside `matern`, which takes so long a torus that the covariance's images across it
stay below 1e-4, the covariance is exact; the torus is shorter for rough fields, and longer for smooth ones with long correlations.

$\zeta_k$ are independent normals with $\zeta_{-k} = \bar\zeta_k$, numbered by the wave numbers of the torus, whose sides are multiples of the
box's: on grids that take the same multiples, one seed gives the same function, up to the waves that a grid cannot carry and to the
aliases of these in $\Lambda_k$. A finer grid may take larger multiples; `multiples` fixes them.)")
        .source(
            "C. R. Dietrich, G. N. Newsam, Fast and exact simulation of stationary Gaussian processes through circulant embedding of the "
            "covariance matrix, SIAM J. Sci. Comput. 18 (1997) 1088-1107; A. T. A. Wood, G. Chan, Simulation of stationary Gaussian "
            "processes "
            "in [0,1]^d, J. Comput. Graph. Stat. 3 (1994) 409-432; I. G. Graham, F. Y. Kuo, D. Nuyens, R. Scheichl, I. H. Sloan, Analysis "
            "of "
            "circulant embedding methods for sampling stationary random fields, SIAM J. Numer. Anal. 56 (2018) 1871-1895")
        .example(R"([problem]
type = "darcy"
coefficient = { type = "circulant_embedding", covariance = "exponential", length = 0.1, transform = "exponential" }
)")
        .capabilities({"1d", "2d", "3d", "periodic", "random"})
        .factory([](const CirculantEmbeddingParameters& p) { return std::make_unique<CirculantEmbeddingField>(p); });

}  // namespace
}  // namespace kindred
