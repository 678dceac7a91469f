#include <kindred/operators/fields/gaussian_field.hpp>

namespace kindred {
namespace {

struct GrfParameters : GaussianParameters {
  static Schema<GrfParameters> schema() {
    auto all = covariance_schema<GrfParameters>();
    all.push_back(parameter<GrfParameters, double>("sigma", &GrfParameters::sigma)
                      .above(0.0)
                      .doc("Factor of the field; what it means is up to normalise."));
    all.push_back(parameter<GrfParameters, double>("mean", &GrfParameters::mean).doc("Added to every value."));
    all.push_back(parameter<GrfParameters, std::string>("normalise", &GrfParameters::normalise)
                      .choices({"covariance", "unit_variance"})
                      .doc("\"covariance\": the series as written. \"unit_variance\": divided by the root of its average pointwise "
                           "variance over the box, so "
                           "that sigma is the field's standard deviation; all modes of the infinite series count, or the first `modes` if "
                           "limited, never "
                           "those of one grid."));
    return all;
  }
};

const Registration grf =
    plugin<RandomField, GrfParameters>("grf")
        .summary("Gaussian random field with covariance sigma^2 (-Laplace + tau^2)^(-alpha)")
        .doc(
            R"($$a(x) = m + \sigma \sum_k (\lambda_k + \tau^2)^{-\alpha/2}\, \xi_k\, \varphi_k(x), \qquad \xi_k \sim N(0, 1) \text{ independent}$$

A sample of the Gaussian measure with mean $m$ and covariance operator $\sigma^2 (-\Delta + \tau^2)^{-\alpha}$ on the grid's box, by its
Karhunen-Loève series. $\varphi_k$ are the eigenfunctions of $-\Delta$, orthonormal in $L_2$ of the box of sides $L_i$:

| boundary | along one axis | $\lambda$ |
|---|---|---|
| `neumann` | $\sqrt{1/L}$; $\sqrt{2/L} \cos(k \pi x/L)$, $k \ge 1$ | $(k\pi/L)^2$ |
| `dirichlet` | $\sqrt{2/L} \sin(k \pi x/L)$, $k \ge 1$ | $(k\pi/L)^2$ |
| `periodic` | $\sqrt{1/L}$; $\sqrt{2/L} \cos(2 k \pi x/L)$, $\sqrt{2/L} \sin(2 k \pi x/L)$, $k \ge 1$ | $(2k\pi/L)^2$ |

The average of the pointwise variance over the box is $\sigma^2 |D|^{-1} \sum_k (\lambda_k + \tau^2)^{-\alpha}$. The normals are numbered by
mode, not by cell: one seed gives the same function at every resolution, up to the waves that the grid cannot carry (`modes` makes it
exact). On a periodic axis with an even number of cells the highest wave is left out. The field is sampled at the cells' centres.)")
        .source(
            "G. J. Lord, C. E. Powell, T. Shardlow, An Introduction to Computational Stochastic PDEs, Cambridge University Press 2014, "
            "chapters 5 and 7")
        .example(R"([problem]
type = "poisson"
forcing = { type = "grf", alpha = 2.0, tau = 3.0, sigma = 1.0, normalise = "unit_variance" }
)")
        .capabilities({"1d", "2d", "3d", "periodic", "random"})
        .factory([](const GrfParameters& p) { return std::make_unique<GaussianField>(p); });

}  // namespace
}  // namespace kindred
