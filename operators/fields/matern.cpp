#include <kindred/operators/fields/matern_field.hpp>

namespace kindred {

Schema<MaternParameters> MaternParameters::schema() {
  using P = MaternParameters;
  return {
      parameter("smoothness", &P::smoothness)
          .above(0.0)
          .at_most(1e6)
          .doc("nu: the field has m derivatives in mean square if nu > m. 0.5 gives the exponential covariance, large nu a Gaussian one."),
      parameter("length", &P::length).above(0.0).unit("m").doc("Correlation length along all axes."),
      parameter("lengths", &P::lengths)
          .above(0.0)
          .length(0, 3)
          .unit("m")
          .doc("Correlation lengths along x, y and z, in place of `length`."),
      parameter("sigma", &P::sigma).above(0.0).doc("Standard deviation of the Gaussian field, the same at every point."),
      parameter("mean", &P::mean).doc("Mean of the Gaussian field."),
      parameter("boundary", &P::boundary)
          .choices({"auto", "free", "periodic"})
          .doc("\"free\": the box is a part of the whole space. \"periodic\": opposite sides meet. \"auto\" is periodic along the grid's "
               "periodic axes and free along the others."),
      parameter("method", &P::method)
          .choices({"auto", "circulant_embedding", "spectral"})
          .doc("\"circulant_embedding\": the covariance between the grid's cells is the formula's. \"spectral\": the coefficients are "
               "those of "
               "the continuous field, without the waves that the grid cannot carry. \"auto\" is spectral if modes are limited."),
      parameter("tolerance", &P::tolerance)
          .range(1e-15, 0.1)
          .doc("Largest error of the covariance along free axes, over sigma^2; the smaller, the larger the torus that is drawn."),
      parameter("modes", &P::modes)
          .range(0, 1 << 20U)
          .doc("Keeps the first so many wave numbers of every axis of the torus, from 0, each with sine and cosine; 0 keeps all that the "
               "grid "
               "carries."),
      parameter("transform", &P::transform)
          .choices({"none", "exponential", "threshold"})
          .doc("What becomes of the Gaussian field g: g itself, exp(g), or two values by the sign of g."),
      parameter("values", &P::values).length(2, 2).doc("With transform = \"threshold\": values where g is negative, and where it is not."),
  };
}

void MaternParameters::check(const Value& table, Diagnostics& diagnostics) const {
  const auto complain = [&](const char* name, const std::string& problem, const std::string& hint) {
    const Value* place = table.find(name);
    diagnostics.error(place != nullptr ? place->location : table.location, problem, hint);
  };
  // A checked table holds the defaults too: what differs from them was given.
  const MaternParameters defaults;
  if (!lengths.empty() && length != defaults.length) {
    complain("lengths", "the field \"matern\" has both length and lengths", "give one of them");
  }
  if (modes > 0 && method == "circulant_embedding") {
    complain("modes", "circulant embedding needs every mode that the grid carries", "leave modes out, or set method = \"spectral\"");
  }
  if (transform != "threshold" && values != defaults.values) {
    complain("values", "values are those of a threshold, and transform is \"" + transform + "\"", "set transform = \"threshold\"");
  }
}

namespace {

const Registration matern =
    plugin<RandomField, MaternParameters>("matern")
        .summary("Stationary Gaussian random field of Matérn covariance, its exponential, or its sign")
        .doc(
            R"($$\mathrm{Cov}(g(x), g(y)) = \sigma^2 M_\nu\!\left(\sqrt{2\nu}\, r\right), \qquad M_\nu(z) = \frac{2^{1-\nu}}{\Gamma(\nu)}\, z^\nu K_\nu(z), \qquad
r^2 = \sum_i \frac{(x_i - y_i)^2}{\ell_i^2}$$

with the modified Bessel function $K_\nu$, the smoothness $\nu$ and the correlation lengths $\ell_i$. Unlike `grf`, whose covariance depends on
the box and its boundary conditions, the field is stationary: it is the same at every point, and no side is felt. It is drawn as a part of a
field on a torus, by one fast transform; along free axes the torus is so many sides of the box long that the covariance's images across it
stay below `tolerance`. Along periodic axes the torus is the box, and the covariance is the sum over the images, scaled to the variance
$\sigma^2$. The normals are numbered by the torus' modes: one seed gives the same function at every resolution, up to the waves that the grid
cannot carry (`modes` makes it exact). The field is sampled at the cells' centres.)")
        .source(
            "C. R. Dietrich, G. N. Newsam, Fast and exact simulation of stationary Gaussian processes through circulant embedding of the "
            "covariance matrix, SIAM J. Sci. Comput. 18 (1997) 1088-1107; C. E. Rasmussen, C. K. I. Williams, Gaussian Processes for "
            "Machine "
            "Learning, MIT Press 2006, section 4.2")
        .example(R"([problem]
type = "darcy"
coefficient = { type = "matern", smoothness = 1.5, length = 0.1, transform = "exponential" }
)")
        .capabilities({"1d", "2d", "3d", "periodic", "random"})
        .factory([](const MaternParameters& p) { return std::make_unique<MaternField>(p); });

}  // namespace
}  // namespace kindred
