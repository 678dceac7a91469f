#include <algorithm>

#include <kindred/operators/fields/stationary_covariance.hpp>
#include <kindred/operators/problems/toeplitz_problem.hpp>

namespace kindred {
namespace {

struct CovarianceSystemParameters : CovarianceParameters {
  double noise = 0.1;
  Value observations = Value("grf");

  static Schema<CovarianceSystemParameters> schema() {
    using P = CovarianceSystemParameters;
    auto all = stationary_covariance_schema<P>();
    const Schema<P> own{
        parameter("noise", &P::noise)
            .at_least(0.0)
            .doc("Standard deviation of the errors of observation, independent of each other. 0 interpolates; the matrix of a smooth "
                 "covariance then is singular in double precision."),
        parameter("observations", &P::observations).plugin("field").doc("b: what was observed, less its mean."),
    };
    all.insert(all.end(), own.begin(), own.end());
    return all;
  }
};

/// The covariance's taps, with the variance of the noise on the diagonal.
std::vector<double> covariance_taps(const CovarianceSystemParameters& p, const Domain& domain) {
  const StationaryCovariance covariance(p, domain.grid);
  StationaryCovariance::Lags lags;
  for (std::size_t a = 0; a < domain.grid.axes.size(); ++a) {
    lags.first[a] = 1 - domain.grid.axes[a].cells;
    lags.count[a] = 2 * domain.grid.axes[a].cells - 1;
  }
  std::vector<double> taps = covariance.at(lags);
  std::ranges::transform(taps, taps.begin(), [&](double c) { return p.sigma * p.sigma * c; });
  if (!covariance.even()) {
    taps = symmetric_taps(std::move(taps), p.formula);
  }
  taps[taps.size() / 2] += p.noise * p.noise;
  return taps;
}

/// (sigma² C + noise² I) x = b on the centres of a grid's cells.
class CovarianceSystem final : public Problem {
 public:
  CovarianceSystem(const Domain& domain, const CovarianceSystemParameters& p)
      : inputs_(domain),
        noise_variance_(p.noise * p.noise),
        matrix_(std::make_shared<ToeplitzOperator>(toeplitz_extents(domain, "covariance_system"), covariance_taps(p, domain))) {
    observations_ = inputs_.add_cells(create<RandomField>(p.observations), "observations", "observations b");
  }

  [[nodiscard]] std::vector<FieldInfo> fields() const override {
    std::vector<FieldInfo> infos = inputs_.fields();
    infos.push_back(inputs_.output("weights", "kriging weights x"));
    infos.push_back(inputs_.output("prediction", "conditional mean C x of the process"));
    return infos;
  }
  [[nodiscard]] std::vector<Complaint> complaints(Index count) const override { return inputs_.complaints(count); }
  [[nodiscard]] std::vector<RandomStream> random_variables() const override { return inputs_.random_variables(); }
  [[nodiscard]] std::vector<Field> draw(const Sample& sample) const override { return inputs_.draw(sample); }

  [[nodiscard]] LinearSystem assemble(std::span<const Field> inputs) const override {
    inputs_.require(inputs);
    LinearSystem system;
    system.matrix = matrix_;
    system.rhs = inputs[observations_].values;
    system.symmetric = true;
    system.positive_definite = true;
    return system;
  }

  [[nodiscard]] std::vector<Field> outputs(std::span<const Field> /*inputs*/, std::span<const double> solution) const override {
    const Grid& grid = inputs_.domain().grid;
    std::vector<double> prediction(solution.size());
    matrix_->apply(solution, prediction);
    for (std::size_t i = 0; i < prediction.size(); ++i) {
      prediction[i] -= noise_variance_ * solution[i];
    }
    return {Field{grid, {solution.begin(), solution.end()}}, Field{grid, std::move(prediction)}};
  }

 private:
  ProblemInputs inputs_;
  std::size_t observations_ = 0;
  double noise_variance_;
  std::shared_ptr<const ToeplitzOperator> matrix_;
};

const Registration covariance_system =
    plugin<Problem, CovarianceSystemParameters>("covariance_system")
        .summary("Kriging, or Gaussian process regression, on a grid: (sigma^2 C + noise^2 I) x = b")
        .doc(R"($$(\sigma^2 C + s^2 I)\,x = b, \qquad C_{ij} = c(x_i - x_j), \qquad \hat b = \sigma^2 C x$$

A process of mean zero and stationary covariance $\sigma^2 c$ is observed at the centres of all cells, with independent errors of standard
deviation $s$ (`noise`). $x$ are the kriging weights, that is the dual coefficients of the conditional mean, which is $\sum_j x_j\,\sigma^2
c(\cdot - x_j)$ everywhere and $\hat b$ at the cells: noise removed from the observations $b$.

$C$ is a Toeplitz matrix, with Toeplitz blocks in two and three dimensions: it is never formed, but known by its products with vectors,
each a convolution of $O(n \log n)$. The system is symmetric positive definite, with a condition number of about $1 + \sigma^2 m / s^2$, $m$ the
number of cells within the reach of the correlation. Solvers that need entries are refused; use conjugate gradients with the preconditioner
`circulant`. Sides have no meaning here: there is no [boundary].

Fields: `observations`; outputs `weights`, `prediction`.)")
        .source(
            "C. E. Rasmussen, C. K. I. Williams, Gaussian Processes for Machine Learning, MIT Press 2006, section 2.2; R. Chan, M. Ng, "
            "Conjugate gradient methods for Toeplitz systems, SIAM Rev. 38 (1996) 427-482")
        .example(R"([problem]
type = "covariance_system"
covariance = "matern"
smoothness = 1.5
length = 0.1
noise = 0.1
observations = { type = "matern", smoothness = 1.5, length = 0.1 }

[solver]
type = "petsc"
ksp_type = "cg"
pc_type = "circulant"
)")
        .capabilities({"1d", "2d", "3d", "symmetric", "toeplitz", "matrix_free"})
        .factory([](const CovarianceSystemParameters& p, const Domain& domain) { return std::make_unique<CovarianceSystem>(domain, p); });

}  // namespace
}  // namespace kindred
